"""A table of a database as an input: ``postgresql:///crm?table=leads``, ``sqlite:///crm.db?…``.

Its rows are copied into a private file when it is opened, by key, as they are at one moment. So
what was planned is what is read, however long the run takes and whatever is written meanwhile.
"""

import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from enrichctl.errors import InputError, Locked, UsageError
from enrichctl.files.detect import read_as_text
from enrichctl.files.origin import Origin
from enrichctl.files.table_types import TableTypes

if TYPE_CHECKING:
    from enrichctl.files.table_rows import TableSource

KINDS = ("postgresql", "sqlite", "duckdb")
_AT_ONCE = 1_000  # rows
_WHICH_SERVER = ("host", "hostaddr", "port", "user", "service", "options")
_USUAL_PORT = "5432"
Rows = tuple[Sequence[str], Sequence[str], Iterator[Sequence[Any]]]
"""Names of the columns, what their types are called, and the rows."""


class TablePlace(NamedTuple):
    """Where a table is.

    Attributes:
        kind: One of `KINDS`.
        database: A path, or what PostgreSQL's client takes.
        table: Its name; a dot divides it from its schema's.
        name: The address as it may be kept and shown.
    """

    kind: str
    database: str
    table: str
    name: str

    @property
    def known_as(self) -> str:
        """Return the address by which a table is known again, however this one is spelled.

        A file's path is a full one; of a server's database counts what says which it is, wherever
        in the address it stands.
        """
        database, server = os.path.realpath(self.database), dict[str, str]()
        if self.kind == "postgresql":
            database, server = _server(self.database)
        said = urlencode({**server, "table": self.table}, quote_via=quote)
        return f"{self.kind}:///{quote(os.fsencode(database))}?{said}"

    @property
    def quoted(self) -> str:
        """Return the table's name as SQL has it."""
        return ".".join(map(quoted, self.table.split(".")))


def quoted(name: str) -> str:
    """Return a name as SQL has it, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def _server(database: str) -> tuple[str, dict[str, str]]:
    """Return the name of a server's database, and what says on which server it is."""
    parts = urlsplit(database)
    user, _, hosts = parts.netloc.rpartition("@")
    single = hosts.count(":") == 1  # else none, several, or an IPv6 address
    host, _, port = hosts.partition(":") if single else (hosts, "", "")
    said = {"user": unquote(user), "host": unquote(host), "port": port}
    said |= {"dbname": unquote(parts.path.removeprefix("/"))} | dict(parse_qsl(parts.query))
    said |= {"port": ""} if said["port"] == _USUAL_PORT else {}
    return said["dbname"], {name: said[name] for name in _WHICH_SERVER if said.get(name)}


def table_at(address: str) -> TablePlace | None:
    """Read the address of a table; None where it is none.

    Raises:
        UsageError: It names no table, or holds a password.
    """
    parts = urlsplit(address)
    if parts.scheme not in KINDS or "://" not in address:
        return None
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    table = asked.pop("table", "")
    if parts.password or "password" in asked:
        raise UsageError(
            "the address of a table holds a password, which others on this machine can see",
            next="leave it out: PGPASSWORD, or a line in ~/.pgpass, tells it",
        )
    if not table:
        raise UsageError(
            f"{parts.scheme}:// names no table", next=f"as in {parts.scheme}:///crm?table=leads"
        )
    if parts.scheme == "postgresql":
        database = address.partition("?")[0] + ("?" + urlencode(asked) if asked else "")
    else:
        database = unquote(parts.path.removeprefix("/"))
    return TablePlace(parts.scheme, database, table, address)


def open_table(place: TablePlace, key: str) -> "TableSource":
    """Open a table as an input, its rows in the order of a key.

    Raises:
        UsageError: No key is given.
        InputError: The table cannot be read, or its key does not tell rows apart.
    """
    if not key:
        raise UsageError(
            f"{place.name} is a table, whose rows have no order of their own",
            next="name the column that tells them apart: --key id",
        )
    import tempfile  # noqa: PLC0415 - for tables only

    from enrichctl.files.table_rows import TableSource  # noqa: PLC0415 - the same

    with tempfile.TemporaryFile("w+b", prefix="enrichctl-") as file:
        with _reading(place, key) as (header, declared, rows):
            types = TableTypes(declared)
            if key not in header:
                raise InputError(
                    f"{place.name} has no column {key!r}", next=f"it has: {', '.join(header)}"
                )
            at, last = header.index(key), None
            for number, row in enumerate(rows, 1):
                if row[at] is None or row[at] == last:
                    why = "is NULL" if row[at] is None else "comes twice"
                    raise InputError(
                        f"column {key!r} of {place.name} is no key: row {number:,} {why}",
                        next="name a column whose values differ: --key COLUMN",
                    )
                last = row[at]
                types.see(row)
                record = dict(zip(header, map(_plain, row), strict=True))
                file.write(json.dumps(record, ensure_ascii=False, default=str).encode() + b"\n")
        file.flush()
        if file.tell() == 0:
            raise InputError(f"{place.name} holds no rows", next="check the name of the table")
        origin = Origin(place.name, None, os.dup(file.fileno()))
    try:
        return TableSource(read_as_text(origin), dict(zip(header, types.found, strict=True)))
    except BaseException:
        origin.close()
        raise


