"""What the journal asks of the database that it is kept in.

A store is a database that answers the `queries` and takes the statements of `money`, `entries` and
so on. They are written in SQL that all stores understand; values stand by position, as ``?`` or
``?1``. What a store says in other words it knows by itself.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, Protocol

from enrichctl.errors import EnrichctlError


class Trouble(Enum):
    """What an error tells of the next try."""

    NOT_OF_THE_STORAGE = 0  # the statement is wrong, or it is no error of the database
    BUSY = 1  # others are writing
    PASSING = 2  # the disk is full
    AWAY = 3  # the server cannot be reached
    LASTING = 4  # what is there cannot be read


class Cursor(Protocol):
    """What a statement gave."""

    @property
    def rowcount(self) -> int:
        """Return how many rows it changed."""

    def fetchone(self) -> Any:
        """Return the next row; None after the last."""

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""

    def __iter__(self) -> Iterator[Any]:
        """Go through the rows."""


class StoreConnection(Protocol):
    """One connection to a store, for one thread at a time.

    What is wrong is raised as the database's own errors: see `Store.trouble`.
    """

    @property
    def in_transaction(self) -> bool:
        """Tell whether a transaction is open."""

    def begin(self) -> list[Any] | None:
        """Begin to write, alone: nobody else writes before the end.

        Returns what `at_once` would have returned, where the commit before this one was made
        although nobody heard of it: an empty list where it was none of `at_once`; else None.
        """

    def commit(self) -> None:
        """Write all of it: it is on the disk when this returns."""

    def at_once(self, jobs: Sequence[Any]) -> list[Any] | None:
        """Run some jobs from the beginning to the commit, where that can be done in one go.

        Returns for each of them its result, or the error that it ends with; None where they cannot
        be run so: nothing is done.
        """

    def rollback(self) -> None:
        """Write nothing of it."""

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Cursor:
        """Run a statement."""

    def executemany(self, sql: str, rows: Sequence[Sequence[Any]], /) -> Cursor:
        """Run a statement for each of some rows of values."""

    def packed(self, data: bytes | None) -> bytes | str | None:
        """Return a deflated text as its columns take it."""

    def close(self) -> None:
        """Let go of it."""


class Alive(Protocol):
    """Which runs are alive: each holds a lock that is let go of when its process ends."""

    def hold(self, run: str) -> bool:
        """Let everybody see that a run is alive, until `let_go` or the end of this process.

        Returns whether that is so; it is not where another run of that name is alive.

        Raises:
            StateError: The lock cannot be made.
        """

    def let_go(self, run: str) -> None:
        """Let everybody see that a run has come to its end."""

    def sees(self, run: str) -> bool:
        """Tell whether a run that has begun is alive.

        Raises:
            StateError: Its lock cannot be looked at.
        """

    def close(self) -> None:
        """Let go of every run."""


class Store(Protocol):
    """A database that journals can be kept in.

    Attributes:
        name: What it is called in messages; no secret is in it.
        files: Where files of this machine stand that belong to it: their names begin so.
        is_shared: Whether other machines may use it.
        who: Who works here, where others may use it: user@host; else "".
        refusals: Errors that say that a value cannot be stored.
    """

    name: str
    files: Path
    is_shared: bool
    who: str
    refusals: tuple[type[Exception], ...]

    def now(self) -> datetime:
        """Return the present, by the clock that all who share it have."""

    def connect(self) -> StoreConnection:
        """Open it for reading.

        Raises:
            StateError: It cannot be opened.
        """

    def writer(self) -> StoreConnection:
        """Open it for writing, and bring it up to date.

        Raises:
            StateError: It cannot be opened, or is none of ours.
        """

    def alive(self) -> Alive:
        """Return the locks of the runs on it."""

    def windows(self, account: str) -> Any:
        """Return the rate limits of an account, where machines share them; None on one machine.

        They are a `pacing.WindowStore` on the clock of the store.
        """

    def close(self) -> None:
        """Let go of all that it opened by itself."""

    def trouble(self, error: Exception) -> Trouble:
        """Return what an error tells of the next try."""

    def is_of_the_database(self, error: Exception) -> bool:
        """Tell whether the database has raised an error."""

    def unusable(self, error: Exception) -> EnrichctlError:
        """Return what is raised when it lets the journal down."""

    def fault(self, kind: str) -> Exception:
        """Return how it tells of a fault: see `failpoints.FAULTS`."""

    def erase(self, job: Callable[[StoreConnection], None]) -> str:
        """Run a job that deletes, and see to it that nothing is left of what it deleted.

        Returns where it may be left all the same, in words; "" for nowhere.

        Raises:
            StateError: It cannot be written.
        """


def of_the_storage(store: Store, error: Exception) -> bool:
    """Tell whether nothing could have been written, rather than just this."""
    return store.trouble(error) is not Trouble.NOT_OF_THE_STORAGE
