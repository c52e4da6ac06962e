"""Rate limits, kept by a log of departures.

A sliding log never lets a window hold more calls than the vendor counts, whichever way the vendor
counts (sliding, fixed or bucket), and unlike even pacing it uses all that is allowed. Calls leave
here and are counted where they arrive: each is logged as late as it may have arrived. Until its
answer is there that is by the jitter of those before it; then by its own round trip from when it
was sent, less that of the quickest, once enough are known to tell which that is.
"""

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from enrichctl.errors import RateLimited
from enrichctl.model import Rate, Throttled
from enrichctl.pacing.window import Window, WindowStore

__all__ = ["RateLimiter", "WindowStore"]

MARGIN = 0.005  # seconds on top of the jitter
JITTER_SHARE = 0.05  # of a window: what more there is counts for nothing
MOST_JITTER = 3.0  # seconds; the same
SAMPLES = 64  # round trips by which the jitter is judged
LOOK = 16  # round trips between two looks at it, and before the quickest is taken for such
UNKNOWN = 0.01  # seconds of jitter, until it has been seen
PUNCTUAL = 0.001  # seconds after its moment that a call leaves all the same
AHEAD_SHARE = 0.25  # of a window: for so much of it a call may be let through ahead
LATE_SHARE = 0.5  # of a window: a call that is later has lost its turn, before others can take it
NOTICEABLE = 2.0  # seconds; shorter waits are not worth telling anybody


@dataclass(slots=True)
class _Departure:
    """A call in the log of a window, when it may have arrived there at the latest."""

    rate: Rate
    window: Window
    moment: float
    place: Any = None

    def log(self) -> "_Departure":
        """Enter it."""
        self.place = self.window.add(self.moment)
        return self

    def put_off(self, moment: float) -> None:
        """Enter another moment, where that makes a difference."""
        if abs(moment - self.moment) > PUNCTUAL:
            self.moment = moment
            self.window.put_off(self.place, moment)


class _Mine(threading.local):
    """The call that a thread was let through for."""

    group = ""
    at = 0.0
    is_warm = False  # its connection is open
    departures: Sequence[_Departure] = ()