def _plain(value: Any) -> Any:
    """Return a value as JSON has it; times in ISO 8601, decimals with all their digits."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, float | Decimal) and not isfinite(value):
        return None
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, bytes | memoryview):
        value = bytes(value).decode(errors="replace")
    # Of a text, what no UTF-8 can hold.
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


@contextmanager
def _reading(place: TablePlace, key: str) -> Iterator[Rows]:
    select = f"SELECT * FROM {place.quoted} ORDER BY {quoted(key)}"  # noqa: S608 - quoted names
    reader = {"postgresql": _postgres, "sqlite": _sqlite, "duckdb": _duckdb}[place.kind]
    with reader(place, select) as rows:
        yield rows


def _refused(place: TablePlace, error: Exception) -> InputError:
    lines = str(error).strip().splitlines()
    return InputError(
        f"{place.name} cannot be read: {lines[0] if lines else type(error).__name__}",
        next="check the address, the names of table and key, and the permissions",
    )


def _many(cursor: Any) -> Iterator[Sequence[Any]]:
    while rows := cursor.fetchmany(_AT_ONCE):
        yield from rows


@contextmanager
def _sqlite(place: TablePlace, select: str) -> Iterator[Rows]:
    import sqlite3  # noqa: PLC0415 - only where one is read

    _must_be(place)
    try:
        address = f"{Path(place.database).resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as db:
            db.text_factory = lambda raw: raw.decode("utf-8", "replace")
            # What is no column in double quotes would be a text to SQLite.
            table = quoted(place.table.rpartition(".")[2])
            declared = {row[1]: row[2] for row in db.execute(f"PRAGMA table_info({table})")}
            wanted = select.rpartition(" ORDER BY ")[2]
            if declared and wanted not in map(quoted, declared):
                yield [*declared], [*declared.values()], iter(())
                return
            cursor = db.execute(select)
            names = [column[0] for column in cursor.description]
            yield names, [declared.get(name, "") for name in names], _many(cursor)
    except sqlite3.Error as error:
        raise _refused(place, error) from None


@contextmanager
def _duckdb(place: TablePlace, select: str) -> Iterator[Rows]:
    try:
        import duckdb  # noqa: PLC0415 - an extra
    except ImportError:
        raise InputError(
            f"{place.name} takes duckdb to read", next="pip install 'enrichctl[parquet]'"
        ) from None
    _must_be(place)
    try:
        with duckdb.connect(place.database, read_only=True) as db:
            columns = db.execute(f"DESCRIBE {select}").fetchall()
            cursor = db.execute(select)
            yield [name for name, *_ in columns], [kind for _, kind, *_ in columns], _many(cursor)
    except duckdb.Error as error:
        raise is_held(place, error) or _refused(place, error) from None


def is_held(place: TablePlace, error: Exception) -> Locked | None:
    """Return the error that another process has the file open; None where it is another error."""
    if "Could not set lock" not in str(error):
        return None
    found = re.search(r"PID (\d+)", str(error))
    who = f" (process {found[1]})" if found else ""
    return Locked(
        f"{place.database} is open in another process{who}, and DuckDB lets nobody else in while"
        " one writes",
        next="close it there, then run the same command again",
    )


@contextmanager
def _postgres(place: TablePlace, select: str) -> Iterator[Rows]:
    try:
        import psycopg  # noqa: PLC0415 - an extra
    except ImportError:
        raise InputError(
            f"{place.name} takes psycopg to read", next="pip install 'enrichctl[postgres]'"
        ) from None
    try:
        with psycopg.connect(place.database, connect_timeout=10) as db:
            db.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            db.read_only = True
            with db.cursor("enrichctl") as cursor:
                cursor.itersize = _AT_ONCE
                cursor.execute(select)
                columns = cursor.description or ()
                kinds = [column.type_display for column in columns]
                yield [column.name for column in columns], kinds, _many(cursor)
    except psycopg.Error as error:
        raise _refused(place, error) from None


def _must_be(place: TablePlace) -> None:
    if not Path(place.database).is_file():
        raise InputError(f"{place.database} does not exist", next="check the path")
