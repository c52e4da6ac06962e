"""A Parquet file in parts, one for each row group, so that any process may fill any of them.

A part is written under a temporary name and renamed, beside a note of what it came to; the parts
stand in a folder next to the output until all are there and the output is put together of them. So
whoever is killed loses no more than what it was at work on.
"""

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
from pyarrow import ipc, parquet

from enrichctl import __version__
from enrichctl.arrow import ArrowStep, OpenedStep
from enrichctl.engine.report import Report
from enrichctl.files import digest_of
from enrichctl.files.arrowfiles import BATCH, ArrowSource
from enrichctl.files.arrowfill import Filler
from enrichctl.files.arrowwriting import BatchWriter
from enrichctl.files.origin import changed
from enrichctl.model import LaneCount

_MANIFEST = "manifest.json"
_PIECE = 1 << 18  # bytes of a column that are read at once


@dataclass(frozen=True)
class GroupPart:
    """A row group to fill.

    Attributes:
        source: The Parquet file.
        stamp: Its size and when it was written to; it must not change meanwhile.
        group: The number of the row group.
        folder: Where the part is kept.
        step: What fills it.
    """

    source: str
    stamp: tuple[int, int]
    group: int
    folder: str
    step: ArrowStep

    @property
    def rows_path(self) -> Path:
        """Return where its rows are kept."""
        return Path(self.folder, f"{self.group:06}.arrows")

    @property
    def note_path(self) -> Path:
        """Return where it is kept what it came to; once that is there, the part is finished."""
        return Path(self.folder, f"{self.group:06}.json")


def stamp_of(path: str | Path) -> tuple[int, int]:
    """Return what changes with every write to a file."""
    state = os.stat(path)  # noqa: PTH116 - a text of any bytes
    return state.st_size, state.st_mtime_ns


def fill_part(part: GroupPart) -> dict[str, Any]:
    """Fill a part, unless that is done already; return what it came to.

    It may run more than once, also at the same time: each gives the same.

    Raises:
        InputError: The input was changed.
    """
    if (note := read_note(part)) is not None:
        return note
    file = parquet.ParquetFile(part.source, pre_buffer=False, buffer_size=_PIECE)
    opened = OpenedStep(part.step, file.schema_arrow)
    lanes = {step.provider.name: LaneCount(step.provider.name) for step in part.step.steps}
    report = Report(lanes, opened.layout.wanted)
    with _renamed(part.rows_path) as sink:
        options = ipc.IpcWriteOptions(compression="lz4")
        with ipc.new_stream(sink, opened.filler.schema, options=options) as writer:
            for batch in file.iter_batches(BATCH, row_groups=[part.group], use_threads=False):
                writer.write_batch(opened.fill(batch, report.count))
    if stamp_of(part.source) != part.stamp:
        raise changed(part.source)
    note = {
        "rows_in": file.metadata.row_group(part.group).num_rows,
        "rows_out": report.records,
        "named": sorted(opened.named),
        "changed": sorted(opened.changed),
        "summary": report.summary(),
    }
    with _renamed(part.note_path) as sink:
        sink.write(json.dumps(note).encode())
    return note


def read_note(part: GroupPart) -> dict[str, Any] | None:
    """Return what a part came to; None while it is not finished."""
    try:
        note: dict[str, Any] = json.loads(part.note_path.read_bytes())
    except (OSError, ValueError):
        return None
    return note if part.rows_path.is_file() else None


@contextmanager
def _renamed(path: Path) -> Iterator[BinaryIO]:
    """Open a file that gets its name once it is complete."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


class Parts:
    """The parts of an input, and the folder that they are kept in.

    Args:
        source: The input, which is a Parquet file with a name.
        target: The output.
        step: What fills it.

    Attributes:
        folder: Where they are kept.
        all: Every part, in order.
        notes: The number of a part → what it came to, of those that are finished.
    """

    def __init__(self, source: ArrowSource, target: Path, step: ArrowStep) -> None:
        assert source.path is not None  # noqa: S101 - a stream has no parts
        self._source = source
        self._opened = OpenedStep(step, source.schema)
        self.folder = target.with_name(f".{target.name[:200]}.parts")
        stamp = stamp_of(source.path)
        with source.opened() as file:
            groups, rows = file.num_row_groups, file.metadata.num_rows
        self.all = [
            GroupPart(str(source.path), stamp, at, str(self.folder), step) for at in range(groups)
        ]
        self._manifest = {
            "schema": "enrichctl.parts/1",
            "version": __version__,
            "input": {"digest": digest_of(source.path).hex(), "rows": rows, "groups": groups},
            "step": step.recipe(source.schema),
        }
        self.notes: dict[int, dict[str, Any]] = {}

    def begin(self) -> None:
        """Make the folder; what another input or another step left in it goes."""
        place = self.folder / _MANIFEST
        self.folder.mkdir(exist_ok=True)
        try:
            same = json.loads(place.read_bytes()) == self._manifest
        except (OSError, ValueError):
            same = False
        if not same:
            self._empty()
            with _renamed(place) as sink:
                sink.write(json.dumps(self._manifest, indent=1).encode())
        for part in self.all:
            if (note := read_note(part)) is not None:
                self.notes[part.group] = note

    @property
    def left(self) -> list[GroupPart]:
        """Return the parts that are not finished."""
        return [part for part in self.all if part.group not in self.notes]

    def write(self, sink: BinaryIO, *, optional: bool) -> None:
        """Put the output together.

        Args:
            sink: Where its bytes go.
            optional: Whether new columns are left out in which no record has a value.
        """
        opened, source = self._opened, self._source
        added, changing = opened.added, opened.layout.changing
        if optional:
            named = {name for note in self.notes.values() for name in note["named"]}
            added = tuple(n for n in added if n in named or n not in opened.optional)
            changing = frozenset(at for note in self.notes.values() for at in note["changed"])
        schema = Filler(source.schema, changing, added).schema
        writer = BatchWriter(sink, schema, "parquet", codec=source.codec)
        try:
            for part in self.all:
                with part.rows_path.open("rb") as file:
                    for batch in ipc.open_stream(file):
                        writer.write(_as(batch, schema, len(source.schema)), part.group)
            writer.end()
        except BaseException:
            writer.discard()
            raise

    def remove(self) -> None:
        """Remove the folder, once the output is in its place."""
        self._empty()
        (self.folder / _MANIFEST).unlink(missing_ok=True)
        with suppress(OSError):  # somebody has put something into it
            self.folder.rmdir()

    def _empty(self) -> None:
        for kind in ("*.arrows", "[0-9]*.json", "*.part"):
            for path in self.folder.glob(kind):
                path.unlink(missing_ok=True)


def _as(batch: Any, schema: Any, width: int) -> Any:
    """Return those columns of a batch that a schema has, in its types; the first ones by place."""
    columns = []
    for at, field in enumerate(schema):
        column = batch.column(at if at < width else batch.schema.names.index(field.name, width))
        if pa.types.is_null(field.type):
            column = pa.nulls(len(column))
        columns.append(column if column.type == field.type else column.cast(field.type))
    return pa.RecordBatch.from_arrays(columns, schema=schema)
