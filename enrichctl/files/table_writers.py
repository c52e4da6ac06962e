"""What a database is like to write to: its transactions, and what it refuses, in words.

What a database says of a value may quote it, or its whole row. Here it is told without either.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from enrichctl.errors import OutputError
from enrichctl.files.databases import TablePlace, is_held, quoted

SAME = "the same value is there already, and it must be unique"
# Errors that are not about a value: no connection, no room, ended by somebody, only to be read.
_DOWN = ("08", "25", "40", "53", "55P03", "57", "58", "XX")
_AGAIN = ("40001", "40P01")  # serialization failure, deadlock
_SQLITE_ERROR = 1  # of the statement: a column that can only be read, say


class TableWriter(Protocol):
    """A connection to a database whose table is written to.

    Attributes:
        mark: Stands for a value in a statement.
        error: What it raises.
    """

    mark: str
    error: type[Exception]

    def transaction(self) -> AbstractContextManager[object]:
        """Begin a transaction, and commit it at the end, or roll it back."""

    def update(self, sql: str, values: tuple[str, ...]) -> int:
        """Carry out an update; return how many rows it changed."""

    def is_again(self, error: Exception) -> bool:
        """Tell whether another transaction stood in the way, and this one may be tried again."""

    def is_down(self, error: Exception) -> bool:
        """Tell whether an error is of the database as a whole, and not of what it was given."""

    def why(self, error: Exception, column: str) -> str:
        """Return in words, without any value, why a column of the table takes a value not."""

    def close(self) -> None:
        """Let go of it."""


def open_writer(place: TablePlace) -> TableWriter:
    """Connect to the database of a table.

    Raises:
        OutputError: It cannot be opened to be written.
        Locked: Another process has it open.
    """
    return _WRITERS[place.kind](place)


def must_be_writable(place: TablePlace, columns: Iterable[str]) -> None:
    """Make sure that these columns of a table may be written, as far as that can be told before.

    Raises:
        OutputError: They may not.
    """
    why = _of_login(place, columns) if place.kind == "postgresql" else _of_file(place)
    if why:
        raise OutputError(
            f"--write-back cannot write to {place.name}: {why}",
            next="have that allowed, or leave out --write-back to write a file only",
        )


def _of_file(place: TablePlace) -> str:
    file = Path(place.database).resolve()
    if not os.access(file, os.W_OK):
        return f"{place.database} may only be read"
    if not os.access(file.parent, os.W_OK | os.X_OK):  # of what is under way there is a second file
        return f"the folder of {place.database} may only be read"
    return ""


def _of_login(place: TablePlace, columns: Iterable[str]) -> str:
    """Ask PostgreSQL what this login may do; that locks nothing."""
    import psycopg  # noqa: PLC0415 - an extra; reading the table took it as well

    allowed = (
        "SELECT attname, has_column_privilege(attrelid, attnum, 'UPDATE')"
        " AND pg_column_is_updatable(attrelid, attnum, true) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
    )
    try:
        with psycopg.connect(place.database, connect_timeout=10) as db:
            [[read_only]] = db.execute("SHOW transaction_read_only").fetchall()
            may: dict[str, bool] = dict(db.execute(allowed, (place.quoted,)).fetchall())
    except psycopg.Error as error:
        raise refused(place, error) from None
    if read_only == "on":
        return "this server, or this login, can only read"
    denied = [name for name in columns if not may.get(name)]
    return f"this login may not change {', '.join(denied)} there" if denied else ""


def refused(place: TablePlace, error: Exception) -> OutputError:
    """Return the error that a table cannot be written at all."""
    return OutputError(
        f"{place.name} cannot be written: {first_line(error)}",
        next="what was answered is kept: run the same command again once it can",
    )


def first_line(error: Exception) -> str:
    """Return what an error says first; the rest quotes the statement, or the row."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _unfit(column: str, kind: str) -> str:
    return f"no value that {column} {kind} can hold".replace("  ", " ")


class _Postgres:
    mark = "%s"

    def __init__(self, place: TablePlace) -> None:
        import psycopg  # noqa: PLC0415 - as above

        self.error: type[Exception] = psycopg.Error
        self._place = place
        try:
            self._db = psycopg.connect(place.database, connect_timeout=10, autocommit=True)
        except psycopg.Error as error:
            raise refused(place, error) from None

    def transaction(self) -> AbstractContextManager[object]:
        return self._db.transaction()

    def update(self, sql: str, values: tuple[str, ...]) -> int:
        return self._db.execute(sql.encode(), values).rowcount

    def is_again(self, error: Any) -> bool:
        return error.sqlstate in _AGAIN

    def is_down(self, error: Any) -> bool:
        return self._db.closed or (error.sqlstate or "08").startswith(_DOWN)

    def why(self, error: Any, column: str) -> str:
        state: str = error.sqlstate
        if state == "22001":
            return f"too long for {column} {self._kind(column)}"
        if state.startswith("22"):
            return _unfit(column, self._kind(column))
        if state.startswith("P0"):  # its words are those of whoever wrote it
            return f"{column}: a trigger refuses it"
        if state == "23505":
            return f"{column}: {SAME} ({error.diag.constraint_name})"
        if name := error.diag.constraint_name:
            return f"{column}: its constraint {name} refuses it"
        return f"{column}: {error.diag.message_primary}"

    def _kind(self, column: str) -> str:
        found = self._db.execute(
            "SELECT format_type(atttypid, atttypmod) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attname = %s",
            (self._place.quoted, column),
        ).fetchone()
        return str(found[0]).replace("character varying", "varchar") if found else ""

    def close(self) -> None:
        self._db.close()


