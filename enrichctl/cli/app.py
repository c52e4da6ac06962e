"""A command line run, and the boundary where an error becomes a line and a status."""

import sys
from collections.abc import Sequence
from io import TextIOWrapper

from enrichctl.cli import context, plain_words, shells
from enrichctl.cli.options import hoist, spell_out
from enrichctl.cli.streams import open_all, settle, tidy_ends, too_little, unwritten
from enrichctl.errors import EnrichctlError, ExitStatus


def run(argv: Sequence[str]) -> int:
    """Run a command line and return the exit status.

    Errors raised on purpose become a line on stderr; a bug keeps its traceback.
    """
    _speak()
    if shells.wanted(argv):
        shells.put_in()
    with tidy_ends():
        return _run(argv)


def _run(argv: Sequence[str]) -> int:
    try:
        result = _obey(spell_out(hoist(argv)))
        sys.stdout.flush()
    except EnrichctlError as error:
        context.screen().error(error)
        result = error.exit_status
    except BrokenPipeError:
        result = ExitStatus.READER_GONE
    except OSError as error:
        failure = unwritten(error)
        context.screen().error(failure)
        result = failure.exit_status
    except SystemExit as end:
        # Typer itself turns a reader that has gone into exit 1, with stdout wrapped.
        gone = type(sys.stdout).__name__ == "PacifyFlushWrapper"
        result = ExitStatus.READER_GONE if gone else end.code
    except KeyboardInterrupt:
        context.screen().warn("interrupted")
        result = ExitStatus.INTERRUPTED
    except RuntimeError as error:
        if "new thread" not in str(error):
            raise
        failure = too_little("threads", "ulimit -u")
        context.screen().error(failure)
        result = failure.exit_status
    except Exception as error:  # noqa: BLE001 - a bug is raised again
        result = _usage(error)
    settle()
    return int(result) if isinstance(result, int) else int(ExitStatus.DONE)


def _obey(words: Sequence[str]) -> object:
    """Run what a command line asks for; return its exit status, if it has one."""
    typed = plain_words.read(words)
    if typed is None:
        from enrichctl.cli.program import app  # noqa: PLC0415 - slow to import

        return app(words, standalone_mode=False, prog_name="enrichctl")
    context.set_up(typed.common)
    try:
        return typed.command()
    except KeyboardInterrupt:  # as Typer has it: nothing more is said
        return ExitStatus.INTERRUPTED


def _speak() -> None:
    """Let pipes and files get UTF-8 whatever the locale, and terminals what they can show."""
    open_all()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            encoding = None if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="replace" if encoding is None else None)


def _usage(error: Exception) -> int:
    """Say what the parser says of a command line; pass on anything else as the bug it is."""
    if not hasattr(error, "format_message"):
        raise error
    from enrichctl.cli.usage import complaint  # noqa: PLC0415 - slow to import

    if error.format_message().startswith("Usage:"):  # no command: it is the help
        error.show()  # type: ignore[attr-defined]
    else:
        context.screen().error(complaint(error))
    return int(ExitStatus.USAGE)
