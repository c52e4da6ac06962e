"""Where ``--on`` has the parts of an input filled: processes of this machine, or a Dask cluster.

A part may be filled twice and gives the same, so a worker that dies costs the part that it
worked on, and nothing else.
"""

import multiprocessing
import os
import pickle
import re
import socket
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from functools import lru_cache
from multiprocessing.connection import Connection, wait
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol, Self

from enrichctl.errors import EnrichctlError, InputError, RunError, UsageError
from enrichctl.parts import FilePart, Note, Work, fill_part

if TYPE_CHECKING:
    from multiprocessing.context import SpawnContext

TICK = 0.5  # seconds between two looks at whether the run stops
PATIENCE = 10  # seconds for a scheduler to answer
MOST_DEATHS = 3  # of workers over one part: it is the part that kills them

Stopped = Callable[[], bool]


class Engine(Protocol):
    """Fills parts somewhere."""

    def fill(
        self, work: Work, parts: Sequence[FilePart], stopped: Stopped
    ) -> Iterator[tuple[FilePart, Note]]:
        """Yield each part that is finished, with what it came to, in any order.

        Args:
            work: What is done to each part.
            parts: What is to be filled.
            stopped: Tells that nothing more may be started.

        Raises:
            RunError: A part cannot be filled.
        """


def engine_of(typed: str) -> Engine:
    """Return what ``--on`` names.

    Raises:
        UsageError: It names nothing that there is.
    """
    if found := re.fullmatch(r"local(?:\[(\d+|\*)\])?", typed):
        count = found[1]
        able = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        return LocalProcesses(int(count) if count and count != "*" else able or 1)
    if found := re.fullmatch(r"dask://([^/\s]+:\d+)/?", typed):
        return DaskCluster(f"tcp://{found[1]}")
    raise UsageError(
        f"--on {typed!r} is no engine", next="as in --on 'local[4]' or --on dask://127.0.0.1:8786"
    )


class LocalProcesses:
    """Processes of this machine, each with one part at a time."""

    def __init__(self, count: int) -> None:
        if count < 1:
            raise UsageError("--on local[0] is nobody", next="as in --on 'local[2]'")
        self._count = count

    def fill(
        self, work: Work, parts: Sequence[FilePart], stopped: Stopped
    ) -> Iterator[tuple[FilePart, Note]]:
        """See `Engine`."""
        spawn = multiprocessing.get_context("spawn")
        waiting, deaths = deque(parts), Counter[FilePart]()
        with ExitStack() as stack:
            count = min(self._count, len(parts))
            idle = [stack.enter_context(_Worker(spawn, work)) for _ in range(count)]
            busy: dict[Connection, _Worker] = {}
            while (waiting or busy) and not stopped():
                while waiting and idle:
                    worker = idle.pop()
                    worker.give(waiting.popleft())
                    busy[worker.pipe] = worker
                for pipe in wait([*busy], TICK):
                    assert isinstance(pipe, Connection)  # noqa: S101 - nothing else is waited for
                    worker = busy.pop(pipe)
                    part = worker.part
                    note = worker.take()
                    if note is not None:
                        idle.append(worker)
                        yield part, note
                        continue
                    deaths[part] += 1
                    if deaths[part] == MOST_DEATHS:
                        raise InputError(
                            f"part {part.number} of {part.source} could not be filled:"
                            f" {MOST_DEATHS} processes died over it",
                            next="see whether there is memory enough; what is finished is kept",
                        )
                    waiting.appendleft(part)
                    idle.append(stack.enter_context(_Worker(spawn, work)))


class _Worker:
    """One process, and the part that it works on.

    Attributes:
        pipe: Says when it has finished the part, or is gone.
    """

    def __init__(self, spawn: "SpawnContext", work: Work) -> None:
        self.pipe, other = spawn.Pipe()
        self._process = spawn.Process(target=_serve, args=(other, work), daemon=True)
        self._process.start()
        other.close()
        self.part: FilePart

    def give(self, part: FilePart) -> None:
        """Have it fill a part."""
        self.part = part
        with suppress(OSError):  # it is gone, as is seen when it is waited for
            self.pipe.send(part)

    def take(self) -> Note | None:
        """Return what its part came to; None when it is gone.

        Raises:
            RunError: The part cannot be filled.
        """
        try:
            done, what = self.pipe.recv()
        except (EOFError, OSError):
            return None
        if done:
            note: Note = what
            return note
        message, next_ = what
        if next_ is None:
            raise RuntimeError(message)
        raise InputError(message, next=next_)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        """End it, whatever it is at: nothing is lost that is not done again."""
        self._process.terminate()
        self._process.join()
        self.pipe.close()


def _serve(pipe: Connection, work: Work) -> None:
    """Fill the parts that come, until none can come any more."""
    import signal  # noqa: PLC0415 - only in the other process
    import traceback  # noqa: PLC0415 - the same

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it
    with suppress(EOFError, OSError):
        while True:
            part = pipe.recv()
            try:
                answer: tuple[bool, Any] = (True, fill_part(part, work))
            except EnrichctlError as error:
                answer = (False, (error.message, error.next))
            except Exception:  # noqa: BLE001 - raised where somebody reads it
                answer = (False, (traceback.format_exc(), None))
            pipe.send(answer)


class DaskCluster:
    """The workers of a Dask scheduler, which see the same files under the same names."""

    def __init__(self, address: str) -> None:
        self._address = address

    def fill(
        self, work: Work, parts: Sequence[FilePart], stopped: Stopped
    ) -> Iterator[tuple[FilePart, Note]]:
        """See `Engine`."""
        try:
            import distributed  # noqa: PLC0415 - an extra, slow to import
        except ImportError:
            raise UsageError(
                "--on dask:// takes Dask", next="pip install 'enrichctl[dask]'"
            ) from None
        host, _, port = self._address.removeprefix("tcp://").rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), PATIENCE).close()
            client = distributed.Client(self._address, timeout=PATIENCE)
        except OSError as error:
            raise RunError(
                f"no Dask scheduler answers at {self._address}: {error}",
                next="start one: dask scheduler",
            ) from None
        with client:
            # A task of its own: it reaches a worker once, and is made again when that one is lost.
            packed = client.submit(bytes, pickle.dumps(work), pure=False)
            futures = {
                client.submit(_fill_packed, part, packed, pure=False, retries=MOST_DEATHS): part
                for part in parts
            }
            # To wait for the next of them, Dask would look at all of them, each time.
            done = SimpleQueue[Any]()
            for future in futures:
                future.add_done_callback(done.put)
            while futures and not stopped():
                with suppress(Empty):
                    future = done.get(timeout=TICK)
                    yield futures.pop(future), _result(future)
            client.cancel([*futures])


def _fill_packed(part: FilePart, packed: bytes) -> Note:
    """Fill a part on a worker."""
    return fill_part(part, _unpacked(packed, threading.get_ident()))


@lru_cache(8)  # an opened table is for one thread at a time
def _unpacked(packed: bytes, thread: int) -> Work:
    del thread
    work: Work = pickle.loads(packed)  # noqa: S301 - of who started the run, as all of a task is
    return work


def _result(future: Any) -> Note:
    """Return what a part came to on a worker.

    Raises:
        RunError: It cannot be filled there.
    """
    try:
        note: Note = future.result()
    except EnrichctlError:
        raise
    except Exception as error:
        raise RunError(
            f"Dask could not fill a part: {type(error).__name__}:"
            f" {str(error).partition(chr(10))[0]}",
            next="see that its workers have this version of enrichctl, and this folder under this"
            " name; what is finished is kept",
        ) from error
    return note
