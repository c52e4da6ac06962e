"""Who is asked for what, under which rules, and the question that follows from it."""

from collections import deque
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from enrichctl.errors import ProviderError
from enrichctl.facts import spelling
from enrichctl.journal import subject_key
from enrichctl.model import Attempt, Credits, Match, Outcome, Query, Remark
from enrichctl.provider import VERDICT, Provider, Remote

if TYPE_CHECKING:
    from enrichctl.engine.lead import Lead
    from enrichctl.matching.conditions import Condition

QuestionKey = tuple[str, bytes, str]
"""What two records must share to be one question: provider, person, variant."""


@dataclass(slots=True)
class Step:
    """One provider's place in the waterfall, for this run.

    Attributes:
        provider: Who is asked.
        wants: What it is asked for, of the fields it can find.
        account: Fingerprint of the account; "" when nobody is logged in.
        stopped: Why nothing more is asked of it, None while it may be.
        save: Whether found values are stored there, where that is a choice; None is its default.
        only_if: What must hold for a record to be asked about; None is nothing.
        verifies: It is also asked about the e-mail addresses of records; see `verification`.
    """

    provider: Provider
    wants: tuple[str, ...]
    account: str = ""
    stopped: ProviderError | None = None
    save: bool | None = None
    only_if: "Condition | None" = None
    verifies: bool = False

    @property
    def fills(self) -> tuple[str, ...]:
        """Return all fields that it may fill."""
        return (*self.wants, VERDICT) if self.verifies else self.wants

    def stop(self, error: object) -> None:
        """Ask nothing more of a provider after an error that reaches it; the first one counts."""
        if isinstance(error, ProviderError):
            self.stopped = self.stopped or error


Route = list[tuple[Step, tuple[str, ...]]]
"""Who is asked for what, in turn."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the user asked for, as far as it decides about records.

    Attributes:
        overwrite: Fields whose filled cells may be replaced.
        min_confidence: An answer below it fills nothing.
        max_age: How old an answer may be to be used again.
        miss_age: The same for a miss, where that is another age.
        since: Answers since then are not too old in any case: those of the job itself.
        region: Country of phone numbers that state none.
        retry_failed: Ask again for what failed.
        retry_unconfirmed: Ask again for what may have been charged.
        verified_email: An e-mail counts as found once its provider calls it deliverable.
        accept_review: Take answers that may be about somebody else.
        refresh: What an earlier run filled is asked for again once it is too old, and stays where
            the new answer is blank.
        verify: The final e-mail of a record is verified; or each that is found, before another
            provider is asked for one; or, "", none.
    """

    overwrite: frozenset[str] = frozenset()
    min_confidence: float = 0.0
    max_age: timedelta = timedelta(days=30)
    miss_age: timedelta | None = None
    since: datetime | None = None
    region: str = ""
    retry_failed: bool = False
    retry_unconfirmed: bool = False
    verified_email: bool = False
    accept_review: bool = False
    refresh: bool = False
    verify: Literal["", "final", "each"] = ""

    def is_old(self, attempt: Attempt, now: datetime) -> bool:
        """Tell whether an answer is too old to be used again."""
        if self.since is not None and attempt.at >= self.since:
            return False
        missed = attempt.outcome is Outcome.MISSED and self.miss_age is not None
        age = self.miss_age if missed else self.max_age
        return age is not None and now - attempt.at > age


