"""A look at the first answers, before a first paid run on an input goes on."""

from collections.abc import Collection
from contextlib import nullcontext
from typing import TYPE_CHECKING

from enrichctl.cli.enrich.signals import answering
from enrichctl.engine.question import remote
from enrichctl.engine.result import RecordResult
from enrichctl.errors import ExitStatus
from enrichctl.journal import Journal, history, record_rows, spent

if TYPE_CHECKING:
    from enrichctl.cli.enrich.job import Job
    from enrichctl.plan import Plan
    from enrichctl.render.progress import Progress

ROWS = 3
FEW = 20  # paid questions for which nobody is asked a second time


class Preview:
    """Shows the first rows that were filled for money, and asks whether to go on."""

    def __init__(self, job: "Job", paid: Collection[str], progress: "Progress | None") -> None:
        self._job = job
        self._paid = frozenset(paid)
        self._progress = progress
        self._rows: list[record_rows.RecordRow] | None = []

    def take(self, found: RecordResult) -> None:
        """Keep a record that is written, where it is one to show."""
        if self._rows is None or len(self._rows) >= ROWS or found.stored is None:
            return
        record = record_rows.unpack(found.stored)
        if any(value["provider"] in self._paid for value in record.values.values()):
            self._rows.append(record)

    def __call__(self) -> None:
        """Show the rows and ask; no stops the run as Ctrl-C does."""
        rows, self._rows = self._rows, None
        if rows is None or all(step.stopped for step in remote(self._job.steps)):
            return
        from enrichctl.render.planned import show_filled  # noqa: PLC0415 - only at a terminal

        screen, stop = self._job.screen, self._job.stop
        with self._progress.paused() if self._progress else nullcontext(), answering(stop):
            show_filled(screen, rows)
            try:
                agreed = screen.ask("go on?", default=True)
            except KeyboardInterrupt:
                agreed = False
        if not agreed:
            stop.now("interrupted", ExitStatus.INTERRUPTED)


def preview_of(
    job: "Job",
    journal: Journal,
    entry: history.RunEntry,
    plan: "Plan",
    progress: "Progress | None",
) -> Preview | None:
    """Return the preview of a run; None where there is nobody to look, or little to lose."""
    options, screen = job.options, job.screen
    if options.yes or options.sandbox or screen.quiet or not screen.asks:
        return None
    paid = {lane.name: lane.ask for lane in plan.lanes if lane.credits.most}
    if job.source.name == "-" or sum(paid.values()) <= FEW:
        return None
    before = spent.of_job(journal, entry)
    return None if before.spent or before.set_aside else Preview(job, paid, progress)
