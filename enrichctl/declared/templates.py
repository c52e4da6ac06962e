"""Requests as a definition writes them, with ``{field}`` where a value of the record goes.

A string that is nothing but ``{field}`` becomes the value itself. A key of which a value is not
known is left out, so is an object or a list in which nothing is left. ``{{`` is a brace.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from enrichctl.patterns import pattern
from enrichctl.transport import segment

_PART = pattern(r"\{\{|\}\}|\{([^{}]*)\}|([^{}]+)|(.)", re.DOTALL)
_BRACES = {"{{": "{", "}}": "}"}
ABSENT = object()


class Template:
    """JSON with holes.

    Attributes:
        names: What its holes ask for.
        text: As written, where it is a string.

    Raises:
        ValueError: A brace is not closed, or a hole is empty.
    """

    def __init__(self, shape: Any) -> None:
        self.text = shape if isinstance(shape, str) else ""
        self._shape = _compiled(shape)
        self.names: frozenset[str] = frozenset(_names(self._shape))

    def fill(self, values: Mapping[str, Any]) -> Any:
        """Return the JSON for these values; `ABSENT` when nothing is left of it."""
        return _filled(self._shape, values)

    def pairs(self, values: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Return an object as the pairs of a query string; a list becomes several."""
        filled = self.fill(values)
        if filled is ABSENT:
            return []
        several = ((key, v if isinstance(v, list) else [v]) for key, v in filled.items())
        return [(key, _plain(value)) for key, listed in several for value in listed]

    def path(self, values: Mapping[str, Any]) -> str:
        """Return a string as a path, each value encoded as one part of it."""
        parts = self._shape if isinstance(self._shape, _Text) else _Text([self._shape])
        return "".join(
            segment(_plain(values[part.name])) if isinstance(part, _Hole) else part
            for part in parts
        )


class _Hole:
    def __init__(self, name: str) -> None:
        self.name = name


class _Text(list[str | _Hole]):
    """A string in parts."""


def _compiled(shape: Any) -> Any:
    if isinstance(shape, dict):
        return {key: _compiled(value) for key, value in shape.items()}
    if isinstance(shape, list):
        return [_compiled(value) for value in shape]
    if isinstance(shape, Decimal):  # as TOML's numbers are read
        return float(shape)
    if not isinstance(shape, str):
        return shape
    parts = _Text()
    for found in _PART.finditer(shape):
        if found[3]:
            raise ValueError(f"has a brace that is not closed: {shape!r}; a brace itself is {{{{")
        if found[1] is None:
            parts.append(_BRACES.get(found[0], found[0]))
        elif name := found[1].strip():
            parts.append(_Hole(name))
        else:
            raise ValueError(f"names nothing between its braces: {shape!r}")
    return parts if any(isinstance(part, _Hole) for part in parts) else "".join(map(str, parts))


def _names(shape: Any) -> Iterator[str]:
    if isinstance(shape, _Text):
        yield from (part.name for part in shape if isinstance(part, _Hole))
    elif isinstance(shape, dict | list):
        for value in shape.values() if isinstance(shape, dict) else shape:
            yield from _names(value)


def _filled(shape: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(shape, _Text):
        names = [part.name for part in shape if isinstance(part, _Hole)]
        if any(name not in values for name in names):
            return ABSENT
        if len(shape) == 1:
            return values[names[0]]
        return "".join(
            _plain(values[part.name]) if isinstance(part, _Hole) else part for part in shape
        )
    if not isinstance(shape, dict | list) or not shape:
        return shape
    if isinstance(shape, dict):
        made = {key: _filled(value, values) for key, value in shape.items()}
        return {k: v for k, v in made.items() if v is not ABSENT} or ABSENT
    return [v for v in (_filled(value, values) for value in shape) if v is not ABSENT] or ABSENT


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