@dataclass(slots=True)
class Question:
    """What one provider is told and asked about one person.

    Attributes:
        step: Whom to ask.
        query: What to tell and ask.
        person: Fingerprint of the person at this provider.
        variant: What else makes it another question.
        lead: The record that asks: by it an offer is judged.
        reopen: An attempt that can be settled without paying again: unconfirmed, or with a ticket.
        keyed: That is done by sending it again under its key, else by reading.
        stored: An answer as it came, of which something is still to be done without paying.
        seen: The newest attempt in the journal when an answer was looked for there.
        ticket: What the vendor gave for it in this run; "" before.
        waiting_since: Monotonic seconds when its answer was first late; 0 before.
        doubled: Attempt → credits that may already have been paid for what is asked again.
        verifies: It is about an address, whoever's that is.
        known_by: The fields by which the person is known to the provider.
    """

    step: Step
    query: Query
    person: bytes
    variant: str
    lead: "Lead"
    reopen: Attempt | None = None
    keyed: bool = False
    stored: Any = None
    seen: int = 0
    ticket: str = ""
    waiting_since: float = 0.0
    doubled: Mapping[int, Credits] = field(default_factory=dict)
    verifies: bool = False
    known_by: tuple[str, ...] = ()

    @property
    def takes(self) -> tuple[str, ...]:
        """Return the fields that a record may take from its answer."""
        return self.query.wants if self.verifies else self.step.wants

    @property
    def key(self) -> QuestionKey:
        """Return what two records must share to be one question."""
        return self.step.provider.name, self.person, self.variant

    @property
    def settles_earlier(self) -> bool:
        """Tell whether it costs nothing more: an earlier call has paid for its answer."""
        return self.reopen is not None or self.stored is not None

    def subjects(self) -> tuple[bytes, ...]:
        """Return the fingerprints by which this person is found again."""
        from enrichctl.engine.asked_before import marks_of  # noqa: PLC0415 - no local run asks

        region = self.query.region
        told = [
            subject_key(spelling.canonical(name, text, region))
            for name, text in self.query.inputs.items()
        ]
        return (*told, *marks_of(self))


class LatestAnswer(NamedTuple):
    """An answer that has just come, as the journal has it: it need not be read there.

    Attributes:
        key: Of the question.
        query: What was told and asked.
        attempt: How the journal has it.
        match: What the provider reads from it, for this very query, or that it cannot; None when
            it is no match.
    """

    key: QuestionKey
    query: Query
    attempt: Attempt
    match: Match | Remark | None


@dataclass(slots=True)
class RunState:
    """What decides about a record's next step, apart from the record and the journal.

    Attributes:
        blocked: Why nobody may be asked about the record now; "" when they may.
        beyond_limit: That is because a pilot is not about it.
        in_flight: Keys of the questions that this run is asking at this moment.
        on_in_flight: What to do about what another run is asking at this moment: wait for its
            answer, leave it to a later run, or, in a plan, count it as if it were asked here.
        latest: The answer that has just come.
        reads: Whether a plan reads answers that make no difference to what is asked.
    """

    blocked: str = ""
    in_flight: Container[QuestionKey] = ()
    on_in_flight: Literal["wait", "leave", "count"] = "leave"
    latest: LatestAnswer | None = None
    beyond_limit: bool = False
    reads: bool = False


class Ask(NamedTuple):
    """A provider has to be asked."""

    question: Question


class Wait(NamedTuple):
    """Another run is asking what comes next: its answer will do.

    Attributes:
        provider: Whom it asks.
        run: Its id; "" is not known.
    """

    provider: str
    run: str


class End(NamedTuple):
    """Nothing is left to ask."""


class Known(NamedTuple):
    """Nothing is left to ask of a provider; others may be asked."""


KNOWN = Known()
END = End()
NextStep = Ask | Wait | End


def route_of(steps: Sequence[Step], chains: Mapping[str, Sequence[str]]) -> Route:
    """Return who is asked for what, in turn; a provider may have several turns.

    A field goes from provider to provider in its chain; without one, in waterfall order.
    """
    names = [step.provider.name for step in steps]
    left = {
        name: deque(p for p in chains.get(name, names) if p in names)
        for step in steps
        for name in step.wants
    }
    able = {(step.provider.name, name) for step in steps for name in step.wants}
    route: Route = []
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
                order = {name: index for index, name in enumerate(step.wants)}
                route.append((step, tuple(sorted(turn, key=order.__getitem__))))
    return route


def remote(steps: Sequence[Step]) -> Iterator[Step]:
    """Yield the providers that are beyond the machine."""
    return (step for step in steps if isinstance(step.provider, Remote))
