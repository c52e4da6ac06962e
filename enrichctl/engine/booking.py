"""How a question ends in the journal, and what it cost.

`book` decides, `Booking` commits and reports. Both know nothing of batches, threads or time: a
look-up, an answer out of a batch, one that was polled for and one that settles an earlier doubt
are booked alike.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, Literal, NamedTuple

from enrichctl.engine.question import LatestAnswer, Question, Step
from enrichctl.engine.reading import read_answer
from enrichctl.errors import (
    Declined,
    EnrichctlError,
    Miss,
    NotYet,
    RecordError,
    Unavailable,
    Unconfirmed,
)
from enrichctl.journal import Budgets, Intent, Journal
from enrichctl.model import NOTHING, Answer, Attempt, Credits, Match, Outcome, Remark, Throttled
from enrichctl.pacing import RateLimiter
from enrichctl.provider import Remote
from enrichctl.transport import Api, Ledger, Reply, Runtime, Wire

DOUBTS = 5  # answers lost in a row before a lane stops spending
NO_INTENT = 0  # in place of an attempt's number: nothing billed was sent

Result = Answer | EnrichctlError | None
"""What a provider made of a question; None is a miss."""

Explain = Callable[[Reply], EnrichctlError | Throttled | None]
"""Says what a reply means; see `Remote.explain`."""

Ending = Outcome | Literal["released"]
"""How a question ends; released: it was not asked after all, and nothing of it is kept."""


class Booked(NamedTuple):
    """What is booked of a question."""

    outcome: Ending
    credits: Credits


def book(outcome: Ending, price: Credits, *, paid: bool, in_doubt: bool) -> Booked:
    """Return what is booked of a question that came to an end.

    ========================  ===========================  ============================
    the provider's last word  nothing is in doubt          money is in doubt
    ========================  ===========================  ============================
    matched                   matched, price               matched, price
    missed, failed            the same, price where paid   unconfirmed, price
    declined                  declined, nothing            unconfirmed, price
    unconfirmed               unconfirmed, price           unconfirmed, price
    released                  released, nothing; where     unconfirmed, price
                              paid: unconfirmed, price
    ========================  ===========================  ============================

    Args:
        outcome: The provider's last word.
        price: Of the match; else the most that was set aside for it. Nothing where no intent was
            committed.
        paid: A billed call has come back.
        in_doubt: A billed call may have been charged, and its answer is not known.
    """
    match outcome:
        case Outcome.MATCHED | Outcome.UNCONFIRMED:
            return Booked(outcome, price)
        case _ if in_doubt or (paid and outcome == "released"):
            return Booked(Outcome.UNCONFIRMED, price)
        case Outcome.MISSED | Outcome.FAILED if paid:
            return Booked(outcome, price)
    return Booked(outcome, NOTHING)


def outcome_of(result: Result) -> Ending:
    """Return a provider's last word on a question."""
    match result:
        case Answer():
            return Outcome.MATCHED
        case None | Miss():
            return Outcome.MISSED
        case Declined():
            return Outcome.DECLINED
        case Unconfirmed():
            return Outcome.UNCONFIRMED
        case RecordError() if not isinstance(result, NotYet):
            return Outcome.FAILED
    return "released"


class Done(NamedTuple):
    """A question came to an end.

    Attributes:
        question: Which one.
        outcome: How it ended; None when it was not asked after all.
        credits: What it cost.
        error: What kept it from being asked, or why it left no trace in the journal.
        latest: The answer as the journal has it now; None where it has to be read there.
        result: The provider's last word, where there was one.
    """

    question: Question
    outcome: Outcome | None = None
    credits: Credits = NOTHING
    error: BaseException | None = None
    latest: LatestAnswer | None = None
    result: Result = None

    @property
    def spent(self) -> Credits:
        """Return what a record's answer cost; a doubt counted where it began."""
        before = self.question.reopen
        in_doubt = before is not None and before.outcome is Outcome.UNCONFIRMED
        return NOTHING if in_doubt else self.credits

    @property
    def bought(self) -> Credits:
        """Return what it adds to what this run has spent: an earlier run's answer is that run's."""
        return self.credits if self.question.reopen is None else NOTHING


