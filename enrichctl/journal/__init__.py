"""The record of everything asked, answered and spent, in a database.

``queries``
    every question that is put to it, by name.
``packing``
    JSON in little room.
``contract``
    what is asked of a database that a journal is kept in.
``sqlite``
    a file of one's own; ``schema.sql`` has its tables as the first version had them,
    ``packed.sql`` and so on take them further.
``stores``  ``postgres``  ``server``  ``session_locks``
    a server of a team's, where an address leads to one; its tables are in ``postgres.sql`` and so
    on, in steps like those of a file.
``links``  ``server_rows``
    how it is written to: who has the turn, what became of a commit, what goes in one go.
``writer``
    one thread that writes, and commits whatever has come together.
``intending``
    an intent, as data.
``entries``
    what became of attempts, as data: it is never dropped.
``spool``
    where entries stay that the journal does not take.
``sweep``
    what runs have left behind that are no longer alive.
``money``
    what is set aside before a call, and what it costs in the end.
``store``
    intents, answers, balances: what a run reads and writes.
``attempts``
    an attempt as it is read from its row.
``accounts``
    whose answers and budgets are whose, when keys are renewed.
``gains``
    what attempts brought, by whom they were about: what ``credits --by`` counts.
``paths``
    what is known of the records of a run, from all providers: what ``credits --what-if`` replays.
``changes``
    what a run has changed since the run before it.
``history``
    runs: what ``status`` and ``credits`` show.
``record_rows``
    what became of each record in the newest run on its input.
``kinds``
    what was tried for records, each kind once.
``results``
    what was written, for the next run on the same input to write again.
``written``
    where the values are from that were written into tables of databases.
``erase``
    forgetting a person, pruning by age, exporting.
"""

from enrichctl.journal.money import Budgets, Intent, subject_key
from enrichctl.journal.store import Journal

__all__ = ["Budgets", "Intent", "Journal", "subject_key"]
