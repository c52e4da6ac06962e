"""Rate limits, kept by a log of departures.

A sliding log never lets a window hold more calls than the vendor counts, whichever way the vendor
counts (sliding, fixed or bucket), and unlike even pacing it uses all that is allowed. Calls are
logged as they leave and counted as they arrive, so every window is made longer by a margin that
covers the jitter in between.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from enrichctl.errors import RateLimited
from enrichctl.model import Rate, Throttled
from enrichctl.pacing.window import Window, WindowStore

__all__ = ["RateLimiter", "WindowStore"]

MARGIN = 0.005  # seconds on top of the jitter
JITTER_SHARE = 0.05  # of a window: what more there is counts for nothing
SAMPLES = 64  # round trips by which the jitter is judged
LOOK = 16  # round trips between two looks at it
UNKNOWN = 0.01  # seconds of jitter, until it has been seen
NOTICEABLE = 2.0  # seconds; shorter waits are not worth telling anybody


class RateLimiter:
    """Keeps one account's calls within its windows, for all threads and processes that share it.

    Args:
        rates: Windows to keep; more may be learned from refusals.
        patience: Seconds a call may be kept back before its lane gives up.
        clock: Returns the seconds of the clock that those have who share the limits.
        pause: Waits so many seconds; raises `Cancelled` when the run stops.
        tell: Told of every wait worth mentioning: seconds, and why.
        remember: Told of every window that a refusal taught.
        store: Where the departures are kept; in this process when there is none.
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
        store: WindowStore | None = None,
    ) -> None:
        self._patience = patience
        self._clock = clock
        self._pause = pause
        self._tell = tell
        self._remember = remember
        self._store = store or WindowStore()
        self._windows: dict[Rate, Window] = {rate: self._store.window(rate) for rate in rates}
        self._trips: deque[float] = deque(maxlen=SAMPLES)
        self._taken = 0
        self._mine = threading.local()
        self._jitter = UNKNOWN

    def wait(self, group: str = "") -> None:
        """Return when one more call may leave.

        Raises:
            Cancelled: The run stops.
            RateLimited: That would take longer than patience lasts.
        """
        if not self._windows and self._store.is_free:  # nothing to keep to, and nothing to share
            self._mine.departures = []
            return
        told = False
        while True:
            with self._store.held(self._in_turn()):
                now = self._clock()
                at = max([now, *self._openings(group, now)])
                if at <= now:
                    self._mine.departures = [
                        (window, window.add(now))
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
            self._pause(at - now)

    def departed(self) -> None:
        """Take note that the call that this thread waited for leaves only now."""
        now = self._clock()
        for window, place in self._mine.departures:
            window.put_off(place, now)

    def round_trip(self, seconds: float) -> None:
        """Take note of a round trip: the more they differ, the wider the margin."""
        self._trips.append(seconds)
        self._taken += 1
        if self._taken < SAMPLES:
            # The first calls open their connections: all of them are late, none of them shows it.
            self._jitter = max(self._trips)
        elif self._taken % LOOK == 0:
            ordered = sorted(self._trips)
            self._jitter = ordered[-2] - ordered[1]  # one that lost its way tells nothing

    def hold(self, refusal: Throttled, seconds: float, group: str = "") -> None:
        """Let nothing of the group leave for so many seconds; keep the window it teaches."""
        with self._store.held(self._in_turn()):
            until = self._clock() + seconds + MARGIN
            self._store.hold(group, until)
            learned = refusal.learned
            if learned and learned not in self._windows:
                self._windows[learned] = self._store.window(learned)
            else:
                learned = None
        if learned:
            self._remember(learned)
        if seconds >= NOTICEABLE:
            self._tell(seconds, f"{refusal.window or 'rate'} limit")

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
        """Yield the moments before which a limit or a refusal keeps a call back."""
        for rate, window in self._windows.items():
            oldest = window.oldest(now) if rate.group in ("", group) else None
            if oldest is not None:
                jitter = min(self._jitter, rate.seconds * JITTER_SHARE)
                yield oldest + rate.seconds + MARGIN + jitter
        yield self._store.held_until(group)
        yield self._store.held_until("")
