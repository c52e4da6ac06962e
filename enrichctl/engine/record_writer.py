"""Writes records as they come to their end, and has the journal keep what is said of them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from enrichctl.engine.lead import Lead
from enrichctl.engine.report import Report
from enrichctl.engine.result import RecordResult
from enrichctl.files import Row
from enrichctl.journal import Journal, history
from enrichctl.model import Gain

if TYPE_CHECKING:
    from enrichctl.engine.earlier_results import Again, Keeper
    from enrichctl.journal.record_rows import Stored

BATCH = 500  # explained records a commit

Write = Callable[[Row, RecordResult], None]


class RecordWriter:
    """Writes records in input order, counts them and keeps what is said of them.

    Args:
        write: Takes each record, with what became of it.
        journal: Keeps what is said of them.
        run: The run.
        report: Counts them.
        keeper: Collects what the next run may write again; None where it may nothing.
    """

    def __init__(
        self,
        write: Write,
        journal: Journal,
        run: history.RunEntry,
        report: Report,
        keeper: "Keeper | None",
    ) -> None:
        self._write = write
        self._journal = journal
        self._run = run
        self._report = report
        self._keeper = keeper
        self._explained: list[Stored] = []
        self._gains: list[Gain] = []

    def put(self, row: Row, found: RecordResult, lead: Lead | None = None) -> None:
        """Write a record that came to its end; without ``lead`` no later run writes it again."""
        if self._keeper and lead is not None:
            self._keeper.take(found, lead)
        self._write(row, found)
        self._report.count(found)
        if found.stored is not None:
            self._explained.append(found.stored)
        self._gains += found.gains

    def put_again(self, row: Row, again: "Again") -> None:
        """Write a record as it was; what is said of it is kept already."""
        found = again.result()
        self._write(row, found)
        self._report.count(found)
        if self._keeper:
            self._keeper.take_again(again)

    def keep(self, least: int = 1) -> None:
        """Commit what is said of records once it is about so many, or a block is complete."""
        complete = self._keeper.complete() if self._keeper else []
        if len(self._explained) >= least or complete:
            from enrichctl.journal.record_rows import put_records  # noqa: PLC0415 - no local run

            put_records(
                self._journal, self._run.id, self._explained, self._gains, complete,
                merge=self._run.is_benchmark,
            )  # fmt: skip
            self._explained.clear()
            self._gains.clear()
