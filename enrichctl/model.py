"""The words of the program as types: what is read, asked, answered, accepted and paid.

Plain dataclasses, cheap enough for the path that every record takes. Money is always
``Credits`` (a decimal number of the provider's own credits), time always an aware UTC datetime.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, NamedTuple

Credits = Decimal
NOTHING = Credits(0)


def credits_text(credits: Credits) -> str:  # noqa: A002 - the word of the trade
    """Return credits as a plain decimal string, never in scientific notation."""
    return f"{credits.normalize():f}" if credits else "0"


def counted(number: int, noun: str, nouns: str = "") -> str:
    """Return a number with its noun: 1 record, 12,345 records."""
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"


class Status(StrEnum):
    """What became of a record: the ``enrichctl_status`` column."""

    ENRICHED = "enriched"  # something was filled
    COMPLETE = "complete"  # nothing was missing
    NO_MATCH = "no_match"  # asked, nothing found
    SKIPPED = "skipped"  # suppressed, or no provider could identify it
    FAILED = "failed"  # a provider rejected it
    REVIEW = "review"  # an answer is held back: it may be about somebody else
    UNCONFIRMED = "unconfirmed"  # asked, may be charged, answer unknown
    PENDING = "pending"  # not asked yet: budget, limit or stop


FIRST = (
    Status.UNCONFIRMED, Status.PENDING, Status.FAILED, Status.REVIEW, Status.ENRICHED,
    Status.NO_MATCH, Status.COMPLETE, Status.SKIPPED,
)  # fmt: skip
"""What a record counts as where providers differ: what needs somebody, then what was found."""


class Outcome(StrEnum):
    """How far one attempt at one provider has come."""

    RESERVED = "planned"  # credits are set aside, nothing has left; the word stands in journals
    SENT = "sent"  # the intent is committed; the answer is not known yet
    SUBMITTED = "submitted"  # an asynchronous provider gave a ticket
    MATCHED = "matched"
    MISSED = "missed"
    DECLINED = "declined"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"


ANSWERED = frozenset({Outcome.MATCHED, Outcome.MISSED})
DELIVERABLE, UNDELIVERABLE = "deliverable", "undeliverable"  # verdicts on an address


@dataclass(slots=True)
class Record:
    """One lead as read.

    Attributes:
        row: Its number in the input, from 1, the header not counted.
        line: The line of the file on which it starts.
        values: Canonical field → text of the cell, blank cells left out.
        region: ISO 3166 alpha-2 country of its national phone numbers; "" where it is not known.
        shifted: Why its cells may stand in the wrong columns, so that it has no values; or "".
        unknown: Fields whose cell is filled, nobody knows with what: it stays as it is.
        earlier: What an earlier run's columns say of it: its sources, their confidence, its note.
        derived: Fields that an earlier run derived on this machine from the others: what they say
            is said by those.
        corrected: Fields that an earlier run filled, and that somebody has changed since.
        left_out: Nobody is asked about it, because ``--where`` did not choose it.
    """

    row: int
    line: int
    values: dict[str, str]
    region: str = ""
    shifted: str = ""
    unknown: frozenset[str] = frozenset()
    earlier: tuple[str, str, str] = ("", "", "")
    derived: frozenset[str] = frozenset()
    corrected: frozenset[str] = frozenset()
    left_out: bool = False

    def holds(self, name: str) -> bool:
        """Tell whether the cell of a field is filled."""
        return name in self.values or name in self.unknown


class Value(NamedTuple):
    """One value that a provider gives for a field."""

    text: str
    confidence: float | None = None  # 0-1; None when the provider gives none
    source: str = ""  # where the provider says it has it from


Match = dict[str, Value]
"""What a provider knows of one person: canonical field → value."""


class Segment(NamedTuple):
    """Of which kind a person is, by what was known before anybody was paid; "" is not known.

    Attributes:
        country: ISO 3166 alpha-2.
        seniority: Level of the job.
        industry: What the company does, folded.
        size: Band of how many people work there: ``51-200``.
    """

    country: str = ""
    seniority: str = ""
    industry: str = ""
    size: str = ""


class Gain(NamedTuple):
    """What an attempt brought to the record that used it first.

    Attributes:
        attempt: Its number in the journal.
        segment: Whom it was about.
        asked: Fields that the record lacked and it was asked for.
        covers: Fields on which its answer is final.
        found: Those of them that it has, and that are not held back.
        filled: Those of `asked` that the record took from it; not what it only knew better.
        verified: It calls the person's e-mail deliverable.
    """

    attempt: int
    segment: Segment
    asked: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    verified: bool = False


NOT_SAVED = "not_saved"  # what was to be stored at the provider and was not
NOT_COLLECTED = "not_collected"  # what was to come later and never will
UNDONE = (NOT_SAVED, NOT_COLLECTED)
UNREADABLE = "unreadable"  # what an answer holds and its provider cannot read


class Remark(NamedTuple):
    """What a person has to know of an answer, apart from its values.

    Attributes:
        text: In words, without personal data.
        cause: A stable word for what was asked for and not done, such as `NOT_SAVED`: the run then
            ends as one in which records failed. "" for a mere caution.
        next: What the user can do about it.
        redo: What a later run does about it: ``finish`` from the stored answer, without paying, or
            ``ask`` anew.
        doubts: It doubts that the answer is about whom the record means: it is not said where
            something that the provider was not told proves it.
        why: Why it was not done, in words that are the same for all records; "" where the text
            of each says that.
        fields: Of a caution, the values that it is about; () for all that the answer fills.
    """

    text: str
    cause: str = ""
    next: str = ""
    redo: Literal["", "finish", "ask"] = ""
    doubts: bool = False
    why: str = ""
    fields: tuple[str, ...] = ()


@dataclass(slots=True)  # frozen ones take three times as long to make, and each record has one
class Query:
    """What one provider is told and asked about one record; nobody changes it.

    Attributes:
        inputs: Canonical field → value, only fields that the provider declares it uses.
        wants: Fields to fill, in the provider's order.
        overwrite: Fields of ``wants`` whose present value may be replaced at the provider.
        save: Whether found values are stored at the provider, where that is a choice;
            None leaves it to the provider's default.
        region: ISO 3166 alpha-2 country of phone numbers that state none, or "".
    """

    inputs: Mapping[str, str]
    wants: tuple[str, ...]
    overwrite: frozenset[str] = frozenset()
    save: bool | None = None
    region: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A provider's answer as it came, before anything is made of it. The journal keeps it.

    Attributes:
        body: The decoded JSON, or what the provider module kept of it.
        credits: What the provider says the call cost; None when it does not say.
        balance: Credits left there after the call; None when it does not say.
        request_id: The provider's own reference for its support.
    """

    body: Any
    credits: Credits | None = None
    balance: Credits | None = None
    request_id: str = ""


