"""Records on all cores, where nobody beyond the machine is asked about them.

What a local provider makes of a record follows from the record alone, so other processes can do
it. The program itself reads, writes and keeps the journal; ``python -m enrichctl.engine.beside``
is one of the others. One that is lost costs nothing but time: what it was given is done again
here, and so is what it could not do, so that its errors are told where somebody hears of them.
"""

import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import IO, Any, Self

from enrichctl.engine.layout import Layout
from enrichctl.engine.questions import Course, Rules
from enrichctl.engine.through import Through, through
from enrichctl.engine.waterfall import Waterfall
from enrichctl.files import Row
from enrichctl.model import Record
from enrichctl.provider import Local

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
    with ExitStack() as stack:
        others = deque(stack.enter_context(_Process(waterfall)) for _ in range(count))
        given: deque[tuple[_Process, list[tuple[Row, Job]]]] = deque()
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
    process: "_Process", chunk: list[tuple[Row, Job]], pass_through: Callable[[Job], Through]
) -> Iterator[tuple[Row, Through]]:
    found = process.take()
    for place, (row, job) in enumerate(chunk):
        yield row, Through._make(found[place]) if found else pass_through(job)


class _Process:
    """One of the others, reached through its stdin and stdout."""

    def __init__(self, waterfall: LocalWaterfall) -> None:
        self._child = subprocess.Popen(  # noqa: S603 - this very program
            # Not the current folder first: a file of the user's may be called csv.py.
            [sys.executable, "-P", "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            process_group=0,  # what is typed at the terminal is for the program alone
        )
        assert self._child.stdin is not None  # noqa: S101 - asked for above
        assert self._child.stdout is not None  # noqa: S101 - the same
        self._to: IO[bytes] = self._child.stdin
        self._from: IO[bytes] = self._child.stdout
        self._lost = False
        self._send(waterfall)

    def give(self, jobs: Sequence[Job]) -> None:
        """Hand over a chunk."""
        self._send([(r.row, r.line, r.values, suppressed) for r, suppressed in jobs])

    def take(self) -> list[tuple[Any, ...]] | None:
        """Return what became of the oldest chunk; None when the process is lost."""
        if not self._lost:
            try:
                found: list[tuple[Any, ...]] = pickle.load(self._from)  # noqa: S301 - our own child
            except (EOFError, OSError, pickle.UnpicklingError):
                self._lost = True
            else:
                return found
        return None

    def _send(self, value: object) -> None:
        if self._lost:
            return
        try:
            pickle.dump(value, self._to, pickle.HIGHEST_PROTOCOL)
            self._to.flush()
        except OSError:
            self._lost = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        """Let it end; it does so when nothing can come any more."""
        with suppress(OSError):
            self._to.close()
        self._from.close()
        self._child.wait()


def _serve(source: IO[bytes], target: IO[bytes]) -> None:
    """Do what comes in until nothing can come any more."""
    waterfall: LocalWaterfall = pickle.load(source)  # noqa: S301 - from the program that started this one
    pass_through = waterfall.open()
    chunks: queue.SimpleQueue[list[tuple[Any, ...]] | None] = queue.SimpleQueue()

    def read() -> None:  # always, or both sides might wait for the other to read
        try:
            while True:
                chunks.put(pickle.load(source))  # noqa: S301 - the same
        except (EOFError, OSError):
            chunks.put(None)

    threading.Thread(target=read, daemon=True).start()
    while (chunk := chunks.get()) is not None:
        done = [
            tuple(pass_through((Record(row, line, values), suppressed)))
            for row, line, values, suppressed in chunk
        ]
        pickle.dump(done, target, pickle.HIGHEST_PROTOCOL)
        target.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends with the program that started it
    with suppress(BrokenPipeError):
        _serve(sys.stdin.buffer, sys.stdout.buffer)
