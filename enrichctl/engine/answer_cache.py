"""What the journal knows already: answers that are used again, doubts, calls under way.

What is there is applied to the record; what is left is the question that has to be asked.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from typing import Literal

from enrichctl.engine.acceptance import NOTHING_ACCEPTED, Accepted, accept_answer
from enrichctl.engine.key_age import holds
from enrichctl.engine.lead import Lead, Tried, said_by
from enrichctl.engine.question import Question, Rules
from enrichctl.engine.reading import read_answer, remarks_on
from enrichctl.journal import Journal
from enrichctl.model import Attempt, Credits, Match, Outcome, Query, Remark
from enrichctl.provider import Lookup, Provider

Elsewhere = Literal["wait", "leave", "count"]
Use = Literal["counts", "reopen", "finish", "outdated", "ignored", "held"]


@dataclass(frozen=True, slots=True)
class LatestAnswer:
    """An answer that has just come, as the journal has it: it need not be read there.

    Attributes:
        key: Of the question; see `Question.key`.
        query: What was told and asked.
        attempt: How the journal has it.
        match: What the provider reads from it, for this very query, or that it cannot; None when
            it is no match.
    """

    key: tuple[str, bytes, str]
    query: Query
    attempt: Attempt
    match: Match | Remark | None


class AnswerCache:
    """Answers questions from the journal.

    Args:
        journal: What is known.
        rules: What the user asked for.
        run: This run's id; an attempt of it is not reopened.
        elsewhere: What to do about what another process is asking at this moment: wait for its
            answer, leave it to a later run, or, in a plan, count it as if it were to be asked here.
        began: When the run began: what was answered since is as good as of this run.
        asking: Tells whether this run is asking a question (see `Question.key`) at this moment.

    Attributes:
        fresh: The answer that came last, if it was not read from the journal yet.
    """

    def __init__(
        self,
        journal: Journal,
        rules: Rules,
        run: str,
        elsewhere: Callable[[], Elsewhere],
        began: datetime,
        asking: Callable[[tuple[str, bytes, str]], bool],
    ) -> None:
        self._journal = journal
        self._began = began
        self._rules = rules
        self._run = run
        self._elsewhere = elsewhere
        self._asking = asking
        self.fresh: LatestAnswer | None = None

    def answer(self, lead: Lead, ask: Question, *, last: bool) -> Question | None:
        """Answer a question as far as it can be; return what is left to ask.

        A record that has to wait for another process is ``held``. After the ``last`` provider it
        makes no difference to a plan what the answer was.
        """
        name, wants = ask.step.provider.name, ask.query.wants
        planned = self._elsewhere() == "count"
        if planned:  # a plan asks, and is not answered
            wants = tuple(want for want in wants if (name, want) not in lead.tried_fields)
        if not wants:
            return None
        if self._asking(ask.key) and any((name, want) not in lead.tried_fields for want in wants):
            return ask  # rows of a person go on in their order, though the journal may have it
        # Whether something is left to be done at the provider, only the answer tells.
        unread = last and planned and not ask.step.provider.apart and not ask.query.save
        attempts = self._attempts(ask, unread=unread)
        ask.seen = attempts[-1].id if attempts else 0
        left = self._left(lead, ask, attempts, wants)
        if left and attempts and unread:  # one of them may say more than was asked
            attempts = self._attempts(ask, unread=False)
            left = self._left(lead, ask, attempts, wants)
        if lead.held or ask.reopen is not None or ask.stored is not None:
            return None if lead.held else ask
        wants = tuple(
            want
            for want in left
            if want not in lead.filled and (name, want) not in lead.tried_fields
        )
        if not wants:
            return None
        if self._rules.retry_unconfirmed:
            lead.doubled |= _doubts(attempts, wants)
        if wants != ask.query.wants:
            ask.query = self._about(ask.query, wants)
        return ask

    def _left(
        self, lead: Lead, ask: Question, attempts: Sequence[Attempt], wants: Sequence[str]
    ) -> list[str]:
        """Apply what is known, the latest first; return of which fields nothing is known.

        What came last counts: of a field that a later attempt is about, older ones tell nothing.
        """
        left = list(wants)
        newer: set[str] = set()
        for attempt in reversed(attempts):
            if set(left).difference(newer).isdisjoint(attempt.wants):
                newer.update(attempt.wants)
                continue
            match self._use(lead, ask, attempt, newer):
                case "held":
                    lead.held = attempt.run
                    return []
                case "reopen" | "finish" as use:
                    if use == "reopen":
                        ask.reopen = attempt
                    else:
                        ask.stored = attempt.answer
                    ask.query = self._about(ask.query, attempt.wants)  # as it was asked
                    return []
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

    def _attempts(self, ask: Question, *, unread: bool) -> list[Attempt]:
        """Return the earlier attempts at a question, without their answers if those can wait."""
        fresh = self.fresh
        if fresh and fresh.key == ask.key and set(fresh.attempt.wants).issuperset(ask.query.wants):
            return [fresh.attempt]  # the latest one says all that is asked
        asked = ask.step.provider.name, ask.step.account, ask.person, ask.variant
        return self._journal.attempts(*asked, unread=unread)

    def _use(self, lead: Lead, ask: Question, attempt: Attempt, newer: Collection[str]) -> Use:
        """Say what an earlier attempt means for a record, and take from it what it gives."""
        # Of this run is also what an earlier run left open and this one has looked at.
        asked = all((attempt.provider, want) in lead.tried_fields for want in attempt.wants)
        mine = asked or attempt.run == self._run
        final = attempt.run == self._run or attempt.at > self._began
        match attempt.outcome:
            case Outcome.MATCHED | Outcome.MISSED | Outcome.DECLINED:
                return self._use_answer(lead, ask, attempt, newer, final=final)
            case Outcome.FAILED:
                if not (final or asked) and self._rules.retry_failed:
                    return "outdated"
                self._tell(lead, attempt, reused=not final)
            case Outcome.UNCONFIRMED:
                return self._use_doubt(lead, ask, attempt, mine=mine)
            case Outcome.SUBMITTED if not asked:
                return "reopen"  # also what this run gave up: a ticket is not bought twice
            case _:
                return self._use_open(lead, ask, attempt, asked=asked)
        return "counts"

    def _use_answer(
        self, lead: Lead, ask: Question, attempt: Attempt, newer: Collection[str], *, final: bool
    ) -> Use:
        """Take what an answer gives, unless it is too old or asks for more first."""
        if not final and self._is_old(attempt):
            return "outdated"
        given_up = all((attempt.provider, want) in lead.tried_fields for want in ask.query.wants)
        redo = "" if final or given_up else self._redo(ask, attempt)
        if redo == "ask":
            return "outdated"
        if redo == "finish" and self._elsewhere() != "count":
            return "finish"
        self._apply(lead, ask, attempt, newer, reused=not final)
        return "finish" if redo else "counts"

    def _use_doubt(self, lead: Lead, ask: Question, attempt: Attempt, *, mine: bool) -> Use:
        """Settle money in doubt where there is a way: by its key, by reading, by paying again."""
        if not mine:
            provider = ask.step.provider
            ask.keyed = self._has_key(provider, attempt)
            if ask.keyed:
                return "reopen"
            if self._rules.retry_unconfirmed:
                return "outdated"
            if isinstance(provider, Lookup) and provider.recovers:
                return "reopen"
        lead.unconfirmed = said_by(attempt.provider, attempt.reason)
        lead.owe(attempt.provider, ask.query.wants)
        self._tell(lead, attempt, reused=not mine)
        return "counts"

    def _use_open(self, lead: Lead, ask: Question, attempt: Attempt, *, asked: bool) -> Use:
        """Say what to do about a call that is under way."""
        if attempt.run == self._run and not asked:
            return "ignored"  # the record waits for it with the others of its person
        elsewhere = "leave" if asked or attempt.run == self._run else self._elsewhere()
        if elsewhere == "wait":
            return "held"
        if elsewhere == "count":
            return "ignored"
        # Another run has it, or this one left it with its ticket.
        late = f"{attempt.provider}: still under way, run again to collect it"
        if attempt.run != self._run:
            late = f"{attempt.provider}: run {attempt.run} is still asking this, run again later"
        lead.pending = lead.pending or late
        lead.owe(attempt.provider, ask.query.wants)
        return "counts"

    def _is_old(self, attempt: Attempt) -> bool:
        missed = attempt.outcome is Outcome.MISSED and self._rules.miss_age is not None
        age = self._rules.miss_age if missed else self._rules.max_age
        return age is not None and self._now() - attempt.at > age

    def _has_key(self, provider: Provider, attempt: Attempt) -> bool:
        """Tell whether a lost answer can be had again under the key that it was asked with."""
        if not isinstance(provider, Lookup) or not provider.key_header:
            return False
        sent = self._journal.payload(attempt.id)
        if not sent or not sent["key"]:  # the vendor may take keys only since
            return False
        return holds(self._journal, attempt.at, sent.get("clocks", {}), provider.key_hours)

    def _now(self) -> datetime:
        return self._journal.now()

    def _apply(
        self, lead: Lead, ask: Question, attempt: Attempt, newer: Collection[str], *, reused: bool
    ) -> None:
        taken, remarks = NOTHING_ACCEPTED, _remarks(ask, attempt)
        if attempt.answer is not None:
            match = self._read(ask, attempt)
            if isinstance(match, Remark):
                remarks = (match, *remarks)
            else:
                wants = [want for want in ask.step.wants if want not in newer]
                told = ask.step.provider, ask.query, attempt.answer
                taken = accept_answer(lead, *told, match, wants, self._rules, attempt.at)
        self._tell(lead, attempt, taken, reused=reused, remarks=remarks)

    def _redo(self, ask: Question, attempt: Attempt) -> str:
        """Return what is to be done about an answer of an earlier run; see `Remark.redo`."""
        found = {remark.redo for remark in _remarks(ask, attempt)}
        return next((redo for redo in ("ask", "finish") if redo in found), "")

    def _read(self, ask: Question, attempt: Attempt) -> Match | Remark:
        fresh = self.fresh
        known = fresh.match if fresh and fresh.attempt is attempt else None
        if fresh and known is not None and fresh.query == ask.query:
            return known
        return read_answer(ask.step.provider, attempt.answer, ask.query)

    def _tell(
        self,
        lead: Lead,
        attempt: Attempt,
        taken: Accepted = NOTHING_ACCEPTED,
        *,
        reused: bool,
        remarks: tuple[Remark, ...] = (),
    ) -> None:
        if any(tried.attempt == attempt.id for tried in lead.tried):
            return  # seen on an earlier visit to this provider
        lead.tried.append(
            Tried(
                attempt.provider,
                attempt.outcome,
                attempt.id,
                taken.fields,
                taken.reason or attempt.reason,
                taken.cause or attempt.cause,
                reused,
                remarks,
                taken.held_back,
            )
        )


def _remarks(ask: Question, attempt: Attempt) -> tuple[Remark, ...]:
    """Return what there is to say of an earlier answer, if there is one."""
    return remarks_on(ask.step.provider, attempt.answer, ask.query)


def _doubts(attempts: Sequence[Attempt], wants: Sequence[str]) -> dict[int, Credits]:
    """Return what may have been paid for these fields since the last answer that says of them."""
    asked = [one for one in reversed(attempts) if not set(wants).isdisjoint(one.wants)]
    lost = takewhile(lambda one: one.outcome is Outcome.UNCONFIRMED, asked)
    return {one.id: one.credits for one in lost}
