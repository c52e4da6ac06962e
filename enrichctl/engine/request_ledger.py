"""The ledger of one request: what may cost money leaves after its intent is on the disk."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from enrichctl.engine.booking import NO_INTENT, Booking
from enrichctl.engine.budget_room import BudgetRoom
from enrichctl.engine.key_age import holds, readings
from enrichctl.engine.question import Question
from enrichctl.errors import BudgetReached, Unconfirmed, UnderWay
from enrichctl.journal import Journal
from enrichctl.model import Attempt
from enrichctl.transport import Payload


class RequestLedger:
    """Commits the intent of one submission, once, right before its billed call leaves.

    A question that was not reserved before is reserved then. One that settles an earlier attempt
    under its key is that attempt, and is sent with the same bytes.

    Args:
        questions: Those of the submission, in order.
        numbers: Their attempts, reserved before; empty for one question that is not.
        booking: Of the provider.
        journal: Keeps the books.
        room: Of the lane in its budgets.
        key_hours: For how long the vendor knows a key.

    Attributes:
        numbers: The attempt of each question; `NO_INTENT` before anything billed leaves.
        sent: The intent is committed: from here on the call may be charged.
        holds: Money may be set aside for it since it was to leave.
    """

    def __init__(
        self,
        questions: Sequence[Question],
        numbers: Sequence[int],
        booking: Booking,
        journal: Journal,
        room: BudgetRoom,
        key_hours: float = 0.0,
    ) -> None:
        self._reserved = bool(numbers)
        self._question = questions[0]
        self._booking = booking
        self._journal = journal
        self._room = room
        self._key_hours = key_hours
        reopen = self._question.reopen
        self.numbers = list(numbers) or [reopen.id if reopen else NO_INTENT]
        self.sent = False
        self.holds = False

    def intend(self, payload: Payload, *, keyed: bool) -> Payload:
        """See `transport.Ledger`."""
        if self.sent:
            return payload
        if not self._reserved:
            self._room.claim(new=self._question.reopen is None)
            self.holds = True
        try:
            payload = self._commit(payload, keyed=keyed)
        except (BudgetReached, UnderWay):
            if self.holds:
                self.holds = False
                self._room.forgo()
            raise
        self.sent = True
        return payload

    def _commit(self, payload: Payload, *, keyed: bool) -> Payload:
        """Commit the intent; return what is to be sent."""
        reopen = self._question.reopen
        if reopen is not None:
            stored = self._journal.payload(reopen.id)
            if stored and stored["key"]:  # the same key asks for the same bytes
                self._check_age(reopen, stored)
                body = stored["body"]
                data = body.encode() if body is not None else None
                return Payload(stored["method"], stored["path"], data, stored["key"])
        if keyed:
            payload = payload._replace(key=str(uuid.uuid4()))
        if self._reserved:  # a key holds for this call only: a crash leaves it in doubt
            self._journal.sent(self.numbers)
        else:
            intent = self._booking.intent(self._question, self._kept(payload))
            self.numbers = [self._journal.intend(intent)]
        return payload

    def _kept(self, payload: Payload) -> dict[str, Any]:
        """Return what the journal keeps of a request, to be sent again under its key."""
        kept: dict[str, Any] = {
            "method": payload.method,
            "path": payload.path,
            "body": payload.body.decode() if payload.body is not None else None,
            "key": payload.key,
        }
        if payload.key:
            kept["clocks"] = readings(self._journal, self._booking.ahead)
        return kept

    def _check_age(self, attempt: Attempt, stored: Mapping[str, Any]) -> None:
        """See to it that a key is still known: since it was chosen hours may have passed."""
        ahead = self._booking.ahead or timedelta(0)
        clocks = stored.get("clocks", {})
        if not holds(self._journal, attempt.at, clocks, self._key_hours, ahead):
            raise Unconfirmed(attempt.reason or "the answer was lost")
