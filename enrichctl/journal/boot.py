"""A clock that nobody sets: seconds since the machine started."""

import time
from functools import cache
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")


@cache  # a process does not outlive it
def _boot() -> str:
    return _BOOT.read_text("ascii").strip()


def since_boot() -> tuple[str, float]:
    """Return which start of which machine it was, and the seconds since, sleep included.

    The first is "" where the system does not tell: then the seconds compare with nothing.
    """
    try:
        return _boot(), time.clock_gettime(time.CLOCK_BOOTTIME)
    except (OSError, ValueError, AttributeError):
        return "", 0.0
