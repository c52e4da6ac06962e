"""Intents, answers and money: what a run reads and writes while it works."""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from enrichctl.errors import BudgetReached
from enrichctl.journal.failpoints import reach
from enrichctl.journal.writer import Writer, connect, unusable
from enrichctl.model import NOTHING, Attempt, Balance, Credits, Outcome, Rate

_MILLION = 1_000_000


def to_millionths(credits: Credits) -> int:  # noqa: A002 - the word of the trade
    """Return credits as the journal stores them: whole millionths, so that sums are exact."""
    return int((credits * _MILLION).to_integral_value())


def from_millionths(stored: int) -> Credits:
    """Return stored millionths as credits, without trailing zeros."""
    return (Credits(stored) / _MILLION).normalize() + 0 if stored else NOTHING


def subject_key(canonical: str) -> bytes:
    """Return the fingerprint by which whatever names a person is found again."""
    return hashlib.blake2b(canonical.encode(), digest_size=8, person=b"subject").digest()


@dataclass(frozen=True, slots=True)
class Budgets:
    """The owner's limits for one provider, in its credits; None is no limit."""

    run: Credits | None = None
    day: Credits | None = None
    month: Credits | None = None


@dataclass(frozen=True, slots=True)
class Intent:
    """What is about to be asked, before it is.

    Attributes:
        provider: Provider name.
        account: Fingerprint of the account.
        person: Fingerprint of the person.
        variant: What else makes it another question.
        told: Names of the fields told.
        wants: Names of the fields that the answer will cover.
        run: The run that asks.
        subjects: Fingerprints of what is told, for `forget`.
        worst: The most it can cost.
        payload: The exact request, as JSON values; None for what costs nothing.
        budgets: Limits that it must stay within.
    """

    provider: str
    account: str
    person: bytes
    variant: str
    told: tuple[str, ...]
    wants: tuple[str, ...]
    run: str
    subjects: tuple[bytes, ...] = ()
    worst: Credits = NOTHING
    payload: Mapping[str, Any] | None = None
    budgets: Budgets = field(default_factory=Budgets)


_COLUMNS = (
    "id, provider, account, person, told, wants, outcome, credits, at, run, answer, reason, cause,"
    " ticket, request_id"
)


