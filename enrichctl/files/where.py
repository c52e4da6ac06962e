"""Which records a condition in DuckDB's SQL chooses.

Only a condition is read: no statement, no query within it, and no file. Each record is looked at
by itself, so the same ones are chosen however many are read at once.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from enrichctl.errors import UsageError
from enrichctl.files.arrowcells import is_textual
from enrichctl.files.arrowfiles import ArrowSource
from enrichctl.files.arrowtypes import columns_of, types_of
from enrichctl.files.fileset import FileSet
from enrichctl.files.jsonwriting import keys_of
from enrichctl.files.partitions import Partition
from enrichctl.files.records import Source
from enrichctl.patterns import pattern

_AT_ONCE = 1 << 15  # rows
_SHOWN = 12  # columns that a message names
_QUERY = "SELECT {what} FROM input WHERE {condition}\n"
_SEALED: dict[str, Any] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "lock_configuration": "true",
    "threads": "1",
}
_QUOTED = pattern(r"'(?:[^']|'')*'")


class Chosen:
    """The numbers of the records that a condition chooses, one bit for each record.

    Args:
        source: The input. Columns of Parquet, Arrow and a database's table have their types, others
            are texts; a blank cell of a text is NULL.
        condition: As typed.

    Attributes:
        count: How many are chosen.
        total: Of how many.

    Raises:
        UsageError: The condition is none, or cannot be used for this input; DuckDB says why.
    """

    def __init__(self, source: Source, condition: str) -> None:
        self._bits = bytearray()
        self.count = self.total = 0
        with duckdb.connect(":memory:", config=_SEALED) as db:
            _check(db, condition, source.header)
            try:
                for table in _tables(source):
                    self._add(db, table, condition)
            except duckdb.Error as error:
                raise _refused(error, source.header) from None

    def _add(self, db: Any, table: Any, condition: str) -> None:
        place = next(name for name in ("#", "##", "###") if name not in table.column_names)
        rows = pa.array(range(self.total, self.total + table.num_rows), pa.int64())
        db.register("input", table.append_column(place, rows))
        found = db.execute(_QUERY.format(what=f'"{place}"', condition=condition)).fetchall()
        self.total += table.num_rows
        self._bits.extend(bytes((self.total + 7) // 8 - len(self._bits)))
        for (number,) in found:
            self._bits[number >> 3] |= 1 << (number & 7)
            self.count += 1
        db.unregister("input")

    def __contains__(self, row: object) -> bool:
        """Tell whether a record is chosen, by its number from 1."""
        assert isinstance(row, int)  # noqa: S101 - rows have no other numbers
        at = row - 1
        return 0 <= at < self.total and bool(self._bits[at >> 3] >> (at & 7) & 1)


def _check(db: Any, condition: str, header: Sequence[str]) -> None:
    """Refuse what is more than a condition: its query must be that of any other."""
    ours, theirs = (_tree(db, text, header) for text in ("true", condition))
    found = theirs.pop("where_clause")
    ours.pop("where_clause")
    if ours != theirs or _asks_again(found):
        raise UsageError(
            "--where is not a condition on the columns of one record",
            next="as in --where \"email IS NULL AND country = 'Germany'\"",
        )


def _tree(db: Any, condition: str, header: Sequence[str]) -> dict[str, Any]:
    """Return how DuckDB reads the query of a condition."""
    query = _QUERY.format(what="1", condition=condition)
    [(text,)] = db.execute("SELECT json_serialize_sql(?::VARCHAR)", [query]).fetchall()
    read = json.loads(text)
    if read["error"]:
        raise _refused(read["error_message"], header)
    if len(read["statements"]) != 1:
        raise UsageError("--where is more than one statement", next="leave out the ';'")
    node: dict[str, Any] = _placeless(read["statements"][0]["node"])
    return node if "where_clause" in node else node | {"where_clause": None}


def _asks_again(value: Any) -> bool:
    """Tell whether a part of a query has a query within it."""
    if isinstance(value, dict):
        return value.get("class") == "SUBQUERY" or any(map(_asks_again, value.values()))
    return isinstance(value, list) and any(map(_asks_again, value))


def _placeless(value: Any) -> Any:
    """Return a part of a query without where it stands in the text."""
    if isinstance(value, dict):
        return {k: _placeless(v) for k, v in value.items() if not k.startswith("query_location")}
    return [*map(_placeless, value)] if isinstance(value, list) else value


def _refused(reason: object, header: Sequence[str]) -> UsageError:
    """Return the error of a condition that cannot be used, without what any cell holds."""
    lines = str(reason).partition("\n\n")[0].splitlines()
    text = " ".join(line.strip() for line in lines)
    if isinstance(reason, duckdb.DataError):  # names the value that it stumbled over
        text = _QUOTED.sub("'…'", text)
    cure = "correct the condition"
    spaced = next((name for name in header if " " in name.strip()), "")
    if spaced and text.lower().startswith("syntax error"):
        cure = f"a name with a space stands in double quotes, as in --where '\"{spaced}\" IS NULL'"
    if "Referenced column" in text:
        more = ", …" if len(header) > _SHOWN else ""
        cure = f"the columns are: {', '.join(map(_quoted, header[:_SHOWN]))}{more}"
    if "explicit cast is required" in text and "VARCHAR" in text:
        cure = 'a column of texts takes a cast, as in --where "CAST(staff AS INT) < 10"'
    return UsageError(f"--where cannot be used: {text}", next=cure)


def _quoted(name: str) -> str:
    """Return a column's name as a condition writes it."""
    return name if name.isidentifier() else '"' + name.replace('"', '""') + '"'


def _tables(source: Source, partition: Partition | None = None) -> Iterator[Any]:
    """Read the input as tables, whose columns have names that DuckDB tells apart."""
    if isinstance(source, FileSet):
        for one, columns in zip(source.sources, source.partitions, strict=True):
            yield from _tables(one, columns)
        return
    partition = partition or Partition(source.header, {})
    if isinstance(source, ArrowSource):
        names = _unlike(partition.header)
        empty = pa.Table.from_batches([], source.schema)  # says what is wrong
        for rows in chain([empty], (piece.batch for piece in source.pieces())):
            yield pa.table(_columns(rows, partition), names=names)
        return
    names = _unlike(keys_of(partition.header))
    types = types_of(source, len(names))
    cells: list[list[str]] = []
    yield pa.table(columns_of(cells, types), names=names)
    for row in source.rows():
        cells.append([""] * len(names) if row.shifted else partition.row(row).cells)
        if len(cells) == _AT_ONCE:
            yield pa.table(columns_of(cells, types), names=names)
            cells = []
    yield pa.table(columns_of(cells, types), names=names)


def _columns(table: Any, partition: Partition) -> list[Any]:
    """Return the columns of a table or a batch, with those that the names of folders say."""
    columns = [*table.columns]
    for at, text in partition.both.items():
        if text and is_textual(columns[at].type):
            columns[at] = pc.coalesce(columns[at].cast(pa.string()), text)
    more = (pa.array([text or None] * table.num_rows, pa.string()) for text in partition.more)
    return [*columns, *more]


def _unlike(names: list[str]) -> list[str]:
    """Return names that differ in more than their case."""
    taken: set[str] = set()
    found = []
    for name in names:
        other = name
        while other.lower() in taken:
            other += "_"
        taken.add(other.lower())
        found.append(other)
    return found
