"""The document that ``enrich -n --json`` prints; see `enrichctl.cli.documents`."""

from collections import Counter
from typing import Annotated, Literal

from pydantic import AliasChoices, AliasPath, BeforeValidator, Field

from enrichctl.cli.documents import NotAsked
from enrichctl.cli.json_document import Amount, Document, Part
from enrichctl.plan import Plan


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
    ask: int = Field(
        validation_alias=AliasPath("calls", "most"),
        description="questions to ask, at most: `calls.most`",
    )
    reused: int
    calls: CallSpread = Field(
        description="questions that the budget lets out; each is at most one call that is billed"
    )
    credits: CreditSpread
    verifications: int = Field(
        0,
        validation_alias=AliasChoices("verifications", "verify"),
        description="those of the questions that verify an address, at most",
    )
    verifications_known: int = Field(
        0,
        validation_alias=AliasChoices("verifications_known", "verify_known"),
        description="those of them about an address that is known now, of the file or found before",
    )
    asked_before: int = Field(
        0, description="questions that an earlier run put: their answers are collected for nothing"
    )
    may_share: int = Field(
        0,
        description="by how many calls the most may be too high: rows of one person share an answer"
        " if nothing is found of one that the other lacks",
    )
    renamed: int = Field(
        0,
        description="those of the questions about people whose e-mail or profile was asked about"
        " under another name before: what was answered is not used for them",
    )
    renamed_rows: list[int] = Field(default_factory=list, description="the first rows of them")
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
