"""Locks on files, which all processes of a machine see.

The system lets go of a lock when the file is closed, and so when its process ends, however that
happens. It belongs to the opening of the file, not to the process: a process that opens it again is
somebody else.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

FIRST_WAIT, LONGEST_WAIT = 0.001, 0.05  # seconds between two looks at a lock that others hold


def open_lock(path: Path) -> int:
    """Return a file that is there to be locked, open; it and its folder are the owner's alone.

    Raises:
        OSError: It cannot be made.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def take(file: int, *, shared: bool = False) -> bool:
    """Hold an open file until it is closed; tell whether that is so, or somebody else holds it.

    Args:
        file: Its number.
        shared: Keep out only those who want it for themselves.

    Raises:
        OSError: It cannot be locked.
    """
    how = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def held(file: int, pause: Callable[[float], None]) -> Iterator[None]:
    """Hold an open file meanwhile; look for it again and again, since its holder may be stopped.

    Args:
        file: Its number.
        pause: Waits so many seconds; what it raises ends the waiting.
    """
    wait_for(lambda: take(file), pause)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def wait_for(taken: Callable[[], bool], pause: Callable[[float], None]) -> None:
    """Try to take something until that succeeds, less and less often; see `held`."""
    wait = FIRST_WAIT
    while not taken():
        pause(wait)
        wait = min(wait * 2, LONGEST_WAIT)