@dataclass(slots=True)
class LaneContext:
    """All that a lane works with.

    Attributes:
        wire: The way to the provider.
        limiter: Keeps within its limits.
        journal: Keeps the books.
        run: Id of the run.
        budgets: The owner's limits.
        workers: Calls in flight.
        timeout: Seconds one call may take.
        runtime: Time and chance.
    """

    wire: Wire
    limiter: RateLimiter
    journal: Journal
    run: str
    budgets: Budgets
    workers: int
    timeout: float
    runtime: Runtime

    def api(
        self,
        provider: Remote,
        explain: Explain,
        ledger: Ledger | None = None,
    ) -> Api:
        """Return a provider's API for one question."""
        return Api(
            provider.title,
            self.wire,
            limiter=self.limiter,
            explain=explain,
            runtime=self.runtime,
            timeout=self.timeout,
            patience=provider.patience,
            ledger=ledger,
        )


class Booking:
    """Books the questions of one provider.

    Args:
        step: The provider and its place in the waterfall.
        context: What to work with.
        report: Is told of each question that came to an end, once that is on the disk.

    Attributes:
        ahead: By how much the vendor's clock is ahead of this machine's; None while not known.
    """

    def __init__(self, step: Step, context: LaneContext, report: Callable[[Done], None]) -> None:
        assert isinstance(step.provider, Remote)  # noqa: S101 - local providers have no lane
        self._step = step
        self._provider: Remote = step.provider
        self._context = context
        self._journal = context.journal
        self._report = report
        self._most = cache(step.provider.price.most)
        self._most_to_verify = cache(step.provider.charged_to_verify.most)
        self._doubts = 0
        self.ahead: timedelta | None = None

    def explain(self, reply: Reply) -> EnrichctlError | Throttled | None:
        """Let the provider explain a reply; take note of its clock where that is of use."""
        date = reply.headers.get("date") if getattr(self._provider, "key_header", "") else None
        if date:
            with suppress(ValueError, TypeError):
                said = parsedate_to_datetime(date)
                if said.tzinfo is not None:
                    self.ahead = said - self._journal.now()
        return self._provider.explain(reply)

    def intent(self, question: Question, payload: dict[str, Any] | None = None) -> Intent:
        """Return a question as the journal keeps it, its worst case included."""
        return Intent(
            provider=self._provider.name,
            account=self._step.account,
            person=question.person,
            variant=question.variant,
            inputs=tuple(question.query.inputs),
            wants=self._provider.covers(question.query),
            run=self._context.run,
            subjects=question.subjects(),
            worst=self._worst(question),
            payload=payload,
            budgets=self._context.budgets,
            seen=question.seen,
        )

    def _worst(self, question: Question) -> Credits:
        """Return the most that a question can cost: what was set aside for it, if it was."""
        if question.reopen:
            return question.reopen.credits
        is_other = self._provider.charges(question.query) is not self._provider.price
        most = self._most_to_verify if is_other else self._most
        return most(tuple(self._provider.sold(question.query)))

    def end(
        self,
        question: Question,
        number: int,
        result: Result,
        *,
        paid: bool = False,
        in_doubt: bool = False,
        is_new: bool = True,
    ) -> None:
        """Book how a question ended, and report it.

        Args:
            question: Which one.
            number: Its attempt, or `NO_INTENT`.
            result: What the provider made of it.
            paid: See `book`.
            in_doubt: See `book`.
            is_new: A lost answer is new trouble of the lane: not in doubt before, nor lost with
                others of its call.
        """
        last = Miss("") if result is None else result
        match = None
        if isinstance(last, Answer):
            match = read_answer(self._provider, last.body, question.query)
        price = self._price(question, last, match) if number else NOTHING
        booked = book(outcome_of(last), price, paid=paid, in_doubt=in_doubt)
        self._watch_for_trouble(booked, new=is_new and isinstance(last, Unconfirmed), sent=number)
        done = Done(question, None, booked.credits, result=last)
        if booked.outcome == "released" or booked.outcome is Outcome.DECLINED:
            self._release(done, number, last)
            return
        done = done._replace(outcome=booked.outcome)
        if not number and booked.outcome is Outcome.UNCONFIRMED:  # another call's doubt, shared
            number = self._journal.intend(self.intent(question)._replace(worst=NOTHING))
        if number:
            self._settle(done, number, match, **_kept(last))
        else:
            self._note(done, **_kept(last))

    def break_off(
        self, question: Question, number: int, error: BaseException, *, sent: bool
    ) -> None:
        """Book a question that a bug, or an error of the whole run, broke off; report nothing."""
        in_doubt = sent or question.reopen is not None
        if not number:
            return
        if not in_doubt:
            self._journal.void(number)
            return
        why = f"broken off ({type(error).__name__}); possibly charged"
        self._journal.settle(number, Outcome.UNCONFIRMED, reason=why, cause=Unconfirmed.cause)

    def _price(
        self, question: Question, result: Answer | EnrichctlError, match: Match | Remark | None
    ) -> Credits:
        """Return what a question costs, if it costs anything."""
        if isinstance(result, Answer | Miss) and result.credits is not None:
            return result.credits
        most = self._worst(question)
        if match is None or isinstance(match, Remark):
            return most  # what cannot be read may hold all that was asked for
        price = self._provider.charges(question.query)
        return min(price.of_match(question.query.wants, match), most)

    def _watch_for_trouble(self, booked: Booked, *, new: bool, sent: int) -> None:
        """Stop the lane before more is spent on the same trouble."""
        if booked.outcome == "released" or (booked.outcome is Outcome.UNCONFIRMED and not new):
            return
        self._doubts = self._doubts + bool(sent) if new else 0
        if self._doubts >= DOUBTS:
            self._step.stop(
                Unavailable(
                    f"{self._provider.title} lost {DOUBTS} answers in a row",
                    next="see `enrichctl status last`, then run the same command again",
                )
            )

    def _release(self, done: Done, number: int, last: Answer | EnrichctlError) -> None:
        """Take back what was set aside; keep what the provider told for nothing."""
        if number:
            self._journal.void(number)
        if not isinstance(last, Declined):
            assert isinstance(last, EnrichctlError)  # noqa: S101 - an answer is booked
            self._report(done._replace(error=last))
        elif isinstance(last.answer, Answer):
            self._note(done._replace(outcome=Outcome.DECLINED), **_kept(last))
        else:
            self._report(done._replace(outcome=Outcome.DECLINED, error=last))

    def _note(self, done: Done, *, balance: Credits | None = None, **how: Any) -> None:
        """Commit how a question ended for which nothing billed was sent."""
        del balance  # comes with what was paid for
        question, intent = done.question, self.intent(done.question)
        if done.outcome is Outcome.DECLINED or question.stored is not None:
            # What would have come along with a paid answer was not asked for.
            intent = intent._replace(wants=question.query.wants)
        assert done.outcome is not None  # noqa: S101 - it came to an end
        self._journal.note(intent, done.outcome, **how)
        self._report(done)

    def _settle(
        self,
        done: Done,
        number: int,
        match: Match | Remark | None,
        *,
        balance: Credits | None = None,
        **how: Any,
    ) -> None:
        """Commit how an attempt ended, without waiting: it is reported once it is on the disk."""
        question, outcome, at = done.question, done.outcome, self._journal.moment()
        assert outcome is not None  # noqa: S101 - it came to an end
        in_doubt = outcome is Outcome.UNCONFIRMED
        if in_doubt:
            how = _doubt(done.result)
        elif not (question.reopen or question.ticket):  # else the journal knows more of it
            attempt = Attempt(
                number, self._provider.name, self._step.account, question.person,
                tuple(question.query.inputs), self._provider.covers(question.query), outcome,
                done.credits, at, self._context.run, **how,
            )  # fmt: skip
            latest = LatestAnswer(question.key, question.query, attempt, match)
            done = done._replace(latest=latest)

        def then(error: Exception | None) -> None:
            self._report(done if error is None else Done(question, error=error))

        cost = None if in_doubt else done.credits
        self._journal.settle(
            number, outcome, credits=cost, balance=balance, at=at, then=then, **how
        )


def _kept(last: Answer | EnrichctlError) -> dict[str, Any]:
    """Return what the journal keeps of a provider's last word."""
    if isinstance(last, Answer):
        return {"answer": last.body, "request_id": last.request_id, "balance": last.balance}
    if isinstance(last, Declined) and isinstance(last.answer, Answer):
        return {"answer": last.answer.body, "reason": last.message, "cause": last.cause}
    return {"reason": last.message, "cause": last.cause}


def _doubt(last: Result) -> dict[str, Any]:
    """Return what the journal keeps of a question whose money is in doubt."""
    assert isinstance(last, EnrichctlError)  # noqa: S101 - an answer ends all doubt
    why = last.message
    if isinstance(last, RecordError) and not isinstance(last, Unconfirmed | NotYet):
        # What is refused now says nothing of the call that was lost.
        why = f"an earlier call was possibly charged; requested again: {why}"
    return {"reason": why, "cause": Unconfirmed.cause}
