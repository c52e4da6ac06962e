"""``enrichctl enrich``: its options, and the way from them to an exit status."""

from typing import Annotated

import typer


def enrich(
    source: Annotated[str, typer.Argument(metavar="INPUT", help="A file, or - for stdin.")],
    provider: Annotated[
        str, typer.Option("-p", "--provider", help="Providers in waterfall order: A,B,…")
    ] = "",
    want: Annotated[str, typer.Option("-w", "--want", help="Fields to fill: email,phone,…")] = "",
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help="Which column holds a field."),
    ] = None,
    overwrite: Annotated[
        str, typer.Option(metavar="[FIELD,…]", help="Replace values that are already there.")
    ] = "",
    min_confidence: Annotated[
        float | None, typer.Option(min=0, max=1, help="An answer below it fills nothing.")
    ] = None,
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="PATH|-", help="Where to; - is stdout.")
    ] = "",
    format_: Annotated[str, typer.Option("--format", help="csv, tsv, json, jsonl or xlsx.")] = "",
    json_: Annotated[bool, typer.Option("--json", help="JSON Lines on stdout.")] = False,
    input_format: Annotated[
        str, typer.Option(help="How to read the input, if not by its name.")
    ] = "",
    encoding: Annotated[str, typer.Option(help="Encoding of the input.")] = "",
    sheet: Annotated[str, typer.Option(help="Sheet of a workbook.")] = "",
    dry_run: Annotated[
        bool, typer.Option("-n", "--dry-run", help="Show the plan and stop.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option(min=0, help="Ask about the first N records only.")
    ] = None,
    budget: Annotated[str, typer.Option(metavar="N|NAME=N,…", help="Most credits to spend.")] = "",
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Do not ask for confirmation.")] = False,
    max_age: Annotated[str, typer.Option(help="Use answers again this long: 30d, 12h, 0.")] = "",
    fresh: Annotated[bool, typer.Option("--fresh", help="The same as --max-age 0.")] = False,
    suppress: Annotated[
        str, typer.Option(metavar="FILE", help="People never to be sent anywhere.")
    ] = "",
    save: Annotated[
        bool | None, typer.Option("--save/--no-save", help="Store found values at the provider.")
    ] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Ask again for what failed.")
    ] = False,
    retry_unconfirmed: Annotated[
        bool, typer.Option("--retry-unconfirmed", help="Ask again for what may have been charged.")
    ] = False,
    concurrency: Annotated[
        int | None, typer.Option(min=1, help="Calls in flight per provider.")
    ] = None,
    max_errors: Annotated[
        int | None, typer.Option(min=1, help="Stop after so many failed records.")
    ] = None,
    max_duration: Annotated[str, typer.Option(help="Stop after so long: 30m.")] = "",
    default_region: Annotated[
        str, typer.Option(metavar="US", help="Country of phones that state none.")
    ] = "",
    provenance: Annotated[str, typer.Option(help="columns or none.")] = "columns",
    no_excel_safe: Annotated[
        bool, typer.Option("--no-excel-safe", help="Leave values that look like formulas.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a file this tool did not write.")
    ] = False,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="Use the built-in sandbox: no key, no money.")
    ] = False,
    log_file: Annotated[
        str, typer.Option(metavar="PATH", help="What happened, as JSON Lines.")
    ] = "",
) -> int:
    r"""Fill the gaps in a file of leads.

    Each provider is asked only for what is still missing. Running the same command again resumes:
    nothing is paid for twice.

    \b
      enrichctl enrich leads.csv
      enrichctl enrich leads.csv -p offline,leadlex --budget 500
      enrichctl enrich leads.csv -p leadlex --want job_title,phone --dry-run
      cat leads.jsonl | enrichctl enrich - --json | jq .email
    """
    from enrichctl.cli.job import run  # noqa: PLC0415 - not for help and completion
    from enrichctl.cli.request import Options  # noqa: PLC0415 - the same

    return run(
        Options(
            input=source,
            providers=provider,
            want=want,
            mapping=tuple(map_ or ()),
            overwrite=overwrite,
            min_confidence=min_confidence,
            output=output,
            format="jsonl" if json_ and not format_ else format_,
            json=json_,
            input_format=input_format,
            encoding=encoding,
            sheet=sheet,
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
