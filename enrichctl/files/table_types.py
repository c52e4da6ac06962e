"""The types of a table's columns: what its database calls them, as far as all values are so.

A column of SQLite may hold anything, whatever it was declared as. One of whose values another type
would make something else is texts, as it is in a file without types.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from enrichctl.patterns import pattern

TEXT = "text"
_DECIMAL = pattern(r"(?:decimal|numeric)\((\d+), ?(\d+)\)")
_MOST_DIGITS = 38  # of a decimal that all can read
_LEAST, _MOST = -(1 << 63), (1 << 63) - 1
_DAY = r"\d{4}-\d\d-\d\d"
_DATE = pattern(_DAY)
_MOMENT = pattern(_DAY + r"[ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?")
# What databases call them: the types that may be meant, the first of which all values are is it.
_CALLED: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(
        ("tinyint", "smallint", "int", "integer", "mediumint", "bigint", "int2", "int4", "int8",
         "utinyint", "usmallint", "uinteger", "ubigint", "hugeint", "oid"),
        ("integer",),
    ),
    **dict.fromkeys(
        ("real", "float", "float4", "float8", "double", "double precision"), ("number",)
    ),
    **dict.fromkeys(("decimal", "numeric"), ("integer", "number")),
    **dict.fromkeys(("bool", "boolean"), ("boolean", "integer")),
    "date": ("date",),
    **dict.fromkeys(("timestamp", "datetime"), ("timestamp",)),
    **dict.fromkeys(("timestamptz", "timestamp with time zone"), ("instant",)),
}  # fmt: skip


class TableTypes:
    """Finds out of which type each column is, while its values go by.

    Args:
        declared: What the database calls the types of the columns, in their order.
    """

    def __init__(self, declared: Sequence[str]) -> None:
        self._open = [_may_be(" ".join(one.lower().split())) for one in declared]

    def see(self, values: Sequence[Any]) -> None:
        """Look at the values of a row."""
        for at, value in enumerate(values):
            if value is not None and self._open[at]:
                self._open[at] = [kind for kind in self._open[at] if _HOLDS[_name(kind)](value)]

    @property
    def found(self) -> tuple[str, ...]:
        """Return the type of each column: a key of `_HOLDS`, a decimal with its digits."""
        return tuple(kinds[0] if kinds else TEXT for kinds in self._open)


def decimal_digits(kind: str) -> tuple[int, int] | None:
    """Return how many digits a decimal has, and how many of them are behind its point."""
    found = _DECIMAL.fullmatch(kind)
    return (int(found[1]), int(found[2])) if found else None


def _may_be(declared: str) -> list[str]:
    digits = decimal_digits(declared)
    if digits is None:
        return [*_CALLED.get(declared, ())]
    exact = [f"decimal({digits[0]},{digits[1]})"] if digits[0] <= _MOST_DIGITS else []
    return [*exact, *_CALLED["decimal"]]  # SQLite has whole numbers and others there


def _name(kind: str) -> str:
    return kind.partition("(")[0]


def _is_text_of(form: re.Pattern[str], read: Callable[[str], object], value: Any) -> bool:
    """Tell whether a text is a date or a time: SQLite has no type for them."""
    if not isinstance(value, str) or not form.fullmatch(value):
        return False
    try:
        read(value)
    except ValueError:
        return False
    return True


def _is_date(value: Any) -> bool:
    day = isinstance(value, date) and not isinstance(value, datetime)
    return day or _is_text_of(_DATE, date.fromisoformat, value)


def _is_moment(value: Any) -> bool:
    if isinstance(value, datetime):
        return value.tzinfo is None
    return _is_text_of(_MOMENT, datetime.fromisoformat, value)


_HOLDS: Mapping[str, Callable[[Any], bool]] = {
    "integer": lambda value: type(value) is int and _LEAST <= value <= _MOST,
    "number": lambda value: type(value) in (int, float),
    "boolean": lambda value: isinstance(value, bool),
    "date": _is_date,
    "timestamp": _is_moment,
    "instant": lambda value: isinstance(value, datetime) and value.tzinfo is not None,
    "decimal": lambda value: isinstance(value, Decimal),
}
