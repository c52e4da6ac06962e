"""The rows of a table, out of any file that can hold one: as inputs are, a database."""

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from enrichctl.errors import InputError, did_you_mean
from enrichctl.files import Row, open_source
from enrichctl.json_values import text
from enrichctl.table.definition import TableDefinition

_DATABASE = b"SQLite format 3\0"
_TYPED = (b"PAR1", b"ARROW1")  # Parquet, Arrow IPC
_AT_ONCE = 1024  # rows


class ReadTable(Protocol):
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
    read: ReadTable
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
    database, typed = magic == _DATABASE, magic.startswith(_TYPED)
    for key, holds in (
        ("table", database),
        ("sheet", not database and not typed),
        ("encoding", not database and not typed),
    ):
        if getattr(definition, key) and not holds:
            raise definition.wrong(key, f"means nothing to {definition.path.name}", "leave it out")
    with _database(definition) if database else _file(definition) as rows:
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

            def read(needed: Collection[int] | None = None) -> Iterator[Sequence[str]]:
                source.need(range(len(source.header)) if needed is None else needed)
                return (nothing if row.shifted else _readable(row) for row in source.rows())

            yield Rows(source.header, read, source.notes)
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
