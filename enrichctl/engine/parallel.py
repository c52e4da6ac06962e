"""Records on all cores, where nobody beyond the machine is asked about them.

What a local provider makes of a record follows from the record alone, so other processes can do
it; see `worker_process`. This one reads, writes and keeps the journal. A process that is lost costs
nothing but time: what it was given is done again here, and so is what it could not do, so that its
errors are told where somebody hears of them.
"""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from itertools import chain, islice
from typing import TYPE_CHECKING

from enrichctl.engine.local_waterfall import Job, LocalWaterfall
from enrichctl.engine.result import RecordResult
from enrichctl.files import Row

if TYPE_CHECKING:
    from enrichctl.engine.worker_process import WorkerProcess

FEW = 2_000  # records that are done before other processes would be ready
CHUNK = 250  # records handed over at a time
WAITING = 2  # chunks that each process has before it
MOST = 4  # processes: more would wait for the one that reads and writes


def in_parallel(
    waterfall: LocalWaterfall, jobs: Iterator[tuple[Row, Job]]
) -> Iterator[tuple[Row, RecordResult]]:
    """Take records to the end of a waterfall, in their order, on as many cores as pays."""
    pass_through = waterfall.open()
    count = processes() if waterfall.portable else 0
    for row, job in islice(jobs, FEW) if count else jobs:
        yield row, pass_through(job)
    first = list(islice(jobs, CHUNK))
    if not first:
        return
    from enrichctl.engine.worker_process import WorkerProcess  # noqa: PLC0415 - not for a few records

    with ExitStack() as stack:
        others: deque[WorkerProcess] = deque()
        with suppress(OSError):  # the system gives no more: those that there are do all of it
            others.extend(stack.enter_context(WorkerProcess(waterfall)) for _ in range(count))
        if not others:
            yield from ((row, pass_through(job)) for row, job in chain(first, jobs))
            return
        given: deque[tuple[WorkerProcess, list[tuple[Row, Job]]]] = deque()
        chunks = chain([first], iter(lambda: list(islice(jobs, CHUNK)), []))
        for chunk in chunks:
            others.rotate(-1)
            others[0].give([job for _, job in chunk])
            given.append((others[0], chunk))
            if len(given) > len(others) * WAITING:
                yield from _taken(*given.popleft(), pass_through)
        while given:
            yield from _taken(*given.popleft(), pass_through)


def _taken(
    process: "WorkerProcess",
    chunk: list[tuple[Row, Job]],
    pass_through: Callable[[Job], RecordResult],
) -> Iterator[tuple[Row, RecordResult]]:
    found = process.take()
    for place, (row, job) in enumerate(chunk):
        yield row, RecordResult._make(found[place]) if found else pass_through(job)


def processes() -> int:
    """Return how many more processes are worth starting."""
    able = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return 0 if able in (None, 1) or not sys.executable else min(able or 0, MOST)
