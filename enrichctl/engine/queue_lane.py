"""A lane for a provider that takes several questions at once, or answers later, or both.

Questions gather to a submission until it is full or has lingered long enough. Money is set aside
for all of it before it leaves, and its tickets are in the journal before anybody looks for the
answers: a crash in between finds them again and buys nothing twice. What is answered at once is
settled question by question.
"""

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial

from enrichctl.engine.booking import Booking, Done, LaneContext, broken
from enrichctl.engine.delay_queue import DelayQueue
from enrichctl.engine.question import Question, Step
from enrichctl.engine.submission import Batch, Books, Look
from enrichctl.errors import (
    BudgetReached,
    Cancelled,
    EnrichctlError,
    Miss,
    NotYet,
    OutOfCredits,
    ProviderError,
    RecordError,
    Unavailable,
    Unconfirmed,
    UnderWay,
)
from enrichctl.model import Answer
from enrichctl.provider import Queue, Ticket
from enrichctl.transport import Api

LINGER = 0.3  # seconds that a submission waits for more questions
SLOWER = 1.5  # by which the time between two looks grows
SLOWEST = 30.0  # seconds between two looks, unless the provider wants more
FIRST = float("-inf")  # due before everything: a question must not wait for looks

Receipt = Ticket | Answer | RecordError | OutOfCredits


