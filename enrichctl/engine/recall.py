"""What the journal knows already: answers that are used again, doubts, calls under way.

What is there is applied to the record; what is left is the question that has to be asked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from enrichctl.engine.questions import Ask, Course, Rules
from enrichctl.journal import Journal
from enrichctl.merging import Lead, Tried, accept, said_by
from enrichctl.model import NOTHING, Attempt, Match, Outcome, Query
from enrichctl.provider import Lookup, Provider

Elsewhere = Literal["wait", "leave", "count"]
Use = Literal["counts", "reopen", "outdated", "ignored", "held"]


@dataclass(frozen=True, slots=True)
class Fresh:
    """An answer that has just come, as the journal has it: it need not be read there.

    Attributes:
        key: Of the question; see `Ask.key`.
        query: What was told and asked.
        attempt: How the journal has it.
        match: What the provider reads from it, for this very query; None when it is no match.
    """

    key: tuple[str, bytes, str]
    query: Query
    attempt: Attempt
    match: Match | None


class Recall:
    """Answers questions from the journal.

    Args:
        journal: What is known.
        rules: What the user asked for.
        run: This run's id; an attempt of it is not reopened.
        elsewhere: What to do about what another process is asking at this moment: wait for its
            answer, leave it to a later run, or, in a plan, count it as if it were to be asked here.

    Attributes:
        fresh: The answer that came last, if it was not read from the journal yet.
    """

    def __init__(
        self, journal: Journal, rules: Rules, run: str, elsewhere: Callable[[], Elsewhere]
    ) -> None:
        self._journal = journal
        self._rules = rules
        self._run = run
        self._elsewhere = elsewhere
        self.fresh: Fresh | None = None

    def answer(self, lead: Lead, ask: Ask, *, last: bool) -> Ask | None:
        """Answer a question as far as it can be; return what is left to ask.

        A record that has to wait for another process is ``held``. After the ``last`` provider it
        makes no difference to a plan what the answer was.
        """
        left = dict.fromkeys(ask.query.wants)
        outdated: set[str] = set()  # to be asked again, whatever is older than the last answer
        name = ask.course.provider.name
        attempts = self._attempts(ask, unread=last and self._elsewhere() == "count")
        ask.seen = attempts[-1].id if attempts else 0
        for attempt in reversed(attempts):
            if (left.keys() - outdated).isdisjoint(attempt.wants):
                continue
            match self._use(lead, ask, attempt):
                case "held":
                    lead.held = True
                    return None
                case "reopen":
                    ask.reopen = attempt
                    return ask
                case "outdated":
                    outdated.update(attempt.wants)
                case "counts":
                    left = {want: None for want in left if want not in attempt.wants}
        if not left:
            return None
        wants = tuple(
            want for want in left if want not in lead.filled and (name, want) not in lead.passed
        )
        if wants and wants != ask.query.wants:
            told, overwrite = ask.query.told, ask.query.overwrite.intersection(wants)
            ask.query = Query(told, wants, overwrite, ask.query.save, ask.query.region)
        return ask if wants else None

    def _attempts(self, ask: Ask, *, unread: bool) -> list[Attempt]:
        """Return the earlier attempts at a question, without their answers if those can wait."""
        fresh = self.fresh
        if fresh and fresh.key == ask.key and set(fresh.attempt.wants).issuperset(ask.query.wants):
            return [fresh.attempt]  # the latest one says all that is asked
        asked = ask.course.provider.name, ask.course.account, ask.person, ask.variant
        if unread:
            attempts = self._journal.attempts(*asked, unread=True)
            if {want for one in attempts for want in one.wants}.issuperset(ask.query.wants):
                return attempts
        return self._journal.attempts(*asked)

    def _use(self, lead: Lead, ask: Ask, attempt: Attempt) -> Use:
        """Say what an earlier attempt means for a record, and take from it what it gives."""
        # Of this run is also what an earlier run left open and this one has looked at.
        asked = any((attempt.provider, want) in lead.passed for want in ask.query.wants)
        mine = asked or attempt.run == self._run
        final = mine and self._elsewhere() != "count"  # a plan asks, and is not answered
        match attempt.outcome:
            case Outcome.MATCHED | Outcome.MISSED | Outcome.DECLINED:
                if not final and self._is_old(attempt):
                    return "outdated"
                self._apply(lead, ask, attempt)
            case Outcome.FAILED:
                if not final and self._rules.retry_failed:
                    return "outdated"
                self._tell(lead, attempt)
            case Outcome.UNCONFIRMED:
                return self._use_doubt(lead, ask, attempt, mine=mine)
            case Outcome.SUBMITTED if not mine:
                return "reopen"
            case _:
                return self._use_open(lead, ask, attempt, asked=asked)
        return "counts"

    def _use_doubt(self, lead: Lead, ask: Ask, attempt: Attempt, *, mine: bool) -> Use:
        """Settle money in doubt where there is a way: by its key, by reading, by paying again."""
        way = "" if mine else self._way_out(ask.course.provider, attempt)
        if way:
            lead.doubled += attempt.credits if way == "ignored" else NOTHING
            return way
        lead.unconfirmed = said_by(attempt.provider, attempt.reason)
        lead.outstanding |= set(ask.query.wants)
        self._tell(lead, attempt)
        return "counts"

    def _use_open(self, lead: Lead, ask: Ask, attempt: Attempt, *, asked: bool) -> Use:
        """Say what to do about a call that is under way."""
        if attempt.run == self._run and not asked:
            return "ignored"  # the record waits for it with the others of its person
        elsewhere = "leave" if asked or attempt.run == self._run else self._elsewhere()
        if elsewhere == "wait":
            return "held"
        if elsewhere == "count":
            return "ignored"
        # Another run has it, or this one left it with its ticket.
        lead.pending = f"{attempt.provider}: still under way, run again to collect it"
        lead.outstanding |= set(ask.query.wants)
        return "counts"

    def _is_old(self, attempt: Attempt) -> bool:
        missed = attempt.outcome is Outcome.MISSED and self._rules.miss_age is not None
        age = self._rules.miss_age if missed else self._rules.max_age
        return age is not None and self._now() - attempt.at > age

    def _way_out(self, provider: Provider, attempt: Attempt) -> Literal["", "reopen", "ignored"]:
        """Say how a lost answer can be settled: under its key, by asking again, by reading."""
        if self._has_key(provider, attempt):
            return "reopen"
        if self._rules.retry_unconfirmed:
            return "ignored"
        return "reopen" if isinstance(provider, Lookup) and provider.recovers else ""

    def _has_key(self, provider: Provider, attempt: Attempt) -> bool:
        """Tell whether a lost answer can be had again under the key that it was asked with."""
        if not isinstance(provider, Lookup) or not provider.key_header:
            return False
        return self._now() - attempt.at < timedelta(hours=provider.key_hours)

    def _now(self) -> datetime:
        return self._journal.now()

    def _apply(self, lead: Lead, ask: Ask, attempt: Attempt) -> None:
        taken: tuple[str, ...] = ()
        if attempt.answer is not None:
            match = self._read(ask, attempt)
            taken = take(lead, ask.course, match, ask.course.wants, self._rules, attempt.at)
        self._tell(lead, attempt, taken)

    def _read(self, ask: Ask, attempt: Attempt) -> Match:
        fresh = self.fresh
        known = fresh.match if fresh and fresh.attempt is attempt else None
        if fresh and known is not None and fresh.query == ask.query:
            return known
        return ask.course.provider.read(attempt.answer, ask.query)

    def _tell(self, lead: Lead, attempt: Attempt, taken: tuple[str, ...] = ()) -> None:
        if any(tried.attempt == attempt.id for tried in lead.tried):
            return  # seen on an earlier visit to this provider
        lead.tried.append(
            Tried(
                attempt.provider,
                attempt.outcome,
                attempt.id,
                taken,
                attempt.reason,
                attempt.cause,
                attempt.run != self._run,
            )
        )


def take(
    lead: Lead, course: Course, match: Match, wants: Sequence[str], rules: Rules, at: datetime
) -> tuple[str, ...]:
    """Take from a match what the rules let a record take; return the fields taken."""
    return accept(
        lead,
        match,
        wants,
        provider=course.provider.name,
        at=at,
        overwrite=rules.overwrite,
        min_confidence=rules.min_confidence,
        verified=rules.verified_email,
    )