class Provenance(NamedTuple):
    """Where an accepted value came from; ``previous`` is the cell's text before, if it had one.

    A ``derived`` one was worked out on this machine, from what was known then.
    """

    provider: str
    source: str
    confidence: float | None
    at: datetime
    previous: str = ""
    derived: bool = False


@dataclass(slots=True)
class Attempt:
    """One try at one provider for one person, as the journal keeps it.

    Attributes:
        id: Number in the journal.
        provider: Provider name.
        account: Fingerprint of the account asked; never a key.
        person: Fingerprint of the person asked about, at this provider.
        inputs: Names of the fields told, never their values.
        wants: Fields asked for.
        outcome: How far it has come.
        credits: Worst case while open, what it cost once settled.
        answer: The provider's answer as it came, when there is one.
        reason: For every outcome but a match, why, in words.
        cause: A stable word that groups reasons of one kind.
        ticket: Reference of an asynchronous provider.
        request_id: The provider's own reference.
        at: When it was last changed.
        run: The run that made it.
    """

    id: int
    provider: str
    account: str
    person: bytes
    inputs: tuple[str, ...]
    wants: tuple[str, ...]
    outcome: Outcome
    credits: Credits
    at: datetime
    run: str
    answer: Any = None
    reason: str = ""
    cause: str = ""
    ticket: str = ""
    request_id: str = ""


# Seconds that a call which is let through may arrive later than now.
AHEAD = 5.0


class Rate(NamedTuple):
    """One window of a rate limit: at most ``limit`` units in any ``seconds``.

    Attributes:
        limit: Calls, or records where the vendor counts those.
        seconds: Length of the window.
        unit: What is counted.
        group: Calls of different groups are counted apart; "" counts all.
    """

    limit: int
    seconds: float
    unit: Literal["call", "record"] = "call"
    group: str = ""

    @property
    def name(self) -> str:
        """Return by which words those who share it know it: 60 seconds are 60.0 seconds."""
        return f"{self.limit} {float(self.seconds)} {self.group}"


class Throttled(NamedTuple):
    """A vendor refuses for now, and charges nothing for saying so.

    Attributes:
        wait: Seconds to wait; None when the vendor does not say.
        window: Which limit was hit, in words, where that can be told.
        learned: The limit that was hit, where the refusal tells it.
    """

    wait: float | None = None
    window: str = ""
    learned: Rate | None = None


class Balance(NamedTuple):
    """Credits left at a provider, and when it said so."""

    credits: Credits
    at: datetime


class Room(NamedTuple):
    """What the budget that binds first leaves a run at a provider.

    Attributes:
        left: Credits.
        limit: The budget that it is left of.
        period: Whose budget it is: run, day or month.
    """

    left: Credits
    limit: Credits
    period: str


@dataclass(slots=True)
class LaneCount:
    """One provider's part in a run.

    Counted in questions that came to an end: one for each person or company as the provider tells
    them apart, and for each field where it sells every field by itself. A local provider is put no
    questions: of it, records are counted.

    Attributes:
        name: The provider's.
        asked: Questions that it was asked; those that it declined are not among them.
        matched: Those of them that it answered with something of use.
        missed: Those to which it knows no answer.
        declined: Questions that it need not or could not be asked.
        failed: Those of them that went wrong.
        unconfirmed: Those of them that may have been charged, and whose answer is not known.
        calls: Those that were put to somebody beyond this machine: as many as asked, or none.
        requests: What was sent for them, retries and free look-ups included; None where no longer
            known.
        reused: Questions whose answers are used that an earlier run had.
        earlier: Those of the asked that an earlier run had put; what they cost is booked to it.
        credits: What they cost.
    """

    name: str
    asked: int = 0
    matched: int = 0
    missed: int = 0
    declined: int = 0
    failed: int = 0
    unconfirmed: int = 0
    calls: int = 0
    requests: int | None = 0
    reused: int = 0
    earlier: int = 0
    credits: Credits = NOTHING

    @property
    def match_rate(self) -> float | None:
        """Return the share of answers that were matches; None before the first."""
        answered = self.matched + self.missed
        return round(self.matched / answered, 4) if answered else None

    def count(self, outcome: Outcome, questions: int = 1) -> None:
        """Count questions that ended so; those that have not ended are in no count."""
        name = str(outcome)
        if name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + questions)

    def plain(self) -> dict[str, Any]:
        """Return it as the journal keeps it, and ``status --json`` shows it."""
        return asdict(self) | {"credits": credits_text(self.credits), "match_rate": self.match_rate}


class Ticket(NamedTuple):
    """What an asynchronous provider gives for a query: enough to collect the answer later."""

    id: str
