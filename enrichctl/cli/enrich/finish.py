"""How a run ends: entered in the journal, and told to the one who started it."""

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from enrichctl.cli.enrich.consent import called
from enrichctl.cli.resume import to_write
from enrichctl.cli.run_values import facts
from enrichctl.cli.streams import unwritten
from enrichctl.engine.question import Step
from enrichctl.engine.report import Report
from enrichctl.engine.result import TO_REVIEW
from enrichctl.engine.stop import Stop
from enrichctl.errors import EnrichctlError, ExitStatus
from enrichctl.files import FileSet
from enrichctl.journal import Journal, history
from enrichctl.model import Status, counted
from enrichctl.render.screen import Screen

if TYPE_CHECKING:
    from enrichctl.cli.enrich.job import Job


class FittedCounts(NamedTuple):
    """What was done to values to make them fit an output.

    Attributes:
        neutralised: New values that a spreadsheet would have taken for a formula.
        unfitting: New values with characters that the encoding lacks.
        cut: Texts that were cut to fit in a cell.
    """

    neutralised: int
    unfitting: int
    cut: int


def exit_status_of(error: BaseException) -> ExitStatus:
    """Return with which status the program ends when this ends a run."""
    match error:
        case EnrichctlError():
            return error.exit_status
        case BrokenPipeError():
            return ExitStatus.READER_GONE
        case KeyboardInterrupt():
            return ExitStatus.INTERRUPTED
        case OSError():
            with suppress(OSError):
                return unwritten(error).exit_status
        case RuntimeError() if "new thread" in str(error):
            return ExitStatus.USAGE
    return ExitStatus.BUG


def conclude(
    journal: Journal,
    entry: history.RunEntry,
    report: Report,
    steps: Iterable[Step],
    stop: Stop,
    kept: EnrichctlError | None = None,
) -> ExitStatus:
    """Put into a run's entry how it ended; return the exit status.

    Args:
        journal: Its clock is that of the run's beginning, too.
        entry: The run's.
        report: Its counts.
        steps: The providers, some of which may have stopped.
        stop: Why the run as a whole stopped, if it did.
        kept: Why the output did not take its place; None when it did.
    """
    named = {step.provider.name: step.stopped for step in steps if step.stopped}
    kept_keys = (history.FOLDER, history.PILOT)
    begun = {key: entry.summary[key] for key in kept_keys if key in entry.summary}
    entry.summary, stops = begun | report.summary(named), list(named.values())
    if stop.waited:
        entry.summary["waited"] = round(stop.waited, 3)
    is_through = not stop.asked.is_set() and not stops
    if kept:
        needs_you = entry.summary["needs_you"] or is_through
        entry.summary |= {"written": False, "needs_you": needs_you}  # else going on fills it again
        cause = f"not written: {kept.message}"
        entry.summary["errors"].append({"cause": cause, "count": report.records, "next": kept.next})
    entry.records = report.records
    unsettled = report.outcomes[Status.PENDING] + report.outcomes[Status.UNCONFIRMED]
    in_time = stop.word == "max_duration" and not unsettled  # the last record was on its way
    if stop.asked.is_set() and stop.word and not in_time:
        entry.stopped_by, status = stop.word, stop.status
    elif stops:
        entry.stopped_by, status = stops[0].stopped_by, stops[0].exit_status
    else:
        status = report.exit_status()
        if report.outcomes[Status.PENDING]:
            entry.stopped_by = "limit"
        status = kept.exit_status if kept else status
    entry.state = "stopped" if entry.stopped_by else "done"
    entry.exit_status = int(status)
    entry.finished_at = journal.now()
    answered = any(lane.calls or lane.reused for lane in report.lanes.values())
    if kept and is_through and answered and entry.input != "-":
        entry.summary["errors"][-1]["next"] += (
            f"; {to_write(entry, entry.finished_at)} writes what was answered, and asks nobody"
        )
    return status


def report_end(
    screen: Screen,
    journal: Journal,
    entry: history.RunEntry,
    fitted: FittedCounts,
    target: str,
    encoding: str,
) -> None:
    """Say how a run ended, and what was done to values to make them fit its file.

    The target is "" where no output took its place, or it is stdout.
    """
    _tell_of_values(screen, fitted, encoding)
    told = facts(journal, entry)
    if screen.quiet:  # whom to look at is in the file: a daily job would say so every day
        told["errors"] = [one for one in told["errors"] if one["next"] != TO_REVIEW]
    if screen.quiet and not (told["errors"] or entry.exit_status):
        return  # nothing needs a person
    from enrichctl.render.ended import show_summary  # noqa: PLC0415 - draws with Rich

    show_summary(screen, told, target)


def shown(job: "Job") -> str:
    """Return the output of a run as it is shown; "" for stdout."""
    return called(job.target) + ("/" if job.target and isinstance(job.source, FileSet) else "")


def _tell_of_values(screen: Screen, fitted: FittedCounts, encoding: str) -> None:
    """Say what was done to values to make them fit the file."""
    if fitted.neutralised:
        were = counted(fitted.neutralised, "new value")
        screen.note(f"escaped {were} that a spreadsheet would take for formulas")
    if fitted.unfitting:
        screen.note(
            f"{counted(fitted.unfitting, 'new value has', 'new values have')} characters that"
            f" {encoding} lacks, and the nearest ones instead; --format xlsx or json keeps them"
        )
    if fitted.cut:
        screen.warn(
            f"{counted(fitted.cut, 'text')} of more than 32,767 characters cut: a cell of a sheet"
            " holds no more; --format csv keeps them whole"
        )
