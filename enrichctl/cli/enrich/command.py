"""``enrichctl enrich``: its options, and the way from them to an exit status."""

from typing import Annotated

import typer

from enrichctl.cli.completing import accepted, mapped_field, several_fields, several_providers

_ASKED = "Whom to ask for what"
_MONEY = "Money and time"
_FILES = "Files"


def _schema(asked: bool) -> None:
    """Print the JSON Schema of the plan, which needs no input."""
    if asked:
        from enrichctl.cli.documents import PlanDocument  # noqa: PLC0415 - slow to import

        PlanDocument.show_schema()
        raise typer.Exit


def enrich(
    source: Annotated[str, typer.Argument(metavar="INPUT", help="A file, or - for stdin.")],
    provider: Annotated[
        str,
        typer.Option(
            "-p",
            "--provider",
            metavar="NAME,…",
            rich_help_panel=_ASKED,
            help="Providers in waterfall order; else those of the configuration, else offline.",
            autocompletion=several_providers,
        ),
    ] = "",
    want: Annotated[
        str,
        typer.Option(
            "-w",
            "--want",
            metavar="FIELD,…",
            rich_help_panel=_ASKED,
            autocompletion=several_fields,
            help="Fields to fill; else what each provider fills by itself.",
        ),
    ] = "",
    map_: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="FIELD=COLUMN",
            rich_help_panel=_ASKED,
            autocompletion=mapped_field,
            help="Which column holds a field; may be repeated.",
        ),
    ] = None,
    overwrite: Annotated[
        str,
        typer.Option(
            metavar="[FIELD,…]",
            autocompletion=several_fields,
            rich_help_panel=_ASKED,
            help="Replace values that are there already; else only blanks are filled.",
        ),
    ] = "",
    min_confidence: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            metavar="X",
            rich_help_panel=_ASKED,
            help="An answer below it fills nothing.",
        ),
    ] = None,
    accept: Annotated[
        str,
        typer.Option(
            metavar="review",
            rich_help_panel=_ASKED,
            autocompletion=accepted,
            help="Take answers that are held back as perhaps about somebody else; no new call.",
        ),
    ] = "",
    default_region: Annotated[
        str,
        typer.Option(
            metavar="CC",
            rich_help_panel=_ASKED,
            help="Country of phone numbers that state none: US, DE, …",
        ),
    ] = "",
    suppress: Annotated[
        str,
        typer.Option(
            metavar="FILE", rich_help_panel=_ASKED, help="People never to be sent anywhere."
        ),
    ] = "",
    save: Annotated[
        bool | None,
        typer.Option(
            "--save/--no-save",
            rich_help_panel=_ASKED,
            help="Store found values at the provider as well, where that is a choice.",
        ),
    ] = None,
    sandbox: Annotated[
        bool,
        typer.Option(
            "--sandbox",
            rich_help_panel=_ASKED,
            help="Ask made-up providers on this machine: no key, no money.",
        ),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            "-n",
            "--dry-run",
            rich_help_panel=_MONEY,
            help="Show the plan and its cost, and stop: no network, nothing written.",
        ),
    ] = False,
    budget: Annotated[
        str,
        typer.Option(
            metavar="N|NAME=N,…",
            rich_help_panel=_MONEY,
            help="Most credits to spend, at each paid provider or at those named.",
        ),
    ] = "",
    limit: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            rich_help_panel=_MONEY,
            help="A pilot: ask about the first N records only.",
        ),
    ] = None,
    yes: Annotated[
        bool,
        typer.Option("-y", "--yes", rich_help_panel=_MONEY, help="Do not ask for confirmation."),
    ] = False,
    max_age: Annotated[
        str,
        typer.Option(
            metavar="AGE",
            rich_help_panel=_MONEY,
            help="Use answers again this long: 30d (as by default), 12h, 0.",
        ),
    ] = "",
    fresh: Annotated[
        bool, typer.Option("--fresh", rich_help_panel=_MONEY, help="The same as --max-age 0.")
    ] = False,
    retry_failed: Annotated[
        bool,
        typer.Option("--retry-failed", rich_help_panel=_MONEY, help="Ask again for what failed."),
    ] = False,
    retry_unconfirmed: Annotated[
        bool,
        typer.Option(
            "--retry-unconfirmed",
            rich_help_panel=_MONEY,
            help="Ask again for what may have been charged already.",
        ),
    ] = False,
    max_errors: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", rich_help_panel=_MONEY, help="Stop after so many failed records."
        ),
    ] = None,
    max_duration: Annotated[
        str, typer.Option(metavar="TIME", rich_help_panel=_MONEY, help="Stop after so long: 30m.")
    ] = "",
    concurrency: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", rich_help_panel=_MONEY, help="Calls in flight per provider."
        ),
    ] = None,
    output: Annotated[
        str,
        typer.Option(
            "-o",
            "--output",
            metavar="PATH|-",
            rich_help_panel=_FILES,
            help="Where to, - is stdout; else NAME.enriched beside the input.",
        ),
    ] = "",
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            rich_help_panel=_FILES,
            help="csv, tsv, json, jsonl or xlsx; else that of the input.",
        ),
    ] = "",
    json_: Annotated[
        bool,
        typer.Option(
            "--json",
            rich_help_panel=_FILES,
            help="JSON Lines on stdout; with -n the plan as one document.",
        ),
    ] = False,
    json_schema: Annotated[  # noqa: ARG001 - answered by its callback
        bool,
        typer.Option(
            "--json-schema",
            rich_help_panel=_FILES,
            callback=_schema,
            is_eager=True,
            help="Print the JSON Schema of the plan.",
        ),
    ] = False,
    input_format: Annotated[
        str,
        typer.Option(
            metavar="FORMAT",
            rich_help_panel=_FILES,
            help="How to read the input, if not by name and content.",
        ),
    ] = "",
    encoding: Annotated[
        str, typer.Option(metavar="NAME", rich_help_panel=_FILES, help="Encoding of the input.")
    ] = "",
    sheet: Annotated[
        str, typer.Option(metavar="NAME", rich_help_panel=_FILES, help="Sheet of a workbook.")
    ] = "",
    delimiter: Annotated[
        str,
        typer.Option(
            metavar="CHAR",
            rich_help_panel=_FILES,
            help="What divides the input's cells, if not as its records agree: ';', tab, …",
        ),
    ] = "",
    provenance: Annotated[
        str,
        typer.Option(
            metavar="columns|none",
            rich_help_panel=_FILES,
            show_default=False,
            help="Whether to add the columns that say what happened, and why.",
        ),
    ] = "columns",
    no_excel_safe: Annotated[
        bool,
        typer.Option(
            "--no-excel-safe",
            rich_help_panel=_FILES,
            help="Leave new values as they are that a spreadsheet takes for formulas.",
        ),
    ] = False,
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            rich_help_panel=_FILES,
            help="Replace a file that was not written by enrichctl for this input.",
        ),
    ] = False,
    log_file: Annotated[
        str,
        typer.Option(
            metavar="PATH",
            rich_help_panel=_FILES,
            help="What happened, as JSON Lines without personal data.",
        ),
    ] = "",
) -> int:
    """Fill the gaps in a file of leads.

    Each provider is asked only for what is still missing. Running the same command again resumes:
    nothing is paid for twice.

    \b
      enrichctl enrich leads.csv                         free: no key, no network
      enrichctl enrich leads.csv -p offline,leadlex -n   the plan, and its cost
      enrichctl enrich leads.csv -p leadlex --budget 500
      enrichctl enrich leads.csv -p lemlist -w email,phone --limit 20
      cat leads.jsonl | enrichctl enrich - --json | jq .email
    """  # noqa: D301 - the backspace tells Typer to leave the block as it is
    from enrichctl.cli.enrich.job import run  # noqa: PLC0415 - not for help and completion
    from enrichctl.cli.enrich.request import Options  # noqa: PLC0415 - the same

    return run(
        Options(
            input=source,
            providers=provider,
            want=want,
            mapping=tuple(map_ or ()),
            overwrite=overwrite,
            min_confidence=min_confidence,
            accept=accept,
            output=output,
            format="jsonl" if json_ and not format_ else format_,
            json=json_,
            input_format=input_format,
            encoding=encoding,
            sheet=sheet,
            delimiter=delimiter,
            dry_run=dry_run,
            limit=limit,
            budget=budget,
            yes=yes,
            max_age="0" if fresh else max_age,
            suppress=suppress,
            save=save,
            retry_failed=retry_failed,
            retry_unconfirmed=retry_unconfirmed,
            concurrency=concurrency,
            max_errors=max_errors,
            max_duration=max_duration,
            default_region=default_region,
            provenance=provenance,
            excel_safe=not no_excel_safe,
            force=force,
            sandbox=sandbox,
            log_file=log_file,
        )
    )
