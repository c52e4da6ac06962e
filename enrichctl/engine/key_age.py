"""For how long an idempotency key holds, by more than one clock.

A vendor forgets a key some hours after its first use, and charges again for what comes under it
later. The machine's clock may have been wrong then, or be wrong now: a key holds only where two
clocks say so, and none says otherwise. The others are the seconds since the machine started, as
long as it did not start again, and the vendor's own clock, as its replies tell it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from enrichctl.journal import Journal

SLACK = timedelta(minutes=1)  # by which clocks that are right may differ
CLOCKS = 2


def readings(journal: Journal, ahead: timedelta | None) -> dict[str, Any]:
    """Return what the other clocks say now, as JSON values to be kept with a key.

    Args:
        journal: Knows the time.
        ahead: By how much the vendor's clock is ahead of this machine's; None when not known.
    """
    boot, seconds = journal.since_boot()
    vendor = None if ahead is None else (journal.now() + ahead).isoformat()
    return {"boot": boot, "seconds": seconds, "vendor": vendor}


def holds(
    journal: Journal,
    first: datetime,
    kept: Mapping[str, Any],
    hours: float,
    ahead: timedelta = timedelta(0),
) -> bool:
    """Tell whether the vendor certainly still knows a key.

    Args:
        journal: Knows the time, and what it was before.
        first: When the key was first used, by this machine's clock.
        kept: What the others said then; see `readings`.
        hours: For how long the vendor knows a key.
        ahead: See `readings`.
    """
    now = journal.now()
    if journal.latest() > now + SLACK:
        return False  # this clock was put back
    ages = [now - first]
    boot, seconds = journal.since_boot()
    if boot and kept.get("boot") == boot:
        ages.append(timedelta(seconds=seconds - kept["seconds"]))
    if kept.get("vendor"):
        ages.append(now + ahead - datetime.fromisoformat(kept["vendor"]))
    most = timedelta(hours=hours)
    return len(ages) >= CLOCKS and all(-SLACK <= age < most for age in ages)
