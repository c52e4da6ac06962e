"""Providers with one fault each, and the words in which the suite must find it.

Which of them a provider can have follows from what it declares and from its exchanges.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict

from enrichctl.conformance.written import Exchanges, Scripted
from enrichctl.errors import (
    BadRecord,
    EnrichctlError,
    LoginRefused,
    Miss,
    OutOfCredits,
    Unconfirmed,
)
from enrichctl.fields import FIELDS
from enrichctl.model import Query, Throttled
from enrichctl.provider import Provider
from enrichctl.transport import Api, QueryAuth, Reply

ASKING = ("find", "recover", "submit", "collect", "check", "balance")
Make = Callable[[], Provider]


@dataclass(frozen=True)
class Mutant:
    name: str
    make: Make
    found: str  # words of the complaint


def mutants(make: Make, written: Exchanges) -> Iterator[Mutant]:
    """Yield every mutant that this provider can have."""
    cases = [case for case in written.cases if case.ask == "find"]
    kinds = {kind for case in cases for kind in case.kinds}
    dues = [each.request for case in cases for each in case.exchanges if each.request]
    headers, in_query = login_of(make, written)
    yield Mutant("another path", calling(make, lambda c: c.update(path=c["path"] + "x")), "path")
    yield Mutant("another method", calling(make, lambda c: c.update(method="PATCH")), "method")
    yield Mutant("an undeclared field", calling(make, tell_undeclared), "does not say it uses")
    yield Mutant("a quotation", failing(make, EnrichctlError, quoting), "message quotes")
    yield Mutant("reads nothing", reading(make, lambda match, _: match.clear()), "values")
    yield Mutant("reads another way again", reading(make, forgetful), "read")
    if any(due.billed for due in dues):
        yield Mutant("bills nothing", calling(make, lambda c: c.update(billed=False)), "no intent")
    if not all(due.billed for due in dues):
        yield Mutant("bills all", calling(make, lambda c: c.update(billed=True)), "intent")
    if written.key_header:
        yield Mutant("no key header", calling(make, lambda c: c.update(key_header="")), "the key")
    if headers:
        yield Mutant("another auth header", sending(make, rename), "header")
        yield Mutant("no login", sending(make, lambda *_: None), "header")
    if in_query:
        yield Mutant("no login", connecting(make, lambda _: None), "query string")
    else:
        secret = next((written.login[i.name] for i in make().login if i.secret), "")
        key_in_url = calling(make, lambda c: c.update(path=f"{c['path']}?key={secret}"))
        yield Mutant("the key in the URL", key_in_url, "key stands in the URL")
    if any(value.startswith("Basic ") for value in headers.values()):
        yield Mutant("user and password swapped", sending(make, swap), "header")
    if any(then.confidence for case in cases for then in case.thens):
        yield Mutant("per cent for parts of one", reading(make, per_cent), "values")
    for kind, error, instead in (
        ("refused record", BadRecord, Miss),
        ("miss", Miss, BadRecord),
        ("login refused", LoginRefused, BadRecord),
        ("out of credits", OutOfCredits, BadRecord),
    ):
        if kind in kinds:
            mistaken = failing(make, error, lambda e, _, instead=instead: instead(e.message))
            yield Mutant(f"{error.__name__} for {instead.__name__}", mistaken, "was due, not")
    if any(then.outcome == "unconfirmed" and not then.stop for c in cases for then in c.thens):
        lost = failing(make, Unconfirmed, lambda e, _: Miss(e.message))
        yield Mutant("Unconfirmed for Miss", lost, "unconfirmed was due, not")
    if "throttled" in kinds:
        yield Mutant("429 is final", explaining(make, never_wait), "was due, not")
    if any(not isinstance(make().explain(reply), Miss) for reply in with_status(cases, 404)):
        yield Mutant("404 is a miss", explaining(make, not_found), "was due, not")


def login_of(make: Make, written: Exchanges) -> tuple[dict[str, str], bool]:
    """Return the headers that the login adds, and whether it goes into the query string."""
    login = SimpleNamespace(
        get=lambda name: written.login.get(name, ""), base_url=written.base_url or ""
    )
    auth = make().connect(login).auth
    if auth is None:
        return {}, False
    request = SimpleNamespace(headers=CaseInsensitiveDict(), url=written.base_url, method="GET")
    auth(request)
    return dict(request.headers), isinstance(auth, QueryAuth)


def with_status(cases: Any, status: int) -> list[Reply]:
    said = [each.reply for case in cases for each in case.exchanges]
    return [
        Reply(status, {}, (r.text or "").encode())
        for r in said
        if isinstance(r, Scripted) and r.status == status
    ]


class TwistedApi(Api):
    """An API whose calls are changed on their way."""

    def __init__(self, api: Api, change, query) -> None:
        self.__dict__ = api.__dict__  # one and the same state
        self.twist = lambda call: change(call) if change.__code__.co_argcount < 2 else change(call, query)

    def call(self, method, path, params=None, **how):
        call = {"method": method, "path": path, "params": params, **how}
        self.twist(call)
        return super().call(**call)
