"""Conditions on what is known of a record: ``country in ('DE', 'AT') and not email``.

The language is a small part of Python's, read by Python's own parser, and never run by Python: what
is not listed here is refused. No library offers the third answer, "it depends on what is not known
yet", without which a plan could not count. ::

    email                        the field is filled
    country in ('DE', 'AT')      one of these; ``not in`` is the opposite
    seniority == 'vp'            also ``!=``
    '@gmail.' in email           the text holds that
    company_size >= 200          also ``<``, ``<=``, ``>``; of a range its lower end counts
    and, or, not, ( )

A blank field equals nothing, is no number, and holds nothing. Countries, levels, company sizes and
industries are compared as `segments` knows them, so that ``'DE'`` is Germany as well, and a job
title tells the level where no column does; other values without case.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from enrichctl.errors import did_you_mean
from enrichctl.facts import spelling
from enrichctl.fields import FIELDS, is_field
from enrichctl.matching import segments

LONGEST = 1_000  # characters: nobody reads more
Values = Mapping[str, str]
_SHOWN = frozenset({"country", "country_code", "seniority", "industry", "company_size"})
_SAID_BY = {  # fields by which another is known
    "country": ("country", "country_code"), "country_code": ("country", "country_code"),
    "seniority": ("seniority", "job_title"),
}  # fmt: skip
_ORDER: Mapping[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: lambda a, b: a < b, ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b, ast.GtE: lambda a, b: a >= b,
}  # fmt: skip
_TURNED: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE,
    ast.Eq: ast.Eq, ast.NotEq: ast.NotEq,
}  # fmt: skip


class ConditionError(ValueError):
    """A condition cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was read; see `read_condition`."""

    text: str
    test: "_Test"

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to other processes as its text."""
        return read_condition, (self.text,)

    def holds(self, values: Values, unknown: frozenset[str] = frozenset()) -> bool | None:
        """Tell whether it holds for a record; None where that depends on ``unknown`` fields."""
        return self.test.holds(values, unknown)

    @property
    def compared(self) -> frozenset[str]:
        """Return the fields whose values decide, and not just whether they are filled."""
        return frozenset(name for name, compared in self.test.facts() if compared)

    @property
    def fields(self) -> frozenset[str]:
        """Return all fields that it is about."""
        return frozenset(name for name, _ in self.test.facts())

    def why_not(self, values: Values) -> str:
        """Return which parts of it keep it from holding, in words that quote no personal data."""
        return ", ".join(dict.fromkeys(self.test.against(values, wanted=True)))


def read_condition(text: str) -> Condition:
    """Read a condition.

    Raises:
        ConditionError: It is none, or names a field that does not exist.
    """
    if len(text) > LONGEST:
        raise ConditionError(f"is longer than {LONGEST} characters")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        said = error.msg if isinstance(error, SyntaxError) else "too deep"
        raise ConditionError(f"cannot be read: {said}") from None
    return Condition(text.strip(), _read(tree.body))


class _Test(Protocol):
    """A part of a condition."""

    def holds(self, values: Values, unknown: frozenset[str]) -> bool | None:
        """Tell whether it holds; None where nobody can know."""

    def against(self, values: Values, *, wanted: bool) -> list[str]:
        """Return what keeps it from being as wanted, in words; nothing where it is."""

    def facts(self) -> Iterator[tuple[str, bool]]:
        """Yield its fields, and of each whether its value decides."""


@dataclass(frozen=True, slots=True)
class _Not:
    part: _Test

    def holds(self, values: Values, unknown: frozenset[str]) -> bool | None:
        found = self.part.holds(values, unknown)
        return None if found is None else not found

    def against(self, values: Values, *, wanted: bool) -> list[str]:
        return self.part.against(values, wanted=not wanted)

    def facts(self) -> Iterator[tuple[str, bool]]:
        return self.part.facts()


@dataclass(frozen=True, slots=True)
class _Several:
    """Parts of which all must hold, or any."""

    parts: tuple[_Test, ...]
    all_: bool

    def holds(self, values: Values, unknown: frozenset[str]) -> bool | None:
        decides = not self.all_
        found = [part.holds(values, unknown) for part in self.parts]
        if decides in found:
            return decides
        return None if None in found else self.all_

    def against(self, values: Values, *, wanted: bool) -> list[str]:
        if self.holds(values, frozenset()) == wanted:
            return []
        return [said for part in self.parts for said in part.against(values, wanted=wanted)]

    def facts(self) -> Iterator[tuple[str, bool]]:
        return (fact for part in self.parts for fact in part.facts())


