"""Records that wait for another run, which is asking their next question at this moment."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Generic, Protocol, TypeVar

from enrichctl.events import Waiting, Watcher
from enrichctl.journal import Journal, history
from enrichctl.journal.sweep import sweep

MOST = 600.0  # seconds; a call takes no more than minutes, however long a vendor puts it off
MINUTE = timedelta(minutes=1)


class Waiter(Protocol):
    """What waits.

    Attributes:
        waits: At which provider, and since when; None before it ever did.
    """

    waits: tuple[str, float] | None


W = TypeVar("W", bound=Waiter)


class InFlight(Generic[W]):
    """What waits for other runs, for as long as that is worth it.

    A run that hangs, or is stopped in the middle of a call, is alive all the same: nobody may
    take its place, and nobody is kept waiting for ever.

    Args:
        journal: Tells who is alive.
        watch: Is told who is waited for.
        every: Seconds between two looks.
        clock: Monotonic seconds.

    Attributes:
        in_vain: Who was waited for too long; "" while it is worth waiting.
    """

    def __init__(
        self,
        journal: Journal,
        watch: Watcher,
        every: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._journal = journal
        self._watch = watch
        self._every = every
        self._clock = clock
        self._items: list[W] = []
        self.in_vain = ""

    def __bool__(self) -> bool:
        """Tell whether anything waits."""
        return bool(self._items)

    def add(self, item: W, provider: str, run: str) -> None:
        """Let a record wait for a provider's answer to a run; "" is one of unknown name."""
        now = self._clock()
        if item.waits is None or item.waits[0] != provider:
            item.waits = provider, now
        first, too_long = not self._items, now - item.waits[1] >= MOST
        if first or too_long:
            who = self._called(run)
            if first:
                self._watch(Waiting(provider, self._every, f"{who} is asking the same"))
            if too_long:
                self.in_vain = self.in_vain or f"{provider}: {who} is still asking the same"
        self._items.append(item)

    def due(self) -> list[W]:
        """Return what waits, to be looked at again: who was asking may have died meanwhile."""
        if self._items:
            sweep(self._journal)
        items, self._items = self._items, []
        return items

    def _called(self, run: str) -> str:
        began = history.began(self._journal, run)
        if began is None:
            return "another run"
        age = max(self._journal.now() - began, timedelta(0))
        return f"run {run}, begun {age / MINUTE:.0f} min ago,"
