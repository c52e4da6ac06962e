"""``enrich --on``: the local part of the work, in parts, on an engine."""

import shlex
from contextlib import ExitStack, nullcontext
from typing import TYPE_CHECKING

from enrichctl.arrow import ArrowStep
from enrichctl.cli.enrich.ask_and_write import remembering
from enrichctl.cli.enrich.consent import called, may_go
from enrichctl.cli.enrich.engines import engine_of
from enrichctl.cli.enrich.finish import conclude, exit_status_of, report_end
from enrichctl.cli.enrich.progress import progress_of
from enrichctl.cli.enrich.request import is_remote, path_of
from enrichctl.cli.enrich.signals import stopping
from enrichctl.engine.report import Report
from enrichctl.errors import UsageError
from enrichctl.events import Began, Watcher, Wrote, nobody
from enrichctl.files.arrowfiles import ArrowSource
from enrichctl.files.atomic import AtomicFile
from enrichctl.journal import Journal, history, outputs
from enrichctl.model import LaneCount
from enrichctl.parts import Parts

if TYPE_CHECKING:
    from enrichctl.cli.enrich.job import Job


def check_on(job: "Job") -> None:
    """Refuse what an engine must not do, or cannot.

    Raises:
        UsageError: With what to do instead.
    """
    options, source = job.options, job.source
    engine_of(options.on)
    paid = [one.name for one in job.providers if is_remote(one)]
    if paid:
        local = [one.name for one in job.providers if not is_remote(one)] or ["offline"]
        name = shlex.quote(source.name)
        raise UsageError(
            f"--on is for local providers: an engine runs a task again when its worker is lost,"
            f" and {', '.join(paid)} would be paid for twice",
            next=f"two commands: enrichctl enrich {name} -p {','.join(local)} --on"
            f" {shlex.quote(options.on)} -o filled.parquet; then enrichctl enrich filled.parquet"
            f" -p {','.join(paid)}",
        )
    if source.path is None or source.format != "parquet" or job.format != "parquet":
        raise UsageError(
            "--on reads and writes Parquet files",
            next="write one first: enrichctl enrich FILE -o FILE.parquet --provenance none",
        )
    if job.target is None:
        raise UsageError("--on writes a file", next="name one with -o PATH")
    for name, given in (("--where", options.where), ("--limit", options.limit is not None)):
        if given:
            raise UsageError(f"--on and {name} exclude each other", next="leave out one")


def fill_on(job: "Job", journal: Journal, entry: history.RunEntry, stack: ExitStack) -> int:
    """Fill the parts of the input that are not finished, and put the output together.

    Args:
        job: What was asked for.
        journal: The journal.
        entry: The run, as it is entered there.
        stack: Closes what is opened.
    """
    source, target, screen = job.source, job.target, job.screen
    assert isinstance(source, ArrowSource)  # noqa: S101 - checked by `check_on`
    assert target is not None  # noqa: S101 - the same
    if target.is_file() and not job.options.force:
        may_go(screen, f"{called(target)} is there already", piped=False)
    step = ArrowStep(
        tuple(job.steps),
        job.rules,
        chains=job.chains,
        provenance=job.options.provenance != "none",
        match=job.match,
        suppression=job.suppression,
    )
    parts = Parts(source, target, step)
    parts.begin()
    if parts.notes:
        screen.note(f"{len(parts.notes):,} of {len(parts.all):,} parts are finished already")
    stack.enter_context(stopping(job.stop, screen))
    history.begin(journal, entry)
    report = Report(
        {one.name: LaneCount(one.name) for one in job.providers},
        tuple(dict.fromkeys(name for one in job.steps for name in one.wants)),
    )
    progress = progress_of(screen, None, entry, journal)
    watch = progress or nobody
    try:
        with progress or nullcontext():
            watch(Began(entry.id, source.count))
            _fill(job, parts, report, watch)
        if not job.stop.asked.is_set():
            sealed = remembering(journal, target)
            with AtomicFile(target, force=True, sealed=sealed) as file:
                parts.write(file.sink, optional=not job.named)
            parts.remove()
            outputs.written(journal, path_of(target))
    except BaseException as error:
        job.stop.now("interrupted", exit_status_of(error))
        conclude(journal, entry, report, job.steps, job.stop)
        history.update(journal, entry)
        raise
    status = conclude(journal, entry, report, job.steps, job.stop)
    history.update(journal, entry)
    history.supersede(journal, entry)
    report_end(screen, journal, entry, None, None if job.stop.asked.is_set() else target, "")
    return status


def _fill(job: "Job", parts: Parts, report: Report, watch: Watcher) -> None:
    """Have the parts filled that are not finished, and count what they came to."""
    for note in parts.notes.values():
        report.absorb(note["summary"])
    engine = engine_of(job.options.on)
    for group, note in engine.fill(parts.left, job.stop.asked.is_set):
        parts.notes[group] = note
        report.absorb(note["summary"])
        watch(Wrote(report.records))
