"""Ctrl-C, SIGTERM and a reader that goes away: the run starts no new call and says how to go on."""

import math
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType

from enrichctl.engine.stop import Stop
from enrichctl.errors import ExitStatus, OutOfTime
from enrichctl.files import abandon_all
from enrichctl.render.screen import Screen

_STATUS = {
    signal.SIGINT: ExitStatus.INTERRUPTED,
    signal.SIGTERM: ExitStatus.TERMINATED,
    signal.SIGHUP: ExitStatus.TERMINATED,
}


@contextmanager
def stopping(stop: Stop, screen: Screen) -> Iterator[None]:
    """Let a signal stop the run cleanly, and a second one at once.

    What was ignored when the program started, as under nohup or in the background of a script,
    stays ignored.
    """

    def handle(number: int, frame: FrameType | None) -> None:
        del frame
        if stop.asked.is_set():
            # What was sent stands in the journal as sent; nothing else is left to save.
            abandon_all()
            screen.leave("stopped; the same command goes on where this one was")
            os._exit(_STATUS[signal.Signals(number)])
        stop.now("interrupted", _STATUS[signal.Signals(number)])
        screen.warn(
            "stopping: calls under way are waited for, then all is written; once more stops now"
        )

    heard = [number for number in _STATUS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, handle) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def patience(longest: timedelta | None) -> Callable[[float], None]:
    """Return what waits before a run, for as long as that may last.

    Raises:
        OutOfTime: When called after that.
    """
    end = math.inf if longest is None else time.monotonic() + longest.total_seconds()

    def pause(seconds: float) -> None:
        left = end - time.monotonic()
        if left <= 0:
            raise OutOfTime(
                "--max-duration was over before anything was asked: nothing is written",
                next="give it more time, or run the same command again later",
            )
        time.sleep(min(seconds, left))

    return pause


@contextmanager
def answering(stop: Stop) -> Iterator[None]:
    """Let Ctrl-C answer a question that is asked while signals stop a run: it is a no.

    The run stands still meanwhile, and that is no part of the time that it works.
    """
    began = time.monotonic()
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        stop.waited += time.monotonic() - began


def reader_gone() -> bool:
    """Tell whether the reader of stdout has closed it."""
    try:
        poll = select.poll()
        poll.register(sys.stdout.fileno(), 0)
        return any(event & (select.POLLERR | select.POLLNVAL) for _, event in poll.poll(0))
    except (OSError, ValueError):
        return False
