"""The local record of everything asked, answered and spent; the only user of SQLite.

``schema.sql``
    the tables, as a new journal gets them.
``writer``
    one thread that writes, and commits whatever has come together.
``store``
    intents, answers, money, balances: what a run reads and writes.
``history``
    runs and records: what ``status`` and ``credits`` show.
``erase``
    forgetting a person, pruning by age, exporting.
"""

from enrichctl.journal.store import Budgets, Intent, Journal, subject_key

__all__ = ["Budgets", "Intent", "Journal", "subject_key"]
