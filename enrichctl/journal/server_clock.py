"""The clock of a server, as far as it can be known from here.

What it says was so at some moment between the question and the answer. Each answer bounds by how
much it is ahead of a clock of this machine that nobody sets; those of a minute bound it together.
"""

import time

HOLDS = 60.0  # seconds in which two clocks do not drift apart


def seconds() -> float:
    """Return seconds of a clock that nobody sets, and that goes on while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class ServerClock:
    """The seconds of a server's clock, since 1970.

    Attributes:
        doubt: By how many seconds it may be later than `now` says.
    """

    def __init__(self) -> None:
        self._ahead = 0.0  # at least
        self.doubt = 0.0
        self._heard = -HOLDS

    @property
    def is_known(self) -> bool:
        """Tell whether anything was heard of it."""
        return self._heard != -HOLDS

    def now(self) -> float:
        """Return what it says now, never more than it says."""
        return seconds() + self._ahead

    def hear(self, said: float, asked: float) -> None:
        """Take note of what it said just now.

        Args:
            said: Its seconds.
            asked: Before it was asked, as `seconds` tells it.
        """
        now = seconds()
        least, most = said - now, said - asked
        if now - self._heard <= HOLDS:
            both = max(least, self._ahead), min(most, self._ahead + self.doubt)
            if both[0] <= both[1]:  # else one of the clocks was set
                self._ahead, self.doubt = both[0], both[1] - both[0]
                return
        self._ahead, self.doubt, self._heard = least, most - least, now
