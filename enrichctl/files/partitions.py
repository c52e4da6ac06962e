"""What the names of folders say of the files in them, as in ``country_code=AT/part-0.parquet``.

Hive laid tables out so, and Spark, pyarrow, DuckDB and polars write and read them: a column stands
in no file of such a table, but in the names of the folders. Nothing can be written to it without
moving rows to another folder. A name is percent-encoded, and no value is a word of its own, see
https://arrow.apache.org/docs/python/generated/pyarrow.dataset.HivePartitioning.html
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote

from enrichctl.files.records import Row

_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"


def is_partition(folder: str) -> bool:
    """Tell whether the name of a folder says what a column holds."""
    column, equals, _ = folder.partition("=")
    return bool(column and equals)


def columns_in(place: Path) -> dict[str, str]:
    """Return column → text, as the folders on the way to a file say it; "" is no value."""
    pairs = (folder.split("=", 1) for folder in place.parent.parts if is_partition(folder))
    return {unquote(column): "" if text == _NO_VALUE else unquote(text) for column, text in pairs}


class Partition:
    """The columns of a file together with those that its folders' names say.

    A cell of a column that stands in both is the file's, and the folder's where that is blank.
    Where they differ it is filled with what nobody can tell: readers take the one or the other.

    Args:
        header: The file's columns.
        said: Column → text, of the folders.

    Attributes:
        header: All columns, the file's first.
        more: Texts of those that the file does not have.
        both: Index → text of the folder, of those that it has as well.
        fixed: Those that stand in names of folders.
    """

    def __init__(self, header: Sequence[str], said: Mapping[str, str]) -> None:
        more = {name: text for name, text in said.items() if name not in header}
        self.header = [*header, *more]
        self.more = [*more.values()]
        self.fixed = frozenset(map(self.header.index, said))
        self.both = {
            self.header.index(name): text for name, text in said.items() if name not in more
        }
        self._differing: dict[int, None] = {}

    def row(self, row: Row) -> Row:
        """Return a row of the file with all columns; its ``original`` is the row itself."""
        cells, opaque = [*row.cells, *self.more], row.opaque
        for at, text in self.both.items():
            if at in opaque or not text.strip():
                continue
            if not cells[at].strip():
                cells[at] = text
            elif cells[at].strip() != text.strip():
                opaque |= {at}
                self._differing[at] = None
        return Row(row.number, row.line, cells, row, row.problem, row.shifted, opaque, row.earlier)

    @property
    def notes(self) -> list[str]:
        """Return what is to be said of the rows that were read."""
        return [
            f"column {self.header[at]!r} says in some records another thing than the name of the"
            " folder: there it is left as it is, and nobody is told of it"
            for at in self._differing
        ]
