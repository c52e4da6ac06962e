"""The document that ``benchmark --json`` prints; its keys are a contract."""

from typing import Literal

from pydantic import Field

from enrichctl.cli.credits.documents import KindValue
from enrichctl.cli.json_document import Amount, Document, Part, Share


class BenchmarkRow(Part):
    """How one provider did at values of one kind."""

    provider: str
    field: str | None
    country: KindValue
    seniority: KindValue
    industry: KindValue
    domain_size: KindValue
    known: int = Field(description="values that were to be found")
    matched: int = Field(description="values that it gave, right or wrong")
    right: int
    wrong: int
    missing: int
    right_rate: Share | None
    low: Share = Field(description="the true rate lies between low and high in 95 of 100 cases")
    high: Share
    thin: bool = Field(description="fewer values than `thin_below`")
    credits: Amount = Field(description="what the answers cost, whenever they were paid")
    credits_per_right_value: Amount | None
    currency: str | None
    money_per_right_value: Amount | None


class BenchmarkDocument(Document):
    """``benchmark TRUTH --json``."""

    schema_: Literal["enrichctl.benchmark/1"] = Field("enrichctl.benchmark/1", alias="schema")
    sandbox: bool = False
    run: str
    records: int
    spent: Amount = Field(description="credits that this run has spent")
    by: list[str]
    thin_below: int
    rows: list[BenchmarkRow]
