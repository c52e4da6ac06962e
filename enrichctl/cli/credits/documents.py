"""The document that ``credits --json`` prints; its keys are a contract."""

from typing import Literal

from pydantic import Field

from enrichctl.cli.json_document import Amount, Document, Part, Share, Time


class Spent(Part):
    """Credits spent; what may have been charged without an answer is part of it."""

    last_run: Amount | None
    today: Amount
    month: Amount


class SetAside(Part):
    """Credits for answers that have not come; they count against budgets."""

    today: Amount
    month: Amount


class Budget(Part):
    """The owner's own limits."""

    run: Amount | None
    day: Amount | None
    month: Amount | None


class Left(Part):
    """What is left of the limits that outlast a run."""

    day: Amount | None
    month: Amount | None


class Account(Part):
    """Money at one provider."""

    name: str
    balance: Amount | None
    balance_at: Time | None
    balance_source: Literal["live", "reported", "not_offered"]
    warn_below: Amount | None = None
    low: bool = Field(False, description="the balance is known, and under `warn_below`")
    spent: Spent
    set_aside: SetAside
    budget: Budget
    left: Left
    credits_per_filled_field: Amount | None
    match_rate: Share | None


class CreditsDocument(Document):
    """``credits --json``."""

    schema_: Literal["enrichctl.credits/1"] = Field("enrichctl.credits/1", alias="schema")
    providers: list[Account]
