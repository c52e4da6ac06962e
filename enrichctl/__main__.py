"""Start the program: ``enrichctl``, or ``python -m enrichctl``."""

import gc
import sys

# Hardly anything here is held by cycles. Python's own figure, 700, costs a tenth of a run.
COLLECT = 20_000, 50, 50


def main() -> None:
    """Run the command line; `--version` is answered before anything is imported."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from enrichctl import __version__  # noqa: PLC0415 - the point of this branch

        print(f"enrichctl {__version__}")  # noqa: T201 - it is what was asked for
        return
    gc.set_threshold(*COLLECT)
    from enrichctl.cli.app import run  # noqa: PLC0415 - not for --version

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
