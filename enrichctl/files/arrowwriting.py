"""Write Parquet and Arrow IPC: what came typed keeps its types, what is new is text."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any, BinaryIO

import pyarrow as pa
from pyarrow import ipc, parquet

from enrichctl.files.arrowfiles import ArrowSource, RowBlock
from enrichctl.files.arrowfill import Filler
from enrichctl.files.arrowtypes import columns_of, schema_of
from enrichctl.files.records import New, Renderer, Row, Source

MOST_ROWS = 1 << 16  # of a row group that is written
MOST_BYTES = 128 << 20  # of what waits to be written
_PIECE_ROWS = 4096


class BatchWriter:
    """Writes batches as Parquet or Arrow IPC, whose row groups are those that they came in.

    Args:
        sink: Where the bytes go.
        schema: Of the batches.
        format_: ``parquet`` or ``arrow``.
        codec: How a Parquet file is compressed, as its input is; "" where that is not told.
        stream: Whether Arrow IPC is written without a footer.
    """

    def __init__(
        self, sink: BinaryIO, schema: Any, format_: str, *, codec: str = "", stream: bool = False
    ) -> None:
        self._sink = _Sink(sink)
        self._schema = schema
        self._parquet = format_ == "parquet"
        self._waiting: list[Any] = []
        self._group = 0
        if self._parquet:
            codec = {"": "zstd", "uncompressed": "none"}.get(codec.lower(), codec.lower())
            self._writer: Any = parquet.ParquetWriter(self._sink, schema, compression=codec)
        else:
            options = ipc.IpcWriteOptions(emit_dictionary_deltas=True)
            make = ipc.new_stream if stream else ipc.new_file
            self._writer = make(self._sink, schema, options=options)

    def write(self, batch: Any, group: int) -> None:
        """Take a batch, and the number of the row group that it is of."""
        if group != self._group:
            self._flush()
            self._group = group
        self._waiting.append(batch)
        rows = sum(batch.num_rows for batch in self._waiting)
        if rows >= MOST_ROWS or sum(batch.nbytes for batch in self._waiting) >= MOST_BYTES:
            self._flush()

    def _flush(self) -> None:
        """Write the batches that wait, as one row group."""
        if not self._waiting:
            return
        table = pa.Table.from_batches(self._waiting, self._schema)
        if self._parquet:
            self._writer.write_table(table, row_group_size=table.num_rows)
        else:
            self._writer.write_table(table.combine_chunks())
        self._waiting = []

    def end(self) -> None:
        """Write what is left, and what stands behind the rows."""
        self._flush()
        self._writer.close()

    def discard(self) -> None:
        """Let go of the writer, which would write its end to a file that is gone."""
        self._sink.given_up = True
        with suppress(pa.ArrowException, OSError, ValueError):
            self._writer.close()


class ArrowRenderer(Renderer):
    """Writes any input as Parquet or Arrow IPC.

    Args:
        source: What the rows come from. Its own columns keep their types where it has any, with
            what stands about them if it is Arrow's; else they are texts.
        sink: Where the bytes go.
        added: Names of the new columns.
        format_: ``parquet`` or ``arrow``.
        changing: Columns of the input that may get new texts.
    """

    def __init__(
        self,
        source: Source,
        sink: BinaryIO,
        added: Sequence[str],
        format_: str,
        changing: Collection[int],
    ) -> None:
        self._source = source
        self._typed = source if isinstance(source, ArrowSource) else None
        self.reads_cells = self._typed is None
        self._sink = sink
        self._added = added
        self._format = format_
        self._changing = changing
        self._writer: BatchWriter | None = None
        self._filler: Filler
        self._before: Any = None
        self._texts: list[list[str]] = []
        self._piece: RowBlock | None = None
        self._new: list[tuple[Mapping[int, str], Sequence[str]]] = []

    def begin(self) -> None:
        """Write what stands before the rows."""
        codec, stream = "", False
        if self._typed:
            codec, stream = self._typed.codec, self._typed.is_stream
        before = self._before = schema_of(self._source)
        growing = self._format != "parquet"
        self._filler = Filler(before, self._changing, self._added, growing=growing)
        self._writer = BatchWriter(
            self._sink, self._filler.schema, self._format, codec=codec, stream=stream
        )

    def write(self, row: Row, new: New) -> None:
        """Take one record; it is written with others."""
        if self._typed is None:
            self._texts.append(self._source.whole(row, new.changed))
            self._new.append(({}, new.added))
            if len(self._new) == _PIECE_ROWS:
                self._fill()
            return
        piece, _ = row.original
        if piece is not self._piece:
            self._fill()
            self._piece = piece
        self._new.append((new.changed, new.added))

    def _fill(self) -> None:
        """Write the records that were taken, as one batch."""
        if not self._new:
            return
        assert self._writer is not None  # noqa: S101 - what is written was begun
        if self._piece is not None:
            batch, group = self._piece.batch, self._piece.group
        else:
            columns = columns_of(self._texts, self._before.types)
            batch, group = pa.record_batch(columns, names=self._before.names), 0
        self._writer.write(self._filler.fill(batch, self._new), group)
        self._new, self._texts = [], []

    def end(self) -> None:
        """Write what is left, and what stands behind the rows."""
        self._fill()
        assert self._writer is not None  # noqa: S101 - what is ended was begun
        self._writer.end()

    def discard(self) -> None:
        """Let go of what is open."""
        if self._writer is not None:
            self._writer.discard()


class _Sink:
    """What a writer of Arrow's takes for a file: a pipe has no position, and none is closed."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self._at = 0
        self.closed = False
        self.given_up = False

    def write(self, data: Any) -> int:
        """Pass on some bytes."""
        size = memoryview(data).nbytes
        if not self.given_up:
            self._sink.write(data)
        self._at += size
        return size

    def tell(self) -> int:
        """Return how many bytes were passed on."""
        return self._at

    def flush(self) -> None:
        """Do nothing: the output flushes where it has to."""

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True

    def close(self) -> None:
        """Leave open what belongs to the output."""
