"""What a play has in place of the world: a login, time, a limiter, a schedule, values to hide."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from enrichctl.engine.delay_queue import DelayQueue
from enrichctl.fields import FIELDS, kind_of
from enrichctl.model import Rate, Throttled
from enrichctl.pacing import RateLimiter
from enrichctl.provider import Provider

_CANARY = {
    "email": "{}@canary.example", "phone": "+12025550{:0>3}", "domain": "{}.canary.example",
    "url": "https://{}.canary.example", "person_url": "https://linkedin.com/in/canary-{}",
    "company_url": "https://linkedin.com/company/canary-{}", "number": "70777{:0>3}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class WrittenLogin:
    """The login items of a file."""

    items: Mapping[str, str]
    base_url: str

    def get(self, name: str) -> str:
        """Return an item's value, or ""."""
        return self.items.get(name, "")


@dataclass(slots=True)
class Clock:
    """Time that passes only when somebody waits."""

    now: float = 0.0

    def pause(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


class NotedLimiter(RateLimiter):
    """The limiter, and a note of how long refusals held it."""

    def __init__(
        self, provider: Provider, clock: Clock, held: list[float], learned: list[Rate]
    ) -> None:
        super().__init__(
            provider.rates,
            patience=provider.patience,
            clock=lambda: clock.now,
            pause=clock.pause,
            tell=lambda _seconds, _why: None,
            remember=learned.append,
        )
        self._noted = held

    def answered(self, took: float) -> None:
        """Take no note of round trips."""

    def hold(self, refusal: Throttled, seconds: float, group: str = "") -> None:
        """See `RateLimiter.hold`."""
        self._noted.append(seconds)
        super().hold(refusal, seconds, group)


class Schedule(DelayQueue):
    """The jobs of a lane, done in their turn and in this thread, without waiting for real."""

    def __init__(self) -> None:
        super().__init__("", 0, lambda: False)

    def run_waiting(self) -> None:
        """Do what waits by now, and not what comes of it."""
        for _ in range(self.waiting):
            self.take()()

    def run_while(self, go_on: Callable[[], bool]) -> None:
        """Do everything, for as long as that is to go on."""
        while self.waiting and go_on():
            self.take()()


def canaries(provider: Provider) -> dict[str, str]:
    """Return a value for every field that the provider does not say it uses."""
    return {
        name: _CANARY.get(kind_of(name), "canary-{}").format(
            number if kind_of(name) in ("phone", "number") else name.replace("_", "-")
        )
        for number, name in enumerate(FIELDS)
        if name not in provider.uses
    }
