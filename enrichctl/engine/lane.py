"""A lane: one provider with its own workers, limits and trouble.

All providers go the same way: questions gather to a submission, its money is reserved, it is sent,
and what comes back is booked question by question. A look-up is a submission of one that reserves
at its billed call, since it may be answered for nothing. What is answered later has its ticket in
the journal before anybody polls for it: a crash in between finds it again and buys nothing twice.

Workers only ask. What to ask is decided by the run, and what is known stands in the journal.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from enrichctl.engine.acceptance import is_certain
from enrichctl.engine.booking import Booking, Done, LaneContext, Result
from enrichctl.engine.budget_room import BudgetRoom
from enrichctl.engine.delay_queue import NOW, DelayQueue
from enrichctl.engine.polls import SLOWER, SLOWEST, Poll, Polls, is_too_late, too_late
from enrichctl.engine.question import Question, Step
from enrichctl.engine.request_ledger import RequestLedger
from enrichctl.errors import (
    BadRecord,
    BudgetReached,
    Cancelled,
    Miss,
    NotYet,
    OfferDeclined,
    OutOfCredits,
    ProviderError,
    RecordError,
    RefusedAlone,
    Unconfirmed,
    UnderWay,
)
from enrichctl.model import Answer, Ticket
from enrichctl.provider import Lookup, Offer, Queue, Remote
from enrichctl.transport import Api

LINGER = 0.3  # seconds that a submission waits for more questions
NOT_TAKEN = "nothing was bought or written: whether it is about this record is not certain"

Receipt = Ticket | Result
"""What a provider gives for a question of a submission."""


@dataclass(slots=True)
class _Submission:
    """Questions that go out together, while they gather."""

    questions: list[Question] = field(default_factory=list)


class Lane:
    """Asks one provider, several questions at a time.

    Args:
        step: The provider and its place in the waterfall.
        context: What to work with.
        report: Is told of every question that came to an end.
        queue: Has the workers do what is due; one of its own, by default.

    """

    def __init__(
        self,
        step: Step,
        context: LaneContext,
        report: Callable[[Done], None],
        queue: DelayQueue | None = None,
    ) -> None:
        assert isinstance(step.provider, Remote)  # noqa: S101 - local providers have no lane
        self._step = step
        self._provider: Remote = step.provider
        self._is_lookup = isinstance(step.provider, Lookup)
        self._key_hours = getattr(step.provider, "key_hours", 0.0)
        self._context = context
        self._booking = Booking(step, context, report)
        self._report = report
        self._requests = 0
        self._lock = threading.Lock()
        self._gathering: dict[str, _Submission] = {}
        self._sending = 0  # submissions with money set aside that have no tickets yet
        self._reserving = threading.Lock()
        self._room = BudgetRoom(step)
        self._no_room_until = 0.0  # on the monotonic clock; look-ups before that wait
        self._queue = queue or DelayQueue(self._provider.name, context.workers, self._is_stopping)
        self._polls = Polls(step, context, self._booking, report, self._queue, self._is_stopping)

    @property
    def requests(self) -> int:
        """Return how many were sent so far."""
        return self._requests + self._polls.requests

    def put(self, question: Question) -> None:
        """Take on a question."""
        reopen = question.reopen
        if reopen is not None and reopen.ticket:
            self._polls.later([Poll(question, reopen.id, Ticket(reopen.ticket))], 0.0)
            return
        provider = self._provider
        if (
            self._is_lookup
            or not isinstance(provider, Queue)
            or not (group := provider.together(question.query))
        ):
            self._queue.at(NOW, partial(self._submit, [question]))
            return
        with self._lock:
            submission = self._gathering.get(group)
            if submission is None:
                submission = self._gathering[group] = _Submission()
                self._queue.at(LINGER, partial(self._flush, group, submission))
            submission.questions.append(question)
            is_full = len(submission.questions) >= provider.batch_max
            if is_full:
                del self._gathering[group]
        if is_full:
            self._queue.at(NOW, partial(self._submit, submission.questions))

    def close(self) -> None:
        """Let the workers go once nothing is left to do."""
        self._queue.close()

    def _flush(self, group: str, submission: _Submission) -> None:
        """Submit what has gathered, unless it was full before."""
        with self._lock:
            if self._gathering.get(group) is not submission:
                return
            del self._gathering[group]
        self._submit(submission.questions)

    def _is_stopping(self) -> bool:
        """Tell whether nothing more is polled for; what was bought still is, without money."""
        try:
            self._context.runtime.pause(0.0)
        except Cancelled:
            return True
        no_money = isinstance(self._step.stopped, BudgetReached | OutOfCredits)
        return self._queue.closed or (self._step.stopped is not None and not no_money)

    def _submit(self, questions: Sequence[Question]) -> None:
        """Ask the questions of one submission; what keeps them from being asked ends them."""
        try:
            questions, numbers = self._reserve(questions)
            try:
                if questions:
                    self._send(questions, numbers)
            finally:
                if numbers:
                    with self._lock:
                        self._sending -= 1
        except BaseException as error:  # noqa: BLE001 - a bug ends the run, not just this thread
            for question in questions:
                self._report(Done(question, error=error))

    def _reserve(self, questions: Sequence[Question]) -> tuple[Sequence[Question], list[int]]:
        """Reserve money for a submission; return what it suffices for and nobody else is asking.

        A look-up is reserved once it makes a billed call: see `RequestLedger`.

        Raises:
            Cancelled: The run stops, and starts no new call.
            ProviderError: Nothing more is asked of the provider.
        """
        self._context.runtime.pause(0.0)
        if self._step.stopped:
            raise self._step.stopped
        if self._is_lookup:
            if (wait := self._no_room_until - time.monotonic()) > 0:
                self._queue.at(wait, partial(self._submit, questions))
                return [], []
            return questions, []
        intents = [self._booking.intent(question) for question in questions]
        with self._reserving:  # who finds no room knows of all for whom there was
            if self._step.stopped:
                raise self._step.stopped
            awaits = self._awaits_answers()  # before: they may come while room is looked for
            try:
                numbers = self._context.journal.reserve(intents)
            except BudgetReached as error:
                if awaits:  # most cost less than what is set aside for them
                    again = partial(self._submit, questions)
                    self._queue.at(self._queue_of().poll_every, again)
                    return [], []
                self._step.stop(error)
                raise
            with self._lock:
                self._sending += any(numbers)
        if len(numbers) < len(questions):  # the budget has room for the first ones only
            self._queue.at(NOW, partial(self._submit, questions[len(numbers) :]))
        pairs = list(zip(questions, numbers, strict=False))
        for question, number in pairs:
            if not number:
                self._report(Done(question, error=UnderWay()))
        reserved = [(question, number) for question, number in pairs if number]
        return [question for question, _ in reserved], [number for _, number in reserved]

    def _send(self, questions: Sequence[Question], numbers: Sequence[int]) -> None:
        """Send a submission, and see to what comes back for each of its questions."""
        journal, room = self._context.journal, self._room
        ledger = RequestLedger(questions, numbers, self._booking, journal, room, self._key_hours)
        ended = room.ended
        try:
            self._send_and_book(questions, ledger, ended)
        finally:
            if ledger.holds:
                room.end()

    def _send_and_book(
        self, questions: Sequence[Question], ledger: RequestLedger, ended: int
    ) -> None:
        booking = self._booking
        finishes = questions[0].stored is not None  # what makes no billed call
        api = self._context.api(self._provider, booking.explain, None if finishes else ledger)
        raised = False
        try:
            receipts = self._ask(questions, api)
        except BudgetReached as error:
            if not self._step.stopped and not self._room.is_used_up(error, ended):
                self._no_room_until = time.monotonic() + LINGER
                self._queue.at(LINGER, partial(self._submit, questions))
                return
            receipts, raised = [error] * len(questions), True
        except (RecordError, ProviderError, Cancelled) as error:  # holds for all of them
            receipts, raised = [_its_own(error, questions)] * len(questions), True
        except BaseException as error:
            for question, number in zip(questions, ledger.numbers, strict=True):
                self._booking.break_off(question, number, error, sent=ledger.sent)
            raise
        finally:
            with self._lock:
                self._requests += api.calls
        triples = list(zip(questions, ledger.numbers, receipts, strict=True))
        if not self._is_lookup:
            self._keep_tickets(triples)
        self._book_all(triples, api, raised=raised)

    def _ask(self, questions: Sequence[Question], api: Api) -> Sequence[Receipt]:
        """Return what the provider gives for each question of a submission."""
        if isinstance(self._provider, Lookup):
            return [look_up(self._provider, questions[0], api)]
        assert isinstance(self._provider, Queue)  # noqa: S101 - there is no third kind
        receipts = self._provider.submit([question.query for question in questions], api)
        if len(receipts) != len(questions):
            raise AssertionError(f"{len(receipts)} receipts for {len(questions)} questions")
        return receipts

    def _keep_tickets(self, triples: Sequence[tuple[Question, int, Receipt]]) -> None:
        """Commit the tickets before anybody polls for their answers."""
        polls = [Poll(q, number, one) for q, number, one in triples if isinstance(one, Ticket)]
        if polls:
            self._context.journal.submitted({poll.number: poll.ticket.id for poll in polls})
            for poll in polls:
                poll.question.ticket = poll.ticket.id
            self._polls.later(polls, self._queue_of().poll_every)

    def _book_all(
        self, triples: Sequence[tuple[Question, int, Receipt]], api: Api, *, raised: bool
    ) -> None:
        """Book what came back for each question; a bug in one leaves the others alone."""
        is_new = True  # an answer that others have lost with it is one trouble
        for question, number, receipt in triples:
            if isinstance(receipt, Ticket):
                continue
            try:
                self._book(question, number, receipt, api, raised=raised, is_new=is_new)
            except BaseException as error:  # noqa: BLE001 - ends the run, not just this thread
                self._report(Done(question, error=error))
            is_new = is_new and not isinstance(receipt, Unconfirmed)

    def _book(
        self,
        question: Question,
        number: int,
        receipt: Result,
        api: Api,
        *,
        raised: bool,
        is_new: bool,
    ) -> None:
        """End a question that was answered or refused at once, or ask it again later."""
        is_lookup = self._is_lookup
        if isinstance(receipt, NotYet) and not is_lookup:  # somebody else has it under way
            self._context.journal.void(number)
            self._ask_again(question)
            return
        self._step.stop(receipt)
        is_open = raised and (isinstance(receipt, NotYet) or not isinstance(receipt, RecordError))
        billed = self._provider.charges(question.query).billed
        paid = isinstance(receipt, Miss) and receipt.is_charged(billed)
        self._booking.end(
            question,
            number,
            receipt,
            paid=api.paid if is_lookup or is_open else paid,
            in_doubt=(api.in_doubt and (is_lookup or raised))
            or (is_open and question.reopen is not None),
            is_new=is_new and question.reopen is None,
        )

    def _ask_again(self, question: Question) -> None:
        """Submit a question again later, unless that has gone on for too long."""
        question.waiting_since = question.waiting_since or time.monotonic()
        provider = self._queue_of()
        if is_too_late(question, provider):
            self._report(Done(question, error=too_late(provider)))
            return
        waited = min((time.monotonic() - question.waiting_since) * (SLOWER - 1), SLOWEST)
        wait = max(provider.poll_every, waited)
        self._queue.at(wait, partial(self._submit, [question]))

    def _awaits_answers(self) -> bool:
        """Tell whether money of this lane is set aside for answers that will come."""
        with self._lock:
            sending = self._sending
        return bool(sending) or self._polls.awaiting  # in this order: the one ends in the other

    def _queue_of(self) -> Queue:
        assert isinstance(self._provider, Queue)  # noqa: S101 - nobody else gives tickets
        return self._provider


def _its_own(
    error: RecordError | ProviderError | Cancelled, questions: Sequence[Question]
) -> RecordError | ProviderError | Cancelled:
    """Return an error as it reaches: a refusal that others do not meet reaches one record.

    Of several in a submission nobody knows which one is meant.
    """
    if isinstance(error, RefusedAlone) and len(questions) == 1:
        return BadRecord(error.message, next=error.next)
    return error


def look_up(provider: Lookup, question: Question, api: Api) -> Answer | None:
    """Ask a provider that answers at once, or settle by it what an earlier call has paid for."""
    if question.stored is not None:
        return provider.finish(question.stored, question.query, api)
    if question.reopen is not None and not question.keyed:
        try:
            answer = provider.recover(question.query, api)
        except RecordError:
            answer = None  # a refusal to read proves nothing of the charge
        if answer is None:
            raise Unconfirmed(question.reopen.reason or "the answer was lost")
        return answer
    api.in_doubt = question.reopen is not None  # until there is an answer under the same key
    found = provider.find(question.query, api)
    if not isinstance(found, Offer):
        return found
    if not is_certain(question.lead, provider, question.query, found.answer.body):
        raise OfferDeclined(NOT_TAKEN, answer=found.answer)
    return found.take()
