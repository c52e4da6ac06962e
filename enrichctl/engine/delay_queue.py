"""What a lane's workers are to do, and when."""

import heapq
import threading
import time
from collections import deque
from collections.abc import Callable

IDLE = 0.2  # seconds between two checks of whether the run stops
NOW = float("-inf")  # due before everything: a question must not wait for polls

Job = Callable[[], None]


class DelayQueue:
    """Jobs that are done when they are due, by several workers.

    Args:
        name: Of the threads.
        workers: How many there are.
        stopping: Tells whether the run stops: then everything is due at once.
    """

    def __init__(self, name: str, workers: int, stopping: Callable[[], bool]) -> None:
        self._stopping = stopping
        self._due = threading.Condition()
        self._now: deque[Job] = deque()
        self._jobs: list[tuple[float, int, Job]] = []
        self._serial = 0
        self.closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{n}", daemon=True)
            for n in range(workers)
        ]
        started = 0
        for thread in self._threads:
            try:
                thread.start()
            except RuntimeError:  # the system gives no more: those that there are do all of it
                if not started:
                    raise
                break
            started += 1
        del self._threads[started:]

    def at(self, seconds: float, job: Job) -> None:
        """Have a job done in so many seconds; `NOW` goes before everything."""
        with self._due:
            if seconds == NOW:
                self._now.append(job)
            else:
                self._serial += 1
                heapq.heappush(self._jobs, (time.monotonic() + seconds, self._serial, job))
            self._due.notify()

    @property
    def waiting(self) -> int:
        """How many jobs nobody has begun."""
        return len(self._now) + len(self._jobs)

    def close(self) -> None:
        """Let the workers go once nothing is left to do."""
        with self._due:
            self.closed = True
            self._due.notify_all()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            job()

    def _next(self) -> Job | None:
        """Wait for the next job that is due; None once nothing can come any more."""
        with self._due:
            while self.waiting or not self.closed:
                wait = self._wait()
                if wait is not None and (wait <= 0 or self._stopping()):
                    return self.take()
                self._due.wait(None if wait is None else min(wait, IDLE))
        return None

    def _wait(self) -> float | None:
        """Return for how many seconds nothing is due; None where nothing waits."""
        if self._now:
            return NOW
        return self._jobs[0][0] - time.monotonic() if self._jobs else None

    def take(self) -> Job:
        """Take the next job, whether or not it is due."""
        return self._now.popleft() if self._now else heapq.heappop(self._jobs)[2]
