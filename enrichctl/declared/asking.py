"""From a query to the call that a definition makes of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from enrichctl.declared.schema import AuthTable, DeclaredCall, Definition, LookupCall
from enrichctl.declared.templates import ABSENT
from enrichctl.model import Query
from enrichctl.transport import Api, BasicAuth, HeaderAuth, QueryAuth, Reply


def values_of(query: Query, asks: Mapping[str, str], place: int = 0) -> dict[str, Any]:
    """Return what the holes of a template are filled with."""
    listed = dict.fromkeys(asks[name] for name in query.wants if name in asks)
    return {
        **query.inputs,
        **{f"wants.{name}": True for name in query.wants},
        **({"asks": list(listed)} if listed else {}),
        **({"save": True} if query.save else {}),
        **({"overwrite": True} if query.overwrite else {}),
        "item": str(place),
    }


def call(
    call: DeclaredCall, values: Mapping[str, Any], api: Api, json: Any = ABSENT, **how: Any
) -> Reply:
    """Make a call, with its holes filled.

    Args:
        call: As the definition has it.
        values: What is known.
        api: What to make it with.
        json: A body in place of the call's own.
        how: See `Api.call`.
    """
    if json is ABSENT and call.body is not None:
        json = call.body.fill(values)
        json = {} if json is ABSENT else json
    return api.call(
        call.method,
        call.path.path(values),
        call.query.pairs(values) or None,
        json=None if json is ABSENT else json,
        group=call.group,
        **how,
    )


def batch_body(request: LookupCall, queries: Sequence[Query]) -> Any:
    """Return the body for several queries, each under the number of its place."""
    batch, body = request.batch, request.body
    assert batch is not None  # noqa: S101 - asked only where there is one
    assert body is not None  # noqa: S101 - checked with the definition
    filled = (body.fill(values_of(q, request.asks, n)) for n, q in enumerate(queries))
    items = [{} if item is ABSENT else item for item in filled]
    if not batch.items:
        return items
    around = batch.around.fill(values_of(queries[0], request.asks)) if batch.around else None
    return {**(around if isinstance(around, dict) else {}), batch.items: items}


def group_of(request: LookupCall, query: Query) -> str:
    """Return what queries of one submission must share: all that is said once for the batch."""
    values = values_of(Query({}, query.wants, query.overwrite, query.save), request.asks)
    around = request.batch.around if request.batch else None
    return f"batch {around.fill(values) if around else None} {request.query.pairs(values)}"


def variant_of(definition: Definition, query: Query) -> str:
    """Return what the vendor is told besides person and wants."""
    names = definition.request.names
    said = {"save": query.save, "overwrite": query.overwrite}
    return " ".join(name for name, holds in said.items() if holds and name in names)


def auth_of(auth: AuthTable | None, key: str, headers: Mapping[str, str]) -> HeaderAuth:
    """Return what puts the key, and the headers that all requests have, on a request."""
    if auth is None:
        return HeaderAuth(headers)
    if auth.query:
        return QueryAuth(auth.query, key, headers)
    if auth.basic:
        pair = (key, "") if auth.basic == "user" else ("", key)
        return BasicAuth(*pair, headers)
    own = {"Authorization": f"Bearer {key}"} if auth.bearer else {auth.header: auth.prefix + key}
    return HeaderAuth({**headers, **own})
