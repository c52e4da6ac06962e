"""Close's advanced filtering: a query of ``/data/search/`` as a test of one object.

See https://developer.close.com/api/resources/advanced-filtering .
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

Object = dict[str, Any]
Test = Callable[[Object], bool]
# Which key of an object holds its related objects.
PARTS = {"contact_email": "emails", "contact_phone": "phones", "contact_url": "urls"}


class BadQueryError(Exception):
    """The query cannot be understood: where, and why."""


class Objects(Protocol):
    """Where related objects are looked up."""

    def related(self, one: Object, kind: str) -> Iterable[Object]:
        """Return an object's related objects of a type."""


def compile_query(query: Any, objects: Objects) -> Test:
    """Turn a query into a test.

    Raises:
        BadQueryError: If its form is not the documented one.
    """
    if not isinstance(query, dict) or not isinstance(query.get("type"), str):
        raise BadQueryError("query", "This field must be an object with a type.")
    build = KINDS.get(query["type"])
    if build is None:
        raise BadQueryError("type", f"Invalid query type: {query['type']}")
    test = build(query, objects)
    return (lambda one: not test(one)) if query.get("negate") else test


def mail_texts(query: Any) -> Iterator[str]:
    """Find every e-mail address that a query compares with."""
    if isinstance(query, list):
        for part in query:
            yield from mail_texts(part)
    elif isinstance(query, dict):
        value = query.get("value")
        if isinstance(value, str) and "@" in value:
            yield value.strip().lower()
        for part in query.values():
            yield from mail_texts(part)


def _several(query: Object, objects: Objects) -> Callable[[Object], Iterator[bool]]:
    queries = query.get("queries")
    if not isinstance(queries, list):
        raise BadQueryError("queries", "This field must be a list.")
    tests = [compile_query(part, objects) for part in queries]
    return lambda one: (test(one) for test in tests)


def _and(query: Object, objects: Objects) -> Test:
    tests = _several(query, objects)
    return lambda one: all(tests(one))


def _or(query: Object, objects: Objects) -> Test:
    tests = _several(query, objects)
    return lambda one: any(tests(one))


def _object_type(query: Object, objects: Objects) -> Test:  # noqa: ARG001 - one of a table
    wanted = query.get("object_type")
    if wanted not in ("lead", "contact"):
        raise BadQueryError("object_type", "Unsupported object type.")
    return lambda one: bool(one["__object_type"] == wanted)


def _id(query: Object, objects: Objects) -> Test:  # noqa: ARG001 - one of a table
    return lambda one: bool(one["id"] == query.get("value"))


def _has_related(query: Object, objects: Objects) -> Test:
    this, kind = query.get("this_object_type"), query.get("related_object_type")
    if this not in ("lead", "contact") or not isinstance(kind, str):
        raise BadQueryError("related_object_type", "This field is required.")
    if kind not in (("contact",) if this == "lead" else tuple(PARTS)):
        raise BadQueryError("related_object_type", f"{this} has no {kind}.")
    test = compile_query(query.get("related_query"), objects)
    return lambda one: (
        one["__object_type"] == this and any(test(part) for part in objects.related(one, kind))
    )


def _field_condition(query: Object, objects: Objects) -> Test:  # noqa: ARG001 - one of a table
    field, condition = query.get("field"), query.get("condition")
    if not isinstance(field, dict) or not isinstance(condition, dict):
        raise BadQueryError("field", "field and condition are required.")
    if field.get("type") == "custom_field":
        owner, name = None, f"custom.{field.get('custom_field_id')}"
    elif field.get("type") == "regular_field" and field.get("field_name"):
        owner, name = field.get("object_type"), str(field["field_name"])
        owner = None if owner in PARTS else owner
    else:
        raise BadQueryError("field", "Invalid field.")
    test = _condition(condition)
    return lambda one: owner in (None, one.get("__object_type")) and test(one.get(name))


def _condition(condition: Object) -> Callable[[Any], bool]:
    kind = condition.get("type")
    if kind == "exists":
        return lambda value: value not in (None, "", [])
    if kind == "term":
        values = condition.get("values")
        if not isinstance(values, list):
            raise BadQueryError("values", "This field must be a list.")
        return lambda value: value in values
    if kind != "text" or condition.get("mode") not in ("full_words", "phrase"):
        raise BadQueryError("condition", "Unsupported condition.")
    wanted = _words(condition.get("value"))
    if not wanted:
        raise BadQueryError("value", "This field is required.")
    return lambda value: _holds(_words(value), wanted)


def _text(query: Object, objects: Objects) -> Test:  # noqa: ARG001 - one of a table
    wanted = _words(query.get("value"))
    return lambda one: _holds(_words(one.get("name")), wanted)


def _words(text: Any) -> list[str]:
    return re.findall(r"\w+", str(text).lower()) if text else []


def _holds(words: list[str], wanted: list[str]) -> bool:
    """Tell whether words hold others in a row: an address is found in a longer one too."""
    span = len(wanted)
    return any(words[at : at + span] == wanted for at in range(len(words) - span + 1))


KINDS: dict[str, Callable[[Object, Objects], Test]] = {
    "and": _and,
    "or": _or,
    "object_type": _object_type,
    "id": _id,
    "text": _text,
    "field_condition": _field_condition,
    "has_related": _has_related,
    "match_all": lambda query, objects: lambda one: True,  # noqa: ARG005 - one of a table
}
