"""What runs have left behind that are no longer alive."""

import json
from functools import partial

from enrichctl.journal import queries
from enrichctl.journal.contract import StoreConnection
from enrichctl.journal.history import SEEN_DEAD, is_alive
from enrichctl.journal.money import iso, take_back
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
            journal.write(partial(_bury, name, iso(journal.now())), "sweep")


def _bury(name: str, at: str, db: StoreConnection) -> None:
    """Decide what a run has left open: what was sent may have been charged.

    Whatever comes for it after ``at``, others have collected.
    """
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
    running = "id=? AND state='running'"
    for (summary,) in db.execute(f"SELECT summary FROM runs WHERE {running}", (name,)).fetchall():
        seen = json.dumps(json.loads(summary) | {SEEN_DEAD: at})
        db.execute(
            f"UPDATE runs SET state='stopped', stopped_by='interrupted', summary=? WHERE {running}",
            (seen, name),
        )
