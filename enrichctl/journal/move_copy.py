"""A copy of a journal's file that was used apart from its original.

Both may have one number, and their newest attempts have the same ones. What they hold in common is
told by its runs, whose names nobody else gives; it arrives with the one that is moved first.
"""

import secrets
from collections import Counter

from enrichctl.journal import moving
from enrichctl.journal.contract import StoreConnection
from enrichctl.journal.entries import UNDECIDED
from enrichctl.journal.money import periods
from enrichctl.journal.store import Journal


def number_of_copy(own: Journal, target: Journal, origin: int) -> int:
    """Return the number under which a copy is moved; 0 where a file is none, or is known as one.

    It is a new one, where runs have arrived under its own that only another file knows.

    Args:
        own: The file.
        target: The journal of the team.
        origin: The number that the file has.
    """
    mine = {run for (run,) in own.read(moving.OWN_RUNS)}
    arrived = target.read(moving.MOVED_RUNS)
    under_its_own = {run for number, run in arrived if number == origin}
    if under_its_own - mine:
        return drawn()
    return 0 if under_its_own or mine.isdisjoint(run for _, run in arrived) else origin


def drawn() -> int:
    """Return a number by which a file is known again."""
    return 1 + secrets.randbelow(2**31 - 1)


def begin_copy(own: Journal, target: Journal, origin: int) -> None:
    """Note what of a copy has arrived with others, under the number that it is moved by."""
    arrived = {(former, run): became for former, became, run in target.read(moving.MOVED_OF_RUNS)}
    common: list[tuple[int, int, int, int | None]] = []
    new: Counter[tuple[str, str, str]] = Counter()
    for provider, account, run, day, stored, outcome, number in own.scan(moving.SPENDING_TO_MOVE):
        became = arrived.get((number, run))
        if became is None:
            for period in periods(run, day):
                new[provider, account, period] += stored
        else:
            common.append((origin, number, became, stored if outcome in UNDECIDED else None))
    spending = [
        (origin, provider, account, period, stored - new[provider, account, period])
        for provider, account, period, stored in own.read(moving.ALL_SPENDING)
    ]
    records = [
        (origin, run, upto, n) for run, upto, n in target.read(moving.MOVED_RECORDS, (origin,))
    ]

    def job(db: StoreConnection) -> None:
        db.executemany("INSERT INTO moved VALUES (?, ?, ?, ?)", common)
        db.executemany("INSERT INTO moved_spending VALUES (?, ?, ?, ?, ?)", spending)
        db.executemany("INSERT INTO moved_records VALUES (?, ?, ?, ?)", records)

    target.write(job)
