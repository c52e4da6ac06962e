"""Read Parquet and Arrow IPC: typed columns, of which each record says its texts.

The only door to pyarrow, which is an extra: it is imported once a file needs it.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
from pyarrow import ipc, parquet

from enrichctl.errors import InputError
from enrichctl.files.arrowcells import batch_texts, beside, values
from enrichctl.files.origin import Origin
from enrichctl.files.records import Row, Source

BATCH = 4096  # rows that are read and turned into texts at once
_PIECE = 1 << 18  # bytes of a column that are read at once

# The pool that it would use keeps a good part of what it was ever given.
pa.set_memory_pool(pa.system_memory_pool())


class RowBlock:
    """Some rows that follow each other, in one row group.

    Attributes:
        batch: Their columns.
        group: The number of their row group, or of their record batch in Arrow IPC.
    """

    __slots__ = ("_values", "batch", "group")

    def __init__(self, batch: Any, group: int) -> None:
        self.batch = batch
        self.group = group
        self._values: list[list[Any]] | None = None

    def plain(self, at: int) -> list[Any]:
        """Return the cells of a row as JSON has them."""
        if self._values is None:
            self._values = [values(column) for column in self.batch.columns]
        return [column[at] for column in self._values]


class ArrowSource(Source):
    """A Parquet file, or Arrow IPC as a file or a stream.

    Attributes:
        schema: Types and metadata of its columns.
        codec: How its first column is compressed; "" in Arrow IPC.
        count: How many records it has; 0 where only reading it tells.
        is_stream: Whether it is Arrow IPC without a footer.
    """

    def __init__(self, origin: Origin, format_: str) -> None:
        super().__init__(origin)
        self.format = format_
        self.codec = ""
        self.is_stream = origin.head(4) == STREAM
        self._needed: frozenset[int] | None = None
        with self.opened() as file:
            self.schema = file.schema_arrow if format_ == "parquet" else file.schema
            if format_ == "parquet":
                if file.metadata.num_row_groups and self.schema.names:
                    self.codec = file.metadata.row_group(0).column(0).compression
                self.notes += _lost_types(file.schema)
            self.count = file.metadata.num_rows if format_ == "parquet" else 0
        self.header = list(self.schema.names)
        self._beside = beside(self.schema)

    @contextmanager
    def opened(self) -> Iterator[Any]:
        """Open it; whatever is wrong with it, then or while it is read, is said in one line."""
        try:
            with self.origin.open() as file:
                if self.format == "parquet":
                    yield parquet.ParquetFile(file, pre_buffer=False, buffer_size=_PIECE)
                elif self.is_stream:
                    yield ipc.open_stream(file)
                else:
                    yield ipc.open_file(file)
        except (pa.ArrowException, OSError) as error:
            raise InputError(
                f"{self.label} cannot be read: {_first_line(error)}",
                next="check what wrote it, or export the table as CSV",
            ) from error

    def pieces(self) -> Iterator[RowBlock]:
        """Read all rows, some at a time."""
        with self.opened() as file:
            for group in self._groups(file):
                yield from self._of_group(file, group)

    def _groups(self, file: Any) -> Sequence[int]:
        if self.format == "parquet":
            return range(file.num_row_groups)
        return [0] if self.is_stream else range(file.num_record_batches)

    def _of_group(self, file: Any, group: int) -> Iterator[RowBlock]:
        if self.format == "parquet":
            for batch in file.iter_batches(BATCH, row_groups=[group], use_threads=False):
                yield RowBlock(batch, group)
            return
        batches = enumerate(file) if self.is_stream else [(group, file.get_batch(group))]
        for number, batch in batches:
            for start in range(0, batch.num_rows, BATCH):
                yield RowBlock(batch.slice(start, BATCH), number)

    def rows(self) -> Iterator[Row]:
        """Read all rows; the line of a row is its number."""
        number = 0
        for piece in self.pieces():
            columns, unreadable = self._texts(piece.batch)
            for at, cells in enumerate(zip(*columns, strict=True)):
                number += 1
                opaque = unreadable.get(at, NOTHING) if unreadable else NOTHING
                yield Row(number, number, [*cells], (piece, at), opaque=opaque)

    def picked(self, numbers: Iterator[int]) -> Iterator[Row]:
        """Read some rows of a Parquet file, by their numbers, in ascending order."""
        first, wanted = 1, next(numbers, None)
        with self.opened() as file:
            for group in self._groups(file):
                size = file.metadata.row_group(group).num_rows
                if wanted is None or wanted >= first + size:
                    first += size
                    continue
                for piece in self._of_group(file, group):
                    here = []
                    while wanted is not None and wanted < first + piece.batch.num_rows:
                        here.append(wanted)
                        wanted = next(numbers, None)
                    if here:
                        places = pa.array([number - first for number in here])
                        yield from self._some(piece.batch.take(places), here)
                    first += piece.batch.num_rows

    def _some(self, batch: Any, numbers: Sequence[int]) -> Iterator[Row]:
        columns, unreadable = self._texts(batch)
        for at, number in enumerate(numbers):
            cells = [column[at] for column in columns]
            yield Row(number, number, cells, None, opaque=unreadable.get(at, NOTHING))

    def _texts(self, batch: Any) -> tuple[list[list[str]], dict[int, frozenset[int]]]:
        """Return the texts of each column, and row → columns that nobody can read."""
        columns, opaque = batch_texts(batch, self._needed, self._beside)
        unreadable: dict[int, frozenset[int]] = {}
        for index, rows in opaque.items():
            for at in rows:
                unreadable[at] = unreadable.get(at, NOTHING) | {index}
        return columns, unreadable

    def plain(self, row: Row) -> list[Any]:
        """Return the cells of a row as JSON has them."""
        piece, at = row.original
        return list(piece.plain(at))

    def need(self, columns: Collection[int]) -> None:
        """Let ``rows()`` leave the cells of all other columns blank, which takes time off it."""
        self._needed = frozenset(columns)


NOTHING: frozenset[int] = frozenset()
STREAM = (
    b"\xff\xff\xff\xff"  # how a message begins, https://arrow.apache.org/docs/format/Columnar.html
)


def _lost_types(columns: Any) -> list[str]:
    """Say which types of a Parquet file pyarrow has none for."""
    return [
        f"column {columns.column(at).path!r} is an INTERVAL, which is read and written as 12 bytes"
        for at in range(len(columns))
        if columns.column(at).converted_type == "INTERVAL"
    ]


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".:") if lines else type(error).__name__
