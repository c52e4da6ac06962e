"""What a run tells those who watch it: a terminal, a log, or nobody."""

from collections.abc import Callable
from typing import NamedTuple

from enrichctl.model import Credits, Outcome


class Began(NamedTuple):
    """The run starts to ask; ``records`` is 0 where they were not counted first."""

    run: str
    records: int


class Answered(NamedTuple):
    """An attempt came to an end; ``row`` is the first one that waited for it."""

    provider: str
    outcome: Outcome
    credits: Credits
    row: int


class Waiting(NamedTuple):
    """A lane waits, for so many seconds, and why."""

    provider: str
    seconds: float
    why: str


class LaneStopped(NamedTuple):
    """A lane asks nothing more in this run."""

    provider: str
    cause: str
    message: str


class Wrote(NamedTuple):
    """So many records stand in the output by now, those that are pending among them."""

    records: int
    pending: int = 0


class Ended(NamedTuple):
    """The run is over."""

    state: str
    stopped_by: str | None
    exit_status: int


Event = Began | Answered | Waiting | LaneStopped | Wrote | Ended
Watcher = Callable[[Event], None]


def all_of(*watchers: Watcher) -> Watcher:
    """Return a watcher that tells several others."""

    def tell(event: Event) -> None:
        for watcher in watchers:
            watcher(event)

    return tell


def nobody(event: Event) -> None:
    """Watch nothing."""
    del event
