"""``enrich --on``: the local part of the work, in parts, on an engine."""

import shlex
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext
from typing import TYPE_CHECKING

from enrichctl.arrow import ArrowStep
from enrichctl.cli.enrich.consent import called, may_go
from enrichctl.cli.enrich.engines import engine_of
from enrichctl.cli.enrich.finish import FittedCounts, conclude, exit_status_of, report_end, shown
from enrichctl.cli.enrich.progress import progress_of
from enrichctl.cli.enrich.request import reading_of
from enrichctl.cli.enrich.signals import stopping
from enrichctl.cli.enrich.writing import left_over, remembering, written
from enrichctl.engine.question import remote
from enrichctl.engine.report import Report
from enrichctl.errors import UsageError
from enrichctl.events import Began, Watcher, Wrote, nobody
from enrichctl.files import FileSet
from enrichctl.files.atomic import AtomicFile
from enrichctl.journal import Journal, history
from enrichctl.model import LaneCount, Status, counted
from enrichctl.parts import Parts, RowGroups, WholeFile, Work, Writing
from enrichctl.provider import Local

if TYPE_CHECKING:
    from enrichctl.cli.enrich.job import Job

# Options by which two runs write the same: what works on it, where to, and what is said of it.
WITH_A_VALUE = ("--on", "-o", "--output", "--log-file", "--color")
ALONE = ("-q", "--quiet", "-v", "--verbose", "-y", "--yes")


def check_on(job: "Job") -> None:
    """Refuse what an engine must not do, or cannot.

    Raises:
        UsageError: With what to do instead.
    """
    options, source = job.options, job.source
    engine_of(options.on)
    paid = [step.provider.name for step in remote(job.steps)]
    if paid:
        local = [one.name for one in job.providers if isinstance(one, Local)] or ["offline"]
        name = shlex.quote(source.name)
        between = "filled/" if isinstance(source, FileSet) else "filled.parquet"
        last = f" -o {shlex.quote(options.output)}" if options.output else ""
        raise UsageError(
            f"--on is for local providers: an engine runs a task again when its worker is lost,"
            f" and {', '.join(paid)} would be paid for twice",
            next=f"two commands: enrichctl enrich {name} -p {','.join(local)} --on"
            f" {shlex.quote(options.on)} -o {between}; then enrichctl enrich {between}"
            f" -p {','.join(paid)}{last}",
        )
    if any(one.path is None for one, _ in job.places):
        raise UsageError(
            "--on reads files, so that every worker can open its part",
            next=f"write one first: enrichctl enrich {shlex.quote(source.name)} -o FILE.parquet"
            " --provenance none",
        )
    if job.target is None:
        raise UsageError("--on writes a file", next="name one with -o PATH")
    for name, given in (("--where", options.where), ("--limit", options.limit is not None)):
        if given:
            raise UsageError(f"--on and {name} exclude each other", next="leave out one")


