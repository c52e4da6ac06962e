"""The commands put together, and the boundary where an error becomes a line and a status."""

import sys
from collections.abc import Mapping, Sequence
from io import TextIOWrapper
from typing import Annotated, Any

import typer

from enrichctl import __version__
from enrichctl.cli import context, shells
from enrichctl.cli.options import hoist, spell_out
from enrichctl.cli.streams import open_all, settle, tidy_ends, too_little, unwritten
from enrichctl.cli.usage import Commands, Group, complaint
from enrichctl.errors import EnrichctlError, ExitStatus

COMMANDS: Mapping[str, str] = {
    "enrich": "enrichctl.cli.enrich.command:enrich",
    "status": "enrichctl.cli.status.command:status",
    "credits": "enrichctl.cli.credits.command:credits_",
    "benchmark": "enrichctl.cli.benchmark.command:benchmark",
    "providers": "enrichctl.cli.providers.command:app",
    "journal": "enrichctl.cli.journal:app",
    "fields": "enrichctl.cli.fields:fields",
    "config": "enrichctl.cli.config:app",
    "help": "enrichctl.cli.help:help_",
}
"""Command → where the function that it is stands, or the commands of a group."""


class _Root(Group):
    """The program, with its commands."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given | {"commands": Commands(COMMANDS)})


app = typer.Typer(
    name="enrichctl",
    cls=_Root,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"enrichctl {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[  # noqa: ARG001 - answered by its callback
        bool,
        typer.Option("--version", "-V", help="Show the version.", callback=_version, is_eager=True),
    ] = False,
    verbose: Annotated[
        int, typer.Option("--verbose", "-v", count=True, show_default=False, help="Say more.")
    ] = 0,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing but what needs a person.")
    ] = False,
    color: Annotated[
        str, typer.Option(metavar="WHEN", show_default=False, help="auto, always or never.")
    ] = "auto",
    config: Annotated[str, typer.Option(metavar="PATH", help="Configuration file to use.")] = "",
) -> None:
    """Fill the gaps in a file of leads from the enrichment providers you already pay for.

    The options below may stand before or after a command.

    \b
      enrichctl enrich leads.csv                     free: no key, no network
      enrichctl enrich leads.csv -p offline,leadlex  asks for what is missing
      enrichctl status last                          what became of it
      enrichctl help                                 the pages of the manual
    """
    context.set_up(color=color, quiet=quiet, verbose=verbose, config=config)


def run(argv: Sequence[str]) -> int:
    """Run a command line and return the exit status.

    Errors raised on purpose become a line on stderr; a bug keeps its traceback.
    """
    _speak()
    if shells.wanted(argv):
        shells.put_in()
    with tidy_ends(), shells.named_shell(argv):
        return _run(argv)


def _run(argv: Sequence[str]) -> int:
    try:
        result = app(spell_out(hoist(argv)), standalone_mode=False, prog_name="enrichctl")
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
    if error.format_message().startswith("Usage:"):  # no command: it is the help
        error.show()  # type: ignore[attr-defined]
    else:
        context.screen().error(complaint(error))
    return int(ExitStatus.USAGE)
