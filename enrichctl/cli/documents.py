"""The documents that ``--json`` prints, one model each; their keys are a contract.

Keys may be added to a document, never renamed or removed while its ``schema`` stays the same.
"""

from collections import Counter
from typing import Annotated, Literal

from pydantic import AliasChoices, BeforeValidator, Field

from enrichctl.cli.json_document import Amount, Document, Kept, Part, Share, Time
from enrichctl.model import NOTHING
from enrichctl.plan import Plan

Stopper = Literal[
    "budget", "credits", "login", "unavailable", "interrupted", "limit", "max_errors",
    "max_duration",
]  # fmt: skip


class CallSpread(Part):
    """Questions, before they are put."""

    least: int
    expected: int
    most: int


class CreditSpread(Part):
    """Credits, before they are spent."""

    least: Amount
    expected: Amount
    most: Amount


class FormerAccount(Part):
    """An account that a provider was asked under before, where the one asked now is new."""

    account: str
    people: int = Field(description="people to ask about whom it has answers")


class NotAsked(Part):
    """What a provider needs that is not known, and of how many records."""

    reason: str
    count: int


def _reasons(counted: object) -> object:
    """Return reasons with how often there was each, as a list."""
    if not isinstance(counted, Counter):
        return counted
    return [{"reason": reason, "count": count} for reason, count in counted.most_common()]


def _accounts(former: object) -> object:
    """Return how many people an account is known to have answers about, as a list."""
    if not isinstance(former, Counter):
        return former
    return [{"account": name, "people": people} for name, people in former.most_common()]


class PlanLane(Part):
    """What a run means to ask of one provider, counted as `RunLane` counts."""

    name: str
    ask: int
    reused: int
    calls: CallSpread = Field(description="questions; each is at most one call that is billed")
    credits: CreditSpread
    writes: Annotated[str | None, BeforeValidator(lambda said: said or None)] = Field(
        description="what asking changes at the provider"
    )
    former_accounts: Annotated[list[FormerAccount], BeforeValidator(_accounts)] = Field(
        default_factory=list,
        validation_alias=AliasChoices("former_accounts", "former"),
        description="answers that would be used if it were the same account",
    )
    not_asked: Annotated[list[NotAsked], BeforeValidator(_reasons)] = Field(
        default_factory=list, description="records of which too little is known, by what is missing"
    )


class PlanDocument(Document):
    """``enrich -n --json``."""

    schema_: Literal["enrichctl.plan/1"] = Field("enrichctl.plan/1", alias="schema")
    sandbox: bool = False
    records: int
    people: int
    complete: int
    suppressed: int
    unidentified: int
    namesakes: int = Field(
        0,
        validation_alias=AliasChoices("namesakes", "address_conflicts"),
        description="rows that share an address with an earlier one that names somebody else",
    )
    two_companies: int = Field(
        0, description="records to ask about whose domain and website are of two companies"
    )
    left_out: int = Field(0, description="records that --where did not choose")
    review: int = Field(0, description="records of which a stored answer is held back")
    mapping: dict[str, str] = Field(description="field → column")
    providers: list[PlanLane] = Field(validation_alias=AliasChoices("providers", "lanes"))


def plan_document(plan: Plan, *, sandbox: bool) -> dict[str, object]:
    """Return a plan as ``enrich -n --json`` prints it."""
    document = PlanDocument.model_validate(plan)
    document.sandbox = sandbox
    return document.model_dump(mode="json")


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
        description="not asked, for there was nothing to do or too little is known"
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
    state: Literal["running", "stopped", "done"]
    stopped_by: Stopper | None
    exit_status: int | None
    who: str | None = Field(None, description="user@host, where a team shares the journal")
    input: str
    output: str
    records: int
    people: int
    outcomes: dict[str, int] = Field(description="status of a record → how many")
    providers: list[RunLane]
    waiting: int = Field(0, description="answers that are paid for: the next run has them free")
    job: RunJob | None = Field(None, description="all runs on this input")
    resume: str | None = Field(description="the command that goes on, when something is left")


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


class RecordDocument(Document):
    """``status RUN --row N --json``."""

    schema_: Literal["enrichctl.record/1"] = Field("enrichctl.record/1", alias="schema")
    sandbox: bool = False
    row: int
    line: int
    status: str
    note: str | None
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


class RateLimit(Part):
    """At most so many units in any so many seconds."""

    limit: int
    seconds: float
    unit: Literal["call", "record"]
    group: str | None = Field(description="calls of different groups are counted apart")


class LoginState(Part):
    """Whether a provider could be asked, and where its key comes from."""

    state: Literal["ready", "missing", "not_needed"]
    source: str | None


class ProviderEntry(Part):
    """A provider's declarations and its login."""

    name: str
    title: str
    origin: Literal["built-in", "declared", "package"]
    needs: list[list[str]] = Field(description="sets of fields, any one identifies a lead")
    uses: list[str]
    finds: list[str]
    default_wants: list[str]
    writes: str | None
    billed: Literal["match", "call", "no"]
    price: dict[str, Amount] = Field(
        description="what is sold → credits; * is a query whatever it wants, each any other field"
    )
    rates: list[RateLimit]
    login: LoginState


class ProvidersDocument(Document):
    """``providers --json``."""

    schema_: Literal["enrichctl.providers/1"] = Field("enrichctl.providers/1", alias="schema")
    providers: list[ProviderEntry]


class JournalAttempt(Part):
    """One attempt as ``journal export`` writes it: one a line, or all in one document."""

    id: int
    sandbox: bool = Field(False, description="answer and credits are made up")
    provider: str
    account: str
    person: str
    told: list[str]
    wanted: list[str]
    run: str
    outcome: str
    credits: Amount
    at: Time
    answer: Kept
    reason: str | None
    cause: str | None
    ticket: str | None
    request_id: str | None


class JournalDocument(Document):
    """``journal path|init|move|forget|prune|export --json``."""

    schema_: Literal["enrichctl.journal/1"] = Field("enrichctl.journal/1", alias="schema")
    action: Literal["path", "init", "move", "forget", "prune", "export"]
    path: str
    entries: int = Field(description="attempts held, erased or exported")
    records: int | None = Field(None, description="explained records held or erased")
    runs: int | None = Field(None, description="runs held or erased")
    before: Time | None = Field(None, description="what is older was pruned")
    outputs: list[str] | None = Field(None, description="output files that still name the person")
    attempts: list[JournalAttempt] | None = Field(None, description="what was exported")
    grants: list[str] | None = Field(None, description="the least rights, as SQL")


class FieldEntry(Part):
    """A canonical field, or an id of a provider's own."""

    name: str
    about: Literal["person", "company"]
    kind: str = Field(description="what its values look like: text, email, phone, id, …")
    means: str
    filled_by: list[str] = Field(
        description="providers that can fill it, as `providers` names them"
    )
    rewritten_by: list[str] = Field(
        description="providers that only write it in its canonical form, with --overwrite"
    )


class FieldsDocument(Document):
    """``fields --json``."""

    schema_: Literal["enrichctl.fields/1"] = Field("enrichctl.fields/1", alias="schema")
    fields: list[FieldEntry]


class ConfigDocument(Document):
    """``config path --json``."""

    schema_: Literal["enrichctl.config/1"] = Field("enrichctl.config/1", alias="schema")
    path: str
    exists: bool
    source: Literal["option", "environment", "default"] = Field(
        description="what says where it is: --config, ENRICHCTL_CONFIG, or neither"
    )
