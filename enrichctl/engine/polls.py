"""Polls for the answers that one provider gives later, by their tickets.

The ticket of each is in the journal. Tickets whose answers are there at the same time are looked at
in one go; what is late holds up no other, and is left to a later run once it is too late.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from enrichctl.engine.booking import Booking, Done, LaneContext, Result
from enrichctl.engine.delay_queue import DelayQueue
from enrichctl.engine.question import Question, Step
from enrichctl.errors import Cancelled, Miss, NotYet, OutOfCredits, RecordError, Unavailable
from enrichctl.model import Ticket
from enrichctl.provider import Queue

SLOWER = 1.5  # by which the time between two polls grows
SLOWEST = 30.0  # seconds between two polls, unless the provider wants more


@dataclass(slots=True)
class Poll:
    """A question whose answer is polled for."""

    question: Question
    number: int
    ticket: Ticket


class Polls:
    """The answers that a provider still owes.

    Args:
        step: The provider and its place in the waterfall.
        context: What to work with.
        booking: Books what came.
        report: Is told of every question that is left to a later run.
        queue: Has the workers poll when it is due.
        is_stopping: Tells whether nothing more is polled for.

    Attributes:
        requests: How many were sent so far.
    """

    def __init__(
        self,
        step: Step,
        context: LaneContext,
        booking: Booking,
        report: Callable[[Done], None],
        queue: DelayQueue,
        is_stopping: Callable[[], bool],
    ) -> None:
        self._step = step
        self._context = context
        self._booking = booking
        self._report = report
        self._queue = queue
        self._is_stopping = is_stopping
        self.requests = 0
        self._lock = threading.Lock()
        self._jobs: dict[str, list[Poll]] = {}  # until they are due
        self._polling = 0  # tickets that are looked at right now

    @property
    def awaiting(self) -> bool:
        """Tell whether any answer is still to come."""
        with self._lock:
            return bool(self._jobs or self._polling)

    def later(self, polls: Sequence[Poll], wait: float) -> None:
        """Poll for answers in so many seconds, for those of one job in one go."""
        for poll in polls:
            job = self._provider.job(poll.ticket)
            with self._lock:
                waiting = self._jobs.setdefault(job, [])
                waiting.append(poll)
                is_first = len(waiting) == 1
            if is_first:
                self._queue.at(wait, partial(self._poll, job, wait))

    @property
    def _provider(self) -> Queue:
        assert isinstance(self._step.provider, Queue)  # noqa: S101 - nobody else gives tickets
        return self._step.provider

    def _poll(self, job: str, waited: float) -> None:
        """Poll once for the answers of a job; again later when they are not there yet."""
        with self._lock:
            polls = self._jobs.pop(job)
            self._polling += len(polls)
        try:
            self._poll_each(polls, waited)
        finally:
            with self._lock:
                self._polling -= len(polls)

    def _poll_each(self, polls: Sequence[Poll], waited: float) -> None:
        """Fetch the answers of a job as far as they are there; poll later for the others."""
        provider = self._provider
        for poll in polls:
            poll.question.waiting_since = poll.question.waiting_since or time.monotonic()
        for index, poll in enumerate(polls):
            if self._collect(poll):
                continue
            left = [*polls[index + 1 :], poll]  # one that is late holds up no other
            late = [one for one in left if is_too_late(one.question, provider)]
            for one in late:
                self._report(Done(one.question, error=too_late(provider)))
            least = provider.poll_every
            wait = max(least, min(max(waited, least) * SLOWER, SLOWEST))
            self.later([one for one in left if one not in late], wait)
            return

    def _collect(self, poll: Poll) -> bool:
        """Fetch one answer and book it; tell whether the question came to an end."""
        question, number = poll.question, poll.number
        try:
            result = self._fetch(poll)
            self._step.stop(result)
            billed = self._provider.charges(question.query).billed
            costs = result.is_charged(billed) if isinstance(result, Miss) else billed == "call"
            paid = costs and not isinstance(result, OutOfCredits)
            self._booking.end(question, number, result, paid=paid)
        except NotYet:
            return False
        except BaseException as error:  # noqa: BLE001 - a bug ends the run, not just this thread
            self._step.stop(error)
            self._report(Done(question, error=error))
        return True

    def _fetch(self, poll: Poll) -> Result:
        """Return the answer to a ticket, or what it was refused with."""
        if self._is_stopping():  # its ticket is in the journal
            raise self._step.stopped or Cancelled("the run is stopping")
        provider = self._provider
        api = self._context.api(provider, self._booking.explain)
        try:
            return provider.collect(poll.ticket, poll.question.query, api)
        except NotYet:
            raise
        except RecordError as error:
            return error
        finally:
            with self._lock:
                self.requests += api.calls


def is_too_late(question: Question, provider: Queue) -> bool:
    """Tell whether a question has waited for as long as a run waits."""
    return time.monotonic() - question.waiting_since > provider.give_up


def too_late(provider: Queue) -> Unavailable:
    """Return with what a question ends that has waited too long."""
    return Unavailable(
        f"{provider.title} has not answered for {provider.give_up / 60:.0f} min",
        next="run the same command again later: what it finds by then is collected",
    )
