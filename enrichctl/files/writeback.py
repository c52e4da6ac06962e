"""Write found values into the table that the rows came from, by key.

Each cell is written only if it still holds what was read: the condition stands in the UPDATE
itself, so that what somebody else writes meanwhile stays. What the database refuses costs itself
only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Self

from enrichctl.files.databases import TablePlace, quoted
from enrichctl.files.table_writers import first_line, open_writer
from enrichctl.model import counted

BATCH = 500  # rows a transaction
SHOWN = 3  # rows that are named
_TRIES = 5  # for a transaction that another one stands in the way of


class _Cell(NamedTuple):
    """A cell to write: its row, its column, what was read there, what is to stand there."""

    key: str
    row: str  # as it may be named
    column: str
    before: str
    after: str


@dataclass(slots=True)
class RefusedRows:
    """Rows of which a database did not take values, all for one reason: how many, the first."""

    count: int = 0
    rows: list[str] = field(default_factory=list)
    _last: str = ""

    def add(self, row: str) -> None:
        """Count a row, once for all of its values."""
        if row == self._last:
            return
        self._last = row
        self.count += 1
        if len(self.rows) <= SHOWN:
            self.rows.append(row)

    @property
    def where(self) -> str:
        """Return the first rows."""
        return ", ".join([*self.rows[:SHOWN], *["…"] * (len(self.rows) > SHOWN)])


class WriteBack:
    """Fills cells of a table.

    Args:
        place: The table.
        key: The column that tells its rows apart.

    Attributes:
        written: Cells that were written.
        left: Cells that were not, because they hold something else by now.
        refused: Why the database did not take values → their rows.
    """

    def __init__(self, place: TablePlace, key: str) -> None:
        self.written = self.left = 0
        self.refused: dict[str, RefusedRows] = {}
        self._place = place
        self._key = key
        self._waiting: list[_Cell] = []
        self._rows = 0
        self._down = ""  # why it takes nothing any more
        self._db = open_writer(place)

    @property
    def said(self) -> str:
        """Return in words what was written, and what somebody else has changed."""
        text = f"filled {counted(self.written, 'cell')} of the table"
        if self.left:
            text += f"; {counted(self.left, 'cell')} left as somebody else has them by now"
        return text

    def add(self, key: str, row: str, changes: Mapping[str, tuple[str, str]]) -> None:
        """Take what is new of a row.

        Args:
            key: What tells it apart.
            row: How it may be named to somebody.
            changes: Column → what was read there, and what is to stand there.
        """
        self._waiting += [_Cell(key, row, name, *texts) for name, texts in changes.items()]
        self._rows += bool(changes)
        if self._rows >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what waits, in one transaction if the database takes all of it."""
        self._write(self._waiting)
        self._waiting, self._rows = [], 0

    def _write(self, cells: Sequence[_Cell]) -> None:
        """Write cells together; where one is refused, each half of them, until it is alone."""
        if not cells:
            return
        if self._down:
            self._refuse(cells, self._down)
            return
        try:
            written = self._together(cells)
        except self._db.error as error:
            if self._db.is_down(error):
                self._down = f"{self._place.name} cannot be written: {first_line(error)}"
                self._refuse(cells, self._down)
            elif len(cells) == 1:
                self._refuse(cells, self._db.why(error, cells[0].column))
            else:
                half = len(cells) // 2
                self._write(cells[:half])
                self._write(cells[half:])
            return
        self.written, self.left = self.written + written, self.left + len(cells) - written

    def _together(self, cells: Sequence[_Cell]) -> int:
        """Write cells in one transaction; return how many held what was read."""
        for tries in range(1, _TRIES + 1):
            try:
                with self._db.transaction():
                    return sum(self._db.update(*self._statement(cell)) for cell in cells)
            except self._db.error as error:
                if tries == _TRIES or not self._db.is_again(error):
                    raise
        raise AssertionError("the last try returns or raises")

    def _refuse(self, cells: Sequence[_Cell], why: str) -> None:
        found = self.refused.setdefault(why, RefusedRows())
        for cell in cells:
            found.add(cell.row)

    def _statement(self, cell: _Cell) -> tuple[str, tuple[str, ...]]:
        column, mark = quoted(cell.column), self._db.mark
        as_text = f"CAST({column} AS VARCHAR)"
        holds = f"{as_text} = {mark}" if cell.before else f"({column} IS NULL OR {as_text} = '')"
        sql = (
            f"UPDATE {self._place.quoted} SET {column} = {mark}"  # noqa: S608 - quoted names
            f" WHERE {quoted(self._key)} = {mark} AND {holds}"
        )
        return sql, (cell.after, cell.key, *([cell.before] if cell.before else []))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._db.close()