@dataclass(frozen=True, slots=True)
class _Fact:
    """Something about one field."""

    field: str
    test: Callable[[str], bool]

    def holds(self, values: Values, unknown: frozenset[str]) -> bool | None:
        text = _text(self.field, values)
        open_ = not text and not unknown.isdisjoint(_SAID_BY.get(self.field, (self.field,)))
        return None if open_ else self.test(text)

    def against(self, values: Values, *, wanted: bool) -> list[str]:
        text = _text(self.field, values)
        if self.test(text) == wanted:
            return []
        known = _canonical(self.field, text)
        if not text:
            return [f"{self.field} is not known"]
        return [f"{self.field} is {known}" if self.field in _SHOWN else f"{self.field} is filled"]

    def facts(self) -> Iterator[tuple[str, bool]]:
        yield self.field, self.test is not bool


def _text(field: str, values: Values) -> str:
    """Return what is known of a field, by what else says it where it is blank itself."""
    if field in ("country", "country_code"):
        return segments.country_of(values.get("country_code", ""), values.get("country", ""))
    if field == "seniority":
        return segments.seniority_of(values.get("seniority", ""), values.get("job_title", ""))
    return values.get(field, "")


def _canonical(field: str, text: str) -> str:
    """Return the one form in which values of a field are compared."""
    match field:
        case "country" | "country_code":
            return segments.country_of(text, text) or spelling.fold(text)
        case "seniority":
            return segments.seniority_of(text, "")
        case "company_size":
            return segments.size_of(text) or spelling.fold(text)
        case "industry":
            return segments.industry_of(text)
    return spelling.fold(text)


def _read(node: ast.expr) -> _Test:
    match node:
        case ast.BoolOp(op, parts):
            return _Several(tuple(map(_read, parts)), isinstance(op, ast.And))
        case ast.UnaryOp(ast.Not(), part):
            return _Not(_read(part))
        case ast.Compare(left, [op], [right]):
            return _compared(left, op, right)
        case ast.Compare():
            raise ConditionError("compares two things at a time: join them by and")
        case ast.Name() | ast.Attribute():
            return _Fact(_field(node), bool)
    raise ConditionError(f"cannot hold {ast.unparse(node)[:40]!r}: see enrichctl help money")


def _compared(left: ast.expr, op: ast.cmpop, right: ast.expr) -> _Test:
    """Return the test of a comparison, its field on whichever side."""
    if isinstance(op, ast.In | ast.NotIn):
        test = _is_in(left, right)
        return _Not(test) if isinstance(op, ast.NotIn) else test
    if _is_constant(left) and type(op) in _TURNED:
        left, op, right = right, _TURNED[type(op)](), left
    field, value = _field(left), _constant(right)
    if (order := _ORDER.get(type(op))) is not None:
        if not isinstance(value, int | float):
            raise ConditionError(f"compares {field} with a number: {field} >= 200")
        number = float(value)
        return _Fact(
            field, lambda text: (n := segments.number_of(text)) is not None and order(n, number)
        )
    if not isinstance(op, ast.Eq | ast.NotEq):
        raise ConditionError("compares by == != < <= > >= in, not in")
    due = _canonical(field, str(value))
    test = _Fact(field, lambda text: bool(text) and _canonical(field, text) == due)
    return _Not(test) if isinstance(op, ast.NotEq) else test


def _is_in(left: ast.expr, right: ast.expr) -> _Test:
    if _is_constant(left):
        part, field = spelling.fold(str(_constant(left))), _field(right)
        return _Fact(field, lambda text: part in spelling.fold(text))
    field = _field(left)
    listed = right.elts if isinstance(right, ast.Tuple | ast.List | ast.Set) else [right]
    due = frozenset(_canonical(field, str(_constant(one))) for one in listed)
    return _Fact(field, lambda text: bool(text) and _canonical(field, text) in due)


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant)


def _constant(node: ast.expr) -> Any:
    match node:
        case ast.Constant(str() | int() | float() as value) if not isinstance(value, bool):
            return value
        case ast.UnaryOp(ast.USub(), ast.Constant(int() | float() as value)):
            return -value
    raise ConditionError(f"compares fields with texts and numbers, not {ast.unparse(node)[:40]!r}")


def _field(node: ast.expr) -> str:
    name = ast.unparse(node) if isinstance(node, ast.Name | ast.Attribute) else ""
    if not name:
        raise ConditionError(f"compares fields, and {ast.unparse(node)[:40]!r} is none")
    if not is_field(name):
        raise ConditionError(f"names no field: {name}{did_you_mean(name, FIELDS)}")
    return name
