"""A pilot (``--limit N``): the first N records that need asking, and no others when it goes on.

How far into its input it reaches is entered with its run before anybody is asked. So the same
command, typed again after whatever broke the pilot off, is about the same records and asks only
what is left of them.
"""

from typing import TYPE_CHECKING, Any

from enrichctl.cli.enrich.going_on import asking
from enrichctl.cli.enrich.request import input_name
from enrichctl.cli.resume import is_complete
from enrichctl.files import Row
from enrichctl.journal import Journal, history
from enrichctl.model import counted

if TYPE_CHECKING:
    from enrichctl.cli.enrich.job import Job
    from enrichctl.engine.earlier_results import Again
    from enrichctl.engine.estimate import Look
    from enrichctl.engine.lead import Lead


class Reach:
    """Finds out how far into its input a pilot reaches.

    Args:
        limit: How many records it may ask about; None is all.
        look: Is shown every record as well.

    Attributes:
        until: The row with which it is complete; None as long as it has room for more.
    """

    def __init__(self, limit: int | None, look: "Look") -> None:
        self.until: int | None = None
        self._left = limit
        self._look = look

    def __call__(self, row: Row, found: "Lead | Again", asked: bool) -> None:
        """Take note of a record."""
        if asked and self._left:
            self._left -= 1
            self.until = None if self._left else row.number
        self._look(row, found, asked)


def asked_for(job: "Job") -> list[str]:
    """Return who is asked for what, by which a pilot is told from others on its input."""
    wanted = (f"{step.provider.name} {' '.join(step.fills)}" for step in job.steps)
    return [*wanted, *sorted(job.overwrite)]


def pilot_of(job: "Job") -> dict[str, Any]:
    """Return what is entered of a pilot with its run; nothing where it is none.

    Of what was piped in nobody knows whether it comes again.
    """
    limits = job.limits
    if limits.records is None or input_name(job.source) == "-":
        return {}
    return {history.PILOT: {**_same(job), "until": limits.until}}


def go_on(job: "Job", journal: Journal) -> int | None:
    """Return the last row of the pilot that this one goes on with, and say so; None of a new one.

    It goes on with the last run on its input, where that was the same pilot and was broken off.
    """
    if job.limits.records is None:
        return None
    runs = history.runs_of_job(journal, input_name(job.source), sandbox=job.options.sandbox)
    last = next(asking(runs), None)
    if last is None or last.state != "stopped" or is_complete(last):
        return None
    began = last.summary.get(history.PILOT, {})
    until: int | None = began.get("until")
    if until is None or began != {**_same(job), "until": until}:
        return None
    job.screen.note(
        f"goes on with the pilot of {last.started_at:%Y-%m-%d %H:%M} UTC:"
        f" what is left of its {counted(job.limits.records, 'record')}"
    )
    return until


def _same(job: "Job") -> dict[str, Any]:
    """Return what two pilots on an input have in common that are the same one."""
    return {"limit": job.limits.records, "asked_for": asked_for(job)}
