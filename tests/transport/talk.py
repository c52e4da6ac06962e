"""An `Api` over real sockets; all that depends on time, chance and money is written down."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from enrichctl.errors import BudgetReached, Cancelled
from enrichctl.model import Answer, Match, Query, Throttled
from enrichctl.provider import Connection, Login, Lookup
from enrichctl.transport import Api, Auth, HeaderAuth, Payload, Reply, Runtime, Wire

KEY_HEADER = "Idempotency-Key"
HOW: dict[str, dict[str, Any]] = {
    "free": {},
    "billed": {"billed": True},
    "keyed": {"billed": True, "key_header": KEY_HEADER},
}


class Plain(Lookup):
    """A vendor that uses HTTP's words as they were meant."""

    name = "plain"
    title = "Plain"
    needs = (("email",),)
    uses = ("email",)
    finds = ("job_title",)

    def connect(self, login: Login) -> Connection:
        raise AssertionError(login)

    def find(self, query: Query, api: Api) -> Answer | None:
        raise AssertionError(query, api)

    def read(self, body: Any, query: Query) -> Match:
        raise AssertionError(body, query)


@dataclass
class Books:
    """Writes down intents; may refuse them."""

    intents: list[Payload] = field(default_factory=list)
    full: bool = False

    def intend(self, payload: Payload, *, keyed: bool) -> Payload:
        if self.full:
            raise BudgetReached("no room")
        payload = payload._replace(key="key-1") if keyed else payload
        self.intents.append(payload)
        return payload


@dataclass
class OpenLimiter:
    """Lets everything through, up to ``closes_after`` calls, and writes down what is held."""

    held: list[float] = field(default_factory=list)
    closes_after: int = 1000
    passed: int = 0
    got: Counter = field(default_factory=Counter)

    def wait(self, group: str) -> None:
        del group
        if self.passed == self.closes_after:
            raise Cancelled("the run is stopping")
        self.passed += 1

    def departed(self) -> None:
        pass

    def answered(self, took: float) -> None:
        """Take no note of round trips."""

    def got_through(self, group):
        self.got[group] += 1

    def through(self, group):
        return self.got[group]

    def hold(self, refusal: Throttled, seconds: float, group: str) -> None:
        del refusal, group
        self.held.append(seconds)


@dataclass
class Talk:
    """One query's talk with a server."""

    url: str
    auth: Auth | None = field(default_factory=lambda: HeaderAuth({"X-Api-Key": "ours"}))
    timeout: float = 5.0
    patience: float = 90.0
    books: Books = field(default_factory=Books)
    limiter: OpenLimiter = field(default_factory=OpenLimiter)
    pauses: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.wire = Wire(self.url, self.auth)
        self.api = Api(
            "Plain",
            self.wire,
            limiter=self.limiter,
            explain=Plain().explain,
            runtime=Runtime(pause=self.pauses.append, chance=lambda: 0.5),
            timeout=self.timeout,
            patience=self.patience,
            ledger=self.books,
        )

    def ask(self, kind: str, path: str = "/people", **how: Any) -> Reply:
        return self.api.post(path, {"who": "someone"}, **(HOW[kind] | how))
