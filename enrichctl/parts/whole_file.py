"""A file of any kind that can be read, which is one part: CSV, JSON, a workbook, Arrow IPC."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO

from enrichctl.arrow import ArrowStep
from enrichctl.engine.layout import Layout
from enrichctl.engine.local_waterfall import LocalWaterfall
from enrichctl.engine.record_reader import RecordReader, RowReading
from enrichctl.engine.report import Report
from enrichctl.engine.waterfall import Waterfall
from enrichctl.files import Output, Source, open_output, open_source
from enrichctl.files.partitions import Partition
from enrichctl.model import LaneCount
from enrichctl.parts.part import FilePart, Note
from enrichctl.wanted_fields import own_columns


@dataclass(frozen=True)
class Writing:
    """How an output is written.

    Attributes:
        format: One of `enrichctl.files.FORMATS`.
        excel_safe: Whether new values that look like formulas get a leading apostrophe.
        optional: Whether new columns are left out in which no record has a value.
    """

    format: str
    excel_safe: bool
    optional: bool


@dataclass(frozen=True)
class WholeFile:
    """Fills a file from its first record to its last.

    Attributes:
        step: With what; it knows which column holds which field.
        reading: How files are read, as `open_source` takes it.
        writing: How its output is written.
    """

    step: ArrowStep
    reading: Mapping[str, str]
    writing: Writing

    def recipe(self, source: Source) -> str:
        """Return a digest of all that decides what comes out of a file."""
        told = sorted(self.reading.items()), asdict(self.writing)
        return self.step.recipe(source.header, repr((source.header, told)))

    def spans(self, source: Source) -> list[tuple[int, int]]:
        """Return the bytes of its one part, from and to."""
        assert source.path is not None  # noqa: S101 - a stream has no parts
        return [(0, source.path.stat().st_size)]

    def fill(self, part: FilePart, file: BinaryIO, place: Path) -> tuple[Report, Note]:
        """See `Work`."""
        del file  # it is opened by its name, as any input is
        with open_source(part.source, **self.reading, stdin=None) as source:
            partition = Partition(source.header, dict(part.said))
            layout, own = self._layout(partition)
            output = open_output(
                source,
                place,
                format=self.writing.format,
                added=layout.added,
                optional=layout.fields if self.writing.optional else (),
                changing=layout.changing,
                excel_safe=self.writing.excel_safe,
            )
            report = self._fill(source, partition, output, layout, own)
            values = {name: getattr(output, name) for name in ("neutralised", "unfitting", "cut")}
            notes = source.notes + [f"{part.source}: {note}" for note in partition.notes]
            return report, {"rows_in": report.records, "notes": notes, "values": values}

    def _layout(self, partition: Partition) -> tuple[Layout, dict[str, int] | None]:
        """Return what stands where in the output, and the input's columns of an earlier run."""
        step, match = self.step, self.step.match
        assert match is not None  # noqa: S101 - headers and values have told
        says_more = self.writing.format in ("json", "jsonl")
        own = own_columns(partition.header) if step.provenance else None
        layout = Layout(
            match.columns,
            [one.wants for one in step.steps],
            provenance=step.provenance and not says_more,
            says_more=says_more,
            own=own,
        )
        return layout, own

    def _fill(
        self,
        source: Source,
        partition: Partition,
        output: Output,
        layout: Layout,
        own: dict[str, int] | None,
    ) -> Report:
        step, match = self.step, self.step.match
        assert match is not None  # noqa: S101 - headers and values have told
        reading = RowReading(match.columns, match.fallbacks, own or {})
        waterfall = Waterfall(step.steps, step.rules, chains=step.chains)
        reader = RecordReader(reading, waterfall, step.suppression)
        now = datetime.now(UTC)
        finish = LocalWaterfall(step.steps, step.rules, step.chains, layout, now, keep=False).open()
        lanes = {one.provider.name: LaneCount(one.provider.name) for one in step.steps}
        report = Report(lanes, layout.wanted)
        if not output.reads_cells:  # nobody looks at any other cell
            source.need({*match.read_columns, *(own or {}).values()})
        with output:
            for row in source.rows():
                record = reader.record(partition.row(row))
                result = finish((record, reader.suppresses(record)))
                report.count(result)
                output.write(row, result.cells, result.added, result.meta)
        return report

    def put_together(
        self, source: Source, parts: Sequence[FilePart], notes: Sequence[Note], sink: BinaryIO
    ) -> None:
        """Write the output of its part; see `RowGroups.put_together`."""
        del source, notes
        for part in parts:
            with part.rows_path.open("rb") as file:
                copyfileobj(file, sink, 1 << 20)
