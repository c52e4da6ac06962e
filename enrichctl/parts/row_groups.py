"""A Parquet file, whose row groups are filled each by itself and come back as Parquet."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
from pyarrow import ipc, parquet

from enrichctl.arrow import ArrowStep, OpenedStep
from enrichctl.engine.report import Report
from enrichctl.files.arrowfiles import BATCH, ArrowSource
from enrichctl.files.arrowfill import Filler
from enrichctl.files.arrowwriting import BatchWriter
from enrichctl.model import LaneCount
from enrichctl.parts.part import FilePart, Note

_TAIL = 8  # bytes that tell how long the footer is, and that it is one
_PIECE = 1 << 18  # bytes of a column that are read at once


@dataclass(frozen=True)
class RowGroups:
    """Fills row groups.

    Attributes:
        step: With what.
        optional: Whether new columns are left out in which no record has a value.
    """

    step: ArrowStep
    optional: bool

    def recipe(self, source: ArrowSource) -> str:
        """Return a digest of all that decides what comes out of a file."""
        return self.step.recipe(source.schema.names, _footer(source).hex())

    def spans(self, source: ArrowSource) -> list[tuple[int, int]]:
        """Return the bytes of each row group, from and to."""
        with source.opened() as file:
            meta = file.metadata
            return [_span(meta.row_group(at)) for at in range(meta.num_row_groups)]

    def fill(self, part: FilePart, file: BinaryIO, place: Path) -> tuple[Report, Note]:
        """See `Work`."""
        opened_file = parquet.ParquetFile(file, pre_buffer=False, buffer_size=_PIECE)
        opened = OpenedStep(self.step, opened_file.schema_arrow, dict(part.said))
        lanes = {one.provider.name: LaneCount(one.provider.name) for one in self.step.steps}
        report = Report(lanes, opened.layout.wanted)
        options = ipc.IpcWriteOptions(compression="lz4")
        batches = opened_file.iter_batches(BATCH, row_groups=[part.number], use_threads=False)
        with (
            place.open("xb") as sink,
            ipc.new_stream(sink, opened.filler.schema, options=options) as writer,
        ):
            for batch in batches:
                writer.write_batch(opened.fill(batch, report.count))
        return report, {
            "rows_in": opened_file.metadata.row_group(part.number).num_rows,
            "named": sorted(opened.named),
            "changed": sorted(opened.changed),
            "notes": [f"{part.source}: {note}" for note in opened.partition.notes],
        }

    def put_together(
        self, source: ArrowSource, parts: Sequence[FilePart], notes: Sequence[Note], sink: BinaryIO
    ) -> None:
        """Write the output of all parts.

        Args:
            source: What they are of.
            parts: All of them, in order.
            notes: What each came to.
            sink: Where the bytes go.
        """
        opened = OpenedStep(self.step, source.schema)
        added, changing = opened.added, opened.layout.changing
        if self.optional:
            named = {name for note in notes for name in note["named"]}
            added = tuple(n for n in added if n in named or n not in opened.optional)
            changing = frozenset(at for note in notes for at in note["changed"])
        schema = Filler(source.schema, changing, added).schema
        writer = BatchWriter(sink, schema, "parquet", codec=source.codec)
        try:
            for part in parts:
                with part.rows_path.open("rb") as file:
                    for batch in ipc.open_stream(file):
                        writer.write(_as(batch, schema, len(source.schema)), part.number)
            writer.end()
        except BaseException:
            writer.discard()
            raise


def _footer(source: ArrowSource) -> bytes:
    """Return what stands behind the rows: types, metadata, and where the row groups are."""
    with source.origin.open() as file:
        file.seek(-_TAIL, os.SEEK_END)
        size = int.from_bytes(file.read(4), "little")
        file.seek(-_TAIL - size, os.SEEK_END)
        return file.read(size)


def _span(group: Any) -> tuple[int, int]:
    """Return the bytes of a row group in its file, from and to."""
    columns = [group.column(at) for at in range(group.num_columns)]
    starts = [one.dictionary_page_offset or one.data_page_offset for one in columns]
    ends = [at + one.total_compressed_size for at, one in zip(starts, columns, strict=True)]
    return min(starts, default=0), max(ends, default=0)


def _as(batch: Any, schema: Any, width: int) -> Any:
    """Return those columns of a batch that a schema has, in its types; the first ones by place."""
    columns = []
    for at, field in enumerate(schema):
        column = batch.column(at if at < width else batch.schema.names.index(field.name, width))
        if pa.types.is_null(field.type):
            column = pa.nulls(len(column))
        columns.append(column if column.type == field.type else column.cast(field.type))
    return pa.RecordBatch.from_arrays(columns, schema=schema)
