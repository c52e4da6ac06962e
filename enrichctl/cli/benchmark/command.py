"""``enrichctl benchmark``: its options."""

from functools import partial
from typing import Annotated, Any, NamedTuple

import typer

from enrichctl.cli import completing
from enrichctl.cli.json_options import Json, JsonSchema
from enrichctl.cli.usage import takes

_asked = partial(typer.Option, rich_help_panel="Whom to ask for what")
_money = partial(typer.Option, rich_help_panel="Money")


class BenchmarkOptions(NamedTuple):
    """The options as typed."""

    truth: Annotated[
        str, typer.Argument(metavar="TRUTH", help="A file whose values are known, or - for stdin.")
    ] = ""
    provider: Annotated[
        str,
        _asked(
            "-p",
            "--provider",
            metavar="NAME,…",
            help="The providers to compare.",
            autocompletion=completing.several_providers,
        ),
    ] = ""
    want: Annotated[
        str,
        _asked(
            "-w",
            "--want",
            metavar="FIELD,…",
            autocompletion=completing.several_fields,
            help="Fields to test; else all of the file that nobody needs to be told.",
        ),
    ] = ""
    by: Annotated[
        str,
        _asked(
            metavar="KIND,…",
            help="Also by country, seniority, industry, domain-size.",
            autocompletion=completing.several_kinds,
        ),
    ] = ""
    map_: Annotated[
        list[str] | None,
        _asked(
            "--map",
            metavar="FIELD=COLUMN",
            autocompletion=completing.mapped_field,
            help="Which column holds a field; may be repeated.",
        ),
    ] = None
    suppress: Annotated[str, _asked(metavar="FILE", help="People never to be sent anywhere.")] = ""
    sandbox: Annotated[
        bool, _asked("--sandbox", help="Ask made-up providers on this machine: no key, no money.")
    ] = False
    dry_run: Annotated[
        bool, _money("-n", "--dry-run", help="Show the plan and its cost, and stop.")
    ] = False
    budget: Annotated[
        str,
        _money(metavar="N|NAME=N,…", help="Most credits to spend, at each provider or at those."),
    ] = ""
    limit: Annotated[
        int | None, _money(min=0, metavar="N", help="Ask about the first N records only.")
    ] = None
    random: Annotated[
        bool,
        _money("--random", help="With --limit: a random sample, the same one for the same input."),
    ] = False
    max_age: Annotated[
        str, _money(metavar="AGE", help="Age up to which answers are used again: 30d (default), 0.")
    ] = ""
    yes: Annotated[bool, _money("-y", "--yes", help="Do not ask for confirmation.")] = False
    json_: Json = False
    json_schema: JsonSchema = False


@takes(BenchmarkOptions)
def benchmark(**typed: Any) -> int:
    """Compare providers on a file whose values are known: who is right, for what price.

    Each provider is asked about each record as if the fields to be tested were blank. Answers of
    the journal are used, budgets and suppression hold, and what is paid is kept for later runs.
    No file is written, and nothing is saved at a provider where that is a choice.

    \b
      enrichctl benchmark known.csv -p leadlex,lemlist -w job_title -n
      enrichctl benchmark known.csv -p leadlex,lemlist -w job_title --budget 200
      enrichctl benchmark known.csv -p leadlex,lemlist --by country --sandbox
    """  # noqa: D301 - the backspace tells Typer to leave the block as it is
    from enrichctl.cli.benchmark.answer import answer  # noqa: PLC0415 - not for help

    return answer(BenchmarkOptions(**typed))
