"""Runs by what is typed: in the journal, and beside a team's in that of rehearsals."""

from collections.abc import Sequence

from enrichctl.journal import Journal, history

Found = tuple[Journal, history.RunEntry]


def latest_runs(journals: Sequence[Journal], limit: int = 20) -> list[Found]:
    """Return the latest runs and whose they are, newest first.

    Args:
        journals: Of the second one only rehearsals count: what else it holds is a copy.
        limit: How many at most.
    """
    found = [(journals[0], run) for run in history.runs(journals[0], limit)]
    for other in journals[1:]:
        found += [(other, run) for run in history.runs(other, limit) if run.sandbox]
    return sorted(found, key=lambda one: one[1].started_at, reverse=True)[:limit]


def find_run(journals: Sequence[Journal], name: str) -> Found | None:
    """Return a run by its id, the beginning of it, or ``last``, and the journal that it is in.

    Raises:
        UsageError: Several runs begin so.
    """
    if name == "last":
        return next(iter(latest_runs(journals)), None)
    for journal in journals:
        run = history.run(journal, name)
        if run is not None and (journal is journals[0] or run.sandbox):
            return journal, run
    return None
