"""What the vendors of one sandbox share: its people, its clock, its money, its memory."""

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from enrichctl.sandbox.population import Population
from enrichctl.sandbox.switches import Switches

CHARGES_KEPT = 1_000_000
REQUESTS_KEPT = 100_000
CLOCK_ALIGNED = 3600.0  # seconds; a window at least this long starts on the clock


@dataclass(frozen=True, slots=True)
class Charge:
    """One thing that was paid for.

    Attributes:
        vendor: Whose credits.
        what: What was charged, as in the prices.
        who: Id or address of the person it was about.
        credits: What it cost.
        key: Idempotency key, enrichment id or custom field that goes with it, "" when none.
        at: Seconds since the epoch, by the sandbox's clock.
    """

    vendor: str
    what: str
    who: str
    credits: Decimal
    key: str
    at: float


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """One request that arrived, and what was meant to be answered.

    Attributes:
        path: As sent, without the vendor's prefix and the query.
        query: Decoded.
        headers: Names in lower case.
        body: As text.
        status: Of the answer as the vendor meant it, whether or not it arrived.
        fault: Name of the fault that struck it, "" when none.
        at: Seconds since the epoch, by the sandbox's clock.
    """

    vendor: str
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: str
    status: int
    fault: str
    at: float


class World:
    """State that does not belong to one vendor alone."""

    def __init__(self, switches: Switches) -> None:
        self.switches = switches
        self.population = Population(
            switches.seed, switches.miss_rate, switches.hole_rate, switches.mix_up_rate
        )
        self.ledger: deque[Charge] = deque(maxlen=CHARGES_KEPT)
        self.requests: deque[ReceivedRequest] = deque(maxlen=REQUESTS_KEPT)
        self.spent = dict.fromkeys(switches.terms, Decimal(0))
        self._started = time.time() - time.monotonic()
        self._stands_at: float | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Return what is remembered: people, money, time; not what a test looks at."""
        ahead = self.now() - time.time()
        return {
            "population": self.population, "spent": self.spent, "ahead": ahead,
        }  # fmt: skip

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take up what is remembered; `switches` are those of today, and follow."""
        self.population, self.spent = state["population"], state["spent"]
        self.ledger, self.requests = deque(maxlen=CHARGES_KEPT), deque(maxlen=REQUESTS_KEPT)
        self._started = time.time() - time.monotonic() + max(0.0, state["ahead"])
        self._stands_at = None

    def now(self) -> float:
        """Return seconds since the epoch; a clock of its own that never jumps back."""
        if self._stands_at is not None:
            return self._stands_at
        return self._started + time.monotonic()

    def stand(self, at: float | None) -> None:
        """Let the clock stand, for what happened before to happen again; None lets it go on."""
        self._stands_at = at

    def advance(self, seconds: float) -> None:
        """Move the clock on: keys and cursors expire, windows pass, tickets mature."""
        self._started += seconds

    def balance(self, vendor: str) -> Decimal | None:
        """Return what an account still holds, None when that is without end."""
        at_start = self.switches.credits[vendor]
        return None if at_start is None else at_start - self.spent[vendor]

    def whole_credits(self, vendor: str) -> int:
        """Return what an account holds as vendors say it; a lot when that is without end."""
        left = self.balance(vendor)
        return 10**9 if left is None else int(left)

    def affords(self, vendor: str, *what: str) -> bool:
        """Tell whether an account can pay for things, as `charge` names them."""
        left = self.balance(vendor)
        due = sum(self.switches.prices[f"{vendor}.{one}"] for one in what)
        return left is None or left >= max(due, 1)

    def charge(self, vendor: str, what: str, who: str, key: str = "") -> None:
        """Take what something costs off an account and note it in the ledger."""
        price = self.switches.prices[f"{vendor}.{what}"]
        self.spent[vendor] += price
        self.ledger.append(Charge(vendor, what, who, price, key, self.now()))


class CallWindow:
    """A rate limit: at most so many calls in so many seconds."""

    def __init__(self, limit: int, seconds: float, *, sliding: bool) -> None:
        self.limit = limit
        self.seconds = seconds
        self.sliding = sliding and seconds < CLOCK_ALIGNED
        self._calls: deque[float] = deque()
        self._period, self._count = 0, 0

    def left(self, now: float) -> int:
        """Return how many more calls fit now."""
        if self.sliding:
            while self._calls and self._calls[0] <= now - self.seconds:
                self._calls.popleft()
            return max(0, self.limit - len(self._calls))
        period = int(now // self.seconds)
        if period != self._period:
            self._period, self._count = period, 0
        return max(0, self.limit - self._count)

    def count(self, now: float) -> None:
        """Count a call that fits."""
        if self.sliding:
            self._calls.append(now)
        self._count += 1

    def reset(self, now: float) -> float:
        """Return seconds until there is room for more calls than now."""
        if not self.sliding:
            return self.seconds - now % self.seconds
        return max(0.0, self._calls[0] + self.seconds - now) if self._calls else 0.0
