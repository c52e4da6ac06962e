"""The part of an ``enrich`` that costs money: it asks, writes, and says how it ended."""

from collections.abc import Mapping
from contextlib import ExitStack, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enrichctl.cli.credits.low import warn_of_low
from enrichctl.cli.enrich.consent import is_input
from enrichctl.cli.enrich.finish import FittedCounts, conclude, exit_status_of, report_end, shown
from enrichctl.cli.enrich.losses import may_fill_less, watched_of
from enrichctl.cli.enrich.progress import progress_of
from enrichctl.cli.enrich.request import path_of, reading_of
from enrichctl.cli.enrich.signals import reader_gone, stopping
from enrichctl.cli.enrich.write_back import filling_of
from enrichctl.cli.enrich.writing import (
    layout_of,
    left_over,
    output_of,
    own_of,
    reading_of_rows,
    writer_of,
    written,
)
from enrichctl.engine.layout import Layout
from enrichctl.engine.recipe import Recipe
from enrichctl.engine.run import Runner
from enrichctl.errors import ConfirmationNeeded, EnrichctlError, ExitStatus, Locked
from enrichctl.events import Ended, Watcher, all_of, nobody
from enrichctl.files import FileSetOutput, Output
from enrichctl.journal import Journal, history
from enrichctl.journal.changes import keep_changes
from enrichctl.model import counted

if TYPE_CHECKING:
    from enrichctl.cli.enrich.job import Job
    from enrichctl.cli.enrich.preview import Preview
    from enrichctl.cli.enrich.table_filling import TableFilling
    from enrichctl.cli.logins import Connected
    from enrichctl.engine.booking import LaneContext
    from enrichctl.engine.earlier_results import EarlierResults
    from enrichctl.matching.address_conflicts import AddressConflicts
    from enrichctl.plan import Plan
    from enrichctl.render.progress import Progress


def ask_and_write(
    job: "Job",
    journal: Journal,
    entry: history.RunEntry,
    connected: dict[str, "Connected"],
    plan: "Plan | None",
    earlier: "EarlierResults | None",
    stack: ExitStack,
) -> int:
    """Ask, write and report; return the exit status.

    ``connected`` are the providers that are asked over the network, by name. There is no plan where
    there is nobody to ask.
    """
    log = _log(job.options.log_file, stack)
    own = own_of(job)
    layout = layout_of(job, own, connected)
    watched = [watched_of(job, *place, layout.added, stack) for place in job.places]
    output = output_of(job, layout, journal, watched)
    stack.callback(output.abandon)
    back = filling_of(job, journal, layout, stack)
    if not (connected or any(watched) or output.reads_cells):  # nobody looks at any other cell
        job.source.need({*job.match.read_columns, *(own or {}).values()})
    stack.enter_context(stopping(job.stop, job.screen))
    history.begin(journal, entry)
    progress = progress_of(job.screen, plan, entry, journal, job.stop)
    preview = None if plan is None else _preview(job, journal, entry, plan, progress)
    watch = all_of(progress or nobody, *log)
    conflicts = _conflicts(stack) if connected else None
    runner = _runner(job, journal, entry, layout, conflicts, watch, earlier, preview)
    kept = None
    try:
        with output:
            contexts = _contexts(job, journal, entry, watch, connected)
            with progress or nullcontext():
                runner.go(contexts, writer_of(job, output, watched, preview, back))
                if back is not None:
                    back.flush()
                    back.count_refused(runner.report)
            if isinstance(output, Output):
                may_fill_less(job, job.target, watched[0])
        written(job, journal)
    except BrokenPipeError:
        job.stop.now("interrupted", ExitStatus.READER_GONE)
    except ConfirmationNeeded as error:
        kept = error
    except BaseException as error:
        job.stop.now("interrupted", exit_status_of(error))
        with suppress(EnrichctlError, OSError):  # what broke the run off says more
            _finish(job, journal, entry, runner, watch)
        raise
    status = _finish(job, journal, entry, runner, watch, kept)
    _tell(job, journal, entry, output, runner, kept, back)
    return status


def _preview(
    job: "Job",
    journal: Journal,
    entry: history.RunEntry,
    plan: "Plan",
    progress: "Progress | None",
) -> "Preview | None":
    from enrichctl.cli.enrich.preview import preview_of  # noqa: PLC0415 - no local run needs it

    return preview_of(job, journal, entry, plan, progress)


