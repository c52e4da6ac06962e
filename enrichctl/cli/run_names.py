"""Runs by what is typed: in the journal and, where a team shares it, in that of rehearsals."""

from collections.abc import Sequence

from enrichctl.errors import UsageError
from enrichctl.journal import Journal, history

LISTED = 20  # runs
Found = tuple[Journal, history.RunEntry]


def latest_runs(journals: Sequence[Journal]) -> list[Found]:
    """Return the latest runs and whose they are, newest first.

    Args:
        journals: Of the second one only rehearsals count: what else it holds is a copy.
    """
    found = [(journals[0], run) for run in history.runs(journals[0], LISTED)]
    for other in journals[1:]:
        found += [(other, run) for run in history.runs(other, LISTED) if run.sandbox]
    return sorted(found, key=lambda one: one[1].started_at, reverse=True)[:LISTED]


def find_run(journals: Sequence[Journal], name: str) -> Found:
    """Return a run by its id, the beginning of it, or ``last``, and the journal that it is in.

    Raises:
        UsageError: None is called so, or several begin so.
    """
    if name == "last":
        if latest := latest_runs(journals):
            return latest[0]
        raise no_runs()
    for journal in journals:
        run = history.run(journal, name)
        if run is not None and (journal is journals[0] or run.sandbox):
            return journal, run
    raise UsageError(f"no run is called {name!r}", next="enrichctl status lists them")


def no_runs() -> UsageError:
    """Return the error that nothing was ever run."""
    return UsageError("there are no runs yet", next="enrichctl enrich FILE makes the first")
