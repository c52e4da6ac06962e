"""A lane for a provider that is asked now and answers later.

Questions gather to a submission until it is full or has lingered long enough. Money is set aside
for all of it before it leaves, and its tickets are in the journal before anybody looks for the
answers: a crash in between finds them again and buys nothing twice.
"""

import heapq
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from enrichctl.engine.questions import Ask, Course
from enrichctl.engine.settling import Done, Service, Settler, broken
from enrichctl.errors import (
    BudgetReached,
    Cancelled,
    EnrichctlError,
    NotYet,
    OutOfCredits,
    ProviderError,
    RecordError,
    Unavailable,
    Unconfirmed,
    UnderWay,
)
from enrichctl.provider import Queue, Ticket
from enrichctl.transport import Api, Payload

LINGER = 0.3  # seconds that a submission waits for more questions
SLOWER = 1.5  # by which the time between two looks grows
SLOWEST = 30.0  # seconds between two looks
FIRST = float("-inf")  # due before everything: a question must not wait for looks
IDLE = 0.2  # seconds between looks at whether the run stops

Job = Callable[[], None]


@dataclass(slots=True)
class _Batch:
    """Questions that go out in one submission."""

    asks: list[Ask] = field(default_factory=list)


class _Books:
    """The ledger of one submission: marks all of it as sent right before it leaves."""

    def __init__(self, settler: Settler, numbers: Sequence[int]) -> None:
        self._settler = settler
        self._numbers = numbers
        self.sent = False

    def intend(self, payload: Payload, *, keyed: bool) -> Payload:
        """See `transport.Ledger`."""
        del keyed
        if not self.sent:
            self._settler.service.journal.sent(self._numbers)
            self.sent = True
        return payload