class QueueLane:
    """Submits questions to one provider and collects the answers.

    Args:
        step: The provider and its place in the waterfall.
        service: What to work with.
        done: Takes every question that came to an end.
    """

    def __init__(self, step: Step, service: LaneContext, done: Callable[[Done], None]) -> None:
        assert isinstance(step.provider, Queue)  # noqa: S101 - who chose this lane looked
        self._step = step
        self._provider: Queue = step.provider
        self._service = service
        self._booking = Booking(step, service)
        self._done = done
        self._gathering = threading.Lock()
        self._batches: dict[str, Batch] = {}
        self._looks: dict[str, list[Look]] = {}  # by job, until they are due
        self._queue = DelayQueue(step.provider.name, service.workers, self._stopping)

    @property
    def calls(self) -> int:
        """Return the requests sent so far."""
        return self._booking.calls

    def put(self, ask: Question) -> None:
        """Take on a question."""
        if ask.reopen is not None and ask.reopen.ticket:
            self._look_at([Look(ask, ask.reopen.id, Ticket(ask.reopen.ticket))], 0.0)
            return
        group = self._provider.together(ask.query)
        if not group:
            self._queue.at(FIRST, lambda: self._submit([ask]))
            return
        with self._gathering:
            batch = self._batches.get(group)
            if batch is None:
                batch = self._batches[group] = Batch()
                self._queue.at(LINGER, lambda: self._flush(group, batch))
            batch.asks.append(ask)
            full = len(batch.asks) >= self._provider.batch_max
            if full:
                del self._batches[group]
        if full:
            self._queue.at(FIRST, lambda: self._submit(batch.asks))

    def close(self) -> None:
        """Let the workers go; by now every question has come to an end, or the run is stopping."""
        self._queue.close()

    def _flush(self, group: str, batch: Batch) -> None:
        """Submit what has gathered, unless it was full before."""
        with self._gathering:
            if self._batches.get(group) is not batch:
                return
            del self._batches[group]
        self._submit(batch.asks)

    def _stopping(self) -> bool:
        try:
            self._service.around.pause(0.0)
        except Cancelled:
            return True
        out_of_money = isinstance(self._step.stopped, BudgetReached | OutOfCredits)
        return self._queue.closed or (self._step.stopped is not None and not out_of_money)

    def _submit(self, asks: Sequence[Question]) -> None:
        try:
            self._submit_or_raise(list(asks))
        except BaseException as error:  # noqa: BLE001 - a bug ends the run, not just this thread
            for ask in asks:
                self._done(Done(ask, error=error))

    def _submit_or_raise(self, asks: list[Question]) -> None:
        if self._step.stopped:
            raise self._step.stopped
        numbers = self._plan(asks)
        if not numbers:
            return
        books = Books(self._booking, numbers)
        api = self._booking.api(books)
        try:
            receipts = self._receipts(asks, api)
        except BaseException as error:  # noqa: BLE001 - what is a bug is raised again
            self._unanswered(list(zip(asks, numbers, strict=True)), error, api, sent=books.sent)
        else:  # from here on a trouble is the journal's, which keeps what is in hand
            self._take(asks, numbers, receipts)
        finally:
            self._booking.count_calls(api)

    def _unanswered(
        self, pairs: Sequence[tuple[Question, int]], error: BaseException, api: Api, *, sent: bool
    ) -> None:
        """End the questions of a submission of which nothing came back.

        Raises:
            BaseException: It was a bug, or reaches the whole run.
        """
        if isinstance(error, Unconfirmed):
            for place, (ask, number) in enumerate(pairs):
                self._done(self._booking.doubt(ask, number, error, old=place > 0))
        elif isinstance(error, ProviderError | Cancelled):
            self._stop(error)
            in_doubt = api.in_doubt or api.paid
            for ask, number in pairs:
                self._done(self._booking.left(ask, number, error, in_doubt=in_doubt))
        else:
            for ask, number in pairs:
                self._booking.left(ask, number, broken(error), in_doubt=sent)
            raise error

    def _plan(self, asks: list[Question]) -> list[int]:
        """Set money aside; leave in ``asks`` what it suffices for and nobody else is asking."""
        try:
            planned = self._service.journal.plan([self._booking.intent(ask) for ask in asks])
        except BudgetReached as error:
            self._stop(error)
            raise
        if len(planned) < len(asks):  # the budget has room for the first ones only
            rest = asks[len(planned) :]
            self._queue.at(FIRST, lambda: self._submit(rest))
        pairs = list(zip(asks, planned, strict=False))
        for ask, number in pairs:
            if not number:
                self._done(Done(ask, error=UnderWay()))
        asks[:] = [ask for ask, number in pairs if number]
        return [number for _, number in pairs if number]

    def _receipts(self, asks: Sequence[Question], api: Api) -> Sequence[Receipt]:
        """Submit; what is refused as a whole is a refusal for each."""
        try:
            receipts = self._provider.submit([ask.query for ask in asks], api)
        except Unconfirmed:
            raise
        except RecordError as error:
            return [error] * len(asks)
        if len(receipts) != len(asks):
            raise AssertionError(f"{len(receipts)} receipts for {len(asks)} questions")
        return receipts

    def _take(
        self, asks: Sequence[Question], numbers: Sequence[int], receipts: Sequence[Receipt]
    ) -> None:
        """Commit the tickets, then see to each question; a bug in one leaves the others alone."""
        triples = list(zip(asks, numbers, receipts, strict=True))
        looks = [Look(ask, n, ticket) for ask, n, ticket in triples if isinstance(ticket, Ticket)]
        if looks:
            self._service.journal.submitted({look.number: look.ticket.id for look in looks})
            self._look_at(looks, self._provider.poll_every)
        doubts = 0
        for ask, number, receipt in triples:
            if isinstance(receipt, Ticket):
                continue
            try:
                if isinstance(receipt, Unconfirmed):
                    done: Done | None = self._booking.doubt(ask, number, receipt, old=doubts > 0)
                    doubts += 1
                else:
                    done = self._answered(ask, number, receipt)
            except BaseException as error:  # noqa: BLE001 - ends the run, not just this thread
                done = Done(ask, error=error)
            if done is not None:
                self._done(done)

    def _answered(
        self, ask: Question, number: int, receipt: Answer | RecordError | OutOfCredits
    ) -> Done | None:
        """End a question that was answered or refused at once; None when it is asked again."""
        match receipt:
            case Answer():
                return self._booking.answered(ask, number, receipt, paid=True)
            case OutOfCredits():
                return self._unsold(ask, number, receipt)
            case NotYet():  # somebody else has it under way: ask again later
                self._service.journal.void(number)
                return self._again(ask)
        missed_for_money = isinstance(receipt, Miss) and self._each_call_costs
        return self._booking.refused(ask, number, receipt, paid=missed_for_money)

    @property
    def _each_call_costs(self) -> bool:
        return self._provider.price.billed == "call"

    def _unsold(self, ask: Question, number: int, error: OutOfCredits) -> Done:
        """End a question for which the credits did not suffice: nothing was sold."""
        self._stop(error)
        self._service.journal.void(number)
        return Done(ask, error=error)

    def _again(self, ask: Question) -> Done | None:
        ask.began = ask.began or time.monotonic()
        if self._too_late(ask):
            return Done(ask, error=self._too_long())
        waited = min((time.monotonic() - ask.began) * (SLOWER - 1), SLOWEST)
        self._queue.at(max(self._provider.poll_every, waited), lambda: self._submit([ask]))
        return None

    def _look_at(self, looks: Sequence[Look], wait: float) -> None:
        """Look for answers later, for those of one job in one go."""
        for look in looks:
            job = self._provider.job(look.ticket)
            with self._gathering:
                waiting = self._looks.setdefault(job, [])
                waiting.append(look)
                first = len(waiting) == 1
            if first:
                self._queue.at(wait, partial(self._collect, job, wait))

    def _collect(self, job: str, waited: float) -> None:
        """Look once for the answers of a job; look again later when they are not there yet."""
        with self._gathering:
            looks = self._looks.pop(job)
        for look in looks:
            look.ask.began = look.ask.began or time.monotonic()
        for place, look in enumerate(looks):
            done = self._collected(look)
            if done is not None:
                self._done(done)
                continue
            left = [*looks[place + 1 :], look]  # one that is late holds up no other
            late = [one for one in left if self._too_late(one.ask)]
            for one in late:
                self._done(Done(one.ask, error=self._too_long()))
            least = self._provider.poll_every
            wait = max(least, min(max(waited, least) * SLOWER, SLOWEST))
            self._look_at([one for one in left if one not in late], wait)
            return

    def _collected(self, look: Look) -> Done | None:
        """Look for one answer; None when it is not there yet."""
        ask, number = look.ask, look.number
        if self._stopping():  # with no money left, what was bought is still collected
            stopped: EnrichctlError = self._step.stopped or Cancelled("the run is stopping")
            return Done(ask, error=stopped)  # its ticket is in the journal
        api = self._booking.api()
        paid = self._each_call_costs
        done: Done | None
        try:
            answer = self._provider.collect(look.ticket, ask.query, api)
            if isinstance(answer, OutOfCredits):
                done = self._unsold(ask, number, answer)
            else:
                done = self._booking.answered(ask, number, answer, paid=paid)
        except NotYet:
            return None
        except Unconfirmed as error:
            done = self._booking.doubt(ask, number, error)
        except RecordError as error:
            done = self._booking.refused(ask, number, error, paid=paid)
        except (ProviderError, Cancelled) as error:
            self._stop(error)
            done = Done(ask, error=error)
        except BaseException as error:  # noqa: BLE001 - a bug ends the run, not just this thread
            done = Done(ask, error=error)
        finally:
            self._booking.count_calls(api)
        return done

    def _too_late(self, ask: Question) -> bool:
        return time.monotonic() - ask.began > self._provider.give_up

    def _stop(self, error: EnrichctlError) -> None:
        if isinstance(error, ProviderError):
            self._step.stopped = self._step.stopped or error

    def _too_long(self) -> Unavailable:
        return Unavailable(
            f"{self._provider.title} has not answered for {self._provider.give_up / 60:.0f} min",
            next="run the same command again later: what it finds by then is collected",
        )