class Journal:
    """The journal of one user, open for reading and writing.

    Reading is for one thread at a time; writing for any number, each waiting until its change is
    on the disk.

    Args:
        path: The database file.
        now: Returns the present as an aware UTC datetime.

    Raises:
        StateError: It cannot be opened.
    """

    def __init__(
        self, path: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.path = path
        self.now = now
        self._writer = Writer(path)
        self.db = connect(path)
        self._reading = threading.Lock()

    def close(self) -> None:
        """Write what is waiting and close."""
        self._writer.close()
        self.db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def write(self, job: Callable[[sqlite3.Connection], Any], step: str = "") -> Any:
        """Run a job on the writing connection, between the failpoints of its step."""
        reach(f"{step}:before")
        result = self._writer.do(job)
        reach(f"{step}:after")
        return result

    def read(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query.

        Raises:
            StateError: The journal cannot be read.
        """
        with self._reading:
            try:
                return self.db.execute(sql, values).fetchall()
            except sqlite3.Error as error:
                raise unusable(self.path, error) from None

    def attempts(
        self, provider: str, account: str, person: bytes, variant: str = ""
    ) -> list[Attempt]:
        """Return what was asked of a provider about a person, oldest first."""
        rows = self.read(
            f"SELECT {_COLUMNS} FROM attempts"  # noqa: S608 - a constant
            " WHERE provider=? AND account=? AND person=? AND variant=? ORDER BY id",
            (provider, account, person, variant),
        )
        return [_attempt(row) for row in rows]

    def attempt(self, number: int) -> Attempt | None:
        """Return one attempt by its number."""
        rows = self.read(f"SELECT {_COLUMNS} FROM attempts WHERE id=?", (number,))  # noqa: S608 - a constant
        return _attempt(rows[0]) if rows else None

    def payload(self, number: int) -> dict[str, Any] | None:
        """Return the exact request of an open attempt."""
        rows = self.read("SELECT payload FROM attempts WHERE id=?", (number,))
        return json.loads(rows[0][0]) if rows and rows[0][0] else None

    def intend(self, intent: Intent) -> int:
        """Commit an intent and reserve its worst case; return the attempt's number.

        Raises:
            BudgetReached: A limit leaves no room for the worst case; nothing is written.
            StateError: It could not be written.
        """
        now = self.now()
        worst = to_millionths(intent.worst)

        def job(db: sqlite3.Connection) -> int:
            self._reserve(db, intent, worst, now)
            return _insert(db, intent, Outcome.SENT, worst, now)

        number: int = self.write(job, "intend")
        return number

    def plan(self, intents: Sequence[Intent]) -> list[int]:
        """Set money aside for several questions; return the numbers of those that fit.

        They count as sent only after `sent`. What no longer fits a budget is left out from the
        first one on that does not.

        Raises:
            BudgetReached: Not even the first one fits.
        """
        now = self.now()

        def job(db: sqlite3.Connection) -> list[int]:
            numbers: list[int] = []
            for intent in intents:
                worst = to_millionths(intent.worst)
                try:
                    self._reserve(db, intent, worst, now)
                except BudgetReached:
                    if not numbers:
                        raise
                    break
                numbers.append(_insert(db, intent, Outcome.PLANNED, worst, now))
            return numbers

        planned: list[int] = self.write(job, "plan")
        return planned

    def sent(self, numbers: Sequence[int]) -> None:
        """Commit that planned questions are about to leave."""
        rows = [(Outcome.SENT, number) for number in numbers]
        self.write(
            lambda db: db.executemany("UPDATE attempts SET outcome=? WHERE id=?", rows), "sent"
        )

    def submitted(self, tickets: Mapping[int, str]) -> None:
        """Commit the tickets that came back for questions that were sent."""
        now = _iso(self.now())
        rows = [(Outcome.SUBMITTED, now, ticket, number) for number, ticket in tickets.items()]
        self.write(
            lambda db: db.executemany(
                "UPDATE attempts SET outcome=?, at=?, ticket=? WHERE id=?", rows
            ),
            "submitted",
        )

    def settle(
        self,
        number: int,
        outcome: Outcome,
        *,
        credits: Credits | None = None,  # noqa: A002 - the word of the trade
        answer: Any = None,
        reason: str = "",
        cause: str = "",
        request_id: str = "",
        ticket: str = "",
        balance: Credits | None = None,
    ) -> None:
        """Commit what became of an attempt; ``credits`` None leaves the worst case standing.

        What is in doubt keeps the time of its intent: a vendor honours an idempotency key for so
        long from its first use, however often the answer is lost.
        """
        text = None if answer is None else json.dumps(answer, ensure_ascii=False, allow_nan=False)
        now = self.now()
        at = None if outcome is Outcome.UNCONFIRMED else _iso(now)
        is_open = outcome in (Outcome.UNCONFIRMED, Outcome.SUBMITTED)

        def job(db: sqlite3.Connection) -> None:
            if credits is not None:
                _correct(db, number, to_millionths(credits))
            db.execute(
                "UPDATE attempts SET outcome=?, at=COALESCE(?, at), answer=?, reason=?, cause=?,"
                " request_id=?, ticket=COALESCE(NULLIF(?, ''), ticket),"
                " payload=CASE WHEN ? THEN payload END WHERE id=?",
                (outcome, at, text, reason, cause, request_id, ticket, is_open, number),
            )
            if balance is not None:
                _balance(db, number, to_millionths(balance), now)

        self.write(job, "settle")

    def note(
        self, intent: Intent, outcome: Outcome, *, answer: Any = None, reason: str = "",
        cause: str = "", request_id: str = "",
    ) -> int:  # fmt: skip
        """Commit an outcome that no intent went before, because nothing billed was sent."""
        text = None if answer is None else json.dumps(answer, ensure_ascii=False, allow_nan=False)
        now = self.now()

        def job(db: sqlite3.Connection) -> int:
            number = _insert(db, intent, outcome, 0, now)
            db.execute(
                "UPDATE attempts SET answer=?, reason=?, cause=?, request_id=?, payload=NULL"
                " WHERE id=?",
                (text, reason, cause, request_id, number),
            )
            return number

        number: int = self.write(job, "note")
        return number

    def void(self, number: int) -> None:
        """Take back an intent that was never sent or was refused without a charge."""
        self.write(lambda db: take_back(db, number), "void")

    def spent(self, provider: str, period: str, account: str = "") -> Credits:
        """Return what a period has cost, open worst cases included.

        Args:
            provider: Provider name.
            period: ``run:ID``, ``day:YYYY-MM-DD`` or ``month:YYYY-MM``.
            account: Its fingerprint; "" sums over all.
        """
        ((total,),) = self.read(
            "SELECT COALESCE(SUM(credits), 0) FROM spending"
            " WHERE provider=? AND period=? AND account LIKE ?",
            (provider, period, account or "%"),
        )
        return from_millionths(total)

    def balance(self, provider: str, account: str = "") -> Balance | None:
        """Return the last balance that a provider reported, and when."""
        rows = self.read(
            "SELECT credits, at FROM balances WHERE provider=? AND account LIKE ?"
            " ORDER BY at DESC LIMIT 1",
            (provider, account or "%"),
        )
        return Balance(from_millionths(rows[0][0]), _time(rows[0][1])) if rows else None

    def remember_window(self, provider: str, account: str, rate: Rate) -> None:
        """Keep a rate limit that a refusal taught."""
        row = (provider, account, rate.limit, rate.seconds, _iso(self.now()))
        self.write(lambda db: db.execute("REPLACE INTO windows VALUES (?, ?, ?, ?, ?)", row))

    def windows(self, provider: str, account: str) -> list[Rate]:
        """Return the rate limits that refusals taught."""
        rows = self.read(
            "SELECT calls, seconds FROM windows WHERE provider=? AND account=?",
            (provider, account),
        )
        return [Rate(calls, seconds) for calls, seconds in rows]

    def _reserve(self, db: sqlite3.Connection, intent: Intent, worst: int, now: datetime) -> None:
        periods = _periods(intent.run, now.date().isoformat())
        limits = (intent.budgets.run, intent.budgets.day, intent.budgets.month)
        for period, limit, word in zip(periods, limits, ("run", "day", "month"), strict=True):
            if limit is None:
                continue
            (spent,) = db.execute(
                "SELECT COALESCE(SUM(credits), 0) FROM spending"
                " WHERE provider=? AND account=? AND period=?",
                (intent.provider, intent.account, period),
            ).fetchone()
            if spent + worst > to_millionths(limit):
                raise BudgetReached(
                    f"the budget of {limit} credits a {word} at {intent.provider} leaves no room"
                    f" for a call of up to {intent.worst}, {from_millionths(spent)} are spent",
                    next="raise the budget, then run the same command again",
                )
        _spend(db, intent.provider, intent.account, periods, worst)


def take_back(db: sqlite3.Connection, number: int) -> None:
    """Remove an intent, and what was set aside for it."""
    _correct(db, number, 0)
    db.execute("DELETE FROM attempts WHERE id=?", (number,))


def _periods(run: str, day: str) -> tuple[str, str, str]:
    return f"run:{run}", f"day:{day}", f"month:{day[:7]}"


def _spend(
    db: sqlite3.Connection, provider: str, account: str, periods: Iterable[str], change: int
) -> None:
    if change:
        db.executemany(
            "INSERT INTO spending VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET credits = credits + excluded.credits",
            [(provider, account, period, change) for period in periods],
        )


def _insert(
    db: sqlite3.Connection, intent: Intent, outcome: Outcome, stored: int, now: datetime
) -> int:
    cursor = db.execute(
        "INSERT INTO attempts (provider, account, person, variant, told, wants, run, day, outcome,"
        " credits, at, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            intent.provider, intent.account, intent.person, intent.variant, "\t".join(intent.told),
            "\t".join(intent.wants), intent.run, now.date().isoformat(), outcome, stored, _iso(now),
            json.dumps(intent.payload) if intent.payload is not None else None,
        ),
    )  # fmt: skip
    number = cursor.lastrowid or 0
    db.executemany(
        "INSERT OR IGNORE INTO subjects VALUES (?, ?)", [(key, number) for key in intent.subjects]
    )
    return number


def _correct(db: sqlite3.Connection, number: int, stored: int) -> None:
    """Replace an attempt's reserved credits by what it cost, in the periods it counts against."""
    provider, account, run, day, reserved = db.execute(
        "SELECT provider, account, run, day, credits FROM attempts WHERE id=?", (number,)
    ).fetchone()
    _spend(db, provider, account, _periods(run, day), stored - reserved)
    db.execute("UPDATE attempts SET credits=? WHERE id=?", (stored, number))


def _balance(db: sqlite3.Connection, number: int, stored: int, now: datetime) -> None:
    db.execute(
        "REPLACE INTO balances SELECT provider, account, ?, ? FROM attempts WHERE id=?",
        (stored, _iso(now), number),
    )


def _attempt(row: tuple[Any, ...]) -> Attempt:
    (number, provider, account, person, told, wants, outcome, stored, at, run, answer, reason,
     cause, ticket, request_id) = row  # fmt: skip
    return Attempt(
        id=number,
        provider=provider,
        account=account,
        person=person,
        told=tuple(told.split("\t")),
        wants=tuple(wants.split("\t")),
        outcome=Outcome(outcome),
        credits=from_millionths(stored),
        at=_time(at),
        run=run,
        answer=None if answer is None else json.loads(answer),
        reason=reason,
        cause=cause,
        ticket=ticket,
        request_id=request_id,
    )


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
