"""Records on all cores, where nobody beyond the machine is asked about them.

What a local provider makes of a record follows from the record alone, so other processes can do
it. The program itself reads, writes and keeps the journal; ``python -m enrichctl.engine.beside``
is one of the others. One that is lost costs nothing but time: what it was given is done again
here, and so is what it could not do, so that its errors are told where somebody hears of them.
"""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import TYPE_CHECKING

from enrichctl.engine.layout import Layout
from enrichctl.engine.questions import Course, Rules
from enrichctl.engine.through import Through, through
from enrichctl.engine.waterfall import Waterfall
from enrichctl.files import Row
from enrichctl.model import Record
from enrichctl.provider import Local

if TYPE_CHECKING:
    from enrichctl.engine.beside import Process

FEW = 2_000  # records that are done before other processes would be ready
CHUNK = 250  # records handed over at a time
AHEAD = 2  # chunks that each process has before it
MOST = 4  # processes: more would wait for the one that reads and writes

Job = tuple[Record, bool]
"""A record, and whether it is suppressed."""


@dataclass(frozen=True, slots=True)
class LocalWaterfall:
    """All that decides what becomes of a record that no remote provider is asked about."""

    courses: Sequence[Course]
    rules: Rules
    chains: Mapping[str, Sequence[str]]
    layout: Layout
    began: datetime

    def processes(self) -> int:
        """Return how many other processes may work on it beside this one."""
        if not all(isinstance(c.provider, Local) and c.provider.portable for c in self.courses):
            return 0
        able = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        return 0 if able in (None, 1) or not sys.executable else min(able or 0, MOST)

    def open(self) -> Callable[[Job], Through]:
        """Return what takes a record from the head of the waterfall to its end."""
        waterfall = Waterfall(self.courses, self.rules, chains=self.chains, began=self.began)

        def pass_through(job: Job) -> Through:
            record, suppressed = job
            lead = waterfall.lead(record, suppressed=suppressed)
            waterfall.step(lead)
            return through(lead, self.layout)

        return pass_through


def spread(
    waterfall: LocalWaterfall, jobs: Iterator[tuple[Row, Job]]
) -> Iterator[tuple[Row, Through]]:
    """Take records to the end of a waterfall, in their order, on as many cores as pays."""
    pass_through = waterfall.open()
    count = waterfall.processes()
    for row, job in islice(jobs, FEW) if count else jobs:
        yield row, pass_through(job)
    first = list(islice(jobs, CHUNK))
    if not first:
        return
    from enrichctl.engine.beside import Process  # noqa: PLC0415 - not for a few records

    with ExitStack() as stack:
        others = deque(stack.enter_context(Process(waterfall)) for _ in range(count))
        given: deque[tuple[Process, list[tuple[Row, Job]]]] = deque()
        chunks = chain([first], iter(lambda: list(islice(jobs, CHUNK)), []))
        for chunk in chunks:
            others.rotate(-1)
            others[0].give([job for _, job in chunk])
            given.append((others[0], chunk))
            if len(given) > count * AHEAD:
                yield from _taken(*given.popleft(), pass_through)
        while given:
            yield from _taken(*given.popleft(), pass_through)


def _taken(
    process: "Process", chunk: list[tuple[Row, Job]], pass_through: Callable[[Job], Through]
) -> Iterator[tuple[Row, Through]]:
    found = process.take()
    for place, (row, job) in enumerate(chunk):
        yield row, Through._make(found[place]) if found else pass_through(job)
