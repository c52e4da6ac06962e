"""What local providers hear beforehand of a run, if they want to: all that they will be asked."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from enrichctl.cli.enrich.writing import reading_of_rows
from enrichctl.engine.layout import Layout
from enrichctl.engine.local_run import gather
from enrichctl.engine.local_waterfall import LocalWaterfall
from enrichctl.engine.record_reader import RecordReader
from enrichctl.engine.waterfall import Waterfall
from enrichctl.provider import Local

if TYPE_CHECKING:
    from enrichctl.cli.enrich.job import Job


def gather_questions(job: "Job") -> None:
    """Put to local providers what this run will ask them; see `Local.gathers`."""
    steps = [step for step in job.steps if isinstance(step.provider, Local)]
    layout = Layout(job.match.columns, [step.wants for step in steps])
    local = LocalWaterfall(steps, job.rules, job.chains, layout, datetime.now(UTC), keep=False)
    waterfall = Waterfall(steps, job.rules, chains=job.chains)
    reader = RecordReader(reading_of_rows(job), waterfall, job.suppression)
    gather(job.source, local, reader)
