"""Write found values into the table that the rows came from, by key.

Each cell is written only if it still holds what was read: the condition stands in the UPDATE
itself, so that what somebody else writes meanwhile stays.
"""

from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import NamedTuple, Protocol, Self

from enrichctl.errors import OutputError
from enrichctl.files.databases import TablePlace, is_held, quoted
from enrichctl.model import counted

BATCH = 500  # rows a transaction
_TRIES = 5  # for a transaction that another one stands in the way of
_AGAIN = ("40001", "40P01")  # serialization failure, deadlock


class _Cell(NamedTuple):
    """A cell to write: its column, what was read there, what is to stand there."""

    column: str
    before: str
    after: str


class WriteBack:
    """Fills cells of a table.

    Args:
        place: The table.
        key: The column that tells its rows apart.

    Attributes:
        written: Cells that were written.
        left: Cells that were not: they hold something else by now, or cannot hold the value.
    """

    def __init__(self, place: TablePlace, key: str) -> None:
        self.written = self.left = 0
        self._place = place
        self._key = key
        self._waiting: list[tuple[str, list[_Cell]]] = []
        self._db: _Database = _DATABASES[place.kind](place)

    @property
    def said(self) -> str:
        """Return in words what was written, and what was not."""
        text = f"filled {counted(self.written, 'cell')} of the table"
        if self.left:
            text += f"; {counted(self.left, 'cell')} left as somebody else has them by now"
        return text

    def add(self, key: str, changes: Mapping[str, tuple[str, str]]) -> None:
        """Take what is new of a row: column → what was read, and what is to stand there."""
        cells = [_Cell(name, *texts) for name, texts in changes.items()]
        if cells:
            self._waiting.append((key, cells))
        if len(self._waiting) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what waits, in one transaction.

        Raises:
            OutputError: The database refuses.
        """
        if not self._waiting:
            return
        written = self._db.write([self._statement(key, c) for key, cs in self._waiting for c in cs])
        count = sum(len(cells) for _, cells in self._waiting)
        self.written, self.left = self.written + written, self.left + count - written
        self._waiting = []

    def _statement(self, key: str, cell: _Cell) -> tuple[str, tuple[str, ...]]:
        column, mark = quoted(cell.column), self._db.mark
        as_text = f"CAST({column} AS VARCHAR)"
        holds = f"{as_text} = {mark}" if cell.before else f"({column} IS NULL OR {as_text} = '')"
        sql = (
            f"UPDATE {self._place.quoted} SET {column} = {mark}"  # noqa: S608 - quoted names
            f" WHERE {quoted(self._key)} = {mark} AND {holds}"
        )
        return sql, (cell.after, key, *([cell.before] if cell.before else []))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._db.close()


class _Database(Protocol):
    """A database whose cells can be written; ``mark`` stands for a value."""

    mark: str

    def write(self, statements: list[tuple[str, tuple[str, ...]]]) -> int:
        """Carry out updates in one transaction; return how many cells they wrote."""

    def close(self) -> None:
        """Let go of it."""


class _Postgres:
    mark = "%s"

    def __init__(self, place: TablePlace) -> None:
        import psycopg  # noqa: PLC0415 - an extra; reading the table took it as well

        self._psycopg = psycopg
        self._place = place
        try:
            self._db = psycopg.connect(place.database, connect_timeout=10, autocommit=True)
        except psycopg.Error as error:
            raise _refused(place, error) from None

    def write(self, statements: list[tuple[str, tuple[str, ...]]]) -> int:
        for tries in range(1, _TRIES + 1):
            try:
                with self._db.transaction():
                    return sum(self._update(*statement) for statement in statements)
            except self._psycopg.Error as error:
                if error.sqlstate not in _AGAIN or tries == _TRIES:
                    raise _refused(self._place, error) from None
        raise AssertionError("the last try returns or raises")

    def _update(self, sql: str, values: tuple[str, ...]) -> int:
        try:
            with self._db.transaction():  # a value that the column cannot hold costs itself only
                return self._db.execute(sql.encode(), values).rowcount
        except self._psycopg.DataError:
            return 0

    def close(self) -> None:
        self._db.close()


class _Sqlite:
    mark = "?"

    def __init__(self, place: TablePlace) -> None:
        import sqlite3  # noqa: PLC0415 - only where one is written

        self._sqlite3 = sqlite3
        self._place = place
        address = f"{Path(place.database).resolve().as_uri()}?mode=rw"
        self._db = sqlite3.connect(address, uri=True, isolation_level=None, timeout=60)

    def write(self, statements: list[tuple[str, tuple[str, ...]]]) -> int:
        try:
            with closing(self._db.cursor()) as cursor:
                cursor.execute("BEGIN IMMEDIATE")
                try:
                    written = sum(cursor.execute(*one).rowcount for one in statements)
                except BaseException:
                    cursor.execute("ROLLBACK")
                    raise
                cursor.execute("COMMIT")
                return written
        except self._sqlite3.Error as error:
            raise _refused(self._place, error) from None

    def close(self) -> None:
        self._db.close()


class _Duckdb(_Database):
    """A file of DuckDB, which one process may write to: it is held until the end of the run."""

    mark = "?"

    def __init__(self, place: TablePlace) -> None:
        import duckdb  # noqa: PLC0415 - an extra; reading the table took it as well

        self._duckdb = duckdb
        self._place = place
        try:
            self._db = duckdb.connect(place.database)
        except duckdb.Error as error:
            raise is_held(place, error) or _refused(place, error) from None

    def write(self, statements: list[tuple[str, tuple[str, ...]]]) -> int:
        try:
            self._db.begin()
            try:
                written = sum(map(self._update, statements))
            except BaseException:
                self._db.rollback()
                raise
            self._db.commit()
        except self._duckdb.DataError:  # of one value: it ends the whole transaction
            return sum(map(self._alone, statements))
        except self._duckdb.Error as error:
            raise _refused(self._place, error) from None
        return written

    def _update(self, statement: tuple[str, tuple[str, ...]]) -> int:
        [(count,)] = self._db.execute(*statement).fetchall()
        return int(count)

    def _alone(self, statement: tuple[str, tuple[str, ...]]) -> int:
        """Write one cell; a value that the column cannot hold costs itself only."""
        try:
            return self._update(statement)
        except self._duckdb.DataError:
            return 0
        except self._duckdb.Error as error:
            raise _refused(self._place, error) from None

    def close(self) -> None:
        self._db.close()


_DATABASES: dict[str, Callable[[TablePlace], _Database]] = {
    "postgresql": _Postgres,
    "sqlite": _Sqlite,
    "duckdb": _Duckdb,
}


def _refused(place: TablePlace, error: Exception) -> OutputError:
    lines = str(error).strip().splitlines()
    return OutputError(
        f"{place.name} cannot be written: {lines[0] if lines else type(error).__name__}",
        next="what was answered is kept: run the same command again once it can",
    )
