"""The columns of an input that is no Arrow file as Arrow has them: texts, or of a known type."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from enrichctl.files.arrowfiles import ArrowSource
from enrichctl.files.jsonwriting import keys_of
from enrichctl.files.records import Source
from enrichctl.files.table_types import decimal_digits

_TYPES = {
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "instant": pa.timestamp("us", "UTC"),
}


def schema_of(source: Source) -> Any:
    """Return the names and types of all columns of an input."""
    if isinstance(source, ArrowSource):
        return source.schema
    names = keys_of(source.names)
    return pa.schema([*zip(names, types_of(source, len(names)), strict=True)])


def types_of(source: Source, width: int) -> list[Any]:
    """Return the types of so many columns of an input that is no Arrow file."""
    return [*map(_type_of, source.types)] or [pa.string()] * width


def columns_of(rows: Sequence[Sequence[str]], types: Sequence[Any]) -> list[Any]:
    """Return the cells of some rows as columns of these types; a blank one is no value."""
    columns = zip(*rows, strict=True) if rows else ([] for _ in types)
    texts = (pa.array([text or None for text in column], pa.string()) for column in columns)
    return [column.cast(kind) for column, kind in zip(texts, types, strict=True)]


def _type_of(kind: str) -> Any:
    digits = decimal_digits(kind)
    return pa.decimal128(*digits) if digits else _TYPES.get(kind, pa.string())
