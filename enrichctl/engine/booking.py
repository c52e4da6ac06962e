"""How a question ends in the journal, and what it cost."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache, partial
from typing import Any

from enrichctl.engine.answer_cache import LatestAnswer
from enrichctl.engine.question import Question, Step
from enrichctl.engine.reading import read_answer
from enrichctl.errors import (
    Declined,
    EnrichctlError,
    Miss,
    RecordError,
    Unavailable,
    Unconfirmed,
)
from enrichctl.journal import Budgets, Intent, Journal
from enrichctl.model import NOTHING, Answer, Attempt, Credits, Match, Outcome, Remark, Throttled
from enrichctl.pacing import Pacer
from enrichctl.provider import Remote
from enrichctl.transport import Api, Ledger, Reply, Surroundings, Wire

DOUBTS = 5  # answers lost in a row before a lane stops spending


@dataclass(frozen=True, slots=True)
class Done:
    """A question came to an end.

    Attributes:
        ask: The question.
        outcome: How it ended; None when it was not asked after all.
        credits: What it cost.
        error: What kept it from being asked, or why it left no trace in the journal.
        fresh: The answer as the journal has it now; None where it has to be read there.
    """

    ask: Question
    outcome: Outcome | None = None
    credits: Credits = NOTHING
    error: BaseException | None = None
    fresh: LatestAnswer | None = None

    @property
    def spent(self) -> Credits:
        """Return what it adds to the run's credits: a doubt counted in the run that it began in."""
        before = self.ask.reopen
        in_doubt = before is not None and before.outcome is Outcome.UNCONFIRMED
        return NOTHING if in_doubt else self.credits


@dataclass(slots=True)
class LaneContext:
    """All that a lane works with.

    Attributes:
        wire: The way to the provider.
        pacer: Keeps within its limits.
        journal: Keeps the books.
        run: Id of the run.
        budgets: The owner's limits.
        workers: Calls in flight.
        timeout: Seconds one call may take.
        around: Time and chance.
    """

    wire: Wire
    pacer: Pacer
    journal: Journal
    run: str
    budgets: Budgets
    workers: int
    timeout: float
    around: Surroundings


