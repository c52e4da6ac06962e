"""What a run has changed, as ``status --diff`` shows it."""

import csv
from collections.abc import Sequence
from typing import IO

from enrichctl.files.safety import neutral
from enrichctl.journal.changes import Change
from enrichctl.model import counted
from enrichctl.render.fitted import Column, Grid
from enrichctl.render.listing import NONE, show
from enrichctl.render.screen import Screen, clean

LISTED = 200  # changes on a screen
COLUMNS = ("row", "line", "field", "before", "after", "provider")


def show_changes(screen: Screen, changes: Sequence[Change]) -> None:
    """List what was before and what is now, by row and field."""
    made = Grid(
        Column("row", number=True),
        Column("field"),
        Column("before", wraps=True),
        Column("after", wraps=True),
        Column("provider", rank=1),
    )
    for one in changes[:LISTED]:
        texts = (clean(text) or NONE for text in (one.before, one.after, one.provider))
        made.add(f"{one.row:,}", one.field, *texts)
    show(screen, made)
    if len(changes) > LISTED:
        screen.note(f"and {counted(len(changes) - LISTED, 'more change')}; --csv lists all")


def write_changes(changes: Sequence[Change], stream: IO[str]) -> None:
    """Write them as CSV, without what a spreadsheet would take for a formula."""
    sheet = csv.writer(stream)
    sheet.writerow(COLUMNS)
    for one in changes:
        texts = (neutral(text) for text in (one.before, one.after))
        sheet.writerow([one.row, one.line, one.field, *texts, one.provider])
