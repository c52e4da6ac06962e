"""The waterfall where nobody beyond the machine is asked: a function of the record alone."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from enrichctl.engine.alike import shortened
from enrichctl.engine.layout import Layout
from enrichctl.engine.lead import lead_from_record
from enrichctl.engine.question import Rules, RunState, Step
from enrichctl.engine.result import RecordResult, result_of
from enrichctl.engine.waterfall import Waterfall
from enrichctl.model import Record
from enrichctl.provider import Local

Job = tuple[Record, bool]
"""A record, and whether it is suppressed."""


class LocalWaterfall(NamedTuple):
    """All that decides what becomes of a record that no remote provider is asked about.

    Attributes:
        keep: Whether the journal is to explain each record.
    """

    steps: Sequence[Step]
    rules: Rules
    chains: Mapping[str, Sequence[str]]
    layout: Layout
    began: datetime
    keep: bool = True

    @property
    def portable(self) -> bool:
        """Tell whether it can be followed in other processes."""
        return all(isinstance(s.provider, Local) and s.provider.portable for s in self.steps)

    def open(self) -> Callable[[Job], RecordResult]:
        """Return what takes a record from the head of the waterfall to its end."""
        waterfall = Waterfall(self.steps, self.rules, chains=self.chains, began=self.began)
        state = RunState()

        def finish(job: Job) -> RecordResult:
            record, suppressed = job
            lead = lead_from_record(record, waterfall.wanted, suppressed=suppressed)
            waterfall.next_step(lead, state)
            return result_of(lead, self.layout, keep=self.keep)

        if self.keep or not self.layout.is_plain:
            return finish
        return shortened(waterfall, self.layout, finish) or finish