class _Sqlite:
    mark = "?"

    def __init__(self, place: TablePlace) -> None:
        import sqlite3  # noqa: PLC0415 - only where one is written

        self.error: type[Exception] = sqlite3.Error
        self._of_values = (sqlite3.IntegrityError, sqlite3.DataError)
        self._place = place
        address = f"{Path(place.database).resolve().as_uri()}?mode=rw"
        try:
            self._db = sqlite3.connect(address, uri=True, isolation_level=None, timeout=60)
        except sqlite3.Error as error:
            raise refused(place, error) from None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # some errors end it themselves
                self._db.execute("ROLLBACK")
            raise

    def update(self, sql: str, values: tuple[str, ...]) -> int:
        return self._db.execute(sql, values).rowcount

    def is_again(self, error: Any) -> bool:  # noqa: ARG002 - a file has one writer at a time
        return False

    def is_down(self, error: Any) -> bool:
        code = getattr(error, "sqlite_errorcode", _SQLITE_ERROR)
        return not isinstance(error, self._of_values) and code & 0xFF != _SQLITE_ERROR

    def why(self, error: Any, column: str) -> str:
        match getattr(error, "sqlite_errorname", ""):
            case "SQLITE_CONSTRAINT_DATATYPE":
                return _unfit(column, self._kind(column))
            case "SQLITE_CONSTRAINT_UNIQUE" | "SQLITE_CONSTRAINT_PRIMARYKEY":
                return f"{column}: {SAME}"
            case "SQLITE_CONSTRAINT_TRIGGER":
                return f"{column}: a trigger refuses it"
        return f"{column}: {first_line(error)}"

    def _kind(self, column: str) -> str:
        table = quoted(self._place.table.rpartition(".")[2])
        found = {row[1]: row[2] for row in self._db.execute(f"PRAGMA table_info({table})")}
        return str(found.get(column, ""))

    def close(self) -> None:
        self._db.close()


class _Duckdb:
    """A file of DuckDB, which one process may write to: it is held until the end of the run."""

    mark = "?"

    def __init__(self, place: TablePlace) -> None:
        import duckdb  # noqa: PLC0415 - an extra; reading the table took it as well

        self.error: type[Exception] = duckdb.Error
        self._duckdb = duckdb
        self._place = place
        try:
            self._db = duckdb.connect(place.database)
        except duckdb.Error as error:
            raise is_held(place, error) or refused(place, error) from None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._db.begin()
        try:
            yield
        except BaseException:
            self._db.rollback()
            raise
        self._db.commit()  # one that fails is rolled back

    def update(self, sql: str, values: tuple[str, ...]) -> int:
        [(count,)] = self._db.execute(sql, values).fetchall()
        return int(count)

    def is_again(self, error: Any) -> bool:  # noqa: ARG002 - one process has it
        return False

    def is_down(self, error: Any) -> bool:
        known = self._duckdb
        of_all = (known.OperationalError, known.FatalException, known.InternalException)
        at_commit = known.TransactionException  # that is where some constraints are looked at
        return isinstance(error, of_all) and not isinstance(error, at_commit)

    def why(self, error: Any, column: str) -> str:
        if isinstance(error, self._duckdb.DataError):
            return _unfit(column, self._kind(column))
        said = first_line(error)
        if "uplicate key" in said or "UNIQUE" in said:
            return f"{column}: {SAME}"
        if "foreign key" in said:
            return f"{column}: a foreign key refuses it"
        return f"{column}: {said.removeprefix('Constraint Error: ')}"

    def _kind(self, column: str) -> str:
        found = self._db.execute(f"DESCRIBE {self._place.quoted}").fetchall()
        return next((str(kind) for name, kind, *_ in found if name == column), "")

    def close(self) -> None:
        self._db.close()


_WRITERS: Mapping[str, Callable[[TablePlace], TableWriter]] = {
    "postgresql": _Postgres,
    "sqlite": _Sqlite,
    "duckdb": _Duckdb,
}
