"""Providers with one fault each, and words of the complaint by which the suite must find it.

Which faults a provider can have follows from what it declares and from its exchanges.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from types import SimpleNamespace
from typing import Any

from requests import PreparedRequest
from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict

from enrichctl.conformance import Exchanges, Make
from enrichctl.conformance.written import Case, Scripted
from enrichctl.declared.meaning import any_holds, body_of
from enrichctl.errors import (
    BadRecord,
    EnrichctlError,
    LoginRefused,
    Miss,
    OutOfCredits,
    Unconfirmed,
)
from enrichctl.fields import FIELDS
from enrichctl.model import Answer, Query, Throttled
from enrichctl.offer import Offer
from enrichctl.transport import Api, QueryAuth, Reply

ASKING = ("find", "recover", "submit", "collect", "check", "balance")


@dataclass(frozen=True)
class Mutant:
    name: str
    make: Make
    found: str


def mutants(make: Make, written: Exchanges) -> Iterator[Mutant]:
    """Yield every mutant that this provider can have."""
    yield from _of_requests(make, written)
    yield from _of_logins(make, written)
    yield from _of_answers(make, written)
    yield from _of_errors(make, written)


def _of_requests(make, written):
    dues = [each.request for case in written.cases for each in case.exchanges if each.request]
    yield Mutant("another path", calling(make, lambda c, _: c.update(path=c["path"] + "x")), "path")
    yield Mutant("another method", calling(make, lambda c, _: c.update(method="PATCH")), "method")
    yield Mutant("an undeclared field", calling(make, tell_undeclared), "does not say it uses")
    if any(due.billed for due in dues):
        unbilled = calling(make, lambda c, _: c.update(billed=False))
        yield Mutant("nothing is billed", unbilled, "no intent of its own")
    if not all(due.billed for due in dues):
        billed = calling(make, lambda c, _: c.update(billed=True))
        yield Mutant("everything is billed", billed, "not sold here")
    if any(asked.row for case in written.cases for asked in case.asked):
        yield Mutant("takes its own offers", taking(make), "was not due")
    if written.key_header:
        keyless = calling(make, lambda c, _: c.update(key_header=""))
        yield Mutant("no idempotency key", keyless, "does not carry the key")


def _of_logins(make, written):
    login = SimpleNamespace(
        get=lambda name: written.login.get(name, "").replace("{server}", "http://127.0.0.1"),
        base_url=written.base_url or "",
    )
    auth = make().connect(login).auth
    request = PreparedRequest()
    request.url, request.headers = "http://127.0.0.1/", CaseInsensitiveDict()
    headers = dict((auth(request) if auth else request).headers)
    if headers:
        yield Mutant("another auth header", sending(make, rename), "header")
        yield Mutant("no login", sending(make, lambda *_: None), "header")
    if any(value.startswith("Basic ") for value in headers.values()):
        yield Mutant("user and password swapped", sending(make, swap), "header")
    secrets = [i.name for i in make().login if i.secret and i.name in written.login]
    if isinstance(auth, QueryAuth):
        yield Mutant("no login", connecting(make, lambda _: None), "query string")
    elif secrets:
        shown = calling(make, lambda c, _: c.update(params={"key": written.login[secrets[0]]}))
        yield Mutant("the key in the URL", shown, "the key stands in the URL")


def _of_answers(make, written):
    thens = [then for case in written.cases for then in case.thens]
    yield Mutant("nothing is read", reading(make, lambda *_: {}), "values")
    yield Mutant("reading wears out", reading(make, wear_out), "read")
    if any(then.confidence for then in thens):
        yield Mutant("per cent", reading(make, per_cent), "values")
    for name in ("balance", "credits", "request_id"):
        if any(getattr(then, name) and then.outcome != "answered" for then in thens):
            empty = "" if name == "request_id" else None
            yield Mutant(f"no {name}", answering(make, **{name: empty}), name.replace("_", " "))


def _of_errors(make, written):
    cases = [case for case in written.cases if case.ask == "find"]
    kinds = {kind for case in cases for kind in case.kinds}
    for kind, error, instead in (
        ("refused record", BadRecord, Miss),
        ("miss", Miss, BadRecord),
        ("login refused", LoginRefused, BadRecord),
        ("out of credits", OutOfCredits, BadRecord),
    ):
        if kind in kinds:
            mistaken = failing(make, error, lambda e, _, instead=instead: instead(e.message))
            yield Mutant(f"{error.__name__} becomes {instead.__name__}", mistaken, "was due, not")
    if any(then.outcome == "unconfirmed" and not then.stop for c in cases for then in c.thens):
        certain = failing(make, Unconfirmed, lambda e, _: Miss(e.message))
        yield Mutant("Unconfirmed becomes Miss", certain, "unconfirmed was due, not missed")
    if "throttled" in kinds:
        yield Mutant("429 is final", explaining(make, never_wait), "was due, not")
    if any(not isinstance(make().explain(reply), Miss) for reply in not_found(make(), cases)):
        yield Mutant("404 is a miss", explaining(make, miss_404), "was due, not")
    yield Mutant("a quotation", failing(make, EnrichctlError, quote), "message quotes")


def not_found(provider: Any, cases: list[Case]) -> list[Reply]:
    """Return the replies of status 404, but those that a poll reads by rules of its own."""
    said = [each.reply for case in cases for each in case.exchanges]
    replies = [
        Reply(404, {}, (json.dumps(one.json) if one.text is None else one.text).encode())
        for one in said
        if isinstance(one, Scripted) and one.status == 404
    ]
    definition = getattr(provider, "definition", None)
    poll = definition.poll if definition else None
    rules = [*poll.pending, *poll.failed] if poll else []
    return [one for one in replies if not any_holds(rules, one.status, body_of(one))]


class TwistedApi(Api):
    """An API whose calls are changed on their way."""

    def __init__(self, api, change, query):
        self.__dict__ = api.__dict__ | {"_change": change, "_query": query, "_own": api}

    def call(self, method, path, params=None, **how):
        call = {"method": method, "path": path, "params": params, **how}
        self._change(call, self._query)
        return self._own.call(**call)


class TwistedAuth(AuthBase):
    """Credentials that are changed on their way."""

    def __init__(self, auth, change):
        self.auth, self.change = auth, change

    def __call__(self, request):
        before = dict(request.headers)
        request = self.auth(request)
        added = {n: v for n, v in request.headers.items() if before.get(n) != v}
        for name, value in added.items():
            del request.headers[name]
            self.change(request.headers, name, value)
        return request


def wrapping(make: Make, names: tuple[str, ...], wrap: Callable) -> Make:
    """Make instances of which some methods are wrapped: ``wrap(own, *args)`` is called instead."""

    def mutant():
        provider = make()
        for name in names:
            if own := getattr(provider, name, None):
                setattr(provider, name, lambda *args, own=own: wrap(own, *args))
        return provider

    return mutant


def query_in(args: tuple) -> Query:
    """Return the query among the arguments of a method, or the first of several."""
    things = [part for arg in args for part in (arg if isinstance(arg, list) else [arg])]
    return next((thing for thing in things if isinstance(thing, Query)), Query({}, ()))


def calling(make: Make, change: Callable) -> Make:
    def wrap(own, *args):
        return own(*args[:-1], TwistedApi(args[-1], change, query_in(args)))

    return wrapping(make, ASKING, wrap)


def connecting(make: Make, twist: Callable) -> Make:
    def wrap(own, login):
        connection = own(login)
        return replace(connection, auth=twist(connection.auth))

    return wrapping(make, ("connect",), wrap)


def sending(make: Make, change: Callable) -> Make:
    return connecting(make, lambda auth: TwistedAuth(auth, change))


def reading(make: Make, change: Callable) -> Make:
    return wrapping(make, ("read",), lambda own, body, query: change(own(body, query), body))


def answering(make: Make, **changes) -> Make:
    def changed(answer):
        return replace(answer, **changes) if isinstance(answer, Answer) else answer

    def wrap(own, *args):
        answer = own(*args)
        return [changed(one) for one in answer] if isinstance(answer, list) else changed(answer)

    return wrapping(make, ("find", "submit", "collect", "recover"), wrap)


def failing(make: Make, error: type[EnrichctlError], instead: Callable) -> Make:
    def wrap(own, *args, query=None):
        query = query or query_in(args)
        try:
            result = own(*args)
        except error as caught:
            raise instead(caught, query) from None
        if isinstance(result, Offer):
            return result._replace(take=partial(wrap, result.take, query=query))
        if isinstance(result, error):
            raise instead(result, query)
        if result is None and error is Miss and getattr(own, "__name__", "") != "recover":
            raise instead(Miss(""), query)
        if isinstance(result, list | tuple):
            return [instead(each, query) if isinstance(each, error) else each for each in result]
        return result

    return wrapping(make, ("find", "recover", "submit", "collect"), wrap)


def taking(make: Make) -> Make:
    """Make instances that buy what they offer, whoever it is about."""

    def wrap(own, *args):
        found = own(*args)
        return found.take() if isinstance(found, Offer) else found

    return wrapping(make, ("find",), wrap)


def explaining(make: Make, change: Callable) -> Make:
    return wrapping(make, ("explain",), lambda own, reply: change(own(reply), reply))


def tell_undeclared(call: dict, query: Query) -> None:
    canaries = {n: v for n, v in query.inputs.items() if "canary" in v and n in FIELDS}
    if canaries:
        call["params"] = [*dict(call["params"] or {}).items(), next(iter(canaries.items()))]


def rename(headers: dict, name: str, value: str) -> None:
    headers[f"X-{name}"] = value


def swap(headers: dict, name: str, value: str) -> None:
    user, _, password = b64decode(value.removeprefix("Basic ")).decode().partition(":")
    headers[name] = "Basic " + b64encode(f"{password}:{user}".encode()).decode()


def wear_out(match: dict, body: object) -> dict:
    if isinstance(body, dict):
        body.clear()
    elif isinstance(body, list):
        body.pop()
    return match


def per_cent(match: dict, _: object) -> dict:
    return {
        name: value._replace(confidence=value.confidence and value.confidence * 100)
        for name, value in match.items()
    }


def never_wait(explained: object, _: Reply) -> object:
    return BadRecord("refused") if isinstance(explained, Throttled) else explained


def miss_404(explained: object, reply: Reply) -> object:
    return Miss("unknown") if reply.status == 404 else explained


def quote(error: EnrichctlError, query: Query) -> EnrichctlError:
    error.message += " " + max(query.inputs.values(), key=len)
    return error
