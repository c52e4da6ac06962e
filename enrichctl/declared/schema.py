"""What a definition may say: every key, its type, its default. `checking` says what fits together.

The keys are explained, each with an example, in what ``enrichctl providers new`` writes.
"""

import math
from collections.abc import Callable
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator

from enrichctl import urls
from enrichctl.declared.expressions import Path
from enrichctl.declared.templates import Template

LONGEST = 366 * 86_400  # seconds
LONGEST_CALL = 86_400  # seconds
MOST_CALLS = 1_000_000  # of one window; a departure takes 8 bytes


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("must be a number")  # noqa: TRY004 - pydantic takes it as a complaint
    if not math.isfinite(value):
        raise ValueError("must be a finite number")
    return value


def _expression(value: Any) -> Path:
    if not isinstance(value, str):
        raise ValueError("must be a JMESPath in quotes")  # noqa: TRY004 - the same
    return Path(value)


def _base_url(value: str) -> str:
    if wrong := urls.trouble(value):
        raise ValueError(wrong)
    return value


def _either(key: str) -> BeforeValidator:
    """Let a string stand for a table with one key."""
    return BeforeValidator(lambda value: {key: value} if isinstance(value, str) else value)


def _rules(value: Any) -> Any:
    """Let a status or an expression stand for a rule, and a rule for a list of one."""
    listed = value if isinstance(value, list) else [value]
    short: dict[type, Callable[[Any], Any]] = {
        int: lambda status: {"status": status},
        str: lambda when: {"when": when},
    }
    return [short.get(type(each), lambda rule: rule)(each) for each in listed]


def _prices(value: Any) -> Any:
    return value if isinstance(value, dict) else {"*": value}


Amount = Annotated[
    Decimal,
    BeforeValidator(lambda value: Decimal(str(_number(value)))),
    Field(ge=0),
]
Seconds = Annotated[
    float, BeforeValidator(lambda value: float(_number(value))), Field(gt=0, le=LONGEST)
]
Expression = Annotated[Any, PlainValidator(_expression)]
Shape = Annotated[Any, PlainValidator(Template)]


