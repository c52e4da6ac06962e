"""Compares what happened with what was written, and says every difference in a sentence."""

import copy
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import zip_longest
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit
from uuid import UUID

from enrichctl.conformance.playing import Played, PlayedQuery
from enrichctl.conformance.stage import Came
from enrichctl.conformance.written import Case, Due, Exchanges, Given, Then
from enrichctl.model import Answer, Match, Query, Value
from enrichctl.provider import Provider
from enrichctl.transport import Payload, QueryAuth

_TELLING = 4  # characters; a shorter value may stand anywhere by chance


def judge(provider: Provider, written: Exchanges, case: Case, played: Played) -> Iterator[str]:
    """Yield what is wrong with a case that was played."""
    secrets = secrets_of(provider, written, case)
    yield from _requests(written, case, played)
    for number, came in enumerate(played.came, 1):
        yield from _leaks(f"request {number}", came, played, secrets)
    for payload in played.intents:
        if _held(f"{payload.path} {(payload.body or b'').decode()}", secrets):
            yield "the key would stand in the journal"
    inputs = {v for query in played.queries for v in query.inputs.values()} | secrets
    for number, (then, seen) in enumerate(zip(case.thens, played.seen, strict=True), 1):
        place = f"query {number}: " if len(case.thens) > 1 else ""
        query = played.queries[number - 1] if played.queries else Query({}, ())
        for complaint in _reports(provider, then, seen, query, secrets):
            yield place + complaint
        if _held(seen.said, inputs):
            yield f"{place}a message quotes what was told, or the key: {seen.said!r}"
    yield from _differs("refusals held the lane for", list(case.held), played.held)
    taught = [(rate.limit, rate.seconds, rate.group) for rate in played.learned]
    due = [(rate.limit, rate.seconds, rate.group) for rate in case.learned]
    yield from _differs("refusals taught", due, taught)


def secrets_of(provider: Provider, written: Exchanges, case: Case) -> set[str]:
    """Return the login's secret values."""
    login = written.login | case.login
    return {login[item.name] for item in provider.login if item.secret and item.name in login}


def _requests(written: Exchanges, case: Case, played: Played) -> Iterator[str]:
    """Compare the requests one by one."""
    before, due = 0, Due("", "")
    for number, (exchange, came) in enumerate(zip_longest(case.exchanges, played.came), 1):
        if came is None:
            yield f"{len(case.exchanges)} requests were due, {len(played.came)} came"
            return
        if exchange is None:
            yield f"request {number} was not due: {came.method} {urlsplit(came.path).path}"
            return
        again = exchange.request is None
        due = exchange.request or due
        place = f"request {number}: "
        committed = came.mark - before
        before = came.mark
        for complaint in _request(written, due, came):
            yield place + complaint
        if due.billed and not again and committed != 1:
            yield f"{place}it may cost money, but no intent of its own was committed before it left"
        elif committed and (again or not due.billed):
            yield f"{place}an intent was committed for what is not sold here"
        if due.billed and came.mark:
            yield from _intent(place, written.key_header, came, played.intents[came.mark - 1])
        if again:
            yield from _repeat(place, written.key_header, came, played.came[number - 2])


def _request(written: Exchanges, due: Due, came: Came) -> Iterator[str]:
    """Compare one request with what was due."""
    yield from _differs("method", due.method, came.method)
    expected, actual = urlsplit(due.path), urlsplit(came.path)
    yield from _differs("path", expected.path, actual.path)
    yield from _differs("query string", *(_pairs(part.query) for part in (expected, actual)))
    for name, value in (written.headers | due.headers).items():
        yield from _differs(f"header {name}", value, came.headers.get(name.lower()))
    if due.json is None:
        yield from _differs("body", due.text.encode(), came.body)
        return
    try:
        body = json.loads(came.body)
    except ValueError:
        yield "body: JSON was due"
        return
    # As text, because to Python true is 1.
    if json.dumps(due.json, sort_keys=True) != json.dumps(body, sort_keys=True):
        yield f"body: {json.dumps(due.json)} was due, not {json.dumps(body)}"


