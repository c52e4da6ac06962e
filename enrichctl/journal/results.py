"""What was written of records, kept so that the next run on the same input can write it again.

A cache: whatever is missing here is worked out again from the answers. It holds values of people,
so it goes as soon as anybody is forgotten.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from enrichctl.journal import queries
from enrichctl.journal.money import iso
from enrichctl.journal.owners import owned
from enrichctl.journal.store import Journal

CHUNK = 20_000  # records that are taken over in one transaction


class Block(NamedTuple):
    """What was written of some records that stand one after the other.

    Attributes:
        row: Number of the first.
        seal: Digest of all that decides about them, but for the answers.
        seen: The newest attempt of which they can know.
        good_until: When the first of their answers is too old to be used again.
        packed: What was written; see `engine.earlier_results`.
    """

    row: int
    seal: bytes
    seen: int
    good_until: datetime
    packed: bytes


class LastRun(NamedTuple):
    """The last run on an input that was completed.

    Attributes:
        id: Of the run; "" where there is none.
        records: How many records the input had.
        people: How many people they were.
    """

    id: str = ""
    records: int = 0
    people: int = 0


def last_run(journal: Journal, input_: str, *, sandbox: bool = False) -> LastRun:
    """Return the last run on an input that was completed; one without an id for stdin.

    Of a rehearsal it is the last rehearsal.
    """
    job = owned(journal.store, input_), sandbox
    found = journal.read(queries.LAST_ENDED, job) if input_ != "-" else []
    return LastRun(*found[0]) if found else LastRun()


def block(journal: Journal, run: str, row: int) -> Block | None:
    """Return what a run wrote of the records from a row on; None where it is not kept."""
    found = journal.read(queries.RESULTS, (run, row))
    if not found:
        return None
    seal, seen, good_until, packed = found[0]
    return Block(row, seal, seen, datetime.fromisoformat(good_until), packed)


def newest_attempt(journal: Journal) -> int:
    """Return the number of the newest attempt; 0 before the first."""
    ((number,),) = journal.read(queries.NEWEST_ATTEMPT)
    return int(number)


def overtaken(journal: Journal, run: str) -> Iterator[tuple[int, int]]:
    """Yield attempts that results of a run may rest on, and newer ones at the same question."""
    ((seen,),) = journal.read(queries.OLDEST_SEEN, (run,))
    if seen is not None:
        yield from journal.read(queries.OVERTAKEN, (seen,))


def row_of(run: str, kept: Block) -> tuple[object, ...]:
    """Return a row of the table ``results``."""
    return run, kept.row, kept.seal, kept.seen, iso(kept.good_until), kept.packed
