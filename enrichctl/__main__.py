"""Start the program: ``enrichctl``, or ``python -m enrichctl``."""

import gc
import sys

# Objects made, less those freed, before Python looks for cycles among them. Imports make so many
# that stay, and records hardly any: looking as often as by default takes a tenth of a run.
MAKE = 50_000


def main() -> None:
    """Run the command line; `--version` is answered before anything is imported."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from enrichctl import __version__  # noqa: PLC0415 - the point of this branch

        print(f"enrichctl {__version__}")  # noqa: T201 - it is what was asked for
        return
    gc.set_threshold(MAKE)
    from enrichctl.cli.app import run  # noqa: PLC0415 - not for --version

    status = run(sys.argv[1:])
    gc.freeze()  # all of it goes now: Python would look through it for cycles, several times
    sys.exit(status)


if __name__ == "__main__":
    main()