class RateLimiter:
    """Keeps one account's calls within its windows, for all threads and processes that share it.

    Args:
        rates: Windows to keep; more may be learned from refusals.
        patience: Seconds a call may be kept back before its lane gives up.
        clock: Returns the seconds of the clock that those have who share the limits.
        pause: Waits so many seconds; raises `Cancelled` when the run stops.
        tell: Told of every wait worth mentioning: seconds, and why.
        remember: Told of every window that a refusal taught.
        learned: Returns the windows that refusals have taught all who share the limits.
        store: Where the departures are kept; in this process when there is none.
        ahead: How many seconds before its moment a call is let through: what it has to write down
            before it leaves is written meanwhile, and `departed` waits for the moment.
    """

    def __init__(
        self,
        rates: Iterable[Rate],
        *,
        patience: float,
        clock: Callable[[], float],
        pause: Callable[[float], None],
        tell: Callable[[float, str], None],
        remember: Callable[[Rate], None],
        learned: Callable[[], Sequence[Rate]] = tuple,
        store: WindowStore | None = None,
        ahead: float = 0.0,
    ) -> None:
        self._patience = patience
        self._clock = clock
        self._pause = pause
        self._tell = tell
        self._remember = remember
        self._learned = learned
        self._heeded: dict[str, float] = {}  # by group: the end of the last refusal that is known
        self._store = store or WindowStore()
        self._windows: dict[Rate, Window] = {rate: self._store.window(rate) for rate in rates}
        self._ahead = min([ahead, *[rate.seconds * AHEAD_SHARE for rate in self._windows]])
        self._trips: deque[float] = deque(maxlen=SAMPLES)
        self._taken = 0
        self._warm = 0  # of them, those whose connection was open before
        self._mine = _Mine()
        self._jitter = UNKNOWN
        self._through = Counter[str]()  # by group, of this process
        self._counting = threading.Lock()

    def got_through(self, group: str = "") -> None:
        """Take note that a call of a group was not refused."""
        with self._counting:
            self._through[group] += 1

    def through(self, group: str = "") -> int:
        """Return how many calls of a group have got through so far."""
        return self._through[group]

    def wait(self, group: str = "") -> None:
        """Return when one more call may leave, or a little earlier: see `departed`.

        Raises:
            Cancelled: The run stops.
            RateLimited: That would take longer than patience lasts.
        """
        if not self._windows and self._is_free(group):
            self._mine.at, self._mine.departures = 0.0, []
            return
        told = False
        while True:
            with self._store.held(self._in_turn()):
                now = self._clock()
                held = self._store.held_until(group, now)
                is_new = held > self._heeded.get(group, 0.0)
                at = max([now, held, *self._openings(group, now)])
                if at <= now + self._ahead and not is_new:
                    self._mine.at, self._mine.group = at, group
                    self._mine.departures = [
                        _Departure(rate, window, at + self._late(rate)).log()
                        for rate, window in self._windows.items()
                        if rate.group in ("", group)
                    ]
                    return
            if at - now > self._patience:
                raise RateLimited(
                    f"the rate limit lets no call through for {(at - now) / 60:.0f} min",
                    next="run the same command again then",
                )
            if at - now >= NOTICEABLE and not told:
                self._tell(at - now, "rate limit")
                told = True
            if at > now + self._ahead:
                self._pause(at - now - self._ahead)
            if is_new:
                self._heeded[group] = held
                self._learn(self._learned())

    def _is_free(self, group: str) -> bool:
        """Tell whether there is no refusal to heed: nothing is to be kept to then."""
        now = self._clock()
        held = self._store.held_until(group, now)
        return self._store.is_fresh(now) and held <= min(now, self._heeded.get(group, 0.0))

    def departed(self) -> None:
        """Wait for the moment of the call that this thread was let through for; it leaves now.

        Raises:
            Cancelled: The run stops.
            RateLimited: The call has lost its turn, and the next is beyond patience.
        """
        while True:
            at = self._mine.at
            if (early := at - self._clock()) > 0:
                self._pause(early)
            late = self._clock() - at
            if all(late <= of.rate.seconds * LATE_SHARE for of in self._mine.departures):
                break
            self.wait(self._mine.group)
        if late > PUNCTUAL:
            for departure in self._mine.departures:
                departure.put_off(at + late + self._late(departure.rate))

    def answered(self, took: float) -> None:
        """Take note that the call of this thread is answered.

        It has left when it was sent, however long the machine has kept it back until then. What it
        took more than the quickest of the latest it may have taken on its way there.

        Args:
            took: Seconds from when it was sent to its answer.
        """
        left = self._clock() - took
        self._trips.append(took)
        self._taken += 1
        if self._taken < SAMPLES:
            # The first calls open their connections: all of them are late, none of them shows it.
            self._jitter = max(self._trips)
        elif self._taken % LOOK == 0:
            ordered = sorted(self._trips)
            self._jitter = ordered[-2] - ordered[1]  # one that lost its way tells nothing
        self._warm += self._mine.is_warm
        self._mine.is_warm = True
        if not self._mine.departures:
            return
        quickest = min(self._trips) if self._warm >= LOOK else 0.0
        for departure in self._mine.departures:
            departure.put_off(left + _bounded(took - quickest, departure.rate))

    def _late(self, rate: Rate) -> float:
        """Return by how many seconds a call may arrive later than another one."""
        return _bounded(self._jitter, rate)

    def hold(self, refusal: Throttled, seconds: float, group: str = "") -> None:
        """Let nothing of the group leave for so many seconds; keep the window it teaches."""
        with self._store.held(self._in_turn()):
            self._store.hold(group, self._clock(), seconds + MARGIN)
        for rate in self._learn([refusal.learned] if refusal.learned else []):
            self._remember(rate)
        if seconds >= NOTICEABLE:
            self._tell(seconds, f"{refusal.window or 'rate'} limit")

    def _learn(self, rates: Sequence[Rate]) -> list[Rate]:
        """Keep to windows from now on; return those that are new."""
        if all(rate in self._windows for rate in rates):
            return []
        with self._store.held(self._in_turn()):
            new = {rate: self._store.window(rate) for rate in rates if rate not in self._windows}
            self._windows |= new
        return list(new)

    def _in_turn(self) -> Callable[[float], None]:
        """Return how to wait while another process has the log; it may be stopped within."""
        began: float | None = None
        told = False

        def pause(seconds: float) -> None:
            nonlocal began, told
            began = self._clock() if began is None else began
            waited = self._clock() - began
            if waited > self._patience:
                raise RateLimited(
                    f"another run has held the shared rate limits for {waited:.0f} s",
                    next="see whether it is stopped or hangs, then run the same command again",
                )
            if waited >= NOTICEABLE and not told:
                self._tell(waited, "another run holds the rate limits")
                told = True
            self._pause(seconds)

        return pause

    def _openings(self, group: str, now: float) -> Iterator[float]:
        """Yield the moments before which a limit keeps a call back."""
        for rate, window in self._windows.items():
            oldest = window.oldest(now) if rate.group in ("", group) else None
            if oldest is not None:
                yield oldest + rate.seconds + MARGIN


def _bounded(late: float, rate: Rate) -> float:
    """Return of a delay what counts: there are windows that are far too short for it."""
    return min(late, rate.seconds * JITTER_SHARE, MOST_JITTER)
