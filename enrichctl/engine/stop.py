"""Where a run stops by itself, and why it stops as a whole."""

import threading
from dataclasses import dataclass, field
from datetime import timedelta

from enrichctl.errors import Cancelled, ExitStatus

LEFT = "the run stopped before this record"  # said of a record that it did not get to


@dataclass(slots=True)
class Limits:
    """Where a run stops by itself.

    Attributes:
        records: Records that may need asking; None is all.
        errors: Failed records after which nothing more is asked.
        duration: Time at work after which nothing more is asked.
        picked: Rows that may need asking, instead of the first ones; None picks none out.
        until: The last row that may need asking, where a pilot has one; it is the same one when
            the pilot goes on.
    """

    records: int | None = None
    errors: int | None = None
    duration: timedelta | None = None
    picked: frozenset[int] | None = None
    until: int | None = None

    def leaves_out(self, row: int, counted: int | None) -> bool:
        """Tell whether nobody may be asked about a record.

        Args:
            row: Its number.
            counted: Records before it that needed asking; None where it is one of those itself.
        """
        if self.picked is not None:
            return row not in self.picked
        if self.until is not None and row > self.until:
            return True
        return self.records is not None and counted is not None and counted >= self.records


@dataclass(slots=True)
class Stop:
    """Why the run as a whole stops asking, once it does.

    Attributes:
        asked: Set when nothing more may be started.
        word: As in ``stopped_by``.
        status: The exit status that it leads to.
        waited: Seconds for which the run stood still until somebody had answered a question.
    """

    asked: threading.Event = field(default_factory=threading.Event)
    word: str = ""
    status: ExitStatus = ExitStatus.DONE
    waited: float = 0.0

    def now(self, word: str, status: ExitStatus) -> None:
        """Stop for a reason; the first one that has a name counts."""
        if not self.word:
            self.word, self.status = word, status
        self.asked.set()

    def pause(self, seconds: float) -> None:
        """Wait, unless and until the run stops.

        Raises:
            Cancelled: The run stops.
        """
        if self.asked.wait(seconds) if seconds > 0 else self.asked.is_set():
            raise Cancelled("the run is stopping")
