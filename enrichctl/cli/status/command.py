"""``enrichctl status``: its options."""

from typing import Annotated, Any, NamedTuple

import typer

from enrichctl.cli import completing
from enrichctl.cli.shared_options import Html, Json, JsonSchema, ReplacePage
from enrichctl.cli.usage import takes


class StatusOptions(NamedTuple):
    """The options as typed."""

    run: Annotated[
        str,
        typer.Argument(
            metavar="[RUN]",
            help="last, a run's id, or the beginning of one.",
            autocompletion=completing.run,
        ),
    ] = ""
    row: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Explain one record, by its row in the input."),
    ] = None
    records: Annotated[
        str,
        typer.Option(
            metavar="STATUS",
            help="List records: failed, review, no_match, pending, …",
            autocompletion=completing.status,
        ),
    ] = ""
    diff: Annotated[
        str,
        typer.Option(
            metavar="[RUN]",
            help="What changed since the run before on the same input, by row and field.",
        ),
    ] = ""
    csv: Annotated[bool, typer.Option("--csv", help="With --diff: as CSV on stdout.")] = False
    watch: Annotated[bool, typer.Option("--watch", help="Follow a run until it ends.")] = False
    html: Html = ""
    no_sample: Annotated[
        bool, typer.Option("--no-sample", help="Leave the sample of changes out of the page.")
    ] = False
    force: ReplacePage = False
    json_: Json = False
    json_schema: JsonSchema = False


@takes(StatusOptions)
def status(**typed: Any) -> int:
    """Show what became of runs, one run, or one record.

    Without a RUN the latest runs are listed; --row, --records, --diff, --watch and --html take the
    last run. A page stands alone: no script, no network. Its sample of changes holds personal data,
    so only you can read the file; --no-sample makes one that holds none.

    \b
      enrichctl status                          recent runs
      enrichctl status last                     one run, and the command to go on
      enrichctl status last --diff              what changed since the run before
      enrichctl status last --row 12            what was sent, and what came back
      enrichctl status last --records failed    which records, and why
      enrichctl status --watch                  follow a run of another terminal
      enrichctl status last --html run.html     a page to look at, print or send
    """
    from enrichctl.cli.status.status_views import show_status  # noqa: PLC0415 - not for help and completion

    return show_status(StatusOptions(**typed))
