"""Start the program: ``enrichctl``, or ``python -m enrichctl``."""

import gc
import os
import sys

# Objects made, less those freed, before Python looks for cycles among them. Imports make so many
# that stay, and records hardly any: looking as often as by default takes a tenth of a run.
MAKE = 50_000
FILES = 40  # open at once: journal, locks, input, output, modules, and a few connections


def _files_too_few() -> str:
    """Say that the system allows fewer open files than any command needs; "" when it does not."""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return ""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY or allowed >= FILES:
        return ""
    return (
        f"error: the system allows this process {allowed} open files, and it needs {FILES}\n"
        f"  next: raise the limit (ulimit -n 1024) and run the same command again\n"
    )


def main() -> None:
    """Run the command line; `--version` is answered before anything is imported."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from enrichctl import __version__  # noqa: PLC0415 - the point of this branch

        print(f"enrichctl {__version__}")  # noqa: T201 - it is what was asked for
        return
    if too_few := _files_too_few():
        sys.stderr.write(too_few)
        sys.exit(2)
    gc.set_threshold(MAKE)
    # Arrow's own allocators hold on to what was freed: a third more memory, and no faster here.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    try:
        from enrichctl.cli.app import run  # noqa: PLC0415 - not for --version

        status = run(sys.argv[1:])
    except KeyboardInterrupt:  # while it starts
        sys.stderr.write("interrupted: nothing was asked, nothing is written\n")
        status = 130
    gc.freeze()  # all of it goes now: Python would look through it for cycles, several times
    sys.exit(status)


if __name__ == "__main__":
    main()
