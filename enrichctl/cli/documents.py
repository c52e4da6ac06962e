"""The documents that ``--json`` prints, one model each; their keys are a contract.

Those of a command with a folder of its own stand there: `cli.enrich.documents` and so on.

Keys may be added to a document, never renamed or removed while its ``schema`` stays the same.
"""

from typing import Literal

from pydantic import Field

from enrichctl.cli.json_document import Amount, Document, Kept, Part, Time


class NotAsked(Part):
    """What a provider needs that is not known, and of how many records."""

    reason: str
    count: int


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
