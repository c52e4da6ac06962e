"""Reads command lines as they are mostly typed, without a parser.

That is options by their whole names, each with its value behind it or behind ``=``. Anything else,
from help to a mistake, is left to Typer. What is read here is what Typer would read.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from types import UnionType
from typing import Any, NamedTuple

from enrichctl.cli.commands import COMMANDS, load
from enrichctl.cli.parameters import CommonOptions, Parameter

_MORE_TO_IT = ("callback", "count")  # than to read a value


class Typed(NamedTuple):
    """A command line that was read.

    Attributes:
        common: The options that every command has.
        command: Runs the command with its own; returns the exit status.
    """

    common: CommonOptions
    command: Callable[[], int]


class _NotPlainError(Exception):
    """A command line takes a parser."""


class _Meaning(NamedTuple):
    """What a name on a command line stands for, or a place.

    Attributes:
        field: That of the option.
        kind: The type of its value.
        parameter: What is said of it.
        sets: The value where none follows.
    """

    field: str
    kind: Any
    parameter: Parameter
    sets: bool | None = None


def read(words: Sequence[str]) -> Typed | None:
    """Read a command line, None where it takes a parser.

    Args:
        words: The options that every command has stand before the command.
    """
    at = next((place for place, word in enumerate(words) if word in COMMANDS), None)
    if at is None or "_ENRICHCTL_COMPLETE" in os.environ:
        return None
    command = load(words[at])
    options = getattr(command, "options", None)
    if options is None:
        return None
    try:
        common = CommonOptions(**_values(words[:at], CommonOptions))
        return Typed(common, partial(command, **_values(words[at + 1 :], options)))
    except _NotPlainError:
        return None


def _values(words: Sequence[str], options: Any) -> dict[str, Any]:
    """Return the values that are typed.

    Raises:
        _NotPlainError: There is more to it than that.
    """
    meanings = list(_meanings(options))
    named = {name: one for name, one in meanings if name}
    places = (one for name, one in meanings if not name)
    given: dict[str, Any] = {}
    rest = iter(words)
    for word in rest:
        if word == "-" or not word.startswith("-"):
            one, text = next(places, None), word
        else:
            name, equals, text = word.partition("=")
            one = named.get(name)
            if one and one.sets is None and not equals:
                text = next(rest, "")
                one = one if text == "-" or not text.startswith("-") else None
            elif equals and not (one and one.sets is None and name.startswith("--")):
                one = None
        if one is None or any(what in one.parameter.said for what in _MORE_TO_IT):
            raise _NotPlainError
        _take(given, one, text)
    if given.keys() | options._field_defaults.keys() < set(options._fields):
        raise _NotPlainError
    return given


def _take(given: dict[str, Any], one: _Meaning, text: str) -> None:
    """Put a value to those that are given.

    Raises:
        _NotPlainError: It cannot be read, or is not from least to most.
    """
    said = one.parameter.said
    if one.sets is not None:
        given[one.field] = one.sets
    elif not text:
        raise _NotPlainError
    elif one.kind in (int, float):
        try:
            value = one.kind(text)
        except ValueError:
            raise _NotPlainError from None
        if not said.get("min", value) <= value <= said.get("max", value):
            raise _NotPlainError
        given[one.field] = value
    elif one.kind is str:
        given[one.field] = text
    else:
        given.setdefault(one.field, []).append(text)


def _meanings(options: Any) -> Iterator[tuple[str, _Meaning]]:
    """Yield what each name stands for, "" as the name of what is told by its place."""
    for field, annotated in options.__annotations__.items():
        kind, (parameter,) = annotated.__origin__, annotated.__metadata__
        one = _Meaning(field, kind.__args__[0] if isinstance(kind, UnionType) else kind, parameter)
        if parameter.is_argument:
            yield "", one
        elif one.kind is not bool:
            for name in parameter.names or ("--" + field.replace("_", "-"),):
                yield name, one
        else:
            for on, _, off in (name.partition("/") for name in parameter.names):
                yield on, one._replace(sets=True)
                if off:
                    yield off, one._replace(sets=False)