class DefinitionTable(BaseModel):
    """Any table of a definition: keys that it does not know are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class AuthTable(DefinitionTable):
    """How the key is sent; one of these."""

    bearer: bool = False
    header: str = ""
    prefix: str = ""  # before the key in that header
    basic: Literal["user", "password"] | None = None
    query: str = ""


class ReplyValue(DefinitionTable):
    """Where a reply says something: in its body or in a header; a number may be out of ``of``."""

    path: Expression | None = None
    header: str = ""
    of: Seconds = 1.0


class Rule(DefinitionTable):
    """When a reply means something: its status (else any good one), what its body says, or both."""

    status: Annotated[int, Field(ge=100, le=599)] | None = None
    when: Expression | None = None


class HeaderPart(DefinitionTable):
    """A header, or the part of it for one window where it holds a JSON object."""

    header: str
    key: str = ""


Read = Annotated[ReplyValue, _either("path")]
Held = Annotated[HeaderPart, _either("header")]
Rules = Annotated[list[Rule], BeforeValidator(_rules)]


class RefusalWindow(DefinitionTable):
    """What headers tell of one window of the rate limit when it refuses."""

    name: str
    remaining: Held | None = None
    reset: Held | None = None
    format: Literal["seconds", "epoch", "date", "http"] = "seconds"
    limit: Held | None = None
    seconds: Seconds | None = None


class DeclaredRate(DefinitionTable):
    """One window that is kept: at most ``limit`` units in any ``seconds``."""

    limit: Annotated[int, Field(gt=0, le=MOST_CALLS)]
    seconds: Seconds
    unit: Literal["call", "record"] = "call"
    group: str = ""


class Batch(DefinitionTable):
    """Several questions in one call."""

    max: Annotated[int, Field(gt=0)]
    items: str = ""  # key of the request's JSON that holds the list; "" is the list itself
    around: Shape | None = None  # the rest of that JSON
    answers: Expression | None = None  # the list in the reply; else under items, or the reply
    echo: Expression | None = None  # in an answer: what stood at {item}; else by position
    status: Expression | None = None  # in an answer: its own HTTP status
    missed: Expression | None = None  # in the reply: what stood at {item} of those not found
    refused: Expression | None = None  # the same of those rejected
    cost: Read | None = None  # what the whole call cost, where answers come at once


class DeclaredCall(DefinitionTable):
    """A call that costs nothing."""

    method: Literal["GET", "POST"] = "GET"
    path: Shape
    query: Shape = Field(default_factory=lambda: Template({}))
    body: Shape | None = Field(None, alias="json")
    group: str = ""

    @property
    def others(self) -> frozenset[str]:
        """Return what is named elsewhere than in the path."""
        return frozenset().union(*(each.names for each in (self.query, self.body) if each))


class LookupCall(DeclaredCall):
    """The call that asks."""

    method: Literal["GET", "POST", "PUT", "PATCH"] = "POST"  # type: ignore[assignment]
    headers: dict[str, str] = Field(default_factory=dict)
    batch: Batch | None = None
    asks: dict[str, str] = Field(default_factory=dict)  # field → word that {asks} lists

    @cached_property
    def templates(self) -> dict[tuple[str, ...], Template]:
        """Return key → template, of those that are there."""
        around = self.batch.around if self.batch else None
        every = {
            ("path",): self.path, ("query",): self.query, ("json",): self.body,
            ("batch", "around"): around,
        }  # fmt: skip
        return {key: template for key, template in every.items() if template is not None}

    @property
    def names(self) -> frozenset[str]:
        """Return what its templates name, all together."""
        return frozenset[str]().union(*(each.names for each in self.templates.values()))


class PollCall(DeclaredCall):
    """How the answer is fetched later.

    Its rules are read before HTTP's own meaning of a status: a 402 may hold the result.
    """

    ticket: Expression
    every: Seconds
    give_up: Seconds = 1800.0
    pending: Rules = Field(default_factory=list)
    done: Rules = Field(default_factory=list)
    failed: Rules = Field(default_factory=list)
    no_credit: Rules = Field(default_factory=list)
    cost: Read | None = None  # what the whole job cost, in its finished reply
    # Fields that come later, where all else comes at once: there is a ticket only for them.
    adds: list[str] = Field(default_factory=list)
    answers: Expression | None = None  # then: the list in the finished reply
    echo: Expression | None = None  # and what is the same in the first answer and in the later one


class BalanceCall(DeclaredCall):
    """How many credits are left."""

    credits: Read


class Check(DeclaredCall):
    """A call that proves the login."""


class Meaning(DefinitionTable):
    """What statuses and bodies mean, where that is not HTTP's own meaning."""

    miss: Rules = Field(default_factory=list)
    throttled: Rules = Field(default_factory=list)
    no_credit: Rules = Field(default_factory=list)
    login: Rules = Field(default_factory=list)
    bad_input: Rules = Field(default_factory=list)
    pending: Rules = Field(default_factory=list)
    declined: Rules = Field(default_factory=list)


class Verify(DefinitionTable):
    """How an address alone is verified, where that is another call than the one that asks.

    What is not said here is as it is for the one that asks.
    """

    request: LookupCall
    response: dict[str, Expression]
    words: dict[str, dict[str, str]] = Field(default_factory=dict)
    billed: Literal["match", "call", "no"] | None = None
    price: Annotated[dict[str, Amount], BeforeValidator(_prices)]
    cost: Read | None = None


class Definition(DefinitionTable):
    """A whole definition."""

    title: str = ""
    docs: str = ""
    base_url: Annotated[str, AfterValidator(_base_url)]
    auth: AuthTable | None = None
    needs: list[list[str]]
    hints: list[str] = Field(default_factory=list)
    about: list[str] | None = None  # fields of [response] that say whom an answer is about
    default_wants: list[str] = Field(default_factory=list)
    writes: str = ""
    billed: Literal["match", "call", "no"]
    price: Annotated[dict[str, Amount], BeforeValidator(_prices)] = Field(default_factory=dict)
    sold_as: dict[str, str] = Field(default_factory=dict)
    rebill_days: Annotated[int, Field(ge=0)] = 0
    rates: list[DeclaredRate] = Field(default_factory=list)
    windows: list[RefusalWindow] = Field(default_factory=list)
    idempotency: str = ""
    idempotency_hours: Seconds = 24.0
    timeout: Annotated[Seconds, Field(le=LONGEST_CALL)] = 60.0
    request: LookupCall
    response: dict[str, Expression]
    words: dict[str, dict[str, str]] = Field(default_factory=dict)
    confidence: Read | None = None
    source: Expression | None = None
    cost: Read | None = None
    remaining: Read | None = None
    request_id: Read | None = None
    meaning: Meaning = Field(default_factory=Meaning)
    verify: Verify | None = None
    poll: PollCall | None = None
    balance: BalanceCall | None = None
    check: Check | None = None
