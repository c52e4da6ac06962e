"""One thread that writes the journal, and commits whatever has come together meanwhile.

Callers wait until their change is on the disk. A timed window would add its length to every paid
call; taking what is there as soon as the last commit is done costs nobody anything.

A commit that fails because of the disk, or of another process, is tried again for a while. What
cannot be had again (`Entry`) is written down elsewhere before that, and goes before everything
that is committed later: so the end of a run is never in the journal before its attempts.
"""

import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

from enrichctl.errors import EnrichctlError
from enrichctl.journal.database import (
    BUSY,
    LASTING,
    code_of,
    connect,
    migrate,
    of_the_storage,
    unusable,
)
from enrichctl.journal.entries import Entry, enter, enter_what_fits
from enrichctl.journal.spool import Spool

T = TypeVar("T")
Job = Callable[[sqlite3.Connection], T]

_TURN_MS = 1_000  # that one try to write waits for another process
BUSY_PATIENCE = 60.0  # seconds that writing waits for other processes
PATIENCE = 3.0  # seconds that it waits for a full disk, or one that fails
FIRST_WAIT, LONGEST_WAIT = 0.05, 0.5  # seconds between two tries

Then = Callable[[Exception | None], None]
"""Is told that a change is on the disk, or why it is not."""


class _Waiting(Generic[T]):
    """A job, and who waits until its change is on the disk.

    Attributes:
        entry: What the job writes, where it cannot be had again.
        is_safe: It is written down in the spool.
    """

    __slots__ = ("_over", "entry", "error", "is_safe", "job", "result")

    def __init__(self, job: Job[T], entry: Entry | None = None) -> None:
        self.job = job
        self.entry = entry
        self.is_safe = False
        self.result: T
        self.error: Exception | None = None
        self._over = threading.Lock()  # a `Future` would cost more than the job
        self._over.acquire()

    def do(self, db: sqlite3.Connection) -> None:
        """Run the job in a transaction, with others."""
        result = self.job(db)
        # A cursor must not leave: dropped in another thread it resets a statement that is cached
        # here and may be running.
        self.result = None if isinstance(result, sqlite3.Cursor) else result  # type: ignore[assignment]

    def do_alone(self, db: sqlite3.Connection) -> None:
        """Run the job so that only this one fails."""
        if self.entry is not None:
            enter_what_fits(db, self.entry)
            return
        db.execute("SAVEPOINT job")
        try:
            self.do(db)
        except BaseException:
            if db.in_transaction:  # a full disk has rolled back everything
                db.execute("ROLLBACK TO job")
            raise
        finally:
            if db.in_transaction:
                db.execute("RELEASE job")

    def end(self) -> None:
        """Let the one who waits go on."""
        self._over.release()

    def outcome(self) -> T:
        """Wait for the end; return the result, or raise the error."""
        with self._over:
            if self.error is not None:
                raise self.error
            return self.result


class _Told(_Waiting[Any]):
    """A job for which nobody waits: somebody is told."""

    __slots__ = ("_then",)

    def __init__(self, job: Job[Any], then: Then, entry: Entry | None = None) -> None:
        self.job = job
        self.entry = entry
        self.is_safe = False
        self.error = None
        self._then = then

    def end(self) -> None:
        """Tell how it ended."""
        self._then(self.error)