class QueueLane:
    """Submits questions to one provider and collects the answers.

    Args:
        course: The provider and its place in the waterfall.
        service: What to work with.
        done: Takes every question that came to an end.
    """

    def __init__(self, course: Course, service: Service, done: Callable[[Done], None]) -> None:
        assert isinstance(course.provider, Queue)  # noqa: S101 - who chose this lane looked
        self._course = course
        self._provider: Queue = course.provider
        self._service = service
        self._settler = Settler(course, service)
        self._done = done
        self._due = threading.Condition()
        self._jobs: list[tuple[float, int, Job]] = []
        self._serial = 0
        self._batches: dict[str, _Batch] = {}
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"{course.provider.name}-{n}", daemon=True)
            for n in range(service.workers)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def calls(self) -> int:
        """Return the requests sent so far."""
        return self._settler.calls

    def put(self, ask: Ask) -> None:
        """Take on a question."""
        if ask.reopen is not None and ask.reopen.ticket:
            self._look_at(ask, ask.reopen.id, Ticket(ask.reopen.ticket), 0.0)
            return
        group = self._provider.together(ask.query)
        if not group:
            self._at(FIRST, lambda: self._submit([ask]))
            return
        with self._due:
            batch = self._batches.get(group)
            if batch is None:
                batch = self._batches[group] = _Batch()
                self._at(LINGER, lambda: self._flush(group, batch))
            batch.asks.append(ask)
            full = len(batch.asks) >= self._provider.batch_max
            if full:
                del self._batches[group]
        if full:
            self._at(FIRST, lambda: self._submit(batch.asks))

    def close(self) -> None:
        """Let the workers go; by now every question has come to an end, or the run is stopping."""
        with self._due:
            self._closed = True
            self._due.notify_all()
        for thread in self._threads:
            thread.join()

    def _flush(self, group: str, batch: _Batch) -> None:
        """Submit what has gathered, unless it was full before."""
        with self._due:
            if self._batches.get(group) is not batch:
                return
            del self._batches[group]
        self._submit(batch.asks)

    def _at(self, seconds: float, job: Job) -> None:
        with self._due:
            self._serial += 1
            heapq.heappush(self._jobs, (time.monotonic() + seconds, self._serial, job))
            self._due.notify()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            job()

    def _next(self) -> Job | None:
        """Wait for the next job that is due; when the run stops, all are due at once."""
        with self._due:
            while True:
                if self._jobs:
                    wait = self._jobs[0][0] - time.monotonic()
                    if wait <= 0 or self._stopping():
                        return heapq.heappop(self._jobs)[2]
                elif self._closed:
                    return None
                else:
                    wait = IDLE
                self._due.wait(min(wait, IDLE))

    def _stopping(self) -> bool:
        try:
            self._service.around.pause(0.0)
        except Cancelled:
            return True
        out_of_money = isinstance(self._course.stopped, BudgetReached | OutOfCredits)
        return self._closed or (self._course.stopped is not None and not out_of_money)

    def _submit(self, asks: Sequence[Ask]) -> None:
        try:
            self._submit_or_raise(list(asks))
        except BaseException as error:  # noqa: BLE001 - a bug ends the run, not just this thread
            for ask in asks:
                self._done(Done(ask, error=error))

    def _submit_or_raise(self, asks: list[Ask]) -> None:
        if self._course.stopped:
            raise self._course.stopped
        numbers = self._plan(asks)
        if not numbers:
            return
        books = _Books(self._settler, numbers)
        api = self._settler.api(books)
        try:
            self._take(asks, numbers, self._receipts(asks, api))
        except Unconfirmed as error:
            for place, (ask, number) in enumerate(zip(asks, numbers, strict=True)):
                self._done(self._settler.doubt(ask, number, error, old=place > 0))
        except (ProviderError, Cancelled) as error:
            self._stop(error)
            for ask, number in zip(asks, numbers, strict=True):
                self._done(
                    self._settler.left(ask, number, error, in_doubt=api.in_doubt or api.paid)
                )
        except BaseException as error:
            for ask, number in zip(asks, numbers, strict=True):
                self._settler.left(ask, number, broken(error), in_doubt=books.sent)
            raise
        finally:
            self._settler.count_calls(api)

    def _plan(self, asks: list[Ask]) -> list[int]:
        """Set money aside; leave in ``asks`` what it suffices for and nobody else is asking."""
        try:
            planned = self._service.journal.plan([self._settler.intent(ask) for ask in asks])
        except BudgetReached as error:
            self._stop(error)
            raise
        if len(planned) < len(asks):  # the budget has room for the first ones only
            rest = asks[len(planned) :]
            self._at(FIRST, lambda: self._submit(rest))
        pairs = list(zip(asks, planned, strict=False))
        for ask, number in pairs:
            if not number:
                self._done(Done(ask, error=UnderWay("another run is asking this at the moment")))
        asks[:] = [ask for ask, number in pairs if number]
        return [number for _, number in pairs if number]

    def _receipts(self, asks: Sequence[Ask], api: Api) -> Sequence[Ticket | RecordError]:
        """Submit; what is refused as a whole is a refusal for each."""
        try:
            return self._provider.submit([ask.query for ask in asks], api)
        except Unconfirmed:
            raise
        except RecordError as error:
            return [error] * len(asks)

    def _take(
        self, asks: Sequence[Ask], numbers: Sequence[int], receipts: Sequence[Ticket | RecordError]
    ) -> None:
        """Commit the tickets, then see to each question."""
        triples = list(zip(asks, numbers, receipts, strict=True))
        tickets = {n: r.id for _, n, r in triples if isinstance(r, Ticket)}
        self._service.journal.submitted(tickets)
        for ask, number, receipt in triples:
            if isinstance(receipt, Ticket):
                self._look_at(ask, number, receipt, self._provider.poll_every)
            elif isinstance(receipt, NotYet):  # somebody else has it under way: ask again later
                self._service.journal.void(number)
                self._again(ask)
            elif isinstance(receipt, Unconfirmed):
                self._done(self._settler.doubt(ask, number, receipt))
            else:
                self._done(self._settler.refused(ask, number, receipt, paid=False))

    def _again(self, ask: Ask) -> None:
        began = ask.began or time.monotonic()
        ask.began = began
        if time.monotonic() - began > self._provider.give_up:
            self._done(Done(ask, error=self._too_long()))
            return
        self._at(self._provider.poll_every, lambda: self._submit([ask]))

    def _look_at(self, ask: Ask, number: int, ticket: Ticket, wait: float) -> None:
        self._at(wait, lambda: self._collect(ask, number, ticket, wait))

    def _collect(self, ask: Ask, number: int, ticket: Ticket, waited: float) -> None:
        """Look for an answer once; look again later when it is not there yet."""
        ask.began = ask.began or time.monotonic()
        if self._stopping():  # with no money left, what was bought is still collected
            error: EnrichctlError = self._course.stopped or Cancelled("the run is stopping")
            self._done(Done(ask, error=error))  # its ticket is in the journal
            return
        api = self._settler.api()
        try:
            answer = self._provider.collect(ticket, ask.query, api)
            done = self._settler.answered(ask, number, answer, paid=False)
        except NotYet:
            if time.monotonic() - ask.began > self._provider.give_up:
                done = Done(ask, error=self._too_long())
            else:
                wait = min(max(waited, self._provider.poll_every) * SLOWER, SLOWEST)
                self._look_at(ask, number, ticket, wait)
                return
        except Unconfirmed as error:
            done = self._settler.doubt(ask, number, error)
        except RecordError as error:
            done = self._settler.refused(ask, number, error, paid=False)
        except (ProviderError, Cancelled) as error:
            self._stop(error)
            done = Done(ask, error=error)
        except BaseException as error:  # noqa: BLE001 - a bug ends the run, not just this thread
            done = Done(ask, error=error)
        finally:
            self._settler.count_calls(api)
        self._done(done)

    def _stop(self, error: EnrichctlError) -> None:
        if isinstance(error, ProviderError):
            self._course.stopped = self._course.stopped or error

    def _too_long(self) -> Unavailable:
        return Unavailable(
            f"{self._provider.title} has not answered for {self._provider.give_up / 60:.0f} min",
            next="run the same command again later: what it finds by then is collected",
        )