class Booking:
    """Ends questions of one provider in the journal.

    Args:
        step: The provider and its place in the waterfall.
        service: What to work with.
        later: Takes what was answered once that is on the disk; without it the lane waits so long.

    Attributes:
        calls: Requests sent so far.
        ahead: By how much the vendor's clock is ahead of this machine's; None while not known.
    """

    def __init__(
        self, step: Step, service: LaneContext, later: Callable[[Done], None] | None = None
    ) -> None:
        assert isinstance(step.provider, Remote)  # noqa: S101 - local providers have no lane
        self.step = step
        self.provider: Remote = step.provider
        self.service = service
        self._most = cache(step.provider.price.most)
        self.calls = 0
        self.ahead: timedelta | None = None
        self._later = later
        self._doubts = 0
        self._counting = threading.Lock()

    def count_calls(self, api: Api) -> None:
        """Add what an API has sent to the requests of the lane."""
        with self._counting:
            self.calls += api.calls

    def api(self, ledger: Ledger | None = None) -> Api:
        """Return the provider's API for one question."""
        return Api(
            self.provider.title,
            self.service.wire,
            gate=self.service.pacer,
            explain=self._explain,
            surroundings=self.service.around,
            timeout=self.service.timeout,
            patience=self.provider.patience,
            ledger=ledger,
        )

    def _explain(self, reply: Reply) -> EnrichctlError | Throttled | None:
        """Let the provider explain a reply; take note of its clock where that is of use."""
        date = reply.headers.get("date") if getattr(self.provider, "key_header", "") else None
        if date:
            with suppress(ValueError, TypeError):
                said = parsedate_to_datetime(date)
                if said.tzinfo is not None:
                    self.ahead = said - self.service.journal.now()
        return self.provider.explain(reply)

    def intent(self, ask: Question, payload: dict[str, Any] | None = None) -> Intent:
        """Return a question as the journal keeps it, its worst case included."""
        return Intent(
            provider=self.provider.name,
            account=self.step.account,
            person=ask.person,
            variant=ask.variant,
            told=tuple(ask.query.told),
            wants=self.provider.covers(ask.query),
            run=self.service.run,
            subjects=ask.subjects(),
            worst=self._worst(ask),
            payload=payload,
            budgets=self.service.budgets,
            seen=ask.seen,
        )

    def _worst(self, ask: Question) -> Credits:
        """Return the most that a question can cost: what was set aside for it, if it was."""
        if ask.reopen:
            return ask.reopen.credits
        return self._most(tuple(self.provider.sold(ask.query)))

    def answered(
        self, ask: Question, number: int | None, answer: Answer | None, *, paid: bool
    ) -> Done | None:
        """End with an answer; None is a miss. Returns None when it is told later."""
        self._doubts = 0
        if answer is None:
            return self.refused(ask, number, Miss(""), paid=paid)
        journal = self.service.journal
        match = read_answer(self.provider, answer.body, ask.query)
        if number is None:  # found without anything billed
            intent = self.intent(ask)
            if ask.stored is not None:  # it says no more than the answer that it finishes
                intent = replace(intent, wants=ask.query.wants)
            journal.note(
                intent,
                Outcome.MATCHED,
                answer=answer.body,
                request_id=answer.request_id,
            )
            return Done(ask, Outcome.MATCHED)
        cost = answer.credits
        if cost is None:  # what cannot be read may hold all that was asked for
            worst = self._worst(ask)
            unread = isinstance(match, Remark)
            cost = (
                worst
                if unread
                else min(self.provider.price.of_match(ask.query.wants, match), worst)
            )
        return self._settle(number, Done(ask, Outcome.MATCHED, cost), match, **_kept(answer))

    def _settle(
        self, number: int, done: Done, match: Match | Remark | None = None, **how: Any
    ) -> Done | None:
        """Commit how an attempt ended, without waiting where somebody takes it later."""
        assert done.outcome is not None  # noqa: S101 - it came to an end
        ask, journal, later = done.ask, self.service.journal, self._later
        at = journal.moment()
        settle = partial(journal.settle, number, done.outcome, credits=done.credits, at=at, **how)
        if later is None:
            settle()
            return done
        if ask.reopen is None:  # else the journal knows more of it than this run
            fresh = self._fresh(number, done, at, match, **how)
            done = replace(done, fresh=fresh)

        def then(error: Exception | None) -> None:
            later(done if error is None else Done(ask, error=error))

        settle(then=then)
        return None

    def _fresh(
        self,
        number: int,
        done: Done,
        at: datetime,
        match: Match | Remark | None,
        *,
        balance: Credits | None = None,
        **how: Any,
    ) -> LatestAnswer:
        """Return what the journal will say of an attempt once it is settled."""
        del balance  # is kept of the account
        assert done.outcome is not None  # noqa: S101 - it came to an end
        ask = done.ask
        attempt = Attempt(
            id=number,
            provider=self.provider.name,
            account=self.step.account,
            person=ask.person,
            told=tuple(ask.query.told),
            wants=self.provider.covers(ask.query),
            outcome=done.outcome,
            credits=done.credits,
            at=at,
            run=self.service.run,
            **how,
        )
        return LatestAnswer(ask.key, ask.query, attempt, match)

    def refused(
        self, ask: Question, number: int | None, error: RecordError, *, paid: bool
    ) -> Done | None:
        """End with what is final but no match: a miss, a rejection, nothing to do.

        Returns None when it is told later.
        """
        self._doubts = 0
        journal = self.service.journal
        if isinstance(error, Declined):
            if number is not None:
                journal.void(number)
            if not isinstance(error.answer, Answer):
                return Done(ask, Outcome.DECLINED, error=error)
            # What would have come along with a paid answer was not asked for.
            journal.note(
                replace(self.intent(ask), wants=ask.query.wants),
                Outcome.DECLINED,
                answer=error.answer.body,
                reason=error.message,
            )
            return Done(ask, Outcome.DECLINED)
        outcome = Outcome.MISSED if isinstance(error, Miss) else Outcome.FAILED
        if number is None:
            journal.note(self.intent(ask), outcome, reason=error.message, cause=error.cause)
            return Done(ask, outcome)
        cost = self._worst(ask) if paid else NOTHING
        done = Done(ask, outcome, cost)
        return self._settle(number, done, reason=error.message, cause=error.cause)

    def doubt(
        self, ask: Question, number: int | None, error: Unconfirmed, *, old: bool = False
    ) -> Done:
        """End with money in doubt; stop the lane before more is wasted on the same trouble.

        Args:
            ask: The question.
            number: Its attempt; None when nothing billed was sent for it.
            error: Why it is in doubt.
            old: It is no new trouble of the lane: in doubt before this run, or lost with others.
        """
        sent, worst = number is not None, self._worst(ask)
        if number is None:
            worst = NOTHING
            number = self.service.journal.intend(replace(self.intent(ask), worst=worst))
        self.service.journal.settle(
            number, Outcome.UNCONFIRMED, reason=error.message, cause=error.cause
        )
        self._doubts += sent and not old
        if self._doubts >= DOUBTS:
            self.step.stopped = self.step.stopped or Unavailable(
                f"{self.provider.title} lost {DOUBTS} answers in a row",
                next="see `enrichctl status last`, then run the same command again",
            )
        return Done(ask, Outcome.UNCONFIRMED, worst)

    def left(
        self, ask: Question, number: int | None, error: EnrichctlError, *, in_doubt: bool
    ) -> Done:
        """End without an answer where none was paid for, unless that is in doubt."""
        if number is None:
            return Done(ask, error=error)
        if in_doubt or ask.reopen is not None:
            self.service.journal.settle(
                number, Outcome.UNCONFIRMED, reason=error.message, cause=Unconfirmed.cause
            )
            return Done(ask, Outcome.UNCONFIRMED, self._worst(ask))
        self.service.journal.void(number)
        return Done(ask, error=error)


def _kept(answer: Answer) -> dict[str, Any]:
    """Return what the journal keeps of an answer."""
    return {
        "answer": answer.body,
        "request_id": answer.request_id,
        "balance": answer.balance,
    }


def broken(error: BaseException) -> Unconfirmed:
    """Return what an attempt ends with that a bug, or an error of the whole run, broke off."""
    return Unconfirmed(f"broken off ({type(error).__name__}); the call may have been charged")
