"""Reads a file of written exchanges; its format stands in the package's docstring."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import TypeAdapter, ValidationError

from enrichctl.errors import InputError
from enrichctl.model import Query, Rate

Kind = Literal[
    "match", "miss", "login refused", "out of credits", "throttled", "answer lost",
    "refused record", "refused in bulk", "recovered",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class WrittenQuery:
    """One question, what else its row says, and the ticket it has from an earlier run, if any."""

    told: dict[str, str]
    wants: tuple[str, ...]
    overwrite: frozenset[str] = frozenset()
    save: bool | None = None
    region: str = ""
    ticket: str = ""
    stored: Any = None
    row: dict[str, str] = field(default_factory=dict)

    def query(self, unasked: Mapping[str, str]) -> Query:
        """Return what the provider is given: what it is told, and what it must leave alone."""
        return Query({**unasked, **self.told}, self.wants, self.overwrite, self.save, self.region)


@dataclass(frozen=True, slots=True)
class Due:
    """A request that must come."""

    method: str
    path: str
    headers: dict[str, str | None] = field(default_factory=dict)
    json: Any = None
    text: str = ""
    billed: bool = False


@dataclass(frozen=True, slots=True)
class Scripted:
    """A reply as it is to be given."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    json: Any = None
    text: str | None = None


Said = Scripted | Literal["lost", "cut"]


@dataclass(frozen=True, slots=True)
class WrittenExchange:
    """A request and its reply."""

    reply: Said
    request: Due | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """One value that must be read from an answer."""

    text: str
    confidence: float | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Then:
    """What must be reported of one question."""

    outcome: Literal[
        "matched", "missed", "declined", "failed", "unconfirmed", "pending", "answered"
    ] = "pending"
    stop: str = ""
    values: dict[str, str | Given] = field(default_factory=dict)
    confidence: float | None = None
    source: str = ""
    request_id: str = ""
    credits: Decimal | None = None
    balance: Decimal | None = None
    cost: Decimal | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that can happen."""

    name: str
    exchanges: tuple[WrittenExchange, ...]
    then: Then | tuple[Then, ...]
    login: dict[str, str] = field(default_factory=dict)
    ask: Literal["find", "recover", "finish", "check", "balance"] = "find"
    query: WrittenQuery | None = None
    queries: tuple[WrittenQuery, ...] = ()
    held: tuple[float, ...] = ()
    learned: tuple[Rate, ...] = ()

    @property
    def asked(self) -> tuple[WrittenQuery, ...]:
        """Return the questions, however many."""
        return (self.query,) if self.query else self.queries

    @property
    def thens(self) -> tuple[Then, ...]:
        """Return what must be reported, one for each question."""
        if isinstance(self.then, Then):
            return (self.then,) * max(1, len(self.asked))
        return self.then

    @property
    def kinds(self) -> frozenset[Kind]:
        """Return what the case is an example of, told by what it holds."""
        if self.ask == "recover":
            return frozenset({"recovered"})
        if self.ask != "find":
            return frozenset()
        outcomes = [then.outcome for then in self.thens]
        stops = {then.stop for then in self.thens}
        some_refused = "failed" in outcomes and set(outcomes) != {"failed"}
        signs: dict[Kind, bool] = {
            "match": any(then.outcome == "matched" and then.values for then in self.thens),
            "miss": "missed" in outcomes,
            "login refused": "LoginRefused" in stops,
            "out of credits": "OutOfCredits" in stops,
            "throttled": bool(self.held) or "RateLimited" in stops,
            "answer lost": any(exchange.reply == "lost" for exchange in self.exchanges),
            "refused record": "failed" in outcomes,
            "refused in bulk": some_refused,
        }
        return frozenset(kind for kind, shown in signs.items() if shown)


@dataclass(frozen=True, slots=True)
class Exchanges:
    """The written exchanges of one provider."""

    # Holds for all that is within as well.
    __pydantic_config__: ClassVar[Mapping[str, Any]] = {"extra": "forbid"}
    provider: str
    login: dict[str, str]
    base_url: str | None
    cases: tuple[Case, ...]
    headers: dict[str, str | None] = field(default_factory=dict)
    key_header: str = ""
    cannot: dict[Kind, str] = field(default_factory=dict)


def read(path: Path, server: str = "{server}") -> Exchanges:
    """Read the exchanges of one provider, with the loopback server's address put in.

    Raises:
        InputError: The file cannot be read, or says what cannot be played.
    """
    try:
        raw = json.loads(path.read_text("utf-8").replace("{server}", server))
        if not isinstance(raw, dict):
            raise InputError(f"{path.name}: a JSON object was due")
        parts = raw.pop("parts", {})
        whole = {"base_url": server} | _whole(raw, parts)
        written = TypeAdapter(Exchanges).validate_python(whole)
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(f"{path.name} cannot be read ({type(error).__name__})") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{path.name}: {where}: {first['msg']}") from None
    for case in written.cases:
        if trouble := _unplayable(case):
            raise InputError(f"{path.name}: {case.name}: {trouble}")
    names = [case.name for case in written.cases]
    if twice := {name for name in names if names.count(name) > 1}:
        raise InputError(f"{path.name}: two cases are called {min(twice)!r}")
    return written


def _whole(thing: Any, parts: Mapping[str, Any]) -> Any:
    """Put parts where they are named."""
    if isinstance(thing, str) and thing.startswith("$") and thing[1:] in parts:
        return _whole(parts[thing[1:]], parts)
    if isinstance(thing, list):
        return [_whole(each, parts) for each in thing]
    if not isinstance(thing, dict):
        return thing
    rest = {name: _whole(value, parts) for name, value in thing.items() if name != "$"}
    if "$" not in thing:
        return rest
    if not isinstance(part := parts.get(thing["$"]), dict):
        raise InputError(f"no part that can have more members is called {thing['$']!r}")
    return _whole(part, parts) | rest


def _unplayable(case: Case) -> str:
    """Say what keeps a case from being played; "" when nothing does."""
    if case.ask in ("find", "recover", "finish") and bool(case.query) == bool(case.queries):
        return "either query or queries must be given"
    if len(case.thens) != max(1, len(case.asked)):
        return "then must say as many things as are asked"
    for number, exchange in enumerate(case.exchanges):
        if (exchange.request is None) != exchange.again:
            return f"exchange {number + 1} needs either a request or again"
    if case.exchanges and case.exchanges[0].again:
        return "the first exchange repeats nothing"
    return ""
