"""Write Parquet and Arrow IPC: what came typed keeps its types, what is new is text."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import ipc, parquet

from enrichctl.files.arrowcells import fits, is_textual
from enrichctl.files.arrowfiles import ArrowSource, RowBlock
from enrichctl.files.jsonwriting import keys_of
from enrichctl.files.records import NUMBERS, New, Renderer, Row, Source

MOST_ROWS = 1 << 17  # of a row group that is written
MOST_BYTES = 64 << 20  # of what waits to be written
_PIECE_ROWS = 4096
_INDEX = pa.int32()  # counts the words of a dictionary that grows


class Spill:
    """Puts texts that a typed column cannot hold into a column of texts beside it.

    Args:
        schema: Of the input.
        changing: Columns that may get new texts.

    Attributes:
        names: Of the columns of texts, in order.
    """

    def __init__(self, schema: Any, changing: Collection[int]) -> None:
        typed = [at for at in sorted(changing) if _may_not_hold(schema.field(at))]
        taken = set(schema.names)
        self._types = {at: schema.field(at).type for at in typed}
        self._places = {at: place for place, at in enumerate(typed)}
        self.names = [_free(f"{schema.field(at).name}_text", taken) for at in typed]

    def __call__(
        self, changed: Mapping[int, str], added: Sequence[str]
    ) -> tuple[Mapping[int, str], Sequence[str]]:
        """Return what is new of a record, its own columns of texts first."""
        beside = [""] * len(self.names)
        held = dict(changed)
        for at in changed.keys() & self._types.keys():
            if not fits(self._types[at], changed[at]):
                beside[self._places[at]] = held.pop(at)
        return held, (*beside, *added)


def _may_not_hold(field: Any) -> bool:
    # What an earlier run wrote as a number is one this time, too.
    own = field.name in NUMBERS and pa.types.is_floating(field.type)
    return not (own or is_textual(field.type) or pa.types.is_null(field.type))


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    taken.add(name)
    return name


class Filler:
    """Puts what is new of records into their columns.

    Args:
        schema: Of the input.
        changing: Columns that may get new texts. One of type null, which holds nothing, becomes
            text then.
        added: Names of the new columns.
        growing: Whether a dictionary must begin with those of all batches before, as in Arrow IPC.

    Attributes:
        schema: Of what comes out: the input's columns, then the new ones.
    """

    def __init__(
        self, schema: Any, changing: Collection[int], added: Sequence[str], *, growing: bool = False
    ) -> None:
        fields = [
            field.with_type(_wider(field.type)) if at in changing else field
            for at, field in enumerate(schema)
        ]
        self._width = len(fields)
        new = [pa.field(name, pa.float64() if name in NUMBERS else pa.string()) for name in added]
        self.schema = pa.schema([*fields, *new], metadata=schema.metadata)
        self._known: dict[int, dict[Any, int]] = {
            at: {} for at, field in enumerate(fields) if growing and _is_dictionary(field)
        }

    def fill(self, batch: Any, new: Sequence[tuple[Mapping[int, str], Sequence[str]]]) -> Any:
        """Return a batch with what is new of each of its records."""
        changes: dict[int, dict[int, str]] = {}
        for at, (changed, _) in enumerate(new):
            for index, text in changed.items():
                changes.setdefault(index, {})[at] = text
        columns = [
            self._column(at, column, changes.get(at)) for at, column in enumerate(batch.columns)
        ]
        for place, field in enumerate(self.schema):
            if place >= self._width:
                found = [added[place - self._width] or None for _, added in new]
                columns.append(pa.array(found, pa.string()).cast(field.type))
        return pa.RecordBatch.from_arrays(columns, schema=self.schema)

    def _column(self, at: int, column: Any, changes: Mapping[int, str] | None) -> Any:
        kind = self.schema.field(at).type
        if pa.types.is_null(column.type) and column.type != kind:
            column = column.cast(kind)
        if changes:
            column = _replaced(column, changes)
        if at in self._known:
            return self._grown(at, column, kind)
        if pa.types.is_dictionary(kind) and column.type != kind:
            return column.dictionary_encode().cast(kind)
        return column if column.type == kind else column.cast(kind)

    def _grown(self, at: int, column: Any, kind: Any) -> Any:
        known = self._known[at]
        found = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
        texts = found.to_pylist()
        places = [None if text is None else known.setdefault(text, len(known)) for text in texts]
        indices = pa.array(places, kind.index_type)
        held = pa.array(list(known), kind.value_type)
        return pa.DictionaryArray.from_arrays(indices, held, ordered=kind.ordered)


def _is_dictionary(field: Any) -> bool:
    return bool(pa.types.is_dictionary(field.type))


def _wider(kind: Any) -> Any:
    """Return the type of a column that new texts may come into."""
    if pa.types.is_null(kind):
        return pa.string()
    if pa.types.is_dictionary(kind) and kind.index_type.bit_width < _INDEX.bit_width:
        return pa.dictionary(_INDEX, kind.value_type, ordered=kind.ordered)
    return kind


def _replaced(column: Any, changes: Mapping[int, str]) -> Any:
    """Return a column with other values in some places; a dictionary comes back decoded."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    # Not all types can be replaced in place; what is a text can be as one of the longest.
    within = pa.large_string() if is_textual(kind) else kind
    mask = pa.array([at in changes for at in range(len(column))])
    texts = pa.array([changes[at] or None for at in sorted(changes)], pa.string())
    return pc.replace_with_mask(column.cast(within), mask, texts.cast(within)).cast(kind)


