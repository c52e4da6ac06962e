"""What the journal knows already: answers that are used again, doubts, calls under way.

Every answer reaches its record here, whether it came a moment ago or in another run: the journal's
row is the truth. What is known is applied to the record; what is left is the question to ask.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from typing import Literal

from enrichctl.bounded_cache import BoundedCache
from enrichctl.engine.acceptance import (
    NOTHING_ACCEPTED,
    Accepted,
    accept_answer,
    echoes,
    is_certain,
    is_namesakes,
    without_doubts,
)
from enrichctl.engine.key_age import holds
from enrichctl.engine.lead import Lead
from enrichctl.engine.question import KNOWN, Ask, Known, Question, Rules, RunState, Wait
from enrichctl.engine.reading import (
    calls_deliverable,
    calls_undeliverable,
    doubts_in,
    edited,
    read_answer,
    read_since,
    redo_of,
    remarks_on,
)
from enrichctl.engine.takeable import could_fill
from enrichctl.engine.tried import Tried, asked_in, tried_in
from enrichctl.engine.verification import accept_verdict, is_about_another
from enrichctl.journal import Journal
from enrichctl.journal.accounts import is_known
from enrichctl.model import NOT_SAVED, Attempt, Match, Outcome, Query, Remark
from enrichctl.provider import Lookup, Provider
from enrichctl.reasons import said_by

Use = Literal["counts", "reopen", "finish", "outdated", "ignored", "wait"]

NOTHING_NEW: frozenset[str] = frozenset()
PLACES = 1 << 24  # for people, a bit each: of a million, one in twenty is looked up for nothing


class AnswerCache:
    """Answers questions from the journal.

    Args:
        journal: What is known.
        rules: What the user asked for.
        run: This run's id; an attempt of it is not reopened.
        began: When the run began: what was answered since is as good as of this run.
        is_last: Nobody is asked after this provider: what comes along with answers is of no use.
    """

    def __init__(
        self, journal: Journal, rules: Rules, run: str, began: datetime, *, is_last: bool = False
    ) -> None:
        self.journal = journal
        self.rules = rules
        self.run = run
        self.began = began
        self.is_last = is_last
        self._known: dict[tuple[str, str], bool] = {}
        # Attempt → the addresses of who has its answer.
        self.claimed: BoundedCache[int, frozenset[bytes]] = BoundedCache()
        self._met = bytearray()

    def answer(
        self, lead: Lead, question: Question, state: RunState, *, last: bool
    ) -> Ask | Wait | Known:
        """Apply what is known of a question to a record; return what is left to ask.

        After the ``last`` provider it makes no difference to a plan what the answer was.
        """
        provider, wants = question.step.provider, question.query.wants
        name, tried = provider.name, lead.tried_fields
        planned = state.on_in_flight == "count"
        if planned and tried:  # a plan asks, and is not answered
            wants = tuple(want for want in wants if (name, want) not in tried)
        if not wants:
            return KNOWN
        if question.key in state.in_flight and not lead.has_tried(name, wants):
            return Ask(question)  # rows of a person go on in order, though the journal may have it
        # Whether something is left to be done at the provider, only the answer tells.
        reads = state.reads or self.rules.refresh
        unread = last and planned and not (provider.per_field or question.query.save or reads)
        attempts = self._attempts(question, state, unread=unread)
        question.seen = attempts[-1].id if attempts else 0
        if not attempts:  # mostly
            return self._left(lead, question, wants)
        wants = self._without_typed(lead, question, attempts, wants)
        applying = _Applying(self, lead, question, state)
        left = applying.apply_all(attempts, wants)
        if isinstance(left, list) and left and unread:  # one of them may say more
            attempts = self._attempts(question, state, unread=False)
            left = _Applying(self, lead, question, state).apply_all(attempts, wants)
        if not isinstance(left, list):
            return left
        found = self._left(lead, question, left)
        if isinstance(found, Ask) and self.rules.retry_unconfirmed:
            question.doubled = doubts_in(attempts, question.query.wants)
        elif isinstance(found, Known) and self.rules.refresh and (state.reads or not planned):
            applying.keep_old()
        return found

    def _without_typed(
        self, lead: Lead, question: Question, attempts: Sequence[Attempt], wants: tuple[str, ...]
    ) -> tuple[str, ...]:
        """Return wanted fields but those in which somebody has changed what was filled before."""
        if not lead.refreshed:
            return wants
        typed = edited(question.step.provider, attempts, question.query, lead.record, self.run)
        lead.keep(typed)
        return tuple([want for want in wants if want not in typed])

    def _left(self, lead: Lead, question: Question, left: Sequence[str]) -> Ask | Known:
        """Return the question of which nothing is known but for what the record has by now."""
        name, filled, tried = question.step.provider.name, lead.filled, lead.tried_fields
        wants = tuple([w for w in left if w not in filled and (name, w) not in tried])
        if not wants:
            return KNOWN
        if wants != question.query.wants:
            question.query = self.about(question.query, wants)
        return Ask(question)

    def knows(self, question: Question) -> bool:
        """Tell whether a question was asked before, however that ended."""
        return bool(self._attempts(question, RunState(), unread=True))

    def about(self, query: Query, wants: tuple[str, ...]) -> Query:
        """Return a query that wants other fields of the same person."""
        return replace(query, wants=wants, overwrite=self.rules.overwrite.intersection(wants))

    def _attempts(self, question: Question, state: RunState, *, unread: bool) -> list[Attempt]:
        """Return the earlier attempts at a question, without their answers if those can wait."""
        wants, latest = question.query.wants, state.latest
        if (
            latest
            and not self.rules.refresh  # else an old answer may have to stand
            and latest.key == question.key
            and set(latest.attempt.wants).issuperset(wants)
        ):
            return [latest.attempt]  # it says all that is asked
        provider, person, variant = question.key
        account = question.step.account
        if not self.knows_account(provider, account) and (
            state.on_in_flight == "count" or self._is_first(person)
        ):
            return []
        return self.journal.attempts(provider, account, person, variant, unread=unread)

    def knows_account(self, provider: str, account: str) -> bool:
        """Tell whether there was an attempt of an account before this run asked anything of it."""
        known = self._known.get(key := (provider, account))
        if known is None:
            known = self._known[key] = is_known(self.journal, provider, account)
        return known

    def _is_first(self, person: bytes) -> bool:
        """Tell whether this run has not come to a person before: then it has asked nothing.

        What another run asks meanwhile is noticed when the intent is committed; see `UnderWay`.
        """
        self._met = met = self._met or bytearray(PLACES >> 3)
        place = int.from_bytes(person[:3])  # a fingerprint: any bits of it are as good
        byte, bit = place >> 3, 1 << (place & 7)
        is_first = not met[byte] & bit
        met[byte] |= bit
        return is_first

    def is_old(self, attempt: Attempt) -> bool:
        """Tell whether an answer is too old to be used again."""
        return self.rules.is_old(attempt, self.journal.now())

    def has_key(self, provider: Provider, attempt: Attempt) -> bool:
        """Tell whether a lost answer can be had again under the key that it was asked with."""
        if not isinstance(provider, Lookup) or not provider.key_header:
            return False
        sent = self.journal.payload(attempt.id)
        if not sent or not sent["key"]:  # the vendor may take keys only since
            return False
        return holds(self.journal, attempt.at, sent.get("clocks", {}), provider.key_hours)


class _Applying:
    """Applies what is known of one question to one record.

    Args:
        cache: The journal, and what the user asked for.
        lead: The record.
        question: What is to be asked of one provider.
        state: Of the run.
    """

    __slots__ = ("_cache", "_lead", "_newer", "_older", "_question", "_state")

    def __init__(self, cache: AnswerCache, lead: Lead, question: Question, state: RunState) -> None:
        self._cache = cache
        self._lead = lead
        self._question = question
        self._state = state
        self._newer: set[str] = set()  # fields that a later attempt is about
        self._older: list[Attempt] = []  # of which others say more, or that are too old

    def apply_all(
        self, attempts: Sequence[Attempt], wants: Sequence[str]
    ) -> list[str] | Ask | Wait:
        """Apply what is known, the latest first; return of which fields nothing is known.

        What came last counts: of a field that a later attempt is about, older ones tell nothing.
        """
        question, left, newer = self._question, list(wants), self._newer
        for kept in reversed(attempts):
            attempt = self._as_read_now(kept)
            if set(left).difference(newer).isdisjoint(attempt.wants):
                newer.update(attempt.wants)
                self._older.append(attempt)
                continue
            match self._use(attempt):
                case "wait":
                    return Wait(attempt.provider, attempt.run)
                case "reopen" | "finish" as use:
                    if use == "reopen":
                        question.reopen = attempt
                    else:
                        question.stored = attempt.answer
                    question.query = self._cache.about(question.query, attempt.wants)
                    return Ask(question)  # as it was asked
                case "outdated":
                    newer.update(attempt.wants)
                    self._older.append(attempt)
                case "counts":
                    said = set(attempt.wants) - newer
                    left = [want for want in left if want not in said]
                    newer.update(said)
        return left

    def _as_read_now(self, attempt: Attempt) -> Attempt:
        """Return an answer as one that was asked for all that is read from it by now."""
        question = self._question
        provider, query = question.step.provider, question.query
        more = read_since(provider, attempt.answer, query, attempt.wants)
        return replace(attempt, wants=(*attempt.wants, *more)) if more else attempt

    def keep_old(self) -> None:
        """Let what was filled before stand where the answers since are blank."""
        holds = self._lead.record.holds
        for attempt in self._older:
            if attempt.outcome is Outcome.MATCHED and attempt.answer is not None:
                takes = self._question.takes
                blank = {want for want in takes if not holds(want)} - self._lead.filled.keys()
                self._newer = set(takes) - blank
                if blank.intersection(attempt.wants):
                    self._apply(attempt, reused=True)

    def _use(self, attempt: Attempt) -> Use:
        """Say what an earlier attempt means for a record, and take from it what it gives."""
        # Of this run is also what an earlier run left open and this one has looked at.
        asked = self._lead.has_tried(attempt.provider, attempt.wants)
        own = attempt.run == self._cache.run
        final = own or attempt.at > self._cache.began
        match attempt.outcome:
            case Outcome.MATCHED | Outcome.MISSED | Outcome.DECLINED:
                return self._use_answer(attempt, final=final)
            case Outcome.FAILED:
                if not (final or asked) and self._cache.rules.retry_failed:
                    return "outdated"
                self._lead.note(tried_in(self._question, attempt, reused=not final))
            case Outcome.UNCONFIRMED:
                return self._use_doubt(attempt, mine=asked or own)
            case Outcome.SUBMITTED if not asked:
                return "reopen"  # also what this run gave up: a ticket is not bought twice
            case _:
                return self._use_open(attempt, own=own, asked=asked)
        return "counts"

    def _use_answer(self, attempt: Attempt, *, final: bool) -> Use:
        """Take what an answer gives, unless it is too old or asks for more first."""
        if not final and self._cache.is_old(attempt):
            return "outdated"
        given_up = self._lead.has_tried(attempt.provider, self._question.query.wants)
        redo = "" if given_up else self._redo(attempt, final=final)
        if redo == "ask":
            return "outdated"
        if redo == "finish" and self._state.on_in_flight != "count":
            return "finish"
        self._apply(attempt, reused=not final)
        return "finish" if redo else "counts"

    def _redo(self, attempt: Attempt, *, final: bool) -> str:
        """Return what is to be done about an answer: nothing that may be somebody else's."""
        provider, query = self._question.step.provider, self._question.query
        redo = redo_of(provider, attempt, query, final=final)
        return redo if redo and is_certain(self._lead, provider, query, attempt.answer) else ""

    def _use_doubt(self, attempt: Attempt, *, mine: bool) -> Use:
        """Settle money in doubt where there is a way: by its key, by reading, by paying again."""
        question, name, lead = self._question, attempt.provider, self._lead
        provider = question.step.provider
        keyed = self._cache.has_key(provider, attempt)
        reads = isinstance(provider, Lookup) and provider.recovers
        if not mine:
            question.keyed = keyed
            if not keyed and self._cache.rules.retry_unconfirmed:
                return "outdated"
            if keyed or reads:
                return "reopen"
        lead.leave_unconfirmed(name, question.query.wants, said_by(name, attempt.reason))
        tried = tried_in(question, attempt, reused=not mine)
        tried.settles = keyed or (reads and name in lead.pending_at)  # else it was read in vain
        lead.note(tried)
        return "counts"

    def _use_open(self, attempt: Attempt, *, own: bool, asked: bool) -> Use:
        """Say what to do about a call that is under way."""
        if own and not asked:
            return "ignored"  # the record waits for it with the others of its person
        if not own and not asked and self._state.on_in_flight != "leave":
            return "wait" if self._state.on_in_flight == "wait" else "ignored"
        name = attempt.provider
        late = f"{name}: still under way, run again to collect it"
        if not own:
            late = f"{name}: run {attempt.run} is still asking this, run again later"
        self._lead.leave_pending(name, self._question.query.wants, late)
        return "counts"

    def _apply(self, attempt: Attempt, *, reused: bool) -> None:
        """Apply an answer to a record: what it may fill, and what there is to say of it."""
        question = self._question
        provider, accepted = question.step.provider, NOTHING_ACCEPTED
        remarks = remarks_on(provider, attempt.answer, question.query)
        found: Match = {}
        if attempt.answer is not None:
            match = self._read(attempt)
            if isinstance(match, Remark):
                remarks = (match, *remarks)
            else:
                new = match.keys() - echoes(self._lead, question.query, match)
                found = {n: match[n] for n in attempt.wants if n in new and match[n].text}
                if question.verifies:
                    found = {} if is_about_another(match, question.query) else found
                elif calls_undeliverable(match):
                    found.pop("email", None)  # it is not taken: as good as none
                remarks = without_doubts(
                    remarks, self._lead, provider, question.query, attempt.answer, match
                )
                doubted = any(remark.doubts for remark in remarks)
                accepted = self._accept(attempt, match, new, reused=reused, doubted=doubted)
                if not question.verifies:  # as good as none is also what can be no value
                    found = {n: v for n, v in found.items() if could_fill(self._lead, n, v.text)}
        if accepted.held_back and not accepted.fields:  # then there is nothing to be saved
            remarks = tuple([remark for remark in remarks if remark.cause != NOT_SAVED])
        self._lead.note(
            Tried(
                attempt.provider, attempt.outcome, attempt.id, accepted.fields,
                accepted.reason or attempt.reason, accepted.cause or attempt.cause, reused,
                remarks, accepted.held_back, asked=asked_in(question, attempt),
                covers=attempt.wants,
                found=tuple([name for name in found if name not in accepted.held_back]),
                verified=calls_deliverable(found),
                at=attempt.at,
            )
        )  # fmt: skip

    def _accept(
        self, attempt: Attempt, match: Match, new: AbstractSet[str], *, reused: bool, doubted: bool
    ) -> Accepted:
        question, rules = self._question, self._cache.rules
        provider, query = question.step.provider, question.query
        if question.verifies:
            return accept_verdict(self._lead, provider, query, match, rules, attempt.at)
        wants = [want for want in question.takes if want in new and want not in self._newer]
        doubted = doubted and provider.changes(query)  # more is at stake than a cell
        return accept_answer(
            self._lead, provider, query, attempt.answer, match, wants,
            rules, attempt.at, hold=not self._cache.is_last,
            doubted=doubted or is_namesakes(self._cache.claimed, attempt.id, question, match),
            replaces=NOTHING_NEW if reused else self._lead.refreshed,
        )  # fmt: skip

    def _read(self, attempt: Attempt) -> Match | Remark:
        question, latest = self._question, self._state.latest
        fits = latest and latest.attempt is attempt and latest.query == question.query
        if latest and fits and latest.match is not None:
            return latest.match
        return read_answer(question.step.provider, attempt.answer, question.query)
