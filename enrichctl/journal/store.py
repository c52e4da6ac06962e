"""Intents, answers and money: what a run reads and writes while it works."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from enrichctl.errors import BudgetReached, UnderWay
from enrichctl.journal import queries
from enrichctl.journal.attempts import attempt_of
from enrichctl.journal.boot import since_boot
from enrichctl.journal.contract import Store, StoreConnection, Trouble
from enrichctl.journal.entries import Entry, Settlement, Tickets, Withdrawal
from enrichctl.journal.failpoints import reach, strike
from enrichctl.journal.intending import Intending
from enrichctl.journal.money import (
    Intent,
    from_millionths,
    insert,
    iso,
    reserve,
    take_back,
    to_millionths,
    under_way,
)
from enrichctl.journal.packing import pack_answer, storable
from enrichctl.journal.sqlite import SqliteStore
from enrichctl.journal.writer import (
    AWAY_PATIENCE,
    FIRST_WAIT,
    LONGEST_WAIT,
    Then,
    Undo,
    Writer,
)
from enrichctl.model import Attempt, Balance, Credits, Outcome, Rate

LATELY = 16  # attempts by which the clock is checked


class Journal:
    """A journal, open for reading and writing.

    Reading is for one thread at a time; writing for any number, each waiting until its change is
    on the disk.

    Args:
        place: What it is kept in; a path is that of a file.
        now: Returns the present as an aware UTC datetime; the store's clock by default.
        since_boot: Returns the seconds since a start of the machine, and which one; see `boot`.
        clock: Monotonic seconds, by which patience with the disk ends.
        pause: Waits so many seconds before the disk, or the server, is tried again.
        tell: Is told, in words, that a server is away.

    Raises:
        StateError: It cannot be opened.
    """

    def __init__(
        self,
        place: Store | Path,
        *,
        now: Callable[[], datetime] | None = None,
        since_boot: Callable[[], tuple[str, float]] = since_boot,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._clock = clock
        self._pause = pause
        self.store: Store = SqliteStore(place) if isinstance(place, Path) else place
        self.now = now or self.store.now
        self.since_boot = since_boot
        self._writer = Writer(self.store, clock=clock, pause=pause, tell=tell)
        self.db = self.store.connect()
        self.alive = self.store.alive()
        self._reading = threading.Lock()
        self._has_room = False  # for what the journal may not take when it comes

    def moment(self) -> datetime:
        """Return the present as it would be read from the journal: to the millisecond."""
        now = self.now()
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def close(self) -> None:
        """Write what is waiting and close."""
        self._writer.close()
        self.db.close()
        self.alive.close()
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def write(
        self,
        job: Callable[[StoreConnection], Any],
        step: str = "other",
        undo: Undo[Any] | None = None,
    ) -> Any:
        """Run a job on the writing connection, between the failpoints of its step.

        Args:
            job: What to do; its result is returned.
            step: Its name.
            undo: Takes the result back, where this has raised and it turns out to be written.
        """

        def tried(db: StoreConnection) -> Any:
            strike(step, self.store)
            return job(db)

        reach(step, "before")
        result = self._writer.do(tried, undo)
        reach(step, "after")
        return result

    def keep(self, entry: Entry, then: Then | None = None) -> None:
        """Write what cannot be had again; with ``then`` nobody waits, and somebody is told.

        Raises:
            StateError: The journal does not take it now; it is kept until it does.
            Locked: The same, because of another process.
        """

        def tell(error: Exception | None) -> None:
            if error is None:
                reach(entry.step, "after")
            if then is not None:
                then(error)

        reach(entry.step, "before")
        self._writer.keep(entry, tell if then else None)
        if then is None:
            reach(entry.step, "after")

    def book_left(self) -> None:
        """Book what processes that are dead by now could not write.

        Raises:
            StateError: It could not be written.
        """
        self._writer.book_left()

    def _make_room(self) -> None:
        """Buy nothing whose answer might have no place."""
        if not self._has_room:
            self._writer.make_room()
            self._has_room = True

    def read(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query.

        Raises:
            StateError: The journal cannot be read.
        """
        with self._reading:
            began, wait = self._clock(), FIRST_WAIT
            while True:
                try:
                    return self.db.execute(sql, values).fetchall()
                except Exception as error:
                    if not self.store.is_of_the_database(error):
                        raise
                    is_away = self.store.trouble(error) is Trouble.AWAY
                    if not is_away or self._clock() - began >= AWAY_PATIENCE:
                        raise self.store.unusable(error) from None
                self._pause(wait)
                wait = min(wait * 2, LONGEST_WAIT)

    def scan(self, sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query that may have more of them than fit into memory.

        Raises:
            StateError: The journal cannot be read.
        """
        try:
            yield from self.db.execute(sql, values)
        except Exception as error:
            if not self.store.is_of_the_database(error):
                raise
            raise self.store.unusable(error) from None

    def attempts(
        self, provider: str, account: str, person: bytes, variant: str = "", *, unread: bool = False
    ) -> list[Attempt]:
        """Return what was asked of a provider about a person, oldest first.

        Reading an answer is most of the work: ``unread`` leaves all of them out.
        """
        question = queries.UNREAD_ATTEMPTS_OF_PERSON if unread else queries.ATTEMPTS_OF_PERSON
        return [
            attempt_of(row) for row in self.read(question, (provider, account, person, variant))
        ]

    def asked_about(
        self, provider: str, account: str, people: Sequence[bytes]
    ) -> list[tuple[str, Attempt]]:
        """Return what was asked about people, each with its variant, oldest first, unread."""
        rows = self.read(queries.asked_about(len(people)), (provider, account, *people))
        return [(row[-1], attempt_of(row[:-1])) for row in rows]

    def asked_by(self, addresses: Sequence[bytes], most: int) -> list[Attempt]:
        """Return the last that was asked about whom any of some addresses names, unread."""
        rows = self.read(queries.asked_by(len(addresses)), (*addresses, most))
        return [attempt_of(row) for row in rows]

    def attempt(self, number: int) -> Attempt | None:
        """Return one attempt by its number."""
        rows = self.read(queries.ATTEMPT, (number,))
        return attempt_of(rows[0]) if rows else None

    def latest(self) -> datetime:
        """Return the latest time at which anything was asked or answered lately.

        It is before the present, unless the clock was put back since; the oldest of all times
        when there is nothing.
        """
        ((text,),) = self.read(queries.LATEST_OF_LAST, (LATELY,))
        return _time(text) if text else datetime.min.replace(tzinfo=UTC)

    def payload(self, number: int) -> dict[str, Any] | None:
        """Return the exact request of an open attempt."""
        rows = self.read(queries.PAYLOAD, (number,))
        return json.loads(rows[0][0]) if rows and rows[0][0] else None

    def intend(self, intent: Intent) -> int:
        """Commit an intent and reserve its worst case; return the attempt's number.

        Raises:
            BudgetReached: A limit leaves no room for the worst case; nothing is written.
            UnderWay: Another run is asking the same at this moment; nothing is written.
            StateError: It could not be written.
        """
        self._make_room()
        job = Intending(intent, to_millionths(intent.worst), self.store, self.now)
        reach("intend", "before")
        number: int = self._writer.do(job, take_back)
        reach("intend", "after")
        return number

    def reserve(self, intents: Sequence[Intent]) -> list[int]:
        """Set money aside for several questions; return the numbers of those that fit.

        They count as sent only after `sent`. What no longer fits a budget is left out from the
        first one on that does not; 0 stands for what another run is asking at this moment.

        Raises:
            BudgetReached: Not even the first one fits.
        """

        def job(db: StoreConnection) -> list[int]:
            now = self.now()
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
                numbers.append(insert(db, intent, Outcome.RESERVED, worst, now))
            return numbers

        def undo(db: StoreConnection, numbers: list[int]) -> None:
            for number in filter(None, numbers):
                take_back(db, number)

        self._make_room()
        reserved: list[int] = self.write(job, "reserve", undo)
        return reserved

    def sent(self, numbers: Sequence[int]) -> None:
        """Commit that reserved questions are about to leave.

        Raises:
            UnderWay: Others took this run for dead, and what it had reserved is free again.
        """
        rows = [(Outcome.SENT, number) for number in numbers]

        def job(db: StoreConnection) -> None:
            ((reserved,),) = db.execute(queries.still_reserved(len(numbers)), numbers)
            if reserved != len(numbers):
                raise UnderWay
            db.executemany("UPDATE attempts SET outcome=? WHERE id=?", rows)

        self.write(job, "sent")

    def submitted(self, tickets: Mapping[int, str]) -> None:
        """Commit the tickets that came back for questions that were sent."""
        self.keep(Tickets(dict(tickets), iso(self.now())))

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

        With ``then`` nobody waits for the commit. It comes before that of any later intent, so
        that asking one question at a time still leaves no more than one undecided.
        """
        kept, trouble = pack_answer(answer)
        if trouble:
            outcome = Outcome.FAILED if outcome is Outcome.MATCHED else outcome
            reason, cause = trouble, "unreadable"
        settlement = Settlement(
            number,
            outcome,
            iso(at or self.now()),
            credits=None if credits is None else to_millionths(credits),
            packed=kept,
            reason=storable(reason),
            cause=cause,
            request_id=storable(request_id),
            ticket=storable(ticket),
            balance=None if balance is None else to_millionths(balance),
        )
        self.keep(settlement, then)

    def note(
        self, intent: Intent, outcome: Outcome, *, answer: Any = None, reason: str = "",
        cause: str = "", request_id: str = "",
    ) -> int:  # fmt: skip
        """Commit an outcome that no intent went before, because nothing billed was sent."""
        packed, _ = pack_answer(answer)
        now = self.now()

        def job(db: StoreConnection) -> int:
            number = insert(db, intent, outcome, 0, now)
            db.execute(
                "UPDATE attempts SET packed=?, reason=?, cause=?, request_id=?, payload=NULL"
                " WHERE id=?",
                (db.packed(packed), reason, cause, request_id, number),
            )
            return number

        number: int = self.write(job, "note")
        return number

    def void(self, number: int) -> None:
        """Take back an intent that was never sent or was refused without a charge."""
        self.keep(Withdrawal(number))

    def spent(self, provider: str, period: str, account: str = "") -> Credits:
        """Return what a period has cost, open worst cases included.

        Args:
            provider: Provider name.
            period: ``run:ID``, ``day:YYYY-MM-DD`` or ``month:YYYY-MM``.
            account: Its fingerprint; "" sums over all.
        """
        ((total,),) = self.read(queries.SPENT, (provider, period, account))
        return from_millionths(total)

    def balance(self, provider: str, account: str = "") -> Balance | None:
        """Return the last balance that a provider reported, and when."""
        rows = self.read(queries.BALANCE, (provider, account))
        return Balance(from_millionths(rows[0][0]), _time(rows[0][1])) if rows else None

    def remember_window(self, provider: str, account: str, rate: Rate) -> None:
        """Keep a rate limit that a refusal taught."""
        row = (provider, account, rate.limit, rate.seconds, iso(self.now()))
        self.write(
            lambda db: db.execute(
                "INSERT INTO windows VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (provider, account, seconds)"
                " DO UPDATE SET calls=excluded.calls, at=excluded.at",
                row,
            )
        )

    def windows(self, provider: str, account: str) -> list[Rate]:
        """Return the rate limits that refusals taught."""
        rows = self.read(queries.WINDOWS, (provider, account))
        return [Rate(calls, seconds) for calls, seconds in rows]


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
