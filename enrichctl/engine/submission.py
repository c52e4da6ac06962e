"""What goes out in one call, what is looked for afterwards, and the books of it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from enrichctl.engine.booking import Booking
from enrichctl.engine.question import Question
from enrichctl.provider import Ticket
from enrichctl.transport import Payload


@dataclass(slots=True)
class Batch:
    """Questions that go out in one submission."""

    asks: list[Question] = field(default_factory=list)


@dataclass(slots=True)
class Look:
    """A question whose answer is looked for."""

    ask: Question
    number: int
    ticket: Ticket


class Books:
    """The ledger of one submission: marks all of it as sent right before it leaves."""

    def __init__(self, booking: Booking, numbers: Sequence[int]) -> None:
        self._booking = booking
        self._numbers = numbers
        self.sent = False

    def intend(self, payload: Payload, *, keyed: bool) -> Payload:
        """See `transport.Ledger`; a key holds for this call only, a crash leaves it in doubt."""
        if not self.sent:
            self._booking.service.journal.sent(self._numbers)
            self.sent = True
        return replace(payload, key=str(uuid.uuid4())) if keyed else payload
