"""Rate limits, kept by a log of departures.

A sliding log never lets a window hold more calls than the vendor counts, whichever way the vendor
counts (sliding, fixed or bucket), and unlike even pacing it uses all that is allowed. Calls are
logged as they leave and counted as they arrive, so every window is made longer by a margin that
covers the jitter in between.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable

from enrichctl.errors import RateLimited
from enrichctl.model import Rate, Throttled

MARGIN = 0.005  # seconds
NOTICEABLE = 2.0  # seconds; shorter waits are not worth telling anybody


class Pacer:
    """Keeps one account's calls within its windows, for all threads that share it.

    Args:
        rates: Windows to keep; more may be learned from refusals.
        patience: Seconds a call may be kept back before its lane gives up.
        clock: Returns monotonic seconds.
        pause: Waits so many seconds; raises `Cancelled` when the run stops.
        tell: Told of every wait worth mentioning: seconds, and why.
        remember: Told of every window that a refusal taught.
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
    ) -> None:
        self._patience = patience
        self._clock = clock
        self._pause = pause
        self._tell = tell
        self._remember = remember
        self._lock = threading.Lock()
        self._logs: dict[Rate, deque[float]] = {rate: deque(maxlen=rate.limit) for rate in rates}
        self._held_until: dict[str, float] = {}

    def wait(self, group: str = "") -> None:
        """Return when one more call may leave.

        Raises:
            Cancelled: The run stops.
            RateLimited: That would take longer than patience lasts.
        """
        told = False
        while True:
            with self._lock:
                now = self._clock()
                at = max([now, *self._openings(group)])
                if at <= now:
                    for rate, log in self._logs.items():
                        if rate.group in ("", group):
                            log.append(now)
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

    def hold(self, refusal: Throttled, seconds: float, group: str = "") -> None:
        """Let nothing of the group leave for so many seconds; keep the window it teaches."""
        with self._lock:
            until = self._clock() + seconds + MARGIN
            self._held_until[group] = max(until, self._held_until.get(group, 0.0))
            learned = refusal.learned
            if learned and learned not in self._logs:
                self._logs[learned] = deque(maxlen=learned.limit)
            else:
                learned = None
        if learned:
            self._remember(learned)
        if seconds >= NOTICEABLE:
            self._tell(seconds, f"{refusal.window or 'rate'} limit")

    def _openings(self, group: str) -> Iterable[float]:
        """Yield the moments before which a limit or a refusal keeps a call back."""
        for rate, log in self._logs.items():
            if rate.group in ("", group) and len(log) == rate.limit:
                yield log[0] + rate.seconds + MARGIN
        yield self._held_until.get(group, 0.0)
        yield self._held_until.get("", 0.0)
