"""What an output that is there already would lose: foreseen where it can be, counted at the end."""

from collections.abc import Collection, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from enrichctl.cli.enrich.consent import called, is_input, may_all_go, may_go
from enrichctl.cli.enrich.signals import answering
from enrichctl.engine.lead import Lead
from enrichctl.errors import ConfirmationNeeded
from enrichctl.files import FileSet, Row, Source
from enrichctl.provider import Local
from enrichctl.registry import load, names
from enrichctl.wanted_fields import wants_of

if TYPE_CHECKING:
    from enrichctl.cli.enrich.job import Job
    from enrichctl.cli.enrich.replaced import Watched
    from enrichctl.engine.earlier_results import Again

_GO_ON = "run the same command again: it goes on"


def watched_of(
    job: "Job",
    source: Source,
    target: Path | None,
    added: Collection[str],
    stack: ExitStack,
) -> "Watched | None":
    """Return what compares an output with the one that it takes the place of.

    Args:
        job: The run's.
        source: An input.
        target: Its output; None is stdout.
        added: Names of the new columns, in order.
        stack: Closes the earlier output.
    """
    if target is None or job.options.force or not target.is_file() or target in job.may_go:
        return None
    if is_input(source, target):  # nothing goes: it is read
        return None
    from enrichctl.cli.enrich.replaced import EarlierOutput, Watched, read_earlier  # noqa: PLC0415 - not for a first output

    earlier = read_earlier(target)
    if earlier is None:
        return None
    stack.enter_context(earlier)
    columns = job.match.columns
    return Watched(
        EarlierOutput(earlier, source.header, columns),
        columns,
        added,
        {name for step in job.steps for name in step.fills},
    )


class Foreseen:
    """Counts while a run is planned what its outputs will lose, whatever anybody answers.

    Args:
        job: The run's.
        stack: Closes the earlier outputs.
        stands: Whether they are what the last run on the input wrote: what is written again as it
            was loses nothing there.
    """

    def __init__(self, job: "Job", stack: ExitStack, *, stands: bool) -> None:
        self._stands = stands
        self._is_set = isinstance(job.source, FileSet) and job.target is not None
        self._watched = [watched_of(job, *place, (), stack) for place in job.places]
        self._targets = [target for _, target in job.places]

    def __bool__(self) -> bool:
        return any(self._watched)

    def __call__(self, row: Row, found: "Lead | Again", asked: bool) -> None:
        """Compare a record as far as it is known, or as it is written again."""
        watched = self._watched[row.original[0] if self._is_set else 0]
        if watched is None:
            return
        if self._stands and not isinstance(found, Lead):
            watched.skip()
        else:
            watched.foresee(row, found, asked=asked)

    def losses(self) -> "dict[Path, Watched]":
        """Return output → what compared it, of those that would lose something."""
        return {
            target: one
            for target, one in zip(self._targets, self._watched, strict=True)
            if target is not None and one is not None and one.loss
        }


def losses_in_words(losses: "Mapping[Path, Watched]", *, asks: bool) -> dict[Path, str]:
    """Return output → what it would lose, in words; where somebody is asked, that is the least."""
    sure = " whatever is answered" if asks else ""
    return {
        target: f"{_lost(target, one)}{sure}: {one.loss.where}" for target, one in losses.items()
    }


def may_lose(job: "Job", losses: "Mapping[Path, Watched]", *, asks: bool) -> Collection[Path]:
    """Ask somebody to agree that values are lost, before anybody is asked and paid.

    Args:
        job: The run's.
        losses: Output → what compared it.
        asks: Whether anybody will be asked: else this is all that there is to lose.

    Returns:
        The outputs that may go.

    Raises:
        ConfirmationNeeded: Nobody agreed; nothing was asked.
    """
    found = losses_in_words(losses, asks=asks)
    cures = {_cure(job, one) for one in losses.values()}
    cure = cures.pop() if len(cures) == 1 else ""
    may_all_go(job.screen, found, piped=job.source.name == "-", instead=cure)
    return losses.keys()


def may_fill_less(job: "Job", target: Path | None, watched: "Watched | None") -> None:
    """Ask somebody to agree that values of the earlier output are lost.

    Raises:
        ConfirmationNeeded: Nobody agreed; the earlier output is as it was.
    """
    if target is None or watched is None or not watched.loss:
        return
    what = f"{_lost(target, watched)}: {watched.loss.where}"
    if job.stop.asked.is_set():  # the user wants it to end, not to answer questions
        raise ConfirmationNeeded(f"{what}; it was not replaced", next=_GO_ON)
    goes_on = f"{_GO_ON}, or " if any(step.stopped for step in job.steps) else ""
    with answering(job.stop):
        instead = goes_on + _cure(job, watched)
        may_go(job.screen, what, piped=job.source.name == "-", instead=instead)


def _lost(target: Path, watched: "Watched") -> str:
    return f"{called(target)} has {watched.loss.counted} that this run leaves blank"


def _cure(job: "Job", watched: "Watched") -> str:
    """Return in words how the same run loses nothing: with those who filled what it lacks.

    "" where that is not enough: they are asked already, or would be asked for other fields.
    """
    filled = watched.loss.filled
    named = [one.name for one in job.providers]
    if not filled.keys() <= {*names(job.settings)} or not filled.keys().isdisjoint(named):
        return ""
    others = [load(name, job.settings) for name in names(job.settings) if name in filled]
    if any(not filled[one.name] <= {*wants_of(one, job.named, ())} for one in others):
        return ""
    local = [one.name for one in others if isinstance(one, Local)]
    beyond = [one.name for one in others if not isinstance(one, Local)]
    if beyond and job.options.sandbox:  # it would make other values up
        return ""
    return f"have them filled as well with -p {','.join((*local, *named, *beyond))}, "
