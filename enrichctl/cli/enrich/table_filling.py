"""Where the values of a table are from: what is written there, and what stands there of before."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from enrichctl.cli.enrich.request import input_name
from enrichctl.engine.cautions import cautions_in
from enrichctl.engine.layout import Layout
from enrichctl.engine.report import Report
from enrichctl.engine.result import RecordResult, keys_of
from enrichctl.fields import kind_of
from enrichctl.files import Row
from enrichctl.files.table_rows import TableSource
from enrichctl.files.writeback import WriteBack
from enrichctl.journal import Journal, written
from enrichctl.journal.written import AT_ONCE, Written, fingerprint, remember

if TYPE_CHECKING:
    from enrichctl.cli.enrich.job import Job

REFUSED = (
    "have the table take them, then run the same command again: what was answered is not asked"
    " again"
)


def recall_for(job: "Job", journal: Journal) -> None:
    """Have the rows of a table say where the values are from that runs have written there."""
    source, name = job.source, input_name(job.source)
    assert isinstance(source, TableSource)  # noqa: S101 - as `open_input` opens a table
    if not written.has_any(journal, name):
        return
    key = source.header.index(job.options.key)

    def recall(rows: Sequence[Row]) -> None:
        known = written.remembered(journal, name, [row.cells[key] for row in rows])
        for row in rows:
            if one := known.get(row.cells[key]):
                texts = {field: row.cells[at] for field, at in job.match.columns.items()}
                row.earlier = row.earlier or one.said(texts)
                if changed := one.changed(texts):
                    job.corrected[row.number] = changed

    source.recall = recall


class TableFilling:
    """Fills the table that the input is, and has the journal know where each value is from.

    The journal knows first: where a run breaks off in between, the cell does not hold the value.

    Args:
        job: What was asked for.
        journal: What is to know it.
        layout: What stands where in a result.
        back: What writes to the table.
    """

    def __init__(self, job: "Job", journal: Journal, layout: Layout, back: WriteBack) -> None:
        self._journal = journal
        self._layout = layout
        self._back = back
        self._name = input_name(job.source)
        self._header = job.source.header
        self._columns = job.match.columns
        self._key = self._header.index(job.options.key)
        # Whom a row is about is not to be read on a screen: then it is called by its number.
        named = {at: name for name, at in self._columns.items()}.get(self._key)
        self._is_shown = named is None or kind_of(named) == "id"
        self._waiting: list[tuple[Row, RecordResult]] = []

    @property
    def said(self) -> str:
        """Return in words what was written, and what somebody else has changed."""
        return self._back.said

    def count_refused(self, report: Report) -> None:
        """Have what the database did not take count as not done."""
        for why, rows in self._back.refused.items():
            cause = f"{why}: in the output only ({rows.where})"
            report.count_undone(cause, REFUSED, rows.count)

    def take(self, row: Row, found: RecordResult) -> None:
        """Take what became of a row."""
        if any(found.cells.values()):
            self._waiting.append((row, found))
        if len(self._waiting) == AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what waits.

        Raises:
            StateError: The journal cannot take it.
        """
        told = [self._told(row, found) for row, found in self._waiting]
        if told := [one for one in told if one.sources]:
            remember(self._journal, self._name, told)
        for row, found in self._waiting:
            cells = {
                self._header[at]: (row.cells[at], text) for at, text in found.cells.items() if text
            }
            self._back.add(row.cells[self._key], self._called(row), cells)
        self._back.flush()
        self._waiting.clear()

    def _called(self, row: Row) -> str:
        key = row.cells[self._key]
        if self._is_shown and "@" not in key:
            return f"{self._header[self._key]} {key}"
        return f"row {row.number:,}"

    def _told(self, row: Row, found: RecordResult) -> Written:
        """Return what the journal is to know of a row."""
        givers = dict(zip(found.shape.filled, found.shape.givers, strict=True))
        new = {name: found.cells.get(at, "") for name, at in self._columns.items()}
        sources = {n: (givers[n], fingerprint(text)) for n, text in new.items() if text}
        texts = {name: new[name] or row.cells[at].strip() for name, at in self._columns.items()}
        confidence, note = self._layout.told_of(found.cells, found.added, found.meta)
        return Written(
            row.cells[self._key],
            sources,
            confidence,
            cautions_in(found.note or note),
            keys_of(texts),
        )
