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
class Step:
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
        retry_failed: Question again for what failed.
        retry_unconfirmed: Question again for what may have been charged.
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
class Question:
    """A question that the journal cannot answer.

    Attributes:
        step: Whom to ask.
        query: What to tell and ask.
        person: Fingerprint of the person at this provider.
        variant: What else makes it another question.
        reopen: An unconfirmed attempt that can be settled without paying again.
        keyed: That is done by sending it again under its key, else by reading.
        stored: An answer as it came, of which something is still to be done without paying.
        seen: The newest attempt in the journal when an answer was looked for there.
        began: Monotonic seconds when an answer was first looked for; 0 before.
    """

    step: Step
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
        return self.step.provider.name, self.person, self.variant

    def subjects(self) -> tuple[bytes, ...]:
        """Return the fingerprints by which this person is found again."""
        region = self.query.region
        return tuple(
            subject_key(spelling.canonical(name, text, region))
            for name, text in self.query.told.items()
        )


def route_of(
    steps: Sequence[Step], chains: Mapping[str, Sequence[str]]
) -> list[tuple[Step, tuple[str, ...]]]:
    """Return who is asked for what, in turn; a provider may have several turns.

    A field goes from provider to provider in its chain; without one, in waterfall order.
    """
    names = [step.provider.name for step in steps]
    left = {
        name: deque(p for p in chains.get(name, names) if p in names)
        for step in steps
        for name in step.wants
    }
    able = {(c.provider.name, name) for c in steps for name in c.wants}
    legs: list[tuple[Step, tuple[str, ...]]] = []
    while any(left.values()):
        for step in steps:
            turn = []
            for name, chain in left.items():
                while chain and (chain[0], name) not in able:
                    chain.popleft()
                if chain and chain[0] == step.provider.name:
                    chain.popleft()
                    turn.append(name)
            if turn:
                order = {name: place for place, name in enumerate(step.wants)}
                legs.append((step, tuple(sorted(turn, key=order.__getitem__))))
    return legs


def remote(steps: Sequence[Step]) -> Iterator[Step]:
    """Yield the providers that are beyond the machine."""
    return (step for step in steps if isinstance(step.provider, Remote))
