"""Intents, answers and money: what a run reads and writes while it works."""

import json
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from enrichctl.errors import BudgetReached, UnderWay
from enrichctl.journal.alive import Alive
from enrichctl.journal.failpoints import reach
from enrichctl.journal.money import (
    Intent,
    correct,
    from_millionths,
    insert,
    iso,
    keep_balance,
    reserve,
    take_back,
    to_millionths,
    under_way,
)
from enrichctl.journal.packing import deflate, inflate
from enrichctl.journal.writer import Then, Writer, connect, unusable
from enrichctl.model import Attempt, Balance, Credits, Outcome, Rate

LATELY = 16  # answers by which the size of the next is guessed

_COLUMNS = (
    "id, provider, account, person, told, wants, outcome, credits, at, run,"
    " answer, packed, reason, cause, ticket, request_id"
)

_UNREAD = _COLUMNS.replace("answer, packed", "NULL, NULL")


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
        self.alive = Alive(path)
        self._reading = threading.Lock()
        self._room = 0.0  # bytes that an answer has taken, of late

    def moment(self) -> datetime:
        """Return the present as it would be read from the journal: to the millisecond."""
        now = self.now()
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def close(self) -> None:
        """Write what is waiting and close."""
        self._writer.close()
        self.db.close()
        self.alive.close()

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

    def _write_later(self, job: Callable[[sqlite3.Connection], Any], step: str, then: Then) -> None:
        def tell(error: Exception | None) -> None:
            if error is None:
                reach(f"{step}:after")
            then(error)

        reach(f"{step}:before")
        self._writer.later(job, tell)

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
        self, provider: str, account: str, person: bytes, variant: str = "", *, unread: bool = False
    ) -> list[Attempt]:
        """Return what was asked of a provider about a person, oldest first.

        Reading an answer is most of the work: ``unread`` leaves all of them out.
        """
        rows = self.read(
            f"SELECT {_UNREAD if unread else _COLUMNS} FROM attempts"  # noqa: S608 - constants
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
            UnderWay: Another run is asking the same at this moment; nothing is written.
            StateError: It could not be written.
        """
        now = self.now()
        worst = to_millionths(intent.worst)

        def job(db: sqlite3.Connection) -> int:
            if under_way(db, intent):
                raise UnderWay("another run is asking this at the same moment")
            reserve(db, intent, worst, now)
            return insert(db, intent, Outcome.SENT, worst, now, round(self._room))

        number: int = self.write(job, "intend")
        return number

    def plan(self, intents: Sequence[Intent]) -> list[int]:
        """Set money aside for several questions; return the numbers of those that fit.

        They count as sent only after `sent`. What no longer fits a budget is left out from the
        first one on that does not; 0 stands for what another run is asking at this moment.

        Raises:
            BudgetReached: Not even the first one fits.
        """
        now = self.now()

        def job(db: sqlite3.Connection) -> list[int]:
            numbers: list[int] = []
            for intent in intents:
                if under_way(db, intent):
                    numbers.append(0)
                    continue
                worst = to_millionths(intent.worst)
                try:
                    reserve(db, intent, worst, now)
                except BudgetReached:
                    if not any(numbers):
                        raise
                    break
                numbers.append(insert(db, intent, Outcome.PLANNED, worst, now, round(self._room)))
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
        now = iso(self.now())
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
        at: datetime | None = None,
        then: Then | None = None,
    ) -> None:
        """Commit what became of an attempt; ``credits`` None leaves the worst case standing.

        What is in doubt keeps the time of its intent: a vendor honours an idempotency key for so
        long from its first use, however often the answer is lost.

        With ``then`` nobody waits for the commit. It comes before that of any later intent, so
        that whoever asks one question at a time still has no more than one undecided.
        """
        packed = _packed(answer)
        if packed:
            self._room += (len(packed) - self._room) / LATELY
        now = at or self.now()
        ended = None if outcome is Outcome.UNCONFIRMED else iso(now)
        is_open = outcome in (Outcome.UNCONFIRMED, Outcome.SUBMITTED)

        def job(db: sqlite3.Connection) -> None:
            if credits is not None:
                correct(db, number, to_millionths(credits))
            db.execute(
                "UPDATE attempts SET outcome=?, at=COALESCE(?, at), answer=NULL, packed=?,"
                " reason=?, cause=?, request_id=?, ticket=COALESCE(NULLIF(?, ''), ticket),"
                " payload=CASE WHEN ? THEN payload END WHERE id=?",
                (outcome, ended, packed, reason, cause, request_id, ticket, is_open, number),
            )
            if balance is not None:
                keep_balance(db, number, to_millionths(balance), now)

        if then is None:
            self.write(job, "settle")
        else:
            self._write_later(job, "settle", then)

    def note(
        self, intent: Intent, outcome: Outcome, *, answer: Any = None, reason: str = "",
        cause: str = "", request_id: str = "",
    ) -> int:  # fmt: skip
        """Commit an outcome that no intent went before, because nothing billed was sent."""
        packed = _packed(answer)
        now = self.now()

        def job(db: sqlite3.Connection) -> int:
            number = insert(db, intent, outcome, 0, now)
            db.execute(
                "UPDATE attempts SET packed=?, reason=?, cause=?, request_id=?, payload=NULL"
                " WHERE id=?",
                (packed, reason, cause, request_id, number),
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
        row = (provider, account, rate.limit, rate.seconds, iso(self.now()))
        self.write(lambda db: db.execute("REPLACE INTO windows VALUES (?, ?, ?, ?, ?)", row))

    def windows(self, provider: str, account: str) -> list[Rate]:
        """Return the rate limits that refusals taught."""
        rows = self.read(
            "SELECT calls, seconds FROM windows WHERE provider=? AND account=?",
            (provider, account),
        )
        return [Rate(calls, seconds) for calls, seconds in rows]


_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def _packed(answer: Any) -> bytes | None:
    return None if answer is None else deflate(_json(answer))


def _attempt(row: tuple[Any, ...]) -> Attempt:
    (number, provider, account, person, told, wants, outcome, stored, at, run, answer, packed,
     reason, cause, ticket, request_id) = row  # fmt: skip
    text = inflate(packed) if answer is None else answer
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
        answer=None if text is None else json.loads(text),
        reason=reason,
        cause=cause,
        ticket=ticket,
        request_id=request_id,
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