def _conflicts(stack: ExitStack) -> "AddressConflicts":
    """Return what keeps rows apart that share an address and name different people."""
    from enrichctl.journal.scratch import Scratch  # noqa: PLC0415 - no local run needs it
    from enrichctl.matching.address_conflicts import AddressConflicts  # noqa: PLC0415 - the same

    return AddressConflicts(stack.enter_context(Scratch()).first)


def _contexts(
    job: "Job",
    journal: Journal,
    entry: history.RunEntry,
    watch: Watcher,
    connected: dict[str, "Connected"],
) -> dict[str, "LaneContext"]:
    """Return what the lane of each provider works with."""
    return {
        name: one.lane_context(journal, entry.id, job.stop, watch, job.options.concurrency)
        for name, one in connected.items()
    }


def _runner(
    job: "Job",
    journal: Journal,
    entry: history.RunEntry,
    layout: Layout,
    conflicts: "AddressConflicts | None",
    watch: Watcher,
    earlier: "EarlierResults | None",
    preview: "Preview | None",
) -> Runner:
    """Return the run, ready to go."""
    return Runner(
        job.source,
        reading_of_rows(job),
        layout=layout,
        steps=job.steps,
        rules=job.rules,
        journal=journal,
        run=entry,
        stop=job.stop,
        suppression=job.suppression,
        chains=job.chains,
        conflicts=conflicts,
        limits=job.limits,
        watch=watch,
        earlier=earlier,
        trial=preview,
        recipe=_recipe(job, journal),
        reader_gone=reader_gone if job.target is None else lambda: False,
    )


def _recipe(job: "Job", journal: Journal) -> dict[str, Any] | None:
    """Return from what the records can be worked out again; None where they are to be kept.

    What the output takes the place of cannot be read again, and what --where chose is not chosen
    again.
    """
    options, source = job.options, job.source
    if options.where or is_input(source, job.target):
        return None
    recipe = Recipe.of(
        source,
        reading_of(options),
        job.match.columns,
        job.match.fallbacks,
        own_of(job) or {},
        steps=job.steps,
        chains=job.chains,
        rules=job.rules,
        began=journal.now(),
        suppress=Path(options.suppress) if options.suppress else None,
        corrected=job.corrected,
    )
    return recipe.plain() if recipe else None


def _finish(
    job: "Job",
    journal: Journal,
    entry: history.RunEntry,
    runner: Runner,
    watch: Watcher,
    kept: EnrichctlError | None = None,
) -> ExitStatus:
    """Tell and enter how the run ended: what cannot be told of it is part of that."""
    status = conclude(journal, entry, runner.report, job.steps, job.stop, kept)
    try:
        watch(Ended(entry.state, entry.stopped_by, status))
    except BaseException as error:
        job.stop.now("interrupted", exit_status_of(error))
        conclude(journal, entry, runner.report, job.steps, job.stop)
        raise
    finally:
        history.update(journal, entry)
        runner.take_over()
        keep_changes(journal, entry, _are_one_person)
        history.supersede(journal, entry)
    return status


def _are_one_person(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    from enrichctl.matching.one_person import (  # noqa: PLC0415 - few runs have one before them
        are_one_person,
    )

    return are_one_person(one, other)


def _tell(
    job: "Job",
    journal: Journal,
    entry: history.RunEntry,
    output: Output | FileSetOutput,
    runner: Runner,
    kept: EnrichctlError | None,
    back: "TableFilling | None",
) -> None:
    """Say how the run ended, and what was not as it should be."""
    source, screen = job.source, job.screen
    if back is not None:
        screen.note(back.said)
    for one, target in job.places:
        places = [path_of(path) for path in (one.path, target) if path is not None]
        replaced = len(places) > len(set(places))
        if not one.origin.is_outdated() or replaced:  # by its own output, that is
            continue
        screen.note(
            f"{one.label} was changed meanwhile: the output has what it held at the start"
            f" ({counted(entry.records, 'record')}); run again for the rest"
        )
    job.note()
    if not kept and (names := left_over(job, journal)):
        screen.note(names)
    fitted = FittedCounts(output.neutralised, output.unfitting, output.cut)
    report_end(screen, journal, entry, fitted, "" if kept else shown(job), source.encoding)
    warn_of_low(screen, journal, job.settings, job.steps)
    if runner.waited_in_vain:
        screen.error(
            Locked(runner.waited_in_vain, next="see whether it hangs, then run this again")
        )


def _log(name: str, stack: ExitStack) -> list[Watcher]:
    if not name:
        return []
    from enrichctl.render.log import LogFile  # noqa: PLC0415 - only when it was asked for

    return [stack.enter_context(LogFile(Path(name)))]
