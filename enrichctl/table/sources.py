"""The rows of a table, out of any file that can hold one: as inputs are, a database, Parquet."""

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from enrichctl.config import did_you_mean
from enrichctl.errors import InputError
from enrichctl.files import Row, open_source
from enrichctl.json_values import text
from enrichctl.table.definition import TableDefinition

_DATABASE, _PARQUET = b"SQLite format 3\0", b"PAR1"
_AT_ONCE = 1024  # rows
_PIECE = 1 << 18  # bytes of a column that are read at once


class Read(Protocol):
    """Reads the rows of a table; see `Rows`."""

    def __call__(self, needed: Collection[int] | None = None, /) -> Iterator[Sequence[str]]:
        """Return the rows; columns that are not needed may be blank."""


@dataclass(frozen=True, slots=True)
class Rows:
    """An opened table.

    Attributes:
        header: Its columns' names.
        read: Reads the rows from the first one, each as the texts of its cells; where only some
            columns are needed, the others may be blank.
        notes: What was noticed about the file, for the user to see.
    """

    header: Sequence[str]
    read: Read
    notes: Sequence[str] = ()


@contextmanager
def opened(definition: TableDefinition) -> Iterator[Rows]:
    """Open a table for reading.

    Raises:
        UsageError: It cannot be read.
    """
    try:
        with definition.path.open("rb") as file:
            magic = file.read(len(_DATABASE))
    except OSError as error:
        raise definition.unreadable(error) from error
    database, parquet = magic == _DATABASE, magic.startswith(_PARQUET)
    for key, holds in (
        ("table", database),
        ("sheet", not database and not parquet),
        ("encoding", not database and not parquet),
    ):
        if getattr(definition, key) and not holds:
            raise definition.wrong(key, f"means nothing to {definition.path.name}", "leave it out")
    kind = _database if database else _parquet if parquet else _file
    with kind(definition) as rows:
        yield rows


@contextmanager
def _file(definition: TableDefinition) -> Iterator[Rows]:
    try:
        with open_source(
            definition.path,
            encoding=definition.encoding or None,
            sheet=definition.sheet or None,
        ) as source:
            # A row whose cells may be shifted keeps its number and is nobody's.
            nothing = [""] * len(source.header)
            yield Rows(
                source.header,
                lambda _=None: (
                    nothing if row.shifted else _readable(row) for row in source.rows()
                ),
                source.notes,
            )
    except InputError as error:
        hint = error.next.replace("--", "")  # what is an option there is a setting here
        raise definition.wrong("path", f"cannot be used: {error.message}", hint) from error


def _readable(row: Row) -> list[str]:
    """Return the cells of a row without those that are filled with what nobody can read."""
    if not row.opaque:
        return row.cells
    return ["" if at in row.opaque else text for at, text in enumerate(row.cells)]


@contextmanager
def _database(definition: TableDefinition) -> Iterator[Rows]:
    try:
        place = f"file:{quote(str(definition.path.resolve()))}?mode=ro"
        with closing(sqlite3.connect(place, uri=True)) as db:
            db.text_factory = lambda raw: raw.decode("utf-8", "replace")
            select = f"SELECT * FROM {_table(definition, db)}"  # noqa: S608 - one of its own names
            header = [column[0] for column in db.execute(f"{select} LIMIT 0").description]

            def read(_: Collection[int] | None = None) -> Iterator[Sequence[str]]:
                cursor = db.execute(select)
                while many := cursor.fetchmany(_AT_ONCE):
                    yield from ([_cell(value) for value in row] for row in many)

            yield Rows(header, read)
    except sqlite3.Error as error:
        what = f"{definition.path.name} cannot be read as a database: {error}"
        raise definition.wrong("path", what, "check it with sqlite3, or export it") from error


def _table(definition: TableDefinition, db: sqlite3.Connection) -> str:
    """Return the quoted name of the table that is meant."""
    found = db.execute(
        "SELECT name FROM sqlite_master WHERE type IN ('table','view')"
        " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    names = [name for (name,) in found]
    name = definition.table or (names[0] if len(names) == 1 else "")
    if name not in names:
        what = f"names none of {definition.path.name}: {name}{did_you_mean(name, names)}"
        raise definition.wrong(
            "table",
            what if name else f"is missing: {definition.path.name} holds several",
            f"choose one of: {', '.join(names)}" if names else "check what wrote the file",
        )
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def _parquet(definition: TableDefinition) -> Iterator[Rows]:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra, heavy
        from pyarrow import parquet  # noqa: PLC0415 - the same
    except ImportError:
        what = f"{definition.path.name} is a Parquet file, which takes pyarrow to read"
        raise definition.wrong("path", what, "pip install 'enrichctl[parquet]'") from None
    # The pool that it would use keeps a good part of what it was ever given.
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        with parquet.ParquetFile(definition.path, pre_buffer=False, buffer_size=_PIECE) as file:
            names = file.schema_arrow.names

            def read(needed: Collection[int] | None = None) -> Iterator[Sequence[str]]:
                for batch in file.iter_batches(_AT_ONCE, use_threads=False, columns=_some(needed)):
                    columns = dict(zip(batch.schema.names, map(_texts, batch.columns), strict=True))
                    blank = [""] * batch.num_rows
                    yield from zip(*(columns.get(name, blank) for name in names), strict=True)

            def _some(needed: Collection[int] | None) -> list[str] | None:
                # A dot leads into a struct, and a name that stands twice is not told apart.
                plain = len({*names}) == len(names) and not any("." in name for name in names)
                return None if needed is None or not plain else [names[at] for at in needed]

            yield Rows(names, read)
    except pa.ArrowException as error:
        what = f"{definition.path.name} is not a sound Parquet file"
        raise definition.wrong("path", what, "check what wrote it") from error


def _texts(column: Any) -> list[str]:
    """Return a column's values as the texts of cells; what Python cannot hold says nothing.

    Infinity as a date, the year 12026 and nanoseconds are such values.
    """
    try:
        return [_cell(value) for value in column.to_pylist()]
    except (ValueError, OverflowError, ArithmeticError):
        return [_cell_of(value) for value in column]


def _cell_of(value: Any) -> str:
    try:
        return _cell(value.as_py())
    except (ValueError, OverflowError, ArithmeticError):
        return ""


def _cell(value: Any) -> str:
    """Return a value as the text of a cell; a whole number has no decimals, bytes are UTF-8."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        try:
            decoded = value.decode()
        except UnicodeDecodeError:
            return ""
        return "" if "\0" in decoded else decoded
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value != value else text(value)  # noqa: PLR0124 - NaN
