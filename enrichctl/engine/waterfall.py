"""The waterfall as a function of a record and of what the journal knows.

`Waterfall.step` takes a record as far as known answers carry it and returns the next question, or
None at the end. Planning, asking and writing all use it, so that what was planned is what is
asked, and what was asked before is found again without asking.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from enrichctl.errors import ProviderError
from enrichctl.facts import spelling
from enrichctl.fields import kind_of
from enrichctl.journal import Journal, subject_key
from enrichctl.matching import fingerprint_person, identity
from enrichctl.merging import Lead, Tried, accept
from enrichctl.model import NOTHING, Attempt, Match, Outcome, Query, Record
from enrichctl.provider import Local, Lookup, Provider, Remote

CANONICAL = frozenset({"email", "phone", "domain", "person_url", "company_url"})


@dataclass(slots=True)
class Course:
    """One provider's place in the waterfall, for this run.

    Attributes:
        provider: Who is asked.
        wants: What it is asked for, of the fields it can find.
        account: Fingerprint of the account; "" when nobody is logged in.
        stopped: Why nothing more is asked of it, None while it may be.
    """

    provider: Provider
    wants: tuple[str, ...]
    account: str = ""
    stopped: ProviderError | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What the user asked for, as far as it decides about records.

    Attributes:
        overwrite: Fields whose filled cells may be replaced.
        min_confidence: An answer below it fills nothing.
        max_age: How old an answer may be to be used again.
        miss_age: The same for a miss, where that is another age.
        save: Whether found values are stored at the provider, where that is a choice.
        region: Country of phone numbers that state none.
        retry_failed: Ask again for what failed.
        retry_unconfirmed: Ask again for what may have been charged.
    """

    overwrite: frozenset[str] = frozenset()
    min_confidence: float = 0.0
    max_age: timedelta = timedelta(days=30)
    miss_age: timedelta | None = None
    save: bool | None = None
    region: str = ""
    retry_failed: bool = False
    retry_unconfirmed: bool = False


@dataclass(slots=True)
class Ask:
    """A question that the journal cannot answer.

    Attributes:
        course: Whom to ask.
        query: What to tell and ask.
        person: Fingerprint of the person at this provider.
        variant: What else makes it another question.
        reopen: An unconfirmed attempt that can be settled without paying again.
        began: Monotonic seconds when an answer was first looked for; 0 before.
    """

    course: Course
    query: Query
    person: bytes
    variant: str
    reopen: Attempt | None = None
    began: float = 0.0

    @property
    def key(self) -> tuple[str, bytes, str]:
        """Return what two records must share to be one question."""
        return self.course.provider.name, self.person, self.variant

    def subjects(self) -> tuple[bytes, ...]:
        """Return the fingerprints by which this person is found again."""
        region = self.query.region
        return tuple(
            subject_key(spelling.canonical(name, text, region))
            for name, text in self.query.told.items()
        )


