"""What the journal proves about people who must not be sent anywhere."""

from collections.abc import Iterator

from enrichctl.journal import queries
from enrichctl.journal.store import Journal

KEY = 8  # bytes that stand for one thing a row says of a person
AT_ONCE = 500  # keys a question to the database


def attempts_about_suppressed(journal: Journal, run: str) -> int:
    """Count what a run asked with anything that tells of a suppressed record: 0 is the proof.

    Every attempt is in the journal before it is sent, with fingerprints of all that it tells.
    """
    found: set[int] = set()
    for keys in _batches(journal, run):
        rows = journal.read(queries.attempts_told_any(len(keys)), (run, *keys))
        found.update(number for (number,) in rows)
    return len(found)


def _batches(journal: Journal, run: str) -> Iterator[list[bytes]]:
    """Yield the fingerprints of a run's suppressed records, some at a time."""
    last = 0
    while rows := journal.read(queries.SUPPRESSED, (run, last, AT_ONCE // 4)):
        last = rows[-1][0]
        keys = [keys[at : at + KEY] for _, keys in rows for at in range(0, len(keys), KEY)]
        for at in range(0, len(keys), AT_ONCE):
            yield keys[at : at + AT_ONCE]
