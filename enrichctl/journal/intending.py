"""An intent as a job of the writer: data, so that a server can write many of them at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from enrichctl.errors import UnderWay
from enrichctl.journal.contract import Store, StoreConnection
from enrichctl.journal.failpoints import strike
from enrichctl.journal.money import Intent, insert, reserve, under_way
from enrichctl.model import Outcome


@dataclass(frozen=True, slots=True)
class Intending:
    """Commits an intent, and reserves its worst case.

    Attributes:
        intent: What is about to be asked.
        worst: The most it can cost, in millionths.
        store: What the journal is kept in.
        now: Returns the present.
    """

    step: ClassVar[str] = "intend"

    intent: Intent
    worst: int
    store: Store
    now: Callable[[], datetime]

    def __call__(self, db: StoreConnection) -> int:
        """Write it; return the attempt's number.

        Raises:
            BudgetReached: A limit leaves no room for the worst case; nothing is written.
            UnderWay: Another run is asking the same at this moment; nothing is written.
        """
        strike(self.step, self.store)
        now = self.now()
        if other := under_way(db, self.intent):
            raise UnderWay(other)
        reserve(db, self.intent, self.worst, now)
        return insert(db, self.intent, Outcome.SENT, self.worst, now)
