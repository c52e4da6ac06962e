"""What Arrow's typed columns say as the texts of cells, and which texts they can hold.

A text that is found is put into a column of numbers only if it is one, to the last character.
"""

import base64
import json
from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pyarrow as pa

from enrichctl.files.records import NUMBERS

_OURS = "enrichctl_"  # how the columns begin that say what a run did
_QUICK = (pa.types.is_integer, pa.types.is_boolean, pa.types.is_date)  # Arrow's texts are ours


def is_textual(kind: Any) -> bool:
    """Tell whether a column of this type can hold any text."""
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(_is_text(inner) or _is_bytes(inner))


def _is_text(kind: Any) -> bool:
    of = pa.types
    return bool(of.is_string(kind) or of.is_large_string(kind) or of.is_string_view(kind))


def texts(column: Any) -> tuple[list[str], frozenset[int]]:
    """Return a column's values as texts, and which of them are filled with what nobody can read.

    Nothing, NaN and blank texts are blank. Objects, lists and bytes that are no text are filled,
    whatever their text is.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return texts(column.dictionary_decode())
    if column.null_count == len(column):
        return [""] * len(column), frozenset()
    if _is_text(kind):
        return _filled(column), frozenset()
    if any(is_quick(kind) for is_quick in _QUICK):
        return _filled(column.cast(pa.string())), frozenset()
    if pa.types.is_floating(kind):
        return [*map(_number, column.to_pylist(), column.cast(pa.string()).to_pylist())], NONE
    return _one_by_one(column)


NONE: frozenset[int] = frozenset()


def beside(schema: Any) -> dict[int, int]:
    """Return typed columns → those of texts where an earlier run has put what they cannot hold.

    There are some only in an output of this program, which is read again.
    """
    if not any(name.startswith(_OURS) for name in schema.names):
        return {}
    places = {name: at for at, name in enumerate(schema.names)}
    pairs = ((at, places.get(f"{field.name}_text")) for at, field in enumerate(schema))
    return {
        at: place
        for at, place in pairs
        if place is not None
        and _is_text(schema.field(place).type)
        and may_not_hold(schema.field(at))
    }


def may_not_hold(field: Any) -> bool:
    """Tell whether there are texts that a column cannot hold."""
    # What an earlier run wrote as a number is one this time, too.
    own = field.name in NUMBERS and pa.types.is_floating(field.type)
    return not (own or is_textual(field.type) or pa.types.is_null(field.type))


def batch_texts(
    batch: Any, needed: Collection[int] | None, pairs: Mapping[int, int]
) -> tuple[list[list[str]], dict[int, frozenset[int]]]:
    """Return the texts of each column of a batch, and column → rows that nobody can read.

    Args:
        batch: The columns.
        needed: Those whose texts are wanted, the others come blank; None is all.
        pairs: See `beside`: where a column is blank, the text next to it counts.
    """
    columns = [[""] * batch.num_rows] * batch.num_columns
    unreadable: dict[int, frozenset[int]] = {}
    for at, column in enumerate(batch.columns):
        if needed is None or at in needed:
            columns[at], opaque = texts(column)
            unreadable |= {at: opaque} if opaque else {}
            if at in pairs:
                others = texts(batch.column(pairs[at]))[0]
                columns[at] = [*map(_first, columns[at], others)]
    return columns, unreadable


def _first(text: str, other: str) -> str:
    return text or other


def _filled(column: Any) -> list[str]:
    found: list[Any] = column.to_pylist()
    return ["" if text is None else text for text in found] if column.null_count else found


def _number(value: float | None, text: str) -> str:
    """Return a number in full digits; a whole one has no decimals."""
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return ""
    if value.is_integer():
        return str(int(value))
    return format(Decimal(repr(value)), "f") if "e" in text else text


def _one_by_one(column: Any) -> tuple[list[str], frozenset[int]]:
    found, unreadable = [], set()
    for at, value in enumerate(values(column)):
        text = value if isinstance(value, str) else _json_text(value)
        found.append(text)
        if isinstance(value, dict | list | bytes) and value:
            unreadable.add(at)
    return found, frozenset(unreadable)


def _json_text(value: Any) -> str:
    if value is None or value in ([], {}):
        return ""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return json.dumps(value, ensure_ascii=False, default=_json_text)


def values(column: Any) -> list[Any]:
    """Return a column's values as JSON has them: numbers, texts, lists, objects.

    Times and decimals are texts, in ISO 8601 and with all their digits; bytes that are no text
    stay bytes.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return values(column.dictionary_decode())
    if _is_text(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        found: list[Any] = column.to_pylist()
        return found
    try:
        return [_plain(value) for value in column.to_pylist()]
    except (ValueError, OverflowError, ArithmeticError, LookupError):
        return [_plain_of(scalar) for scalar in column]


def _plain_of(scalar: Any) -> Any:
    """Return one value; what Python cannot hold, such as the year 12026, as Arrow writes it."""
    try:
        return _plain(scalar.as_py())
    except (ValueError, OverflowError, ArithmeticError, LookupError):
        try:
            return scalar.cast(pa.string()).as_py()
        except (pa.ArrowException, LookupError):
            return str(scalar)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if -float("inf") < value < float("inf") else None
    if isinstance(value, bytes):
        return _decoded(value)
    return _of_object(value)


def _of_object(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):  # a tuple is a key and a value of a map
        return [_plain(inner) for inner in value]
    return str(value)


def _decoded(value: bytes) -> str | bytes:
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return value
    return value if "\0" in text else text


def _is_bytes(kind: Any) -> bool:
    return bool(
        pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind)
    )


@lru_cache(4096)
def fits(kind: Any, text: str) -> bool:
    """Tell whether a column can hold a text so that it says the same again."""
    if not text or is_textual(kind):
        return True
    try:
        held = pa.array([text]).cast(kind)
        return texts(held)[0] == [text]
    except (pa.ArrowException, ValueError, ArithmeticError):
        return False
