"""``enrich --write-back``: what would be written to a table, and that somebody agrees to it."""

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import islice
from typing import TYPE_CHECKING

from enrichctl.cli.enrich.options import EnrichOptions
from enrichctl.engine.layout import Layout
from enrichctl.errors import ConfirmationNeeded, UsageError
from enrichctl.files import Source
from enrichctl.files.databases import TablePlace, table_at
from enrichctl.journal import Journal
from enrichctl.model import counted
from enrichctl.wanted_fields import PROVENANCE, own_columns

if TYPE_CHECKING:
    from enrichctl.cli.enrich.job import Job
    from enrichctl.cli.enrich.table_filling import TableFilling


FIRST_ROWS = 1_000  # of a JSON file, among which one says where its values are from if any does


def check_write_back(options: EnrichOptions) -> None:
    """Refuse ``--write-back`` where there is no table, or what is found is made up.

    Raises:
        UsageError: With what to do instead.
    """
    if not options.write_back:
        return
    if table_at(options.source) is None:
        raise UsageError(
            "--write-back is for tables of a database",
            next="leave it out, or give postgresql://…?table=…",
        )
    if options.sandbox:
        raise UsageError(
            "--sandbox makes values up, and --write-back would put them into your table",
            next="leave out one",
        )


def may_write_back(job: "Job") -> None:
    """Say which cells of the table may be written, and ask somebody to agree.

    Raises:
        ConfirmationNeeded: Nobody agreed.
        OutputError: They may not be written.
    """
    options, screen = job.options, job.screen
    if not options.write_back:
        return
    wanted = dict.fromkeys(name for step in job.steps for name in step.wants)
    columns = {name: at for name, at in job.match.columns.items() if name in wanted}
    if elsewhere := [name for name in wanted if name not in columns]:
        screen.note(f"no column of the table holds {', '.join(elsewhere)}: in the output only")
    own = own_columns(job.source.header) if options.provenance != "none" else {}
    from enrichctl.files.table_writers import must_be_writable  # noqa: PLC0415 - rare

    must_be_writable(_place(options), [job.source.header[at] for at in columns.values()] + [*own])
    blanks = _blanks(job.source, [*columns.values()])
    what = f"--write-back fills blanks in {options.source} by {options.key}: {blanks}"
    replaced = [job.source.header[columns[n]] for n in sorted(job.overwrite) if n in columns]
    cells = f"filled cells of {', '.join(replaced)}" if replaced else "nothing"
    what += f"; it replaces {cells}"
    if job.rules.refresh:
        what += f", and what it has written there itself more than {options.refresh} ago"
    if own:
        what += f", and says in {', '.join(own)} what became of each row"
    if options.yes or options.dry_run:
        screen.note(what)
        return
    if not screen.asks:
        raise ConfirmationNeeded(what, next="add --yes")
    screen.warn(what)
    if not screen.ask("write to the table?"):
        raise ConfirmationNeeded(
            "not confirmed; nothing was asked and nothing written",
            next="leave out --write-back to write a file only",
        )


def _blanks(source: Source, places: Sequence[int]) -> str:
    """Return in words how many cells of some columns are blank."""
    blank, rows = Counter[int](), 0
    for row in source.rows():
        rows += 1
        blank.update(at for at in places if not row.cells[at].strip())
    each = [f"{source.header[at]} in {blank[at]:,}" for at in places]
    return f"{', '.join(each) or 'no column'} of {counted(rows, 'row')}"


def _place(options: EnrichOptions) -> TablePlace:
    place = table_at(options.source)
    assert place is not None  # noqa: S101 - checked by `check_write_back`
    return place


def recall_written(job: "Job", journal: Journal) -> None:
    """Have rows say where their values are from: in a table the journal alone knows it.

    An enriched file says it itself, but for what somebody has changed in it since.
    """
    if table_at(job.options.source) is not None:
        from enrichctl.cli.enrich.table_filling import recall_for  # noqa: PLC0415 - for tables only

        recall_for(job, journal)
    elif _is_enriched(job):
        from enrichctl.cli.enrich.corrections import find_corrections  # noqa: PLC0415 - rare

        find_corrections(job, journal)


def _is_enriched(job: "Job") -> bool:
    """Tell whether the input says where values are from."""
    if job.options.provenance == "none":
        return False
    if job.source.format in ("json", "jsonl"):
        return any(row.earlier for row in islice(job.source.rows(), FIRST_ROWS))
    return PROVENANCE[1] in job.source.header


def filling_of(
    job: "Job", journal: Journal, layout: Layout, stack: ExitStack
) -> "TableFilling | None":
    """Return what fills the table that the input is; None where it is not to be written to."""
    if not job.options.write_back:
        return None
    from enrichctl.cli.enrich.table_filling import TableFilling  # noqa: PLC0415 - rare
    from enrichctl.files.writeback import WriteBack  # noqa: PLC0415 - the same

    back = stack.enter_context(WriteBack(_place(job.options), job.options.key))
    return TableFilling(job, journal, layout, back)