def _intent(place: str, key_header: str, came: Came, payload: Payload) -> Iterator[str]:
    """Compare a billed request with the intent that was committed for it."""
    if (payload.method, payload.body or b"") != (came.method, came.body) or (
        payload.path not in came.path
    ):
        yield f"{place}the intent committed before is of another request"
    if not key_header:
        return
    key = came.headers.get(key_header.lower(), "")
    if not key or key != payload.key:
        yield f"{place}it does not carry the key of its intent in {key_header}"
    elif str(UUID(key)) != key:
        yield f"{place}its key is no UUID"


def _repeat(place: str, key_header: str, came: Came, before: Came) -> Iterator[str]:
    """Compare a repeat with the request before it."""
    if (came.method, came.path, came.body) != (before.method, before.path, before.body):
        yield f"{place}it is not the one before, byte for byte"
    key = key_header.lower()
    if key and came.headers.get(key) != before.headers.get(key):
        yield f"{place}the same request under another key"


def _leaks(place: str, came: Came, played: Played, secrets: set[str]) -> Iterator[str]:
    """Look for what nobody may be told, and for keys where logs would show them."""
    headers = " ".join(came.headers.values())
    url = f"{came.path} {unquote_plus(came.path)}"
    everything = f"{url} {came.body.decode(errors='replace')} {headers}"
    inputs = {value for query in played.queries for value in query.inputs.values()}
    for name, value in played.unasked.items():
        if value in inputs and value in everything:
            yield f"{place}: it tells {name}, which the provider does not say it uses"
    if not isinstance(played.connection.auth, QueryAuth) and _held(url, secrets):
        yield f"{place}: the key stands in the URL"


def _reports(
    provider: Provider, then: Then, seen: PlayedQuery, query: Query, secrets: set[str]
) -> Iterator[str]:
    """Compare what was reported of one question."""
    answer = seen.answer or Answer(None, balance=seen.balance)
    match = provider.read(copy.deepcopy(answer.body), query) if seen.answer else {}
    reported = f"{seen.outcome} {seen.stop}".strip()
    because = f" ({seen.said.strip()})" if seen.said else ""
    if (then.outcome, then.stop) != (seen.outcome, seen.stop):
        yield f"{f'{then.outcome} {then.stop}'.strip()} was due, not {reported}{because}"
        return
    if then.outcome == "unconfirmed" and seen.word in ("missed", "failed", "declined"):
        yield f"unconfirmed was due, not {seen.word}{because}"
    if then.cost is not None:
        yield from _differs("cost", then.cost, seen.cost)
    yield from _differs("credits", then.credits, answer.credits)
    yield from _differs("balance", then.balance, answer.balance)
    yield from _differs("request id", then.request_id, answer.request_id)
    yield from _differs("values", _due(then), match)
    if seen.answer is None:
        return
    remarks = [f"{one.cause} {one.text}".strip() for one in provider.remarks(answer.body, query)]
    yield from _differs("remarks", list(then.remarks), remarks)
    yield from _impure(provider, answer.body, query, match)
    if _held(repr(answer.body), secrets):
        yield "the answer holds the key"


def _due(then: Then) -> Match:
    return {
        name: Value(given.text, given.confidence, given.source)
        if isinstance(given, Given)
        else Value(given, then.confidence, then.source)
        for name, given in then.values.items()
    }


def _impure(provider: Provider, body: Any, query: Query, match: Match) -> Iterator[str]:
    """Read the answer again, as it comes back from the journal."""
    try:
        kept = json.dumps(body)
    except (TypeError, ValueError):
        yield "the answer cannot be kept as JSON"
        return
    stored = json.loads(kept)
    again = provider.read(stored, query)
    if json.dumps(stored) != kept:
        yield "read changes the answer"
    elif again != match or provider.read(stored, query) != match:
        yield "read makes something else of the same answer"


def _differs(what: str, due: Any, actual: Any) -> Iterator[str]:
    if due == actual:
        return
    if isinstance(due, Mapping) and isinstance(actual, Mapping):
        for name in sorted({*due, *actual}):
            yield from _differs(f"{what}, {name}", due.get(name), actual.get(name))
        return
    yield f"{what}: {_plain(due)} was due, not {_plain(actual)}"


def _plain(thing: Any) -> str:
    return str(thing) if isinstance(thing, Decimal) else repr(thing)


def _pairs(query: str) -> list[tuple[str, str]]:
    return sorted(parse_qsl(query, keep_blank_values=True))


def _held(text: str, values: set[str]) -> bool:
    low = text.lower()
    return any(len(value) >= _TELLING and value.lower() in low for value in values)
