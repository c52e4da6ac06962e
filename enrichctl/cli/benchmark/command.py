"""``enrichctl benchmark``: its options."""

from typing import Annotated, Any, NamedTuple

import typer

from enrichctl.cli.completing import several_kinds
from enrichctl.cli.shared_options import (
    Budget,
    Json,
    JsonSchema,
    Limit,
    Map,
    MaxAge,
    Random,
    Suppress,
    Yes,
    asked,
    fields_named,
    money,
    providers_named,
)
from enrichctl.cli.usage import takes


class BenchmarkOptions(NamedTuple):
    """The options as typed."""

    truth: Annotated[
        str, typer.Argument(metavar="TRUTH", help="A file whose values are known, or - for stdin.")
    ] = ""
    provider: Annotated[str, providers_named("The providers to compare.")] = ""
    want: Annotated[
        str, fields_named("Fields to test; else all of the file that nobody needs to be told.")
    ] = ""
    by: Annotated[
        str,
        asked(
            metavar="KIND,…",
            help="Also by country, seniority, industry, domain-size.",
            autocompletion=several_kinds,
        ),
    ] = ""
    map_: Map = None
    suppress: Suppress = ""
    sandbox: Annotated[
        bool, asked("--sandbox", help="Ask made-up providers on this machine: no key, no money.")
    ] = False
    dry_run: Annotated[
        bool, money("-n", "--dry-run", help="Show the plan and its cost, and stop.")
    ] = False
    budget: Budget = ""
    limit: Limit = None
    random: Random = False
    max_age: MaxAge = ""
    yes: Yes = False
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
    """
    from enrichctl.cli.benchmark.answer import answer  # noqa: PLC0415 - not for help

    return answer(BenchmarkOptions(**typed))
