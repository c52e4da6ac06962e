"""The part of an ``enrich`` that costs money: it asks, writes, and tells what it came to."""

import sys
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from enrichctl.cli.enrich.finish import conclude, exit_status_of, tell
from enrichctl.cli.enrich.signals import reader_gone, stopping
from enrichctl.engine.layout import Layout
from enrichctl.engine.result import RecordResult
from enrichctl.engine.run import Runner, Write
from enrichctl.errors import EnrichctlError, ExitStatus, Locked
from enrichctl.events import Ended, Watcher, all_of, nobody
from enrichctl.files import Output, Row, open_output
from enrichctl.journal import Journal, history
from enrichctl.journal.scratch import Scratch
from enrichctl.matching.namesakes import Namesakes
from enrichctl.model import Plan
from enrichctl.render.screen import Screen
from enrichctl.wanted_fields import own_columns

if TYPE_CHECKING:
    from enrichctl.cli.enrich.job import Job
    from enrichctl.cli.logins import Connected


def ask_and_write(
    job: "Job",
    journal: Journal,
    entry: history.Run,
    connected: dict[str, "Connected"],
    plan: Plan | None,
    stack: ExitStack,
) -> int:
    """Ask, write and report; return the exit status.

    Args:
        job: What was asked for.
        journal: The journal.
        entry: The run, as it is entered there.
        connected: The providers that are asked over the network, by name.
        plan: What they may be asked; None where there is nobody to ask.
        stack: Closes what is opened.
    """
    log = _log(job.options.log_file, stack)
    own = own_columns(job.source.header) if job.options.provenance != "none" else None
    layout = _layout(job, own)
    output = _output(job, layout)
    stack.enter_context(stopping(job.stop, job.screen))
    history.begin(journal, entry)
    asks = {lane.name: lane.ask for lane in plan.lanes} if plan else {}
    with _progress(job.screen, asks, entry.records) as progress:
        watch = all_of(progress, *log)
        runner = Runner(
            job.source,
            job.match.columns,
            layout=layout,
            steps=job.steps,
            rules=job.rules,
            journal=journal,
            run=entry,
            stop=job.stop,
            suppression=job.suppression,
            chains=job.chains,
            namesakes=Namesakes(stack.enter_context(Scratch()).first) if connected else None,
            spares=job.match.spares,
            own=own,
            limits=job.limits,
            watch=watch,
            reader_gone=reader_gone if job.target is None else lambda: False,
        )
        status = _go(job, journal, entry, runner, connected, output, watch)
    _tell(job, journal, entry, output, runner)
    return status


def _go(
    job: "Job",
    journal: Journal,
    entry: history.Run,
    runner: Runner,
    connected: dict[str, "Connected"],
    output: Output,
    watch: Watcher,
) -> ExitStatus:
    """Let the run go to its end, and enter how it ended, whatever that is."""
    try:
        with output:
            services = {
                name: one.service(journal, entry.id, job.stop, watch, job.options.concurrency)
                for name, one in connected.items()
            }
            runner.go(services, _writer(job, output))
    except BrokenPipeError:
        job.stop.now("interrupted", ExitStatus.READER_GONE)
    except BaseException as error:
        job.stop.now("interrupted", exit_status_of(error))
        with suppress(EnrichctlError, OSError):  # what broke the run off says more
            _finish(job, journal, entry, runner, watch)
        raise
    return _finish(job, journal, entry, runner, watch)


def _finish(
    job: "Job", journal: Journal, entry: history.Run, runner: Runner, watch: Watcher
) -> ExitStatus:
    """Tell and enter how the run ended: what cannot be told of it is part of that."""
    status = conclude(entry, runner.report, job.steps, job.stop)
    try:
        watch(Ended(entry.state, entry.stopped_by, status))
    except BaseException as error:
        job.stop.now("interrupted", exit_status_of(error))
        conclude(entry, runner.report, job.steps, job.stop)
        raise
    finally:
        history.update(journal, entry)
        history.supersede(journal, entry)
    return status


def _tell(job: "Job", journal: Journal, entry: history.Run, output: Output, runner: Runner) -> None:
    """Say what the run came to, and what was not as it should be."""
    source, screen = job.source, job.screen
    if source.origin.is_outdated() and source.path != job.target:
        screen.note(
            f"{source.label} was changed meanwhile: the output has the"
            f" {entry.records} records that it held at the start; run again for the rest"
        )
    job.note()
    tell(screen, journal, entry, output, job.target, source.encoding)
    if runner.waited_in_vain:
        screen.error(
            Locked(runner.waited_in_vain, next="see whether it hangs, then run this again")
        )


def _layout(job: "Job", own: dict[str, int] | None) -> Layout:
    says_more = job.format in ("json", "jsonl")
    return Layout(
        job.match.columns,
        [step.wants for step in job.steps],
        provenance=job.options.provenance != "none" and not says_more,
        says_more=says_more,
        own=own,
    )


def _output(job: "Job", layout: Layout) -> Output:
    return open_output(
        job.source,
        job.target,
        format=job.format,
        added=layout.added,
        excel_safe=not job.options.no_excel_safe and job.settings.excel_safe,
        stream=sys.stdout.buffer if job.target is None else None,
        force=job.options.force,
    )


def _writer(job: "Job", output: Output) -> Write:
    """Return how a record is written; a reader that has gone stops the run."""

    def write(row: Row, found: RecordResult) -> None:
        if job.stop.status is ExitStatus.READER_GONE:
            return
        try:
            output.write(row, found.cells, found.added, found.meta)
        except BrokenPipeError:
            job.stop.now("interrupted", ExitStatus.READER_GONE)

    return write


def _log(name: str, stack: ExitStack) -> list[Watcher]:
    if not name:
        return []
    from enrichctl.render.log import LogFile  # noqa: PLC0415 - only when it was asked for

    return [stack.enter_context(LogFile(Path(name)))]


def _progress(
    screen: Screen, asks: dict[str, int], records: int
) -> AbstractContextManager[Watcher]:
    if screen.quiet:
        return nullcontext(nobody)
    from enrichctl.render.progress import Progress  # noqa: PLC0415 - draws with Rich

    return Progress(screen, asks, records)
