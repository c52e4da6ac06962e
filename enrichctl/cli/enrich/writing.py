"""What a run writes: the columns of its outputs, the outputs, and how a record gets there."""

import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from enrichctl.cli.enrich.consent import called
from enrichctl.cli.enrich.losses import may_fill_less
from enrichctl.cli.enrich.request import input_name, path_of
from enrichctl.engine.layout import Layout
from enrichctl.engine.record_reader import RowReading
from enrichctl.engine.record_writer import Write
from enrichctl.engine.result import RecordResult
from enrichctl.errors import ExitStatus
from enrichctl.files import FileSet, FileSetOutput, Output, Row, Source, open_output
from enrichctl.journal import Journal, outputs
from enrichctl.wanted_fields import own_columns

if TYPE_CHECKING:
    from enrichctl.cli.enrich.job import Job
    from enrichctl.cli.enrich.preview import Preview
    from enrichctl.cli.enrich.replaced import Watched
    from enrichctl.cli.enrich.table_filling import TableFilling

LISTED = 3  # outputs that are named


def own_of(job: "Job") -> dict[str, int] | None:
    """Return the columns of an earlier run in the input; None where they stay as they are."""
    return own_columns(job.source.header) if job.options.provenance != "none" else None


def reading_of_rows(job: "Job") -> RowReading:
    """Return how the rows of the input are read as records."""
    return RowReading(
        job.match.columns, job.match.fallbacks, own_of(job) or {}, job.corrected, job.chosen
    )


def layout_of(job: "Job", own: dict[str, int] | None, connected: Collection[str]) -> Layout:
    """Return what stands where in the output."""
    says_more = job.format in ("json", "jsonl")
    return Layout(
        job.match.columns,
        [step.fills for step in job.steps],
        provenance=job.options.provenance != "none" and not says_more,
        says_more=says_more,
        own=own,
        known_as=_made_up(connected) if job.options.sandbox else None,
    )


def _made_up(names: Collection[str]) -> dict[str, str]:
    """Return the names under which made-up providers are given as sources."""
    from enrichctl.journal.accounts import made_up  # noqa: PLC0415 - for rehearsals only

    return {name: made_up(name) for name in names}


def remembering(job: "Job", journal: Journal, target: Path) -> Callable[[bytes], None]:
    """Return what keeps a file's digest before it stands in its place.

    A crash may come in between, and the file is known again all the same.
    """
    return lambda digest: outputs.remember(
        journal, path_of(target), digest, rehearsed=job.options.sandbox
    )


def written(job: "Job", journal: Journal) -> None:
    """Note what the outputs hold now, so that what somebody else writes there is noticed."""
    paths = [path_of(target) for _, target in job.places if target is not None]
    for path in paths:
        outputs.written(journal, path)
    if isinstance(job.source, FileSet):
        name = input_name(job.source)
        own = [  # a file may be given by itself, and by another pattern
            (path_of(one.path), path_of(target))
            for one, target in job.places
            if one.path is not None and target is not None
        ]
        outputs.written_for(journal, [*((name, path) for path in paths), *own])


def left_over(job: "Job", journal: Journal) -> str:
    """Say which outputs of earlier runs on a folder are of files that are there no longer."""
    if not isinstance(job.source, FileSet):
        return ""
    targets = [target for _, target in job.places if target is not None]
    name = input_name(job.source)
    left = [
        called(path)
        for folder in sorted({target.parent for target in targets})
        for path in sorted(folder.iterdir())
        if path not in targets and outputs.has_written(journal, name, path_of(path))
    ]
    if not left:
        return ""
    more = f" and {len(left) - LISTED:,} more" if len(left) > LISTED else ""
    they = (
        "is left from an earlier run: its input is"
        if len(left) == 1
        else ("are left from earlier runs: their inputs are")
    )
    return (
        f"{', '.join(left[:LISTED])}{more} {they} gone from {job.source.name}; nothing is deleted"
    )


def output_of(
    job: "Job", layout: Layout, journal: Journal, watched: "Sequence[Watched | None]"
) -> Output | FileSetOutput:
    """Open what is written: one file or stream, or one file for each of several."""

    def opened(source: Source, target: Path | None, optional: Collection[str]) -> Output:
        return open_output(
            source,
            target,
            format=job.format,
            added=layout.added,
            optional=optional,
            changing=layout.changing,
            excel_safe=not job.options.no_excel_safe and job.settings.excel_safe,
            stream=sys.stdout.buffer if target is None else None,
            force=job.options.force,
            sealed=remembering(job, journal, target) if target is not None else None,
        )

    if job.target is None or not isinstance(job.source, FileSet):
        return opened(job.source, job.target, () if job.named else layout.fields)
    return FileSetOutput(
        lambda at: opened(*job.places[at], ()),  # all of them have the same columns
        len(job.places),
        lambda at: may_fill_less(job, job.places[at][1], watched[at]),
    )


def writer_of(
    job: "Job",
    output: Output | FileSetOutput,
    watched: "Sequence[Watched | None]",
    preview: "Preview | None",
    back: "TableFilling | None",
) -> Write:
    """Return how a record is written; a reader that has gone stops the run."""

    def write(row: Row, found: RecordResult) -> None:
        if job.stop.status is ExitStatus.READER_GONE:
            return
        try:
            output.write(row, found.cells, found.added, found.meta)
        except BrokenPipeError:
            job.stop.now("interrupted", ExitStatus.READER_GONE)
        seen = watched[output.place if isinstance(output, FileSetOutput) else 0]
        if seen is not None:
            seen(row, found)
        if preview is not None:
            preview.take(found)
        if back is not None:
            back.take(row, found)

    return write
