"""One core for all threads of a run, for as long as that does not make it slower.

Python runs one thread at a time. On several cores its threads wake each other from core to core,
several times for every answer, which can cost a busy run half of its processor time. A run that
waits for its providers gains nothing by being kept on one, and one whose core others use as well
would lose. So a busy run tries both ways, goes on in the better one, and tries again later.
"""

import os
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

BUSY = 0.7  # share of one core from which a run is thought to be held up by itself
WORTH = 0.8  # of the speed without it: one core takes half the power, and answers come in bursts
SHORTEST_TURN, LONGEST_TURN = 0.005, 0.05  # seconds; the first is Python's own
EACH_WAITS = 1e-4  # seconds that a turn is longer for each thread
ROUNDS = 20  # looks for which the better way is kept


class CpuAffinity:
    """Tries whether a run is better off on one core.

    Args:
        cores: Those that the process may use; of fewer than two there is nothing to choose.
        keep: Lets all threads of this process run on these cores only.
        here: Returns the core that this thread runs on.
        clock: Returns seconds.
        used: Returns the seconds of processor used so far.
    """

    def __init__(
        self,
        cores: Collection[int],
        keep: Callable[[Collection[int]], None],
        here: Callable[[], int],
        *,
        clock: Callable[[], float] = time.monotonic,
        used: Callable[[], float] = time.process_time,
    ) -> None:
        self._cores = frozenset(cores)
        self._keep, self._here = keep, here
        self._clock, self._used = clock, used
        self._alone = False  # kept on one core now
        self._left = 0  # looks before both ways are tried again
        self._free = 0.0  # answers a second without it, 0 before that was measured
        self._last = clock(), used(), 0

    def tick(self, answered: int) -> None:
        """Judge by how many questions have been answered by now."""
        if len(self._cores) < 2:  # noqa: PLR2004 - nothing to choose
            return
        now, used = self._clock(), self._used()
        since, before, known = self._last
        self._last = now, used, answered
        took = now - since
        if took <= 0:
            return
        rate, busy = (answered - known) / took, (used - before) / took
        if self._left > 0:
            self._left -= 1
            if self._left == 0:
                self._go(alone=False)
        elif self._alone:
            self._left = ROUNDS
            self._go(alone=rate >= self._free * WORTH)
        elif busy >= BUSY:
            self._free = rate
            self._go(alone=True)

    def end(self) -> None:
        """Let the process use all its cores again."""
        self._go(alone=False)

    def _go(self, *, alone: bool) -> None:
        if alone != self._alone:
            self._alone = alone
            self._keep({self._here()} if alone else self._cores)


def turn(threads: int) -> float:
    """Return for how many seconds a thread of so many may run before another takes its turn.

    For Python's switch interval: each thread that waits for its turn wakes as often to ask for it,
    and hundreds that do so take more of a core than some of the work.
    """
    return min(max(SHORTEST_TURN, threads * EACH_WAITS), LONGEST_TURN)


def of_this_process() -> CpuAffinity:
    """Return what chooses for this process; it leaves other systems than Linux as they are."""
    if not hasattr(os, "sched_setaffinity") or not Path("/proc/self/task").is_dir():
        return CpuAffinity((), lambda _: None, lambda: 0)
    return CpuAffinity(os.sched_getaffinity(0), _keep, _here)


def _here() -> int:
    """Read the processor from what proc(5) says of this thread."""
    return int(Path("/proc/thread-self/stat").read_text("ascii").rpartition(")")[2].split()[36])


def _keep(cores: Collection[int]) -> None:
    for thread in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # it ended meanwhile
            os.sched_setaffinity(int(thread.name), cores)
