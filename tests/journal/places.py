"""Where a test's journal is, in a file or on a server, and the time that passes there."""

from collections.abc import Callable
from pathlib import Path

import pytest

from enrichctl.journal import Journal
from enrichctl.journal.stores import store_at

IN_A_FILE = pytest.mark.parametrize("place", ["sqlite"], indirect=True)  # bytes, pages, locks
OPEN = """
import sys
from pathlib import Path
from enrichctl.journal import Journal
from enrichctl.journal.stores import store_at
journal = Journal(store_at(sys.argv[1], Path(sys.argv[2])))
"""


class Place:
    """Where a test's journal is.

    Attributes:
        kind: ``sqlite`` or ``postgres``.
        where: Its address, as `store_at` takes it.
        folder: Of the files of this machine.
    """

    def __init__(self, kind: str, where: str, folder: Path) -> None:
        self.kind = kind
        self.where = where
        self.folder = folder

    def store(self):
        """Return the store, as another process would."""
        return store_at(self.where, self.folder)

    def open(self, **how) -> Journal:
        """Open the journal, as another process would."""
        return Journal(self.store(), **how)

    @property
    def words(self) -> list[str]:
        """Return what a process is told of it; see `OPEN`."""
        return [self.where, str(self.folder)]


class Watch:
    """Seconds that pass only while somebody waits.

    Attributes:
        seconds: How many have passed.
        then: What happens once somebody has waited.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self.then: Callable[[], object] = lambda: None

    def __call__(self) -> float:
        """Return how many have passed, as a clock does."""
        return self.seconds

    def pause(self, seconds: float) -> None:
        """Let them pass."""
        self.seconds += seconds
        self.then()
