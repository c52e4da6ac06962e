"""What runs have left behind that are no longer alive."""

from functools import partial

from enrichctl.journal import queries
from enrichctl.journal.contract import StoreConnection
from enrichctl.journal.history import is_alive
from enrichctl.journal.money import take_back
from enrichctl.journal.store import Journal
from enrichctl.model import Outcome


def sweep(journal: Journal) -> None:
    """Settle what runs have left that are not alive: what they wrote down, then what is open.

    It does not matter what the journal says of a run: where the end of one is in it and that of
    an attempt is not, nobody else would ever see to it.

    Raises:
        StateError: The journal cannot be written.
    """
    journal.book_left()
    for (name,) in journal.read(queries.WITH_SOMETHING_OPEN):
        if not is_alive(journal, name):
            journal.write(partial(_bury, name), "sweep")


def _bury(name: str, db: StoreConnection) -> None:
    """Decide what a run has left open: what was sent may have been charged."""
    db.execute(
        "UPDATE attempts SET outcome=?, cause='unconfirmed',"
        " reason='the run ended before the answer came; possibly charged'"
        " WHERE run=? AND outcome=?",
        (Outcome.UNCONFIRMED, name, Outcome.SENT),
    )
    reserved = db.execute(
        "SELECT id FROM attempts WHERE run=? AND outcome=?", (name, Outcome.RESERVED)
    ).fetchall()
    for (number,) in reserved:  # nothing of it has left
        take_back(db, number)
    db.execute(
        "UPDATE runs SET state='stopped', stopped_by='interrupted' WHERE id=? AND state='running'",
        (name,),
    )
