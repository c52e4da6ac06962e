"""The moments of the last departures, in memory or in a file that processes share.

A ring of as many places as a window allows calls: the place that is written next holds the call
that left longest ago, so whether one more may leave is one look, whatever the limit.
"""

import fcntl
import hashlib
import mmap
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

from enrichctl.errors import StateError
from enrichctl.locks import open_lock, take, wait_for
from enrichctl.model import AHEAD, Rate

_SIZE = 8  # bytes of a moment
_MOST = 2.0**53  # departures: up to here a float counts one by one
_LONGEST_PAUSE = 86_400.0  # seconds; nobody waits for longer
_LONG = 0.1  # seconds after which the one who has the log is stopped in the middle


class Window:
    """The last departures of one window.

    Moments are those of the machine's monotonic clock, which all its processes share. It starts
    anew with the machine: a moment that lies ahead is from before that, and counts for nothing.
    What a file holds is looked through before it is used: it may be cut short, or another's.

    Args:
        limit: Calls that the window allows.
        file: Where processes share it; None keeps it to this one.
        held: Keeps all others out; see `WindowStore.held`. Looking and adding take place within.
    """

    def __init__(self, limit: int, file: Path | None, held: "Held") -> None:
        size = _SIZE * (1 + limit)
        self._held = held
        buffer = bytearray(size) if file is None else _shared(file, size)
        self._limit = limit
        self._places = memoryview(buffer).cast("d")  # the first place counts the departures
        self._is_sound = file is None

    def oldest(self, now: float) -> float | None:
        """Return when the call left that must be out of the window first; None for none."""
        self._mend(now)
        moment = self._places[1 + int(self._places[0]) % self._limit]
        return moment if 0 < moment <= now + AHEAD else None

    def add(self, moment: float) -> list[Any]:
        """Log a departure; return its place, and what stands there."""
        self._mend(moment)
        count = int(self._places[0])
        place = 1 + count % self._limit
        self._places[place] = moment
        self._places[0] = count + 1
        return [place, moment]

    def _mend(self, now: float) -> None:
        """Lay the log anew, out of what can be true of it, where not all of it can."""
        count = self._places[0]
        counts = 0 <= count < _MOST and count == int(count)
        if self._is_sound and counts:
            return
        self._is_sound = True
        logged = [moment for moment in self._places[1:] if moment != 0]
        past = sorted(moment for moment in logged if 0 < moment <= now + AHEAD)
        if counts and len(past) == len(logged) == min(count, self._limit):
            return
        for place in range(self._limit):
            self._places[1 + place] = past[place] if place < len(past) else 0.0
        self._places[0] = len(past)

    def put_off(self, place: list[Any], moment: float) -> None:
        """Log a departure at another moment, unless another one has its place by now."""
        number, former = place
        with suppress(_Stopped), self._held(_for_a_moment()):
            if self._places[number] == former:
                self._places[number] = place[1] = moment


class Pause:
    """Until when a refusal keeps calls back: the moment of the refusal, and its seconds.

    Moments are those of `Window`. One that lies ahead is from before the machine started.
    """

    def __init__(self, file: Path | None) -> None:
        buffer = bytearray(2 * _SIZE) if file is None else _shared(file, 2 * _SIZE)
        self._said = memoryview(buffer).cast("d")

    def until(self, now: float) -> float:
        """Return the moment, which may have passed; 0 for none."""
        at, seconds = self._said
        return at + seconds if 0 < at <= now + AHEAD and 0 < seconds <= _LONGEST_PAUSE else 0.0

    def prolong(self, now: float, seconds: float) -> None:
        """Let it last for so many seconds from now on, if it would end before."""
        if now + seconds > self.until(now):
            self._said[0], self._said[1] = now, seconds


Held = Callable[[Callable[[float], None]], AbstractContextManager[None]]


class _Stopped(Exception):
    """Another process has the log, and does not go on: nobody can take a place in it either."""


def _for_a_moment() -> Callable[[float], None]:
    """Return how to wait for the log with an answer in hand, which cannot wait for long."""
    end = time.monotonic() + _LONG

    def pause(seconds: float) -> None:
        if time.monotonic() > end:
            raise _Stopped
        time.sleep(seconds)

    return pause


class WindowStore:
    """The windows of one account.

    Args:
        folder: Where processes share them; None keeps them to this process.
        name: Of the account, in the names of the files.
    """

    def __init__(self, folder: Path | None = None, name: str = "") -> None:
        self._folder = folder
        self._name = hashlib.blake2b(name.encode(), digest_size=8).hexdigest()
        self._threads = threading.Lock()
        self._pauses: dict[str, Pause] = {}
        self._lock = -1
        if self._folder is not None:
            self._lock = _open(self._folder / f"{self._name}.lock")

    def window(self, rate: Rate) -> Window:
        """Return the log of one limit."""
        return Window(rate.limit, self._file(rate.name, "ring"), self.held)

    def _file(self, words: str, kind: str) -> Path | None:
        """Return the file of a window, or of a group."""
        mark = hashlib.blake2b(words.encode(), digest_size=4).hexdigest()
        return self._folder and self._folder / f"{self._name}-{mark}.{kind}"

    @contextmanager
    def held(self, pause: Callable[[float], None]) -> Iterator[None]:
        """Keep all other threads and processes out.

        Args:
            pause: Waits so many seconds while another process is inside; may raise.
        """
        wait_for(self._taken, pause)
        try:
            yield
        finally:
            if self._lock >= 0:
                fcntl.flock(self._lock, fcntl.LOCK_UN)
            self._threads.release()

    def _taken(self) -> bool:
        """Keep all others out, if no other process does; no thread waits for one inside."""
        self._threads.acquire()
        try:
            if self._lock < 0 or take(self._lock):
                return True
        except BaseException:
            self._threads.release()
            raise
        self._threads.release()
        return False

    def clock(self) -> float:
        """Return the seconds of the clock that all processes of the machine share."""
        return time.monotonic()

    def is_fresh(self, now: float) -> bool:
        """Tell whether all refusals are known: what others meet is seen at once here."""
        del now
        return True

    def held_until(self, group: str, now: float) -> float:
        """Return until when a refusal keeps back a group, or everything."""
        return max(self._pause(one).until(now) for one in {group, ""})

    def hold(self, group: str, now: float, seconds: float) -> None:
        """Keep back all calls of a group."""
        self._pause(group).prolong(now, seconds)

    def _pause(self, group: str) -> Pause:
        if group not in self._pauses:
            self._pauses[group] = Pause(self._file(group, "pause"))
        return self._pauses[group]

    def close(self) -> None:
        """Let go of the files."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def _open(path: Path) -> int:
    try:
        return open_lock(path)
    except OSError as error:
        raise _unusable(path, error) from None


def _shared(path: Path, size: int) -> mmap.mmap:
    """Map a file of so many bytes; what is missing is zero."""
    descriptor = _open(path)
    try:
        if sys.platform != "darwin":
            # Room for all of it, not only its length: a write into a map for which the disk has
            # no room any more ends the process (SIGBUS).
            os.posix_fallocate(descriptor, 0, size)
        elif os.fstat(descriptor).st_size < size:
            os.ftruncate(descriptor, size)
        return mmap.mmap(descriptor, size)
    except OSError as error:
        raise _unusable(path, error) from None
    finally:
        os.close(descriptor)


def _unusable(path: Path, error: OSError) -> StateError:
    return StateError(
        f"the shared rate limits in {path.parent} cannot be used: {error.strerror}",
        # Another folder would have another journal, which does not know what was paid.
        next="free the disk, or make the folder writable for you, then run the same command again",
    )
