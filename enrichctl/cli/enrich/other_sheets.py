"""Sheets of an earlier output that were enriched, and that a run on another sheet would undo."""

from itertools import islice
from pathlib import Path

from enrichctl.cli.enrich.consent import called
from enrichctl.files import Source, open_source
from enrichctl.files.sheets import SheetSource
from enrichctl.files.workbook import opened
from enrichctl.wanted_fields import PROVENANCE

FIRST = 50  # rows among which a sheet has its header


def undone_sheets(source: Source, target: Path) -> str:
    """Say which enriched sheets of an output this run would write as the input has them.

    Returns:
        The reason to ask about it, in words; "" where there is none.
    """
    if not isinstance(source, SheetSource):
        return ""
    with open_source(str(target)) as old:
        if not isinstance(old, SheetSource):
            return ""
        there, here = _enriched(old), _enriched(source)
    undone = [name for name in there if name not in here and name != source.sheet]
    if not undone:
        return ""
    named = ", ".join(map(repr, undone))
    sheets = f"sheet {named} is" if len(undone) == 1 else f"sheets {named} are"
    return (
        f"{sheets} enriched in {called(target)}, and not in the input: it would be undone; to keep"
        f" it, enrich {called(target)} with --sheet {source.sheet}"
    )


def _enriched(source: SheetSource) -> list[str]:
    """Return the sheets that have the columns of an earlier run."""
    with opened(source.origin) as book:
        return [
            sheet.name
            for sheet in book.sheets
            if any(PROVENANCE[0] in row.texts for row in islice(book.lines(sheet), FIRST))
        ]
