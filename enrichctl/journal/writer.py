"""One thread that writes the journal, and commits whatever has come together meanwhile.

Callers wait until their change is on the disk. A timed window would add its length to every paid
call; taking what is there as soon as the last commit is done costs nobody anything.

A commit that fails because of the disk, or of another process, is tried again for a while. What
cannot be had again (`Entry`) is written down elsewhere before that, and goes before everything
that is committed later: so the end of a run is never in the journal before its attempts.
"""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Generic, TypeVar

from enrichctl.errors import EnrichctlError
from enrichctl.journal.contract import Store, StoreConnection, Trouble, of_the_storage
from enrichctl.journal.entries import Entry, enter, enter_what_fits
from enrichctl.journal.failpoints import strike
from enrichctl.journal.spool import Spool

T = TypeVar("T")
Job = Callable[[StoreConnection], T]
Undo = Callable[[StoreConnection, T], None]

BUSY_PATIENCE = 60.0  # seconds that writing waits for other processes
PATIENCE = 3.0  # seconds that it waits for a full disk, or one that fails
AWAY_PATIENCE = 30.0  # seconds that it waits for a server
_PATIENCE = {Trouble.BUSY: BUSY_PATIENCE, Trouble.AWAY: AWAY_PATIENCE}
FIRST_WAIT, LONGEST_WAIT = 0.05, 0.5  # seconds between two tries

Then = Callable[[Exception | None], None]
"""Is told that a change is on the disk, or why it is not."""


