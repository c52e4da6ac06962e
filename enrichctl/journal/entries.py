"""What became of attempts, as data.

An outcome cannot be asked for again without paying. As data, not as a function, it can be written
to the journal, written again with less in it, or kept in a file until the journal takes it.
"""

import base64
import json
from datetime import datetime
from typing import Any, NamedTuple

from enrichctl.journal.contract import Store, StoreConnection
from enrichctl.journal.failpoints import strike
from enrichctl.journal.money import correct, keep_balance, take_back
from enrichctl.model import Outcome

_END = (
    "UPDATE attempts SET outcome=?, at=COALESCE(?, at), answer=NULL, packed=?,"
    " reason=?, cause=?, request_id=?, ticket=COALESCE(NULLIF(?, ''), ticket),"
    " payload=CASE WHEN ? THEN payload END WHERE id=?"
)
_END_AT_THIS = f"{_END} AND credits=?"
UNDECIDED = (Outcome.RESERVED, Outcome.SENT, Outcome.SUBMITTED, Outcome.UNCONFIRMED)


class Settlement(NamedTuple):
    """How an attempt ended.

    Attributes:
        number: The attempt.
        outcome: How it ended.
        at: When, as the journal writes it.
        credits: What it cost, in millionths; None leaves the worst case standing.
        packed: The answer, deflated.
        balance: What is left at the provider, in millionths; None where it did not say.
    """

    number: int
    outcome: Outcome
    at: str
    credits: int | None = None
    packed: bytes | None = None
    reason: str = ""
    cause: str = ""
    request_id: str = ""
    ticket: str = ""
    balance: int | None = None

    @property
    def step(self) -> str:
        """Return the name of its step."""
        return "settle"

    def apply(self, db: StoreConnection) -> None:
        """Write it."""
        ended = (
            self.outcome, self.ended, db.packed(self.packed), self.reason, self.cause,
            self.request_id, self.ticket, self.is_open, self.number,
        )  # fmt: skip
        if not self._cost_what_was_reserved(db, ended):
            if self.credits is not None:
                correct(db, self.number, self.credits)
            db.execute(_END, ended)
        if self.balance is not None:
            keep_balance(db, self.number, self.balance, datetime.fromisoformat(self.at))

    def _cost_what_was_reserved(self, db: StoreConnection, ended: tuple[Any, ...]) -> bool:
        """Write it where no amount has to change, as of most answers; tell whether that is so."""
        if self.credits is None or self.outcome is not Outcome.MATCHED:
            return False
        return db.execute(_END_AT_THIS, (*ended, self.credits)).rowcount > 0

    @property
    def ended(self) -> str | None:
        """Return when it ended, as the journal writes it.

        What is in doubt keeps the time of its intent: a vendor honours an idempotency key for so
        long from its first use, however often the answer is lost.
        """
        return None if self.outcome is Outcome.UNCONFIRMED else self.at

    @property
    def is_open(self) -> bool:
        """Tell whether its request is needed again."""
        return self.outcome in (Outcome.UNCONFIRMED, Outcome.SUBMITTED)

    def without_amounts(self) -> "Settlement":
        """Return it without what SQLite may have no room for: the worst case stays counted."""
        return self._replace(credits=None, balance=None)


class Tickets(NamedTuple):
    """The tickets that came back for attempts: number → ticket."""

    tickets: dict[int, str]
    at: str

    @property
    def step(self) -> str:
        """Return the name of its step."""
        return "submitted"

    def apply(self, db: StoreConnection) -> None:
        """Write them."""
        db.executemany(
            "UPDATE attempts SET outcome=?, at=?, ticket=? WHERE id=?",
            [(Outcome.SUBMITTED, self.at, ticket, n) for n, ticket in self.tickets.items()],
        )

    def without_amounts(self) -> "Tickets":
        """Return it as it is: there are none in it."""
        return self


class Withdrawal(NamedTuple):
    """An attempt that was never sent, or was refused without a charge."""

    number: int

    @property
    def step(self) -> str:
        """Return the name of its step."""
        return "void"

    def apply(self, db: StoreConnection) -> None:
        """Take the intent back, and what was set aside for it."""
        take_back(db, self.number)

    def without_amounts(self) -> "Withdrawal":
        """Return it as it is: there are none in it."""
        return self


Entry = Settlement | Tickets | Withdrawal
_KINDS: dict[str, type[Entry]] = {
    "settle": Settlement, "submitted": Tickets, "void": Withdrawal,
}  # fmt: skip


def enter(db: StoreConnection, store: Store, entry: Entry) -> None:
    """Write an entry."""
    strike(entry.step, store)
    entry.apply(db)


def enter_what_fits(db: StoreConnection, store: Store, entry: Entry) -> None:
    """Write an entry, without its amounts where those are more than the journal can add up.

    Raises:
        Exception: It was not entered; nothing of it is.
    """
    strike(entry.step, store)
    for one in (entry, entry.without_amounts()):
        db.execute("SAVEPOINT entry")
        try:
            one.apply(db)
        except store.refusals as error:
            db.execute("ROLLBACK TO entry")
            refused: Exception = error
        else:
            return
        finally:
            if db.in_transaction:  # a full disk has rolled back everything
                db.execute("RELEASE entry")
    raise refused


def undecided(db: StoreConnection, entry: Entry) -> Entry | None:
    """Return of an entry what the journal does not know better by now; None when that is nothing.

    An attempt may be decided in another way since it was written down, or forgotten.
    """
    if isinstance(entry, Tickets):
        left = {n: ticket for n, ticket in entry.tickets.items() if _is_undecided(db, n)}
        return entry._replace(tickets=left) if left else None
    return entry if _is_undecided(db, entry.number) else None


def to_line(entry: Entry) -> str:
    """Return an entry as a line of JSON, without the line's end."""
    said = entry._asdict()
    if said.get("packed") is not None:
        said["packed"] = base64.b64encode(said["packed"]).decode()
    return json.dumps({"step": entry.step, **said}, separators=(",", ":"))


def from_line(line: str | bytes) -> Entry:
    """Return the entry of a line.

    Raises:
        ValueError: It is none, or was cut short.
    """
    said = json.loads(line)
    try:
        kind = _KINDS[said.pop("step")]
        if said.get("packed") is not None:
            said["packed"] = base64.b64decode(said["packed"])
        if "outcome" in said:
            said["outcome"] = Outcome(said["outcome"])
        if "tickets" in said:
            said["tickets"] = {int(number): ticket for number, ticket in said["tickets"].items()}
        return kind(**said)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no entry of a journal") from error


def _is_undecided(db: StoreConnection, number: int) -> bool:
    row = db.execute("SELECT outcome FROM attempts WHERE id=?", (number,)).fetchone()
    return row is not None and row[0] in UNDECIDED
