"""The three streams as a caller may leave them: closed, full, or with nobody at the other end."""

import errno
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from enrichctl.errors import Cancelled, ExitStatus, OutputError, RunError, UsageError

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
UNWRITABLE = (*FULL, errno.EBADF, errno.EIO)


def open_all() -> None:
    """Let each stream be there, and a closed one behave as it should.

    The next file that is opened would otherwise take its number, and get what is meant for it.
    """
    # What is read from is empty, data fails when it is written, and words go nowhere.
    for number, flags in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)  # takes the lowest number that is free, which is this one
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for good
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - for good
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - for good


@contextmanager
def tidy_ends() -> Iterator[None]:
    """Let a signal that ends the program be an exception, so that what was begun is tidied up.

    By default nothing would be. A signal that is ignored, or has a meaning already, keeps it.
    """

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise SystemExit(int(ExitStatus.TERMINATED))

    deadly = [signal.SIGTERM, signal.SIGHUP]
    if threading.current_thread() is not threading.main_thread():
        deadly = []
    ours = [number for number in deadly if signal.getsignal(number) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def nothing_done() -> Iterator[None]:
    """Let what ends the program before a run say that nothing has happened.

    Raises:
        Cancelled: Ctrl-C, or SIGTERM.
    """
    try:
        yield
    except KeyboardInterrupt:
        raise _nothing_done("interrupted", ExitStatus.INTERRUPTED) from None
    except SystemExit as end:
        if end.code != ExitStatus.TERMINATED:
            raise
        raise _nothing_done("terminated", ExitStatus.TERMINATED) from None


def _nothing_done(how: str, status: ExitStatus) -> Cancelled:
    error = Cancelled(
        f"{how}: nothing was asked, nothing is written", next="run the same command again"
    )
    error.exit_status = status
    return error


def settle() -> None:
    """Keep Python from complaining once more about what stdout does not take, at exit."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def too_little(what: str, limit: str) -> RunError:
    """Return what to say where the system allows this process no more of something."""
    return UsageError(
        f"the system allows this process no more {what}: what is known is saved",
        next=f"raise the limit ({limit}) or lower --concurrency, and run the same command again",
    )


def unwritten(error: OSError) -> RunError:
    """Return what to say of a write that failed, wherever it did, or of files that ran out.

    Raises:
        OSError: It is none of a kind that the machine or the caller is to blame for.
    """
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return too_little("open files", "ulimit -n")
    # Errors about a file by its name are told where they arise.
    if error.errno not in UNWRITABLE or error.filename is not None:
        raise error
    return OutputError(
        f"cannot write: {error.strerror}",
        next="free some space and run the same command again"
        if error.errno in FULL
        else "run the same command again with stdout open",
    )
