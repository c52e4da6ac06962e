"""One thread that writes the journal, and commits whatever has come together meanwhile.

Callers wait until their change is on the disk. A timed window would add its length to every paid
call; taking what is there as soon as the last commit is done costs nobody anything.
"""

import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

from enrichctl.errors import EnrichctlError, StateError
from enrichctl.journal.packing import inflate

T = TypeVar("T")
Job = Callable[[sqlite3.Connection], T]

# Each step takes a journal from its number to the next; a new journal gets them all.
MIGRATIONS = ("schema.sql", "packed.sql")
_BUSY_MS = 30_000
LOG_KEPT = 16 << 20  # bytes that the write-ahead log may keep after a large change


def connect(path: Path) -> sqlite3.Connection:
    """Open the journal for this thread; the file and its folder are the owner's alone.

    Raises:
        StateError: It cannot be opened.
    """
    try:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        db.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
        if _write_ahead(db) != "wal":  # a network file system: slower, but as safe
            db.execute("PRAGMA journal_mode=DELETE")
        db.execute("PRAGMA synchronous=FULL")
        db.execute(f"PRAGMA journal_size_limit={LOG_KEPT}")
        db.execute("PRAGMA foreign_keys=ON")
        db.create_function("inflate", 1, inflate, deterministic=True)
    except (OSError, sqlite3.Error) as error:
        raise unusable(path, error) from None
    return db


def _write_ahead(db: sqlite3.Connection) -> str:
    """Ask for a write-ahead log; SQLite does not wait by itself for others that do the same."""
    end = time.monotonic() + _BUSY_MS / 1000
    while True:
        try:
            return str(db.execute("PRAGMA journal_mode=WAL").fetchone()[0])
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.01)


def migrate(db: sqlite3.Connection, path: Path) -> None:
    """Bring the journal to the present schema, one numbered step after the other.

    Raises:
        StateError: It was written by a newer version, or is no journal.
    """
    try:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > len(MIGRATIONS):
            raise StateError(
                f"the journal {path} was written by a newer enrichctl",
                next="upgrade enrichctl, or set ENRICHCTL_STATE_DIR to another folder",
            )
        if version == len(MIGRATIONS):
            return
        from importlib.resources import files  # noqa: PLC0415 - most journals are up to date

        db.execute("BEGIN IMMEDIATE")
        (version,) = db.execute("PRAGMA user_version").fetchone()
        for number, name in enumerate(MIGRATIONS[version:], version + 1):
            for statement in _statements((files(__package__) / name).read_text("utf-8")):
                db.execute(statement)
            db.execute(f"PRAGMA user_version={number}")
        db.execute("COMMIT")
    except sqlite3.Error as error:
        raise unusable(path, error) from None


def _statements(script: str) -> list[str]:
    """Split a script: ``executescript`` would commit in the middle of a step."""
    lines = (line.partition("--")[0] for line in script.splitlines())
    return [s for s in "\n".join(lines).split(";") if s.strip()]


def unusable(path: Path, error: Exception) -> StateError:
    """Return what is raised when SQLite or the file system lets the journal down."""
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return StateError(
        f"the journal {path} cannot be used: {why}",
        next="free the disk or set ENRICHCTL_STATE_DIR to another folder",
    )


Then = Callable[[Exception | None], None]
"""Is told that a change is on the disk, or why it is not."""


class _Waiting(Generic[T]):
    """A job, and whoever waits until its change is on the disk."""

    __slots__ = ("_over", "error", "job", "result")

    def __init__(self, job: Job[T]) -> None:
        self.job = job
        self.result: T
        self.error: Exception | None = None
        self._over = threading.Lock()  # a `Future` would cost more than the job
        self._over.acquire()

    def end(self) -> None:
        """Let whoever waits go on."""
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

    def __init__(self, job: Job[Any], then: Then) -> None:
        self.job = job
        self.error = None
        self._then = then

    def end(self) -> None:
        """Tell how it ended."""
        self._then(self.error)


class Writer:
    """Runs jobs on the one writing connection, many to a commit.

    A job that raises must do so before it has changed anything.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = connect(path)
        migrate(self._db, path)
        self._jobs: queue.SimpleQueue[_Waiting[Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def do(self, job: Job[T]) -> T:
        """Run a job and return its result once it is on the disk.

        Raises:
            StateError: It could not be written; nothing of it is.
        """
        waiting = _Waiting(job)
        self._jobs.put(waiting)
        return waiting.outcome()

    def later(self, job: Job[Any], then: Then) -> None:
        """Run a job before all that is put later, and tell somebody how it ended.

        What is told runs in the writing thread: it must be quick and must not raise.
        """
        self._jobs.put(_Told(job, then))

    def close(self) -> None:
        """Write what is waiting and close."""
        self._jobs.put(None)
        self._thread.join()
        self._db.close()

    def _run(self) -> None:
        while (first := self._jobs.get()) is not None:
            batch = [first]
            last = False
            while not self._jobs.empty():
                item = self._jobs.get()
                if item is None:
                    last = True
                    break
                batch.append(item)
            self._commit(batch)
            if last:
                return

    def _commit(self, batch: list[_Waiting[Any]]) -> None:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            for waiting in batch:
                try:
                    result = waiting.job(self._db)
                    # A cursor must not leave: dropped in another thread it resets a statement
                    # that is cached here and may be running.
                    waiting.result = None if isinstance(result, sqlite3.Cursor) else result
                except EnrichctlError as error:
                    waiting.error = error
            self._db.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - whoever waits must learn of it, whatever it is
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            failure = unusable(self._path, error) if isinstance(error, sqlite3.Error) else error
            for waiting in batch:
                waiting.error = failure
        for waiting in batch:
            waiting.end()
