"""What a call needs around it: books, limits, time and chance; those above have them."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from enrichctl.model import Throttled


class Payload(NamedTuple):
    """The exact bytes of a billed call: a repeat under the same key must not differ in one.

    Attributes:
        method: Upper case.
        path: Query string included.
        body: As sent.
        key: Idempotency key; "" where the vendor knows none.
    """

    method: str
    path: str
    body: bytes | None
    key: str = ""


class Ledger(Protocol):
    """What keeps the books: nothing billed is sent before it has agreed."""

    def intend(self, payload: Payload, *, keyed: bool) -> Payload:
        """Commit the intent and reserve its worst case; return what is to be sent.

        That is the payload with its key, or that of an earlier intent still open.

        Raises:
            BudgetReached: There is no room for the worst case.
        """


class Limiter(Protocol):
    """What keeps calls within the limits of a vendor."""

    def wait(self, group: str) -> None:
        """Return when one more call may leave; raise `Cancelled` when the run stops."""

    def departed(self) -> None:
        """Wait for the moment of the call that this thread was let through for; it leaves now."""

    def answered(self, took: float) -> None:
        """Take note that the call of this thread is answered, so many seconds after it was sent."""

    def got_through(self, group: str) -> None:
        """Take note that a call of a limit was not refused."""

    def through(self, group: str) -> int:
        """Return how many calls of a limit have got through so far."""

    def hold(self, refusal: Throttled, seconds: float, group: str) -> None:
        """Let nothing leave for so many seconds, and learn from the refusal."""


@dataclass(slots=True)
class Runtime:
    """What depends on time and chance, so that a test can pass its own.

    Attributes:
        pause: Waits so many seconds; raises `Cancelled` when the run stops.
        chance: Returns a number from 0 to 1.
        go_on: Raises `Cancelled` when the run stops.
    """

    pause: Callable[[float], None]
    chance: Callable[[], float] = random.random
    go_on: Callable[[], None] = lambda: None
