"""Moving a journal of one's own into that of a team: answers and spending, each of them once.

It may break off at any point and be run again: what has arrived is noted with it in the same
commit. A copy of a file that has been moved, and was used apart since, is known by runs that only
the other one has: it becomes a file of its own, and of both all arrives once.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from enrichctl.errors import Locked, StateError
from enrichctl.journal import moving, queries
from enrichctl.journal.contract import StoreConnection
from enrichctl.journal.entries import UNDECIDED, Settlement, undecided
from enrichctl.journal.history import is_alive
from enrichctl.journal.money import from_millionths, periods
from enrichctl.journal.move_copy import begin_copy, drawn, number_of_copy
from enrichctl.journal.move_records import enter_run, move_gains, move_records, run_of_team
from enrichctl.journal.packing import deflate, inflate
from enrichctl.journal.sqlite import SqliteStore
from enrichctl.journal.store import Journal
from enrichctl.journal.sweep import sweep
from enrichctl.journal.written import move_written
from enrichctl.model import NOTHING, Credits, Outcome

AT_ONCE = 200  # attempts of one commit


@dataclass(slots=True)
class Moved:
    """What has arrived.

    Attributes:
        attempts: How many, by this call.
        before: How many had arrived before.
        records: How many explanations of records, by this call.
        credits: What all of them had cost that was not counted yet; of different providers.
    """

    attempts: int = 0
    before: int = 0
    records: int = 0
    credits: Credits = NOTHING


def move(source: Path, target: Journal, tell: Callable[[int], None] = lambda _: None) -> Moved:
    """Move what a journal in a file holds; the file stays as it is.

    Args:
        source: The file.
        target: The journal of the team.
        tell: Is told how many attempts have been moved so far.

    Raises:
        Locked: A run is under way on the file, or it is being moved by another process.
        StateError: One of the two cannot be used.
    """
    with Journal(SqliteStore(source)) as own:
        sweep(own)
        for (run,) in own.read(queries.RUNNING):
            if is_alive(own, run):
                raise Locked(
                    f"run {run} is under way on the journal {source}",
                    next="wait until it has ended, then run this again",
                )
        origin = _origin(source)
        if fresh := number_of_copy(own, target, origin):
            begin_copy(own, target, fresh)
            origin = _origin(source, fresh)
        mark = f"move of {origin}"
        if not target.alive.hold(mark):
            raise Locked(
                f"another process is moving the journal {source}",
                next="wait until it has ended, then run this again",
            )
        try:
            return _move_new(own, target, origin, tell)
        finally:
            target.alive.let_go(mark)


def _move_new(own: Journal, target: Journal, origin: int, tell: Callable[[int], None]) -> Moved:
    """Move what has not arrived."""
    _move_endings(own, target, origin)
    done = Moved(credits=_move_money(own, target, origin))
    there: dict[int, int] = dict(target.read(moving.MOVED, (origin,)))
    done.before = len(there)
    last = 0
    while rows := own.read(moving.ATTEMPTS_TO_MOVE, (last, AT_ONCE)):
        last = rows[-1][0]
        new = [row for row in rows if row[0] not in there]
        if new:
            there |= _move_attempts(own, target, origin, new)
            done.attempts += len(new)
            tell(done.attempts)
    move_gains(own, target, origin)
    move_written(own, target, origin)
    done.records = move_records(own, target, origin, there)
    _check(own, target, origin)
    return done


def _check(own: Journal, target: Journal, origin: int) -> None:
    """See that all has arrived that is there.

    Raises:
        StateError: Something has not.
    """
    arrived = {number for number, _ in target.read(moving.MOVED, (origin,))}
    left = sum(number not in arrived for (number,) in own.scan(moving.OWN_ATTEMPTS))
    if left:
        raise StateError(
            f"{left} attempts of the journal {own.store.name} have not arrived",
            next="see that no run works on it, then run this again",
        )


def _origin(source: Path, fresh: int = 0) -> int:
    """Return the number by which a file is known again, wherever it is by then.

    Args:
        source: The file.
        fresh: Gets this number, whatever it had; 0 leaves it the one that it has.
    """
    with closing(SqliteStore(source).writer()) as db:
        db.begin()  # of two that move it at once, both find one number
        (number,) = db.execute("PRAGMA application_id").fetchone()
        if fresh or not number:
            number = fresh or drawn()
            db.execute(f"PRAGMA application_id={number}")
        db.commit()
    return int(number)


def _move_endings(own: Journal, target: Journal, origin: int) -> None:
    """Book what the file has learned since of attempts that had arrived without an end.

    Their money is here already, and changes here when they end: it is no spending of the file.
    """
    ended = [
        (former, became, counted, row)
        for former, became, counted in target.read(moving.MOVED_OPEN, (origin,))
        for row in own.read(moving.ENDED_SINCE, (former, *UNDECIDED))
    ]

    def job(db: StoreConnection) -> None:
        for former, became, counted, row in ended:
            provider, account, run, day, outcome, at, stored, *said, answer = row
            db.executemany(
                "UPDATE moved_spending SET credits = credits + ?"
                " WHERE origin=? AND provider=? AND account=? AND period=?",
                [(stored - counted, origin, provider, account, one) for one in periods(run, day)],
            )
            db.execute("UPDATE moved SET open=NULL WHERE origin=? AND former=?", (origin, former))
            packed = None if answer is None else deflate(answer)
            end = Settlement(became, Outcome(outcome), at, stored, packed, *said)
            if undecided(db, end):
                end.apply(db)

    if ended:
        target.write(job)


def _move_money(own: Journal, target: Journal, origin: int) -> Credits:
    """Add what was spent since the last time; return how much."""
    spending = own.read(moving.ALL_SPENDING)
    balances, windows, keys = (
        own.read(sql) for sql in (moving.ALL_BALANCES, moving.ALL_WINDOWS, moving.ALL_KEYS)
    )

    def job(db: StoreConnection) -> int:
        total = 0
        arrived = {tuple(key): n for *key, n in db.execute(moving.MOVED_SPENDING, (origin,))}
        for provider, account, period, stored in spending:
            change = stored - arrived.get((provider, account, period), 0)
            if not change:
                continue
            total += change if period.startswith("month:") else 0
            db.execute(
                "INSERT INTO spending VALUES (?, ?, ?, ?) ON CONFLICT (provider, account, period)"
                " DO UPDATE SET credits = spending.credits + excluded.credits",
                (provider, account, period, change),
            )
            db.execute(
                "INSERT INTO moved_spending VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (origin, provider, account, period)"
                " DO UPDATE SET credits = excluded.credits",
                (origin, provider, account, period, stored),
            )
        db.executemany(
            "INSERT INTO balances VALUES (?, ?, ?, ?) ON CONFLICT (provider, account) DO UPDATE"
            " SET credits=excluded.credits, at=excluded.at WHERE balances.at<excluded.at",
            balances,
        )
        for table, places, rows in (
            ("windows", "?, ?, ?, ?, ?", windows),
            ("keys", "?, ?, ?", keys),
        ):
            sql = f"INSERT INTO {table} VALUES ({places}) ON CONFLICT DO NOTHING"
            db.executemany(sql, rows)
        return total

    return from_millionths(target.write(job))


def _move_attempts(
    own: Journal, target: Journal, origin: int, attempts: Sequence[tuple[Any, ...]]
) -> dict[int, int]:
    """Move some attempts, with their runs and the fingerprints of whom they are about.

    Returns the numbers that they had, and those that they have now.
    """
    numbers = [row[0] for row in attempts]
    subjects = own.read(queries.subjects_of(len(numbers)), numbers)
    names = dict.fromkeys(row[7] for row in attempts)
    runs = [
        run_of_team(target, row) for name in names for row in own.read(moving.RUN_TO_MOVE, (name,))
    ]

    def job(db: StoreConnection) -> dict[int, int]:
        for run in runs:
            enter_run(db, run)
        became: dict[int, int] = {}
        for number, *values, packed in attempts:
            ((new,),) = db.execute(
                f"INSERT INTO attempts ({moving.MOVED_COLUMNS}) VALUES"
                " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                (*values, inflate(packed)),
            ).fetchall()
            became[number] = new
        db.executemany(
            "INSERT INTO subjects VALUES (?, ?) ON CONFLICT DO NOTHING",
            [(key, became[number]) for key, number in subjects],
        )
        arrived = [
            (origin, row[0], became[row[0]], row[10] if row[9] in UNDECIDED else None)
            for row in attempts
        ]
        db.executemany("INSERT INTO moved VALUES (?, ?, ?, ?)", arrived)
        return became

    became: dict[int, int] = target.write(job)
    return became