def fill_on(job: "Job", journal: Journal, entry: history.RunEntry, stack: ExitStack) -> int:
    """Fill the parts of the input that are not finished, and put the output together."""
    screen = job.screen
    _may_replace(job, journal, entry)
    work = _work(job)
    inputs = [Parts(one, target, work) for one, target in job.places if target is not None]
    for one in inputs:
        one.begin()
    if done := sum(len(one.notes) for one in inputs):
        screen.note(f"{done:,} of {sum(len(i.all) for i in inputs):,} parts are finished already")
    stack.enter_context(stopping(job.stop, screen))
    history.begin(journal, entry)
    report = Report(
        {one.name: LaneCount(one.name) for one in job.providers},
        tuple(dict.fromkeys(name for one in job.steps for name in one.wants)),
    )
    progress = progress_of(screen, None, entry, journal, job.stop)
    watch = progress or nobody
    try:
        with progress or nullcontext():
            watch(Began(entry.id, sum(getattr(one, "count", 0) for one, _ in job.places)))
            _fill(job, work, inputs, report, watch)
        if not job.stop.asked.is_set():
            for one in inputs:
                sealed = remembering(job, journal, one.target)
                with AtomicFile(one.target, force=True, sealed=sealed) as file:
                    one.write(file.sink)
            written(job, journal)
            for one in inputs:  # not before: a run that is killed here has nothing to do again
                one.remove()
    except BaseException as error:
        job.stop.now("interrupted", exit_status_of(error))
        conclude(journal, entry, report, job.steps, job.stop)
        history.update(journal, entry)
        raise
    status = conclude(journal, entry, report, job.steps, job.stop)
    history.update(journal, entry)
    history.supersede(journal, entry)
    notes = [note for one in inputs for note in one.notes.values()]
    for said in dict.fromkeys(said for note in notes for said in note.get("notes", ())):
        if said not in job.noted:
            screen.note(said)
    fitted = FittedCounts(
        *(sum(n["values"][w] for n in notes if "values" in n) for w in FittedCounts._fields)
    )
    target = "" if job.stop.asked.is_set() else shown(job)
    if target and (names := left_over(job, journal)):
        screen.note(names)
    report_end(screen, journal, entry, fitted, target, job.source.encoding)
    return status


def _work(job: "Job") -> RowGroups | WholeFile:
    """Return what is done to each part of the input."""
    options = job.options
    step = ArrowStep(
        tuple(job.steps),
        job.rules,
        chains=job.chains,
        provenance=options.provenance != "none",
        match=job.match,
        suppression=job.suppression,
    )
    # Several files have the same columns, and one has those that it needs.
    optional = not (job.named or isinstance(job.source, FileSet))
    if job.source.format == job.format == "parquet":
        return RowGroups(step, optional)
    safe = not options.no_excel_safe and job.settings.excel_safe
    return WholeFile(step, reading_of(options), Writing(job.format, safe, optional))


def _may_replace(job: "Job", journal: Journal, entry: history.RunEntry) -> None:
    """Ask somebody, once, to agree that what is there is replaced."""
    there = [t for _, t in job.places if t is not None and t.is_file()]
    if there and not (job.options.force or job.may_go or _is_repeated(journal, entry)):
        more = f" and {counted(len(there) - 1, 'other output')}" if len(there) > 1 else ""
        verb = "are" if more else "is"
        may_go(job.screen, f"{called(there[0])}{more} {verb} there already", piped=False)


def _is_repeated(journal: Journal, entry: history.RunEntry) -> bool:
    """Tell whether the same command has written what stands there: nothing it found goes."""
    for one in history.runs_of_job(journal, entry.input, sandbox=entry.sandbox):
        if one.output != entry.output:  # it has left this one as it was
            continue
        if _by_what_it_writes(one.command) != _by_what_it_writes(entry.command):
            return False
        if one.state == "done":  # else it wrote nothing: what stands there is of a run before
            return True
    return False


def _by_what_it_writes(command: Sequence[str]) -> list[str]:
    """Return a command without what makes no difference to what is written at one place."""
    kept, words = [], iter(command)
    for word in words:
        name, equals, _ = word.partition("=")
        if name in WITH_A_VALUE and not equals:
            next(words, "")
        elif name not in (*WITH_A_VALUE, *ALONE):
            kept.append(word)
    return kept


def _fill(job: "Job", work: Work, inputs: Sequence[Parts], report: Report, watch: Watcher) -> None:
    """Have the parts filled that are not finished, and count what they came to."""
    for one in inputs:
        for note in one.notes.values():
            report.absorb(note["summary"])
    of = {part: one for one in inputs for part in one.left}
    engine = engine_of(job.options.on)
    for part, note in engine.fill(work, [*of], job.stop.asked.is_set):
        of[part].notes[part.number] = note
        report.absorb(note["summary"])
        watch(Wrote(report.records, report.outcomes[Status.PENDING]))
