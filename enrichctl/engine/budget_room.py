"""The room that a lane has in its budgets, while calls under way may still give some back."""

import threading

from enrichctl.engine.question import Step
from enrichctl.errors import ProviderError


class BudgetRoom:
    """Knows for how many calls of a lane money is set aside, and ends the lane where none is.

    Most calls come to less than what was set aside for them. A budget has no room for good only
    once all of them have ended; those of other processes are not waited for.

    Args:
        step: The provider and its place in the waterfall.
    """

    def __init__(self, step: Step) -> None:
        self._step = step
        self._lock = threading.Lock()
        self._holding = 0
        self._ended = 0

    @property
    def ended(self) -> int:
        """How many calls have ended that may have given room."""
        with self._lock:
            return self._ended

    def claim(self, *, new: bool) -> None:
        """Count a call in, before money is set aside for it: others may learn of that first.

        Args:
            new: An earlier run has set nothing aside for it.

        Raises:
            ProviderError: Nothing more is asked of the provider.
        """
        with self._lock:
            if self._step.stopped and new:
                raise self._step.stopped
            self._holding += 1

    def forgo(self) -> None:
        """Count out a call for which no money was set aside after all."""
        with self._lock:
            self._holding -= 1

    def end(self) -> None:
        """Count out a call that was booked: what it came to is known."""
        with self._lock:
            self._holding -= 1
            self._ended += 1

    def is_used_up(self, error: ProviderError, ended: int) -> bool:
        """Tell whether a call that found no room will find none later; then the lane stops.

        Args:
            error: Why there was none.
            ended: How many calls had ended before it looked for room.
        """
        with self._lock:
            if self._holding or self._ended != ended:
                return False
            self._step.stop(error)  # before anybody else looks for room
            return True
