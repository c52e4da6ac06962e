"""Who is asked for what, under which rules, and the question that comes of it."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from enrichctl.errors import ProviderError
from enrichctl.facts import spelling
from enrichctl.journal import subject_key
from enrichctl.model import Attempt, Query
from enrichctl.provider import Provider, Remote


@dataclass(slots=True)
class Course:
    """One provider's place in the waterfall, for this run.

    Attributes:
        provider: Who is asked.
        wants: What it is asked for, of the fields it can find.
        account: Fingerprint of the account; "" when nobody is logged in.
        stopped: Why nothing more is asked of it, None while it may be.
        save: Whether found values are stored there, where that is a choice; None is its default.
    """

    provider: Provider
    wants: tuple[str, ...]
    account: str = ""
    stopped: ProviderError | None = None
    save: bool | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What the user asked for, as far as it decides about records.

    Attributes:
        overwrite: Fields whose filled cells may be replaced.
        min_confidence: An answer below it fills nothing.
        max_age: How old an answer may be to be used again.
        miss_age: The same for a miss, where that is another age.
        region: Country of phone numbers that state none.
        retry_failed: Ask again for what failed.
        retry_unconfirmed: Ask again for what may have been charged.
        verified_email: An e-mail counts as found once its provider calls it deliverable.
        accept_review: Take answers that may be about somebody else.
    """

    overwrite: frozenset[str] = frozenset()
    min_confidence: float = 0.0
    max_age: timedelta = timedelta(days=30)
    miss_age: timedelta | None = None
    region: str = ""
    retry_failed: bool = False
    retry_unconfirmed: bool = False
    verified_email: bool = False
    accept_review: bool = False


@dataclass(slots=True)
class Ask:
    """A question that the journal cannot answer.

    Attributes:
        course: Whom to ask.
        query: What to tell and ask.
        person: Fingerprint of the person at this provider.
        variant: What else makes it another question.
        reopen: An unconfirmed attempt that can be settled without paying again.
        keyed: That is done by sending it again under its key, else by reading.
        stored: An answer as it came, of which something is still to be done without paying.
        seen: The newest attempt in the journal when an answer was looked for there.
        began: Monotonic seconds when an answer was first looked for; 0 before.
    """

    course: Course
    query: Query
    person: bytes
    variant: str
    reopen: Attempt | None = None
    keyed: bool = False
    stored: Any = None
    seen: int = 0
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
