"""Compares what happened with what was written, and says every difference in a sentence."""

import copy
import json
from collections.abc import Iterable, Iterator, Mapping
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
    login = written.login | case.login
    secrets = {login[item.name] for item in provider.login if item.secret and item.name in login}
    yield from _requests(written, case, played)
    for number, came in enumerate(played.came, 1):
        yield from _at(f"request {number}", _leaks(came, played, secrets))
    for payload in played.intents:
        if _held(f"{payload.path} {(payload.body or b'').decode()}", secrets):
            yield "the key would stand in the journal"
    inputs = {v for query in played.queries for v in query.inputs.values()} | secrets
    for number, (then, seen) in enumerate(zip(case.thens, played.seen, strict=True), 1):
        place = f"query {number}" if len(case.thens) > 1 else ""
        query = played.queries[number - 1] if played.queries else Query({}, ())
        yield from _at(place, _reports(provider, then, seen, query, secrets))
        if _held(seen.said, inputs):
            yield from _at(place, [f"a message quotes what was told, or the key: {seen.said!r}"])
    yield from _differs("refusals held the lane for", list(case.held), played.held)
    yield from _differs("refusals taught", list(case.learned), played.learned)


def _at(place: str, complaints: Iterable[str]) -> Iterator[str]:
    """Yield complaints with what they are about before them; "" is the whole case."""
    for complaint in complaints:
        yield f"{place}: {complaint}" if place else complaint


def _requests(written: Exchanges, case: Case, played: Played) -> Iterator[str]:
    """Compare the requests one by one, each with the intent that it needs."""
    due, before = Due("", ""), Came("", "", {}, b"", 0)
    for number, (exchange, came) in enumerate(zip_longest(case.exchanges, played.came), 1):
        if came is None:
            yield f"{len(case.exchanges)} requests were due, {len(played.came)} came"
            return
        if exchange is None:
            yield f"request {number} was not due: {came.method} {urlsplit(came.path).path}"
            return
        due = exchange.request or due
        place = f"request {number}"
        yield from _at(place, _request(written, due, came))
        committed = came.intents - before.intents
        if due.billed and not exchange.again and committed != 1:
            yield (
                f"{place}: it may cost money, but no intent of its own was committed before it left"
            )
        elif committed and (exchange.again or not due.billed):
            yield f"{place}: an intent was committed for what is not sold here"
        if due.billed and came.intents:
            payload = played.intents[came.intents - 1]
            yield from _at(place, _intent(written.key_header, came, payload))
        if exchange.again:
            yield from _at(place, _repeat(written.key_header, came, before))
        before = came


def _request(written: Exchanges, due: Due, came: Came) -> Iterator[str]:
    """Compare one request with what was due."""
    yield from _differs("method", due.method, came.method)
    expected, actual = urlsplit(due.path), urlsplit(came.path)
    yield from _differs("path", expected.path, actual.path)
    yield from _differs(
        "query string",
        *(sorted(parse_qsl(part.query, keep_blank_values=True)) for part in (expected, actual)),
    )
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


def _intent(key_header: str, came: Came, payload: Payload) -> Iterator[str]:
    """Compare a billed request with the intent that was committed for it."""
    if (payload.method, payload.body or b"") != (came.method, came.body) or (
        payload.path not in came.path
    ):
        yield "the intent committed before is of another request"
    if not key_header:
        return
    key = came.headers.get(key_header.lower(), "")
    if not key or key != payload.key:
        yield f"it does not carry the key of its intent in {key_header}"
    elif str(UUID(key)) != key:
        yield "its key is no UUID"


def _repeat(key_header: str, came: Came, before: Came) -> Iterator[str]:
    """Compare a repeat with the request before it."""
    if (came.method, came.path, came.body) != (before.method, before.path, before.body):
        yield "it is not the one before, byte for byte"
    key = key_header.lower()
    if key and came.headers.get(key) != before.headers.get(key):
        yield "the same request under another key"


def _leaks(came: Came, played: Played, secrets: set[str]) -> Iterator[str]:
    """Look for what nobody may be told, and for keys where logs would show them."""
    headers = " ".join(came.headers.values())
    url = f"{came.path} {unquote_plus(came.path)}"
    everything = f"{url} {came.body.decode(errors='replace')} {headers}"
    inputs = {value for query in played.queries for value in query.inputs.values()}
    for name, value in played.unasked.items():
        if value in inputs and value in everything:
            yield f"it sends {name}, which the provider does not say it uses"
    if not isinstance(played.connection.auth, QueryAuth) and _held(url, secrets):
        yield "the key stands in the URL"


def _reports(
    provider: Provider, then: Then, seen: PlayedQuery, query: Query, secrets: set[str]
) -> Iterator[str]:
    """Compare what was reported of one question."""
    answer = seen.answer or Answer(None, balance=seen.balance)
    match = provider.read(copy.deepcopy(answer.body), query) if seen.answer else {}
    because = f" ({seen.said.strip()})" if seen.said else ""
    due, reported = (f"{one.outcome} {one.stop}".strip() for one in (then, seen))
    if due != reported:
        yield f"{due} was due, not {reported}{because}"
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
    said = [str(thing) if isinstance(thing, Decimal) else repr(thing) for thing in (due, actual)]
    yield f"{what}: {said[0]} was due, not {said[1]}"


def _held(text: str, values: set[str]) -> bool:
    low = text.lower()
    return any(len(value) >= _TELLING and value.lower() in low for value in values)
