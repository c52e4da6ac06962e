"""What a run tells whoever watches it: a terminal, a log, or nobody."""

from collections.abc import Callable
from dataclasses import dataclass

from enrichctl.model import Credits, Outcome


@dataclass(frozen=True, slots=True)
class Began:
    """The run starts to ask. ``asks`` maps a provider to the people it may be asked about."""

    run: str
    records: int
    asks: dict[str, int]


@dataclass(frozen=True, slots=True)
class Answered:
    """An attempt came to an end, from the provider or (``reused``) from the journal."""

    provider: str
    outcome: Outcome
    credits: Credits
    row: int
    reused: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """A lane waits, for so many seconds, and why."""

    provider: str
    seconds: float
    why: str


@dataclass(frozen=True, slots=True)
class LaneStopped:
    """A lane asks nothing more in this run."""

    provider: str
    cause: str
    message: str


@dataclass(frozen=True, slots=True)
class Wrote:
    """So many records stand in the output by now."""

    records: int


Event = Began | Answered | Waiting | LaneStopped | Wrote
Watcher = Callable[[Event], None]


def nobody(event: Event) -> None:
    """Watch nothing."""
    del event
