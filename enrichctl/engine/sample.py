"""Which records a pilot asks about that is to be like the whole file: a random sample of them."""

from collections.abc import Iterable
from hashlib import blake2b
from heapq import nsmallest

from enrichctl.engine.lead import Lead
from enrichctl.engine.question import Ask, RunState
from enrichctl.engine.waterfall import Waterfall
from enrichctl.files import Row


def sampled(
    leads: Iterable[tuple[Row, Lead]], waterfall: Waterfall, most: int, seed: bytes
) -> frozenset[int]:
    """Return the numbers of records drawn from those that need asking.

    A larger sample holds all of a smaller one, so that a second pilot builds on the first.

    Args:
        leads: All records, each with its row.
        waterfall: Tells which of them need asking; one that knows no answers tells it the same
            before and after a run.
        most: Records to draw.
        seed: What the draw depends on besides the records.
    """
    drawn = (
        (_lot(row, seed), row.number)
        for row, lead in leads
        if isinstance(waterfall.next_step(lead, RunState()), Ask)
    )
    return frozenset(number for _, number in nsmallest(most, drawn))


def _lot(row: Row, seed: bytes) -> bytes:
    """Return the lot of a record; those with the lowest ones are drawn."""
    text = "\0".join(row.cells)  # wherever it stands: rows are sorted, added and removed
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, key=seed).digest()
