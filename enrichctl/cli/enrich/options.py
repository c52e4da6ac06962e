"""The options of ``enrich``, each said once: what is typed, what it is called, what help says."""

from functools import partial
from typing import Annotated, NamedTuple

import typer

from enrichctl.cli.completing import accepted, several_fields
from enrichctl.cli.shared_options import (
    Budget,
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

_files = partial(typer.Option, rich_help_panel="Files")


def _schema(asked: bool) -> None:
    """Print the JSON Schema of the plan, which needs no input."""
    if asked:
        from enrichctl.cli.enrich.documents import PlanDocument  # noqa: PLC0415 - slow to import

        PlanDocument.show_schema()
        raise typer.Exit


class EnrichOptions(NamedTuple):
    """The options as typed; "" and None leave it to configuration and defaults."""

    source: Annotated[
        str,
        typer.Argument(
            metavar="INPUT",
            help="A file, a folder, a pattern in quotes, a table, or - for stdin.",
        ),
    ]
    provider: Annotated[
        str,
        providers_named(
            "Providers in waterfall order; else those of the configuration, else offline."
        ),
    ] = ""
    want: Annotated[
        str, fields_named("Fields to fill; else what each provider fills by default.")
    ] = ""
    map_: Map = None
    overwrite: Annotated[
        str,
        asked(
            metavar="[FIELD,…]",
            autocompletion=several_fields,
            help="Replace values that are there already; else only blanks are filled.",
        ),
    ] = ""
    min_confidence: Annotated[
        float | None, asked(min=0, max=1, metavar="X", help="An answer below it fills nothing.")
    ] = None
    accept: Annotated[
        str,
        asked(
            metavar="review",
            autocompletion=accepted,
            help="Use answers held back as perhaps about somebody else; not asked for again.",
        ),
    ] = ""
    where: Annotated[
        str,
        asked(
            metavar="SQL",
            help="Which records are asked about: a condition in DuckDB's SQL. All rows come out.",
        ),
    ] = ""
    default_region: Annotated[
        str, asked(metavar="CC", help="Country of phone numbers that state none: US, DE, …")
    ] = ""
    suppress: Suppress = ""
    save: Annotated[
        bool | None,
        asked(
            "--save/--no-save",
            help="Store found values at the provider as well, where that is a choice.",
        ),
    ] = None
    sandbox: Annotated[
        bool,
        asked(
            "--sandbox",
            help="Ask made-up providers on this machine: no key, no money. Writes NAME.sandbox.",
        ),
    ] = False
    real_limits: Annotated[
        bool,
        asked(
            "--real-limits",
            help="With --sandbox: wait for rate limits as the real providers make you wait.",
        ),
    ] = False
    dry_run: Annotated[
        bool,
        money(
            "-n",
            "--dry-run",
            help="Show the plan and its cost, and stop: no network, nothing written.",
        ),
    ] = False
    budget: Budget = ""
    limit: Limit = None
    random: Random = False
    yes: Yes = False
    max_age: MaxAge = ""
    refresh: Annotated[
        str,
        money(
            metavar="AGE",
            help="Ask again for what was filled longer ago: 90d. A blank answer replaces nothing.",
        ),
    ] = ""
    fresh: Annotated[bool, money("--fresh", help="The same as --max-age 0.")] = False
    retry_failed: Annotated[bool, money("--retry-failed", help="Ask again for what failed.")] = (
        False
    )
    retry_unconfirmed: Annotated[
        bool,
        money(
            "--retry-unconfirmed",
            help="Ask again for what was possibly charged: it may cost twice.",
        ),
    ] = False
    max_errors: Annotated[
        int | None, money(min=1, metavar="N", help="Stop after so many failed records.")
    ] = None
    max_duration: Annotated[str, money(metavar="TIME", help="Stop after so long: 30m.")] = ""
    concurrency: Annotated[
        int | None, money(min=1, max=1000, metavar="N", help="Calls at once, per provider.")
    ] = None
    output: Annotated[
        str,
        _files(
            "-o",
            "--output",
            metavar="PATH|-",
            help="Where to write, - is stdout; else NAME.enriched next to the input.",
        ),
    ] = ""
    key: Annotated[
        str,
        _files(metavar="COLUMN", help="Where INPUT is a table: what tells its rows apart."),
    ] = ""
    write_back: Annotated[
        bool,
        _files("--write-back", help="Fill blanks in the table as well, by its key."),
    ] = False
    format_: Annotated[
        str,
        _files(
            "--format",
            metavar="FORMAT",
            help="csv, tsv, json, jsonl, xlsx, parquet, arrow; else that of the input.",
        ),
    ] = ""
    on: Annotated[
        str,
        _files(
            "--on",
            metavar="ENGINE",
            help="Fill files from local providers in parts: local[N] processes, or dask://HOST:PORT.",
        ),
    ] = ""
    json_: Annotated[
        bool, _files("--json", help="JSON Lines on stdout; with -n the plan as one document.")
    ] = False
    json_schema: Annotated[
        bool,
        _files(
            "--json-schema",
            callback=_schema,
            is_eager=True,
            help="Print the JSON Schema of the plan.",
        ),
    ] = False
    input_format: Annotated[
        str,
        _files(metavar="FORMAT", help="Format of the input, where it is not recognised."),
    ] = ""
    encoding: Annotated[str, _files(metavar="NAME", help="Encoding of the input.")] = ""
    sheet: Annotated[str, _files(metavar="NAME", help="Sheet of a workbook.")] = ""
    delimiter: Annotated[
        str,
        _files(
            metavar="CHAR",
            help="What separates the input's cells, where it is not recognised: ';', tab, …",
        ),
    ] = ""
    provenance: Annotated[
        str,
        _files(
            metavar="columns|none",
            show_default=False,
            help="Whether to add the columns that say what happened, and why.",
        ),
    ] = "columns"
    no_excel_safe: Annotated[
        bool,
        _files(
            "--no-excel-safe",
            help="Leave new values as they are that a spreadsheet takes for formulas.",
        ),
    ] = False
    force: Annotated[
        bool,
        _files(
            "--force",
            help="Replace a file that holds more than the new one, was edited, or is not ours.",
        ),
    ] = False
    log_file: Annotated[
        str, _files(metavar="PATH", help="What happened, as JSON Lines without personal data.")
    ] = ""

    @property
    def output_format(self) -> str:
        """Return the format that is asked for; "" where it is not said."""
        return "jsonl" if self.json_ and not self.format_ else self.format_

    @property
    def age(self) -> str:
        """Return for how long answers are used again; "" where it is not said."""
        return "0" if self.fresh else self.max_age