class _Waiting(Generic[T]):
    """A job, and who waits until its change is on the disk.

    Attributes:
        entry: What the job writes, where it cannot be had again.
        undo: Takes its result back, where the job was given up and written all the same.
        is_safe: It is written down in the spool.
        is_written: It is in the journal.
    """

    __slots__ = ("_over", "entry", "error", "is_safe", "is_written", "job", "result", "undo")

    def __init__(
        self, job: Job[T], entry: Entry | None = None, undo: Undo[T] | None = None
    ) -> None:
        self.job = job
        self.entry = entry
        self.undo = undo
        self.is_safe = False
        self.is_written = False
        self.result: T
        self.error: Exception | None = None
        self._over = threading.Lock()  # a `Future` would cost more than the job
        self._over.acquire()

    def do(self, db: StoreConnection) -> None:
        """Run the job in a transaction, with others."""
        result = self.job(db)
        # A cursor must not leave: dropped in another thread it resets a statement that is cached
        # here and may be running.
        self.result = None if hasattr(result, "fetchone") else result  # type: ignore[assignment]

    def do_alone(self, db: StoreConnection, store: Store) -> None:
        """Run the job so that only this one fails."""
        if self.entry is not None:
            enter_what_fits(db, store, self.entry)
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

    def take(self, result: Any) -> None:
        """Take the outcome of the job: its result, or the error that it ends with."""
        self.error = result if isinstance(result, Exception) else None
        self.result = result

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
        self.undo = None
        self.is_safe = False
        self.is_written = False
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
        store: What the journal is kept in.
        clock: Monotonic seconds.
        pause: Waits so many seconds.
        tell: Is told, in words, that a server is away.
    """

    def __init__(
        self,
        store: Store,
        *,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._tell = tell
        self._clock = clock
        self._pause = pause
        self._db = store.writer()
        self._spool = Spool(store)
        self._held: list[_Waiting[Any]] = []  # entries that nobody waits for any more
        self._unheard: list[_Waiting[Any]] = []  # what was committed, or was not
        self._to_undo: list[_Waiting[Any]] = []  # what was committed, and given up
        self._failing = False  # the last commit was given up
        self._is_told = False  # that the server is away
        self._jobs: queue.SimpleQueue[_Waiting[Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def do(self, job: Job[T], undo: Undo[T] | None = None) -> T:
        """Run a job and return its result once it is on the disk.

        Args:
            job: What to do.
            undo: Takes its result back, where this has raised and it turns out to be written.

        Raises:
            StateError: It could not be written; nothing of it is.
            Locked: Another process kept it from being written; the same.
        """
        waiting = _Waiting(job, undo=undo)
        self._jobs.put(waiting)
        return waiting.outcome()

    def keep(self, entry: Entry, then: Then | None = None) -> None:
        """Write an entry before all that is put later; wait for it, or have somebody told.

        What is told runs in the writing thread: it must be quick and must not raise.

        Raises:
            StateError: It is not in the journal yet. It is held, and written down in a file
                where that is possible, until this or the next process books it.
            Locked: The same, because of another process.
        """
        job = partial(enter, store=self._store, entry=entry)
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

        def job(db: StoreConnection) -> None:
            del db
            try:
                self._spool.make_room()
            except OSError as error:
                raise self._store.unusable(error) from None

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
            if wait == LONGEST_WAIT and self._store.trouble(trouble) is Trouble.AWAY:
                self._tell_once("the journal's server is away: no new call is started, and"
                                " answers are kept on this machine until it is back")  # fmt: skip
            self._pause(wait)
            wait = min(wait * 2, LONGEST_WAIT)
            is_last = self._add_waiting(batch) or is_last
        self._failing = trouble is not None
        self._is_told = self._is_told and self._failing
        for waiting in batch:
            waiting.end()
        return is_last

    def _give_up(self, batch: Sequence[_Waiting[Any]], trouble: Exception) -> None:
        """Leave a batch unwritten; what cannot be had again is held for every later commit."""
        failure = self._store.unusable(trouble)
        for waiting in batch:
            waiting.error = failure
        self._held += [waiting for waiting in batch if waiting.entry is not None]

    def _tell_once(self, words: str) -> None:
        if not self._is_told:
            self._is_told = True
            self._tell(words)

    def _patience(self, trouble: Exception) -> float:
        """Return for how many seconds a commit is worth trying again."""
        kind = self._store.trouble(trouble)
        if self._failing or kind is Trouble.LASTING:
            return 0.0
        return _PATIENCE.get(kind, PATIENCE)

    def _try(self, batch: Sequence[_Waiting[Any]]) -> Exception | None:
        """Write a batch; return what is wrong with the storage, None when all is on the disk.

        What is wrong with one job is its own error, and the others are written.
        """
        for alone in (False, True):
            try:
                if alone or not self._write_at_once(batch):
                    self._write(batch, alone=alone)
            except Exception as error:  # noqa: BLE001 - those who wait must learn of it
                self._roll_back()
                if of_the_storage(self._store, error):
                    return error
                if alone:
                    for waiting in batch:
                        waiting.error = error
            else:
                return None
        return None

    def _write(self, batch: Sequence[_Waiting[Any]], *, alone: bool) -> None:
        db, store = self._db, self._store
        self._hear(batch, db.begin())
        for given_up in self._to_undo:
            if given_up.undo is not None:
                given_up.undo(db, given_up.result)
        for held in self._held:
            with suppress(*store.refusals):
                held.do_alone(db, store)
        for waiting in batch:
            if waiting.is_written:
                continue
            waiting.error = None
            try:
                waiting.do_alone(db, store) if alone else waiting.do(db)
            except EnrichctlError as error:
                waiting.error = error
            except Exception as error:
                if not alone or of_the_storage(store, error):
                    raise
                known = store.is_of_the_database(error)
                waiting.error = store.unusable(error) if known else error
        self._spool.mark(db)
        self._unheard = [waiting for waiting in batch if waiting.error is None]
        db.commit()
        for written in (self._unheard, self._to_undo, self._held):
            written.clear()
        with suppress(OSError):  # a file that stays is marked: it is not booked again
            self._spool.booked()
            self._spool.remove_left()

    def _write_at_once(self, batch: Sequence[_Waiting[Any]]) -> bool:
        """Write a batch in one go; tell whether that can be done."""
        if not self._store.is_shared or self._unheard or self._to_undo or self._held:
            return False
        if self._spool.used or any(waiting.is_written for waiting in batch):
            return False
        jobs = [waiting.entry or waiting.job for waiting in batch]
        for job in jobs:
            strike(getattr(job, "step", ""), self._store)
        self._unheard = list(batch)
        results = self._db.at_once(jobs)
        self._unheard = []
        if results is None:
            return False
        for waiting, result in zip(batch, results, strict=True):
            waiting.take(result)
        return True

    def _hear(self, batch: Sequence[_Waiting[Any]], results: list[Any] | None) -> None:
        """Learn what became of a commit whose end was not heard of.

        What still waits is written, and is not written again; what was given up meanwhile is
        taken back.
        """
        unheard, self._unheard = self._unheard, []
        if results is None:
            return
        for one, result in zip(unheard, results, strict=False):  # others know theirs
            one.take(result)
        for one in unheard:
            one.is_written = True
        self._to_undo += [one for one in unheard if one not in batch and one.error is None]

    def _roll_back(self) -> None:
        self._spool.let_go_of_left()
        if self._db.in_transaction:
            with suppress(Exception):  # the next `begin` says what is wrong
                self._db.rollback()

    def _write_down(self, waiting: Sequence[_Waiting[Any]]) -> None:
        """Put what cannot be had again into the spool, once."""
        new = [one for one in waiting if one.entry is not None and not one.is_safe]
        if new:
            self._spool.add([one.entry for one in new if one.entry is not None])
            for one in new:
                one.is_safe = True