class Writer:
    """Runs jobs on the one writing connection, many to a commit.

    A job may run more than once: it must hand back what it made, and change nothing else. One
    that raises an error of ours must do so before it has changed anything.

    Args:
        path: The database file.
        clock: Monotonic seconds.
        pause: Waits so many seconds.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._path = path
        self._clock = clock
        self._pause = pause
        self._db = connect(path)
        migrate(self._db, path)
        self._db.execute(f"PRAGMA busy_timeout={_TURN_MS}")
        self._spool = Spool(path)
        self._held: list[_Waiting[Any]] = []  # entries that nobody waits for any more
        self._failing = False  # the last commit was given up
        self._jobs: queue.SimpleQueue[_Waiting[Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def do(self, job: Job[T]) -> T:
        """Run a job and return its result once it is on the disk.

        Raises:
            StateError: It could not be written; nothing of it is.
            Locked: Another process kept it from being written; the same.
        """
        waiting = _Waiting(job)
        self._jobs.put(waiting)
        return waiting.outcome()

    def keep(self, entry: Entry, then: Then | None = None) -> None:
        """Write an entry before all that is put later; wait for it, or have somebody told.

        What is told runs in the writing thread: it must be quick and must not raise.

        Raises:
            StateError: It is not in the journal yet. It is held, and written down beside it
                where that is possible, until this or the next process books it.
            Locked: The same, because of another process.
        """
        job = partial(enter, entry=entry)
        waiting = _Waiting(job, entry) if then is None else _Told(job, then, entry)
        self._jobs.put(waiting)
        if then is None:
            waiting.outcome()

    def later(self, job: Job[Any], then: Then) -> None:
        """Run a job before all that is put later, and tell somebody how it ended.

        What is told runs in the writing thread: it must be quick and must not raise.
        """
        self._jobs.put(_Told(job, then))

    def make_room(self) -> None:
        """See to it that what is bought can be written down, however full the disk is by then.

        Raises:
            StateError: There is no room.
        """

        def job(db: sqlite3.Connection) -> None:
            del db
            try:
                self._spool.make_room()
            except OSError as error:
                raise unusable(self._path, error) from None

        self.do(job)

    def book_left(self) -> None:
        """Book what processes that are dead by now could not write to the journal.

        Raises:
            StateError: It could not be written.
        """
        if self._spool.any_left():
            self.do(self._spool.book_left)

    def close(self) -> None:
        """Write what is waiting and close."""
        self._jobs.put(None)
        self._thread.join()
        if self._held:
            self._commit([])
        self._spool.close(keep=bool(self._held))
        self._db.close()

    def _run(self) -> None:
        is_last = False
        while not is_last and (first := self._jobs.get()) is not None:
            batch = [first]
            is_last = self._add_waiting(batch)
            is_last = self._commit(batch) or is_last

    def _add_waiting(self, batch: list[_Waiting[Any]]) -> bool:
        """Add what is waiting by now; tell whether nothing comes after it."""
        while not self._jobs.empty():
            item = self._jobs.get()
            if item is None:
                return True
            batch.append(item)
        return False

    def _commit(self, batch: list[_Waiting[Any]]) -> bool:
        """Write a batch, as often as it is worth trying, and tell all that wait for it.

        What comes meanwhile is written with it. Returns whether nothing comes after it.
        """
        is_last = False
        began, wait = self._clock(), FIRST_WAIT
        while (trouble := self._try(batch)) is not None:
            with suppress(OSError):
                self._write_down([*self._held, *batch])
            if self._clock() - began >= self._patience(trouble):
                self._give_up(batch, trouble)
                break
            self._pause(wait)
            wait = min(wait * 2, LONGEST_WAIT)
            is_last = self._add_waiting(batch) or is_last
        self._failing = trouble is not None
        for waiting in batch:
            waiting.end()
        return is_last

    def _give_up(self, batch: Sequence[_Waiting[Any]], trouble: Exception) -> None:
        """Leave a batch unwritten; what cannot be had again is held for every later commit."""
        failure = unusable(self._path, trouble)
        for waiting in batch:
            waiting.error = failure
        self._held += [waiting for waiting in batch if waiting.entry is not None]

    def _patience(self, trouble: Exception) -> float:
        """Return for how many seconds a commit is worth trying again."""
        if self._failing or code_of(trouble) in LASTING:
            return 0.0
        return BUSY_PATIENCE if code_of(trouble) in BUSY else PATIENCE

    def _try(self, batch: Sequence[_Waiting[Any]]) -> Exception | None:
        """Write a batch; return what is wrong with the storage, None when all is on the disk.

        What is wrong with one job is its own error, and the others are written.
        """
        for alone in (False, True):
            try:
                self._write(batch, alone=alone)
            except Exception as error:  # noqa: BLE001 - those who wait must learn of it
                self._roll_back()
                if of_the_storage(error):
                    return error
                if alone:
                    for waiting in batch:
                        waiting.error = error
            else:
                return None
        return None

    def _write(self, batch: Sequence[_Waiting[Any]], *, alone: bool) -> None:
        db = self._db
        db.execute("BEGIN IMMEDIATE")
        for held in self._held:
            with suppress(sqlite3.IntegrityError, sqlite3.DataError, OverflowError):
                held.do_alone(db)
        for waiting in batch:
            waiting.error = None
            try:
                waiting.do_alone(db) if alone else waiting.do(db)
            except EnrichctlError as error:
                waiting.error = error
            except Exception as error:
                if not alone or of_the_storage(error):
                    raise
                sqlite = isinstance(error, sqlite3.Error)
                waiting.error = unusable(self._path, error) if sqlite else error
        self._spool.mark(db)
        db.execute("COMMIT")
        self._held.clear()
        with suppress(OSError):  # a file that stays is marked: it is not booked again
            self._spool.booked()
            self._spool.remove_left()

    def _roll_back(self) -> None:
        self._spool.let_go_of_left()
        if self._db.in_transaction:
            with suppress(sqlite3.Error):  # the next BEGIN says what is wrong
                self._db.execute("ROLLBACK")

    def _write_down(self, waiting: Sequence[_Waiting[Any]]) -> None:
        """Put what cannot be had again into the spool, once."""
        new = [one for one in waiting if one.entry is not None and not one.is_safe]
        if new:
            self._spool.add([one.entry for one in new if one.entry is not None])
            for one in new:
                one.is_safe = True
