"""What an ``enrich`` would ask, found out by taking every record through the waterfall."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from enrichctl.cli.enrich.losses import Foreseen
from enrichctl.cli.enrich.pilot import Reach, asked_for
from enrichctl.cli.enrich.request import input_name
from enrichctl.cli.enrich.writing import reading_of_rows
from enrichctl.engine.estimate import Estimate, unseen
from enrichctl.engine.lead import Lead
from enrichctl.engine.other_accounts import OtherAccounts
from enrichctl.engine.other_names import OtherNames
from enrichctl.engine.question import Question
from enrichctl.engine.record_reader import RecordReader
from enrichctl.engine.sample import sampled
from enrichctl.engine.waterfall import Waterfall
from enrichctl.files import Row
from enrichctl.journal import Journal, history
from enrichctl.journal.scratch import Scratch
from enrichctl.matching.address_conflicts import AddressConflicts
from enrichctl.plan import Plan

if TYPE_CHECKING:
    from enrichctl.cli.enrich.job import Job
    from enrichctl.cli.enrich.replaced import Watched
    from enrichctl.cli.logins import Connected
    from enrichctl.engine.earlier_results import EarlierResults


class Forecast(NamedTuple):
    """What a run would do.

    Attributes:
        plan: Its figures.
        first: Provider → the first question that it would be asked; see `Estimate`.
        losses: Output → what has found values of the earlier one that this one will lack for
            certain.
        until: The row with which a pilot is complete; None where it has room for more.
    """

    plan: Plan
    first: Mapping[str, Question]
    losses: "Mapping[Path, Watched]"
    until: int | None


def forecast(
    job: "Job",
    journal: Journal,
    connected: Mapping[str, "Connected"],
    earlier: "EarlierResults | None",
) -> Forecast:
    """Return the plan of a run, for which nobody is asked; pick the records of a random pilot.

    What the last run on the input wrote is not looked at again.
    """
    if job.options.random and job.limits.records is not None:
        job.limits.picked = _picked(job, job.limits.records)
    waterfall = _waterfall(job, journal)
    accounts = {step.provider.name: step.account for step in job.steps}
    with Scratch() as scratch, ExitStack() as stack:
        foreseen = Foreseen(job, stack, stands=_stands(job, journal, earlier))
        estimate = Estimate(
            waterfall,
            scratch,
            lambda name: history.match_rate(journal, name, accounts[name]),
            limits=job.limits,
            former=OtherAccounts(journal).of,
            renamed=OtherNames(journal, job.rules).has,
            reads=bool(foreseen),
        )
        pilot = Reach(job.limits.records, foreseen or unseen)
        estimate.count_all(job.source, _reader(job, waterfall, scratch), earlier, pilot)
    plan = estimate.finish((name, one.room(journal)) for name, one in connected.items())
    plan.mapping, plan.since = job.match.names, job.rules.since
    if not job.rules.accept_review:
        plan.review = history.in_review(
            journal, input_name(job.source), accounts.keys(), sandbox=job.options.sandbox
        )
    return Forecast(plan, estimate.first, foreseen.losses(), pilot.until)


def _stands(job: "Job", journal: Journal, earlier: "EarlierResults | None") -> bool:
    """Tell whether the output holds what the last run on the input found."""
    last = history.run(journal, earlier.former.id) if earlier and earlier.former.id else None
    return last is not None and last.output == job.output_name and last.summary.get("written", True)


def _picked(job: "Job", most: int) -> frozenset[int]:
    """Return the rows of a random pilot: the same ones for the same input and options."""
    seed = blake2b("\n".join(asked_for(job)).encode()).digest()
    waterfall = _waterfall(job, None)  # what was answered since would make it another sample
    with Scratch() as scratch:
        return sampled(_leads(job, waterfall, scratch), waterfall, most, seed)


def _waterfall(job: "Job", journal: Journal | None) -> Waterfall:
    return Waterfall(job.steps, job.rules, journal, chains=job.chains, suppression=job.suppression)


def _leads(job: "Job", waterfall: Waterfall, scratch: Scratch) -> Iterator[tuple[Row, Lead]]:
    """Yield every record of the input at the head of a waterfall."""
    reader = _reader(job, waterfall, scratch)
    for row in job.source.rows():
        yield row, reader.lead(row)


def _reader(job: "Job", waterfall: Waterfall, scratch: Scratch) -> RecordReader:
    conflicts = AddressConflicts(scratch.first)
    return RecordReader(reading_of_rows(job), waterfall, job.suppression, conflicts)