class ArrowRenderer(Renderer):
    """Writes any input as Parquet or Arrow IPC.

    Args:
        source: What the rows come from. Its own columns keep their types if it is Arrow's, with
            what stands about them; else they are texts.
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
        self._sink = _Sink(sink)
        self._added = added
        self._parquet = format_ == "parquet"
        self._changing = changing
        self._writer: Any = None
        self._filler: Filler
        self._texts: list[list[str]] = []
        self._piece: RowBlock | None = None
        self._new: list[tuple[Mapping[int, str], Sequence[str]]] = []
        self._waiting: list[Any] = []
        self._group = 0

    def begin(self) -> None:
        """Write what stands before the rows."""
        if self._typed:
            before = self._typed.schema
        else:
            before = pa.schema([(name, pa.string()) for name in keys_of(self._source.names)])
        growing = not self._parquet
        self._filler = Filler(before, self._changing, self._added, growing=growing)
        schema = self._filler.schema
        if self._parquet:
            codec = (self._typed.codec if self._typed else "").lower()
            codec = {"": "zstd", "uncompressed": "none"}.get(codec, codec)
            self._writer = parquet.ParquetWriter(self._sink, schema, compression=codec)
        else:
            stream = self._typed is not None and self._typed.is_stream
            options = ipc.IpcWriteOptions(emit_dictionary_deltas=True)
            make = ipc.new_stream if stream else ipc.new_file
            self._writer = make(self._sink, schema, options=options)

    def write(self, row: Row, new: New) -> None:
        """Take one record; it is written with others."""
        if self._typed is None:
            # Texts that cannot be encoded stand in JSON only, and are mended where it is read.
            self._texts.append(self._source.whole(row, new.changed))
            self._new.append(({}, new.added))
            if len(self._new) == _PIECE_ROWS:
                self._fill()
            return
        piece, _ = row.original
        if piece is not self._piece:
            self._fill()
            if self._piece is not None and piece.group != self._group:
                self._flush()
            self._piece, self._group = piece, piece.group
        self._new.append((new.changed, new.added))

    def _fill(self) -> None:
        """Turn the records that were taken into a batch."""
        if not self._new:
            return
        if self._piece is not None:
            batch = self._piece.batch
        else:
            columns = [[text or None for text in c] for c in zip(*self._texts, strict=True)]
            names = self._filler.schema.names[: len(columns)]
            batch = pa.record_batch([pa.array(c, pa.string()) for c in columns], names=names)
        self._waiting.append(self._filler.fill(batch, self._new))
        self._new, self._texts = [], []
        held = sum(batch.nbytes for batch in self._waiting)
        if sum(batch.num_rows for batch in self._waiting) >= MOST_ROWS or held >= MOST_BYTES:
            self._flush()

    def _flush(self) -> None:
        """Write the batches that wait, as one row group."""
        if not self._waiting:
            return
        table = pa.Table.from_batches(self._waiting, self._filler.schema)
        if self._parquet:
            self._writer.write_table(table, row_group_size=table.num_rows)
        else:
            self._writer.write_table(table.combine_chunks())
        self._waiting = []

    def end(self) -> None:
        """Write what is left, and what stands behind the rows."""
        self._fill()
        self._flush()
        self._writer.close()

    def discard(self) -> None:
        """Let go of the writer, which would write its end to a file that is gone."""
        self._sink.given_up = True
        if self._writer is not None:
            with suppress(pa.ArrowException, OSError, ValueError):
                self._writer.close()


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
