"""The documents that ``status --json`` prints; see `enrichctl.cli.documents`."""

from typing import Literal

from pydantic import Field

from enrichctl.cli.documents import NotAsked
from enrichctl.cli.json_document import Amount, Document, Kept, Part, Share, Time
from enrichctl.model import NOTHING

Stopper = Literal[
    "budget", "credits", "login", "unavailable", "interrupted", "limit", "max_errors",
    "max_duration",
]  # fmt: skip


class RunLane(Part):
    """One provider's part in a run.

    Counted in questions: one for each person or company as the provider tells them apart, and for
    each field where it sells every field by itself. Of a local provider, in records.
    """

    name: str
    asked: int = Field(description="questions that came to an end, without those declined")
    matched: int
    missed: int
    declined: int = Field(
        description="not asked: nothing to do, too little known, or perhaps about somebody else"
    )
    failed: int
    unconfirmed: int
    calls: int = Field(
        description="questions put to somebody beyond this machine, as in the plan: asked, or none"
    )
    requests: int | None = Field(
        None, description="sent, retries, polls and free look-ups included; null: not known"
    )
    reused: int = Field(description="questions whose answers were in the journal before")
    earlier: int = Field(
        0, description="of those asked, put by an earlier run, to which their credits are booked"
    )
    late: int = Field(
        0, description="answers that came after the run: in its credits, but in no count of it"
    )
    credits: Amount = Field(description="spent in the run's name, whenever the answers came")
    set_aside: Amount = Field(NOTHING, description="for answers that have not come")
    match_rate: Share | None = Field(description="of matched and missed")


class RunJob(Part):
    """All runs on one input."""

    runs: int
    since: Time
    credits: Amount
    set_aside: Amount


class RunField(Part):
    """In how many records a field was filled."""

    name: str
    filled_before: int
    filled_after: int


class ErrorCause(Part):
    """Errors of one cause, and what to do about them."""

    cause: str
    count: int
    next: str | None


class RunSuppressed(Part):
    """Records that were never sent anywhere, and the proof."""

    records: int
    attempts: int = Field(description="how many attempts of the run tell anything of them")


class RunSummary(Part):
    """A run, as the list of runs shows it."""

    id: str
    sandbox: bool = Field(False, description="people and credits are made up")
    started_at: Time
    finished_at: Time | None
    waited: float = Field(
        0.0, description="seconds between the two in which it waited for somebody's answer"
    )
    state: Literal["running", "stopped", "done"]
    stopped_by: Stopper | None
    exit_status: int | None
    who: str | None = Field(None, description="user@host, where a team shares the journal")
    input: str
    output: str
    records: int
    people: int = Field(description="0 where nobody was to be asked, and they were not counted")
    outcomes: dict[str, int] = Field(description="status of a record → how many")
    providers: list[RunLane]
    waiting: int = Field(0, description="answers that are paid for: the next run has them free")
    erased: int = Field(0, description="answers that are gone since: asking again costs again")
    job: RunJob | None = Field(None, description="all runs on this input")
    resume: str | None = Field(
        description="the command that goes on, when something of this run is left and the"
        " budget allows it, null once a pilot is complete; it reads `input` again"
    )


class Run(RunSummary):
    """A run with all that is known of it."""

    fields_: list[RunField] = Field(alias="fields")
    errors: list[ErrorCause]
    not_asked: list[NotAsked] = Field(
        default_factory=list, description="records of which too little is known, by what is missing"
    )
    suppressed: RunSuppressed


class RunsDocument(Document):
    """``status --json``."""

    schema_: Literal["enrichctl.runs/1"] = Field("enrichctl.runs/1", alias="schema")
    runs: list[RunSummary]


class RunDocument(Document):
    """``status RUN --json``."""

    schema_: Literal["enrichctl.run/1"] = Field("enrichctl.run/1", alias="schema")
    run: Run


class RecordValue(Part):
    """One field of one record, and where its value came from."""

    before: str | None
    after: str | None
    provider: str | None
    source: str | None
    confidence: Share | None
    at: Time | None
    earlier: str | None = Field(description="who gave what stood there, in an earlier run")


class OtherName(Part):
    """What was asked before, by the same address and under another name."""

    at: Time
    credits: Amount


class RecordAttempt(Part):
    """What one provider was told, what it answered, what was accepted, and what it cost."""

    provider: str
    outcome: str
    told: list[str]
    wanted: list[str]
    answer: Kept
    accepted: list[str]
    held_back: list[str] = Field(description="fields of what may be about somebody else")
    left: dict[str, str] = Field(description="field → why its value was not accepted")
    reason: str | None
    credits: Amount | None
    at: Time | None
    request_id: str | None
    other_name: OtherName | None = Field(
        None, description="the last time before that the address was asked about, as somebody else"
    )


class RecordDocument(Document):
    """``status RUN --row N --json``."""

    schema_: Literal["enrichctl.record/1"] = Field("enrichctl.record/1", alias="schema")
    sandbox: bool = False
    row: int
    line: int
    status: str
    note: str | None
    tested: list[str] = Field(
        default_factory=list,
        description="fields that a benchmark took for blank; values of them are answers",
    )
    values: dict[str, RecordValue]
    attempts: list[RecordAttempt]


class RecordLine(Part):
    """One record of a list."""

    row: int
    line: int
    status: str
    note: str | None


class RecordsDocument(Document):
    """``status RUN --records STATUS --json``."""

    schema_: Literal["enrichctl.records/1"] = Field("enrichctl.records/1", alias="schema")
    sandbox: bool = False
    records: list[RecordLine]


class ChangedValue(Part):
    """A value that is another one than in the run before."""

    row: int
    line: int
    field: str
    before: str | None
    after: str | None
    provider: str | None = Field(description="who gives it now; null is the input")


class ChangesDocument(Document):
    """``status RUN --diff --json``."""

    schema_: Literal["enrichctl.changes/1"] = Field("enrichctl.changes/1", alias="schema")
    sandbox: bool = False
    run: str
    former: str | None = Field(description="the run before on the same input")
    changes: list[ChangedValue]