class Waterfall:
    """Takes records from provider to provider.

    Args:
        courses: In waterfall order.
        rules: What the user asked for.
        journal: What is known; None knows nothing.
        run: This run's id; an attempt of it is not reopened.
        blocked: Tells why a provider may not be asked about a record now; "" when it may.
        chains: Field → providers that are asked for it, where that is another order.
    """

    def __init__(
        self,
        courses: Sequence[Course],
        rules: Rules,
        journal: Journal | None,
        run: str,
        blocked: Callable[[Course, Lead], str],
        chains: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.courses = courses
        self.legs = legs_of(courses, chains or {})
        self.rules = rules
        self.run = run
        self._journal = journal
        self._blocked = blocked
        self._began = datetime.now(UTC)
        self._wants = frozenset(name for course in courses for name in course.wants)

    def lead(self, record: Record, *, suppressed: bool = False) -> Lead:
        """Put a record at the head of the waterfall."""
        missing = frozenset(name for name in self._wants if not record.values.get(name))
        place = len(self.legs) if suppressed else 0
        return Lead(record, missing, suppressed=suppressed, place=place)

    def step(self, lead: Lead) -> Ask | None:
        """Take a record on to the next question for a provider; None at the end."""
        while lead.place < len(self.legs):
            course, wants = self.legs[lead.place]
            ask = self._visit(lead, course, self._missing(lead, wants))
            if ask is not None:
                why = course.stopped.message if course.stopped else self._blocked(course, lead)
                if not why:
                    return ask
                lead.pending = lead.pending or why
                lead.outstanding.update(ask.query.wants)
            lead.place += 1
        return None

    def decline(self, lead: Lead, course: Course, why: str) -> None:
        """Note that a provider has nothing to do for a record."""
        lead.tried.append(Tried(course.provider.name, Outcome.DECLINED, reason=why))

    def _missing(self, lead: Lead, wants: Sequence[str]) -> tuple[str, ...]:
        """Return what there is to ask for of these fields."""
        overwrite = self.rules.overwrite
        return tuple(
            name
            for name in wants
            if name not in lead.filled and (name in overwrite or not lead.record.values.get(name))
        )

    def _visit(self, lead: Lead, course: Course, wants: tuple[str, ...]) -> Ask | None:
        provider = course.provider
        if not wants:
            return None
        if isinstance(provider, Local):
            self._derive(lead, course, provider, wants)
            return None
        if not lead.outstanding.isdisjoint(wants):
            return None  # whoever owes the answer may yet give it: two are not paid for one value
        known = lead.known()
        identified = identity(provider.needs, known, self.rules.region)
        if identified is None:
            return None
        names, canonical = identified
        told = dict(zip(names, canonical, strict=True))
        for name in (*names, *provider.hints):
            if name in known and kind_of(name) not in CANONICAL:
                told[name] = known[name]
            elif name in known and name not in told:
                told[name] = spelling.canonical(name, known[name], self.rules.region)
        for asked in [(name,) for name in wants] if provider.apart else [wants]:
            query = Query(
                told, asked, self.rules.overwrite.intersection(asked), self.rules.save,
                self.rules.region,
            )  # fmt: skip
            person = fingerprint_person(provider.name, names, canonical)
            ask = self._recall(lead, Ask(course, query, person, provider.variant(query)))
            if ask is not None:
                return ask
        return None

    def _derive(self, lead: Lead, course: Course, provider: Local, wants: tuple[str, ...]) -> None:
        known = lead.known()
        if identity(provider.needs, known, self.rules.region) is None:
            return
        told = {name: known[name] for name in provider.uses if name in known}
        query = Query(
            told, wants, self.rules.overwrite.intersection(wants), None, self.rules.region
        )
        match = provider.derive(query)
        taken = self._accept(lead, course, match, wants, None)
        outcome = Outcome.MATCHED if match else Outcome.MISSED
        lead.tried.append(Tried(provider.name, outcome, accepted=taken))

    def _recall(self, lead: Lead, ask: Ask) -> Ask | None:
        """Answer a question from the journal, as far as it can be; return what is left to ask."""
        if self._journal is None:
            return ask
        left = dict.fromkeys(ask.query.wants)
        outdated: set[str] = set()  # to be asked again, whatever is older than the last answer
        name = ask.course.provider.name
        for attempt in reversed(
            self._journal.attempts(name, ask.course.account, ask.person, ask.variant)
        ):
            if (left.keys() - outdated).isdisjoint(attempt.wants):
                continue
            use = self._use(lead, ask, attempt)
            if use == "reopen":
                ask.reopen = attempt
                return ask
            if use == "outdated":
                outdated.update(attempt.wants)
            if use == "counts":
                left = {want: None for want in left if want not in attempt.wants}
        wants = tuple(
            want for want in left if want not in lead.filled and (name, want) not in lead.passed
        )
        if wants and wants != ask.query.wants:
            told, overwrite = ask.query.told, ask.query.overwrite.intersection(wants)
            ask.query = Query(told, wants, overwrite, ask.query.save, ask.query.region)
        return ask if wants else None

    def _use(
        self, lead: Lead, ask: Ask, attempt: Attempt
    ) -> Literal["counts", "reopen", "outdated", "ignored"]:
        """Say what an earlier attempt means for a record, and take from it what it gives."""
        name, rules = attempt.provider, self.rules
        # Of this run is also what an earlier run left open and this one has looked at.
        asked = any((name, want) in lead.passed for want in ask.query.wants)
        mine = asked or attempt.run == self.run
        match attempt.outcome:
            case Outcome.MATCHED | Outcome.MISSED | Outcome.DECLINED:
                missed = attempt.outcome is Outcome.MISSED and rules.miss_age is not None
                age = rules.miss_age if missed else rules.max_age
                if not mine and age is not None and self._now() - attempt.at > age:
                    return "outdated"
                self._apply(lead, ask, attempt)
            case Outcome.FAILED:
                if not mine and rules.retry_failed:
                    return "outdated"
                self._tell(lead, attempt)
            case Outcome.UNCONFIRMED:
                way = "" if mine else self._way_out(ask.course.provider, attempt)
                if way:
                    lead.doubled += attempt.credits if way == "ignored" else NOTHING
                    return way
                lead.unconfirmed = f"{name}: {attempt.reason}"
                lead.outstanding.update(ask.query.wants)
                self._tell(lead, attempt)
            case Outcome.SUBMITTED if not mine:
                return "reopen"
            case _ if attempt.run == self.run and not asked:
                return "ignored"  # under way in this run: the record waits for it with the others
            case _:  # under way in another process, or left with its ticket
                lead.pending = f"{name}: another run has this under way, run again to collect it"
                lead.outstanding.update(ask.query.wants)
        return "counts"

    def _way_out(self, provider: Provider, attempt: Attempt) -> Literal["", "reopen", "ignored"]:
        """Say how a lost answer can be settled: under its key, by asking again, by reading."""
        if self._has_key(provider, attempt):
            return "reopen"
        if self.rules.retry_unconfirmed:
            return "ignored"
        return "reopen" if isinstance(provider, Lookup) and provider.recovers else ""

    def _has_key(self, provider: Provider, attempt: Attempt) -> bool:
        """Tell whether a lost answer can be had again under the key that it was asked with."""
        if not isinstance(provider, Lookup) or not provider.key_header:
            return False
        return self._now() - attempt.at < timedelta(hours=provider.key_hours)

    def _now(self) -> datetime:
        return self._journal.now() if self._journal else self._began

    def _apply(self, lead: Lead, ask: Ask, attempt: Attempt) -> None:
        taken: tuple[str, ...] = ()
        if attempt.answer is not None:
            match = ask.course.provider.read(attempt.answer, ask.query)
            taken = self._accept(lead, ask.course, match, ask.course.wants, attempt.at)
        self._tell(lead, attempt, taken)

    def _accept(
        self, lead: Lead, course: Course, match: Match, wants: Sequence[str], at: datetime | None
    ) -> tuple[str, ...]:
        return accept(
            lead,
            match,
            wants,
            provider=course.provider.name,
            at=at or self._began,
            overwrite=self.rules.overwrite,
            min_confidence=self.rules.min_confidence,
        )

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
                attempt.run != self.run,
            )
        )


def legs_of(
    courses: Sequence[Course], chains: Mapping[str, Sequence[str]]
) -> list[tuple[Course, tuple[str, ...]]]:
    """Return who is asked for what, in turn; a provider may have several turns.

    A field goes from provider to provider in its chain; without one, in waterfall order.
    """
    names = [course.provider.name for course in courses]
    left = {
        name: deque(p for p in chains.get(name, names) if p in names)
        for course in courses
        for name in course.wants
    }
    able = {(c.provider.name, name) for c in courses for name in c.wants}
    legs: list[tuple[Course, tuple[str, ...]]] = []
    while any(left.values()):
        for course in courses:
            turn = []
            for name, chain in left.items():
                while chain and (chain[0], name) not in able:
                    chain.popleft()
                if chain and chain[0] == course.provider.name:
                    chain.popleft()
                    turn.append(name)
            if turn:
                order = {name: place for place, name in enumerate(course.wants)}
                legs.append((course, tuple(sorted(turn, key=order.__getitem__))))
    return legs


def remote(courses: Sequence[Course]) -> Iterator[Course]:
    """Yield the providers that are beyond the machine."""
    return (course for course in courses if isinstance(course.provider, Remote))
