"""The document that ``credits --json`` prints; its keys are a contract."""

from typing import Annotated, Literal

from pydantic import Field

from enrichctl.cli.enrich.documents import CreditSpread
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


class AccountMoney(Part):
    """What was bought, in money; `currency` of the configuration says what a credit costs."""

    currency: str
    per_filled_field: Amount | None


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
    money: AccountMoney | None = None
    match_rate: Share | None


class MoneySpent(Part):
    """What credits cost where `currency` says so."""

    currency: str
    spent: Amount
    per_filled_field: Amount | None
    per_verified_email: Amount | None


KindValue = Annotated[str | None, Field(None, description="absent where it was not asked for")]


class BreakdownRow(Part):
    """What one provider did for people of one kind; null is a kind that is not known."""

    provider: str
    field: KindValue
    country: KindValue
    seniority: KindValue
    industry: KindValue
    domain_size: KindValue
    asked: int = Field(description="questions put")
    answered: int = Field(description="those that came back with a match or a miss")
    matched: int = Field(description="answers that had the field, or anything")
    match_rate: Share | None = Field(description="of the people answered for")
    low: Share = Field(description="the true rate lies between low and high in 95 of 100 cases")
    high: Share
    thin: bool = Field(description="fewer answers than `thin_below`")
    credits: Amount
    filled: int = Field(description="blank fields that answers filled")
    credits_per_filled_field: Amount | None
    verified: int = Field(description="e-mails called deliverable")
    credits_per_verified_email: Amount | None
    money: MoneySpent | None


class Elsewhere(Part):
    """Attempts that no record explains, and credits: also those of open and of erased ones."""

    provider: str
    attempts: int = Field(0, description="that came to an end; of what kind of person is not known")
    credits: Amount


class BreakdownDocument(Document):
    """``credits --by … --json``."""

    schema_: Literal["enrichctl.breakdown/1"] = Field("enrichctl.breakdown/1", alias="schema")
    sandbox: bool = False
    by: list[str]
    thin_below: int
    rows: list[BreakdownRow]
    elsewhere: list[Elsewhere]


class NumberSpread(Part):
    """A number: bounds that are certain, and what is expected by match rates so far."""

    least: int
    expected: float
    most: int


class SellerCost(Part):
    """What one provider would cost."""

    name: str
    credits: CreditSpread
    currency: str | None = Field(None, description="of `currency` in the configuration")


class MoneySpread(CreditSpread):
    """The same in a currency."""

    currency: str


class OrderResult(Part):
    """What an order of providers fills and costs."""

    order: list[str]
    known: bool = Field(description="the journal knows all of it; else least and most are bounds")
    filled: NumberSpread = Field(description="blank fields filled")
    verified: NumberSpread = Field(description="records whose e-mail is called deliverable")
    credits: CreditSpread
    providers: list[SellerCost]
    money: MoneySpread | None


class WhatIfDocument(Document):
    """``credits --what-if ORDER --json``, and ``--best``."""

    schema_: Literal["enrichctl.what_if/1"] = Field("enrichctl.what_if/1", alias="schema")
    sandbox: bool = False
    run: str
    records: int
    never_asked: int = Field(description="records that nobody was asked about: not counted")
    done: OrderResult
    what_if: OrderResult | None
    cheapest: OrderResult | None = Field(description="of those that certainly fill as much")
    fullest: OrderResult | None = Field(description="of those that certainly cost no more")


class CreditsDocument(Document):
    """``credits --json``."""

    schema_: Literal["enrichctl.credits/1"] = Field("enrichctl.credits/1", alias="schema")
    providers: list[Account]
