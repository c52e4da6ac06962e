"""What runs have spent, and what is set aside for answers that have not come.

What a run asks for is set aside in its name, and stays its own whenever the answer comes: a later
run that collects it spends nothing. What may have been charged without an answer counts as spent.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from enrichctl.journal import queries
from enrichctl.journal.history import RunEntry, entered_as, is_alive
from enrichctl.journal.money import from_millionths, periods
from enrichctl.journal.store import Journal
from enrichctl.model import NOTHING, Credits, Outcome


@dataclass(slots=True)
class SpentAndSetAside:
    """What was spent, and what is set aside."""

    spent: Credits = NOTHING
    set_aside: Credits = NOTHING


class InputSpending(NamedTuple):
    """All runs on one input: the pilot, those that broke off, and those that went on.

    Attributes:
        runs: How many.
        since: When the first of them began.
        spent: Credits of all of them.
        set_aside: Credits for answers that have not come.
        waiting: How many answers have not come for which something is set aside.
    """

    runs: int
    since: datetime
    spent: Credits
    set_aside: Credits
    waiting: int


def of_run(journal: Journal, run: RunEntry) -> dict[str, SpentAndSetAside]:
    """Return provider → what a run has spent there, and what is set aside in its name."""
    found = {
        name: SpentAndSetAside(from_millionths(stored))
        for name, stored in journal.read(queries.SPENT_IN_RUN, (run.id,))
    }
    for name, outcome, stored in journal.read(queries.OPEN_IN_RUN, (run.id,)):
        if outcome == Outcome.SUBMITTED or run.state == "running":
            money = found.setdefault(name, SpentAndSetAside())
            money.spent -= from_millionths(stored)
            money.set_aside += from_millionths(stored)
    return found


def late(journal: Journal, run: RunEntry) -> dict[str, int]:
    """Return provider → answers to a run's questions that came after it had ended."""
    if run.over_by is None:
        return {}
    ended = run.over_by.isoformat(timespec="milliseconds")
    return dict(journal.read(queries.LATE_IN_RUN, (run.id, ended)))


def of_job(journal: Journal, run: RunEntry) -> InputSpending:
    """Return what all runs on a run's input cost; a rehearsal is a job of its own."""
    own = of_run(journal, run).values()
    if run.input == "-":
        ((waiting, _),) = journal.read(queries.WAITING_IN_RUN, (run.id,))
        spent, aside = (sum((getattr(m, n) for m in own), NOTHING) for n in ("spent", "set_aside"))
        return InputSpending(1, run.started_at, spent, aside, waiting)
    which = entered_as(journal, run), run.sandbox
    ((count, since),) = journal.read(queries.COUNT_OF_JOB, which)
    ((stored,),) = journal.read(queries.SPENT_IN_JOB, which)
    ((waiting, held),) = journal.read(queries.WAITING_IN_JOB, which)
    aside = from_millionths(held)
    if run.state == "running":  # more than tickets is under way
        ((_, tickets),) = journal.read(queries.WAITING_IN_RUN, (run.id,))
        aside += sum((money.set_aside for money in own), NOTHING) - from_millionths(tickets)
    began = datetime.fromisoformat(since) if since else run.started_at
    return InputSpending(count or 1, began, from_millionths(stored) - aside, aside, waiting)


def really_set_aside(journal: Journal) -> dict[tuple[str, str], Credits]:
    """Return provider, period → the credits that are set aside there outside the sandbox.

    Periods are as spending is counted: ``run:ID``, ``day:YYYY-MM-DD`` or ``month:YYYY-MM``.
    """
    alive: dict[str, bool] = {}
    total: Counter[tuple[str, str]] = Counter()
    for run, provider, day, outcome, stored in journal.read(queries.REALLY_OPEN):
        if outcome != Outcome.SUBMITTED and not alive.setdefault(run, is_alive(journal, run)):
            continue  # nobody waits for it: it may have been charged
        total.update({(provider, period): stored for period in periods(run, day)})
    return {key: from_millionths(stored) for key, stored in total.items()}
