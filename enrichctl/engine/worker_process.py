"""One of the processes that share the records: ``python -m enrichctl.engine.worker_process``.

It ends by itself when the program that started it does, however that ends.
"""

import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import fields
from operator import attrgetter
from typing import IO, Any, Self

from enrichctl.engine.local_waterfall import Job, LocalWaterfall
from enrichctl.model import Record

_told = attrgetter(*(field.name for field in fields(Record)))  # in the order of its arguments


class WorkerProcess:
    """Another process that follows a waterfall, reached through its stdin and stdout.

    Args:
        waterfall: Which one.
    """

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
        self._send([(*_told(record), suppressed) for record, suppressed in jobs])

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
        done = [tuple(pass_through((Record(*record), suppressed))) for *record, suppressed in chunk]
        pickle.dump(done, target, pickle.HIGHEST_PROTOCOL)
        target.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends with the program that started it
    with suppress(BrokenPipeError):
        _serve(sys.stdin.buffer, sys.stdout.buffer)
