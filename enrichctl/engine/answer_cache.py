"""What the journal knows already: answers that are used again, doubts, calls under way.

Every answer reaches its record here, whether it came a moment ago or in another run: the journal's
row is the truth. What is known is applied to the record; what is left is the question to ask.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import takewhile
from typing import Literal, NamedTuple

from enrichctl.engine.acceptance import NOTHING_ACCEPTED, accept_answer
from enrichctl.engine.key_age import holds
from enrichctl.engine.lead import Lead, Tried, said_by
from enrichctl.engine.question import Ask, LatestAnswer, Question, Rules, RunState, Wait
from enrichctl.engine.reading import read_answer, remarks_on
from enrichctl.journal import Journal
from enrichctl.model import Attempt, Credits, Match, Outcome, Query, Remark
from enrichctl.provider import Lookup, Provider

Use = Literal["counts", "reopen", "finish", "outdated", "ignored", "wait"]


class Known(NamedTuple):
    """Nothing is left to ask of a provider."""


KNOWN = Known()


class AnswerCache:
    """Answers questions from the journal.

    Args:
        journal: What is known.
        rules: What the user asked for.
        run: This run's id; an attempt of it is not reopened.
        began: When the run began: what was answered since is as good as of this run.
    """

    def __init__(self, journal: Journal, rules: Rules, run: str, began: datetime) -> None:
        self._journal = journal
        self._rules = rules
        self._run = run
        self._began = began

    def answer(
        self, lead: Lead, question: Question, state: RunState, *, last: bool
    ) -> Ask | Wait | Known:
        """Apply what is known of a question to a record; return what is left to ask.

        After the ``last`` provider it makes no difference to a plan what the answer was.
        """
        provider, wants = question.step.provider, question.query.wants
        name, tried = provider.name, lead.tried_fields
        planned = state.on_in_flight == "count"
        if planned:  # a plan asks, and is not answered
            wants = tuple(want for want in wants if (name, want) not in tried)
        if not wants:
            return KNOWN
        if question.key in state.in_flight and not lead.has_tried(name, wants):
            return Ask(question)  # rows of a person go on in order, though the journal may have it
        # Whether something is left to be done at the provider, only the answer tells.
        unread = last and planned and not provider.apart and not question.query.save
        attempts = self._attempts(question, state.latest, unread=unread)
        question.seen = attempts[-1].id if attempts else 0
        left = self._apply_all(lead, question, attempts, wants, state)
        if left and isinstance(left, list) and attempts and unread:
            attempts = self._attempts(question, state.latest, unread=False)
            left = self._apply_all(lead, question, attempts, wants, state)  # may say more
        if not isinstance(left, list):
            return left
        wants = tuple(w for w in left if w not in lead.filled and (name, w) not in tried)
        if not wants:
            return KNOWN
        if self._rules.retry_unconfirmed:
            question.doubled = _doubts(attempts, wants)
        if wants != question.query.wants:
            question.query = self._about(question.query, wants)
        return Ask(question)

    def _apply_all(
        self,
        lead: Lead,
        question: Question,
        attempts: Sequence[Attempt],
        wants: Sequence[str],
        state: RunState,
    ) -> list[str] | Ask | Wait:
        """Apply what is known, the latest first; return of which fields nothing is known.

        What came last counts: of a field that a later attempt is about, older ones tell nothing.
        """
        left = list(wants)
        newer: set[str] = set()
        for attempt in reversed(attempts):
            if set(left).difference(newer).isdisjoint(attempt.wants):
                newer.update(attempt.wants)
                continue
            match self._use(lead, question, attempt, newer, state):
                case "wait":
                    return Wait(attempt.provider, attempt.run)
                case "reopen":
                    question.reopen = attempt
                    question.query = self._about(question.query, attempt.wants)  # as it was asked
                    return Ask(question)
                case "finish":
                    question.stored = attempt.answer
                    question.query = self._about(question.query, attempt.wants)
                    return Ask(question)
                case "outdated":
                    newer.update(attempt.wants)
                case "counts":
                    said = set(attempt.wants) - newer
                    left = [want for want in left if want not in said]
                    newer.update(said)
        return left

    def _about(self, query: Query, wants: tuple[str, ...]) -> Query:
        """Return a query that wants other fields of the same person."""
        return replace(query, wants=wants, overwrite=self._rules.overwrite.intersection(wants))

    def _attempts(
        self, question: Question, latest: LatestAnswer | None, *, unread: bool
    ) -> list[Attempt]:
        """Return the earlier attempts at a question, without their answers if those can wait."""
        wants = question.query.wants
        if latest and latest.key == question.key and set(latest.attempt.wants).issuperset(wants):
            return [latest.attempt]  # it says all that is asked
        provider, person, variant = question.key
        return self._journal.attempts(
            provider, question.step.account, person, variant, unread=unread
        )

    def _use(
        self,
        lead: Lead,
        question: Question,
        attempt: Attempt,
        newer: Collection[str],
        state: RunState,
    ) -> Use:
        """Say what an earlier attempt means for a record, and take from it what it gives."""
        # Of this run is also what an earlier run left open and this one has looked at.
        asked = lead.has_tried(attempt.provider, attempt.wants)
        mine = asked or attempt.run == self._run
        final = attempt.run == self._run or attempt.at > self._began
        match attempt.outcome:
            case Outcome.MATCHED | Outcome.MISSED | Outcome.DECLINED:
                return self._use_answer(lead, question, attempt, newer, state, final=final)
            case Outcome.FAILED:
                if not (final or asked) and self._rules.retry_failed:
                    return "outdated"
                lead.note(_tried(attempt, reused=not final))
            case Outcome.UNCONFIRMED:
                return self._use_doubt(lead, question, attempt, mine=mine)
            case Outcome.SUBMITTED if not asked:
                return "reopen"  # also what this run gave up: a ticket is not bought twice
            case _:
                return self._use_open(lead, question, attempt, state, asked=asked)
        return "counts"

    def _use_answer(
        self,
        lead: Lead,
        question: Question,
        attempt: Attempt,
        newer: Collection[str],
        state: RunState,
        *,
        final: bool,
    ) -> Use:
        """Take what an answer gives, unless it is too old or asks for more first."""
        if not final and self._is_old(attempt):
            return "outdated"
        given_up = lead.has_tried(attempt.provider, question.query.wants)
        redo = "" if final or given_up else _redo(question, attempt)
        if redo == "ask":
            return "outdated"
        if redo == "finish" and state.on_in_flight != "count":
            return "finish"
        self._apply(lead, question, attempt, newer, state.latest, reused=not final)
        return "finish" if redo else "counts"

    def _use_doubt(self, lead: Lead, question: Question, attempt: Attempt, *, mine: bool) -> Use:
        """Settle money in doubt where there is a way: by its key, by reading, by paying again."""
        if not mine:
            provider = question.step.provider
            question.keyed = self._has_key(provider, attempt)
            if question.keyed:
                return "reopen"
            if self._rules.retry_unconfirmed:
                return "outdated"
            if isinstance(provider, Lookup) and provider.recovers:
                return "reopen"
        name = attempt.provider
        lead.leave_unconfirmed(name, question.query.wants, said_by(name, attempt.reason))
        lead.note(_tried(attempt, reused=not mine))
        return "counts"

    def _use_open(
        self, lead: Lead, question: Question, attempt: Attempt, state: RunState, *, asked: bool
    ) -> Use:
        """Say what to do about a call that is under way."""
        own = attempt.run == self._run
        if own and not asked:
            return "ignored"  # the record waits for it with the others of its person
        if not own and not asked and state.on_in_flight != "leave":
            return "wait" if state.on_in_flight == "wait" else "ignored"
        name = attempt.provider
        late = f"{name}: still under way, run again to collect it"
        if not own:
            late = f"{name}: run {attempt.run} is still asking this, run again later"
        lead.leave_pending(name, question.query.wants, late)
        return "counts"

    def _is_old(self, attempt: Attempt) -> bool:
        missed = attempt.outcome is Outcome.MISSED and self._rules.miss_age is not None
        age = self._rules.miss_age if missed else self._rules.max_age
        return age is not None and self._journal.now() - attempt.at > age

    def _has_key(self, provider: Provider, attempt: Attempt) -> bool:
        """Tell whether a lost answer can be had again under the key that it was asked with."""
        if not isinstance(provider, Lookup) or not provider.key_header:
            return False
        sent = self._journal.payload(attempt.id)
        if not sent or not sent["key"]:  # the vendor may take keys only since
            return False
        return holds(self._journal, attempt.at, sent.get("clocks", {}), provider.key_hours)

    def _apply(
        self,
        lead: Lead,
        question: Question,
        attempt: Attempt,
        newer: Collection[str],
        latest: LatestAnswer | None,
        *,
        reused: bool,
    ) -> None:
        """Apply an answer to a record: what it may fill, and what there is to say of it."""
        accepted, remarks = NOTHING_ACCEPTED, _remarks(question, attempt)
        if attempt.answer is not None:
            match = _read(question, attempt, latest)
            if isinstance(match, Remark):
                remarks = (match, *remarks)
            else:
                step, query = question.step, question.query
                wants = [want for want in step.wants if want not in newer]
                accepted = accept_answer(
                    lead, step.provider, query, attempt.answer, match, wants, self._rules,
                    attempt.at,
                )  # fmt: skip
        lead.note(
            Tried(
                attempt.provider,
                attempt.outcome,
                attempt.id,
                accepted.fields,
                accepted.reason or attempt.reason,
                accepted.cause or attempt.cause,
                reused,
                remarks,
                accepted.held_back,
            )
        )


def _tried(attempt: Attempt, *, reused: bool) -> Tried:
    """Return what there is to say of an attempt without an answer."""
    name, outcome, reason = attempt.provider, attempt.outcome, attempt.reason
    return Tried(name, outcome, attempt.id, (), reason, attempt.cause, reused)


def _read(question: Question, attempt: Attempt, latest: LatestAnswer | None) -> Match | Remark:
    known = latest.match if latest and latest.attempt is attempt else None
    if latest and known is not None and latest.query == question.query:
        return known
    return read_answer(question.step.provider, attempt.answer, question.query)


def _remarks(question: Question, attempt: Attempt) -> tuple[Remark, ...]:
    return remarks_on(question.step.provider, attempt.answer, question.query)


def _redo(question: Question, attempt: Attempt) -> str:
    """Return what is to be done about an answer of an earlier run; see `Remark.redo`."""
    found = {remark.redo for remark in _remarks(question, attempt)}
    return next((redo for redo in ("ask", "finish") if redo in found), "")


def _doubts(attempts: Sequence[Attempt], wants: Sequence[str]) -> dict[int, Credits]:
    """Return what may have been paid for these fields since the last answer that says of them."""
    asked = [one for one in reversed(attempts) if not set(wants).isdisjoint(one.wants)]
    lost = takewhile(lambda one: one.outcome is Outcome.UNCONFIRMED, asked)
    return {one.id: one.credits for one in lost}
