"""The journal in a file of SQLite: how it is opened, brought up to date, and fails."""

import errno
import os
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from enrichctl.errors import EnrichctlError, Locked, StateError
from enrichctl.journal import queries
from enrichctl.journal.alive import LockFiles
from enrichctl.journal.contract import StoreConnection, Trouble
from enrichctl.journal.packing import inflate

# Each step takes a journal from its number to the next; a new journal gets them all.
MIGRATIONS = (
    "schema.sql",
    "packed.sql",
    "open.sql",
    "accounts.sql",
    "outputs.sql",
    "waiting.sql",
    "gains.sql",
    "results.sql",
    "changes.sql",
    "dictionary.sql",
    "kinds.sql",
    "written.sql",
)
STATE_DIR = "ENRICHCTL_STATE_DIR"
LOSES = "a new journal does not know what was paid before"
_BUSY_MS = 30_000
LOG_KEPT = 16 << 20  # bytes that the write-ahead log may keep after a large change
_TURN_MS = 1_000  # that one try to write waits for another process

_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})
_PASSING = frozenset({
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PERM,
})  # fmt: skip
_LASTING = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_FAULTS = {
    "full": (sqlite3.SQLITE_FULL, "database or disk is full"),
    "io": (sqlite3.SQLITE_IOERR, "disk I/O error"),
    "busy": (sqlite3.SQLITE_BUSY, "database is locked"),
}


class SqliteConnection(sqlite3.Connection):
    """One connection to the file."""

    def begin(self) -> None:
        """See `StoreConnection`; what a file has not taken was not committed."""
        self.execute("BEGIN IMMEDIATE")

    def at_once(self, jobs: Sequence[object]) -> None:
        """See `StoreConnection`; a statement of a file waits for nothing."""

    def commit(self) -> None:
        """Write all of it."""
        self.execute("COMMIT")

    def rollback(self) -> None:
        """Write nothing of it."""
        self.execute("ROLLBACK")

    def packed(self, data: bytes | None) -> bytes | None:
        """Return what is deflated as it is: `inflate` is a function of this SQL."""
        return data


class SqliteStore:
    """The journal of one user, in a file.

    Args:
        path: The file.
    """

    is_shared = False
    who = ""
    refusals: tuple[type[Exception], ...] = (
        sqlite3.IntegrityError, sqlite3.DataError, OverflowError,
    )  # fmt: skip

    def __init__(self, path: Path) -> None:
        self._path = path
        self.name = str(path)
        self.files = path

    def now(self) -> datetime:
        """Return the present: all who share the file share the machine's clock."""
        return datetime.now(UTC)

    def connect(self) -> SqliteConnection:
        """Open it for reading."""
        return connect(self._path)

    def writer(self) -> SqliteConnection:
        """Open it for writing, and bring it up to date."""
        db = connect(self._path)
        migrate(db, self._path)
        db.execute(f"PRAGMA busy_timeout={_TURN_MS}")
        return db

    def alive(self) -> LockFiles:
        """Return the locks of the runs on it."""
        return LockFiles(self._path.parent / "locks", self.unusable)

    def windows(self, account: str) -> None:
        """Return nothing: processes of one machine share files."""

    def close(self) -> None:
        """Let go of nothing."""

    def trouble(self, error: Exception) -> Trouble:
        """Return what an error tells of the next try."""
        code = _code_of(error)
        if code in _BUSY:
            return Trouble.BUSY
        if code in _PASSING:
            return Trouble.PASSING
        return Trouble.LASTING if code in _LASTING else Trouble.NOT_OF_THE_STORAGE

    def is_of_the_database(self, error: Exception) -> bool:
        """Tell whether SQLite has raised an error."""
        return isinstance(error, sqlite3.Error)

    def unusable(self, error: Exception) -> EnrichctlError:
        """Return what is raised when SQLite or the file system lets the journal down."""
        return _unusable(self._path, error)

    def fault(self, kind: str) -> Exception:
        """Return how SQLite tells of a fault."""
        code, words = _FAULTS[kind]
        error = sqlite3.OperationalError(words)
        error.sqlite_errorcode = code
        return error

    def erase(self, job: Callable[[StoreConnection], None]) -> str:
        """Delete, and rebuild the file without what was deleted.

        Deleted cells are overwritten, the database is rebuilt (an earlier change may have left a
        copy in a page that was freed since), and the write-ahead log is emptied.
        """
        db = connect(self._path)
        try:
            db.execute("PRAGMA secure_delete=ON")
            db.begin()
            job(db)
            db.commit()
            db.execute("VACUUM")
            ((busy, _, _),) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except sqlite3.Error as error:
            raise StateError(
                f"the journal {self._path} cannot be rewritten: {error}",
                next="end what else uses it, see that the disk has room, and run this again",
            ) from None
        finally:
            db.close()
        if busy:
            return (
                "another process uses the journal: its log file may hold what was erased until"
                " it ends"
            )
        return ""


def connect(path: Path) -> SqliteConnection:
    """Open the journal for this thread; the file and its folder are the owner's alone.

    Raises:
        StateError: It cannot be opened.
    """
    try:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        db = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=30,
            factory=SqliteConnection,
        )  # fmt: skip
        db.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
        if _write_ahead(db) != "wal":  # a network file system: slower, but as safe
            db.execute("PRAGMA journal_mode=DELETE")
        db.execute("PRAGMA synchronous=FULL")
        db.execute(f"PRAGMA journal_size_limit={LOG_KEPT}")
        db.execute("PRAGMA foreign_keys=ON")
        db.create_function("inflate", 1, inflate, deterministic=True)
    except (OSError, sqlite3.Error) as error:
        raise _unusable(path, error) from None
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
                next=f"upgrade enrichctl; another {STATE_DIR} would do too, but {LOSES}",
            )
        if version == len(MIGRATIONS):
            return
        db.execute("BEGIN IMMEDIATE")
        (version,) = db.execute("PRAGMA user_version").fetchone()
        for number, name in enumerate(MIGRATIONS[version:], version + 1):
            for statement in _statements((Path(__file__).parent / name).read_text("utf-8")):
                db.execute(statement)
            db.execute(f"PRAGMA user_version={number}")
        db.execute("COMMIT")
    except sqlite3.Error as error:
        raise _unusable(path, error) from None


def _statements(script: str) -> list[str]:
    """Split a script: ``executescript`` would commit in the middle of a step."""
    lines = (line.partition("--")[0] for line in script.splitlines())
    return [s for s in "\n".join(lines).split(";") if s.strip()]


def latest_runs(path: Path, limit: int = 20) -> list[str]:
    """Return the ids of the latest runs, newest first, reading a journal without opening it all."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
            found = db.execute(queries.RUN_IDS, (limit,))
            return [name for (name,) in found]
    except sqlite3.Error:
        return []  # nobody who completes a word wants to hear of it


def _code_of(error: Exception) -> int:
    """Return SQLite's primary result code; -1 for what is no trouble of SQLite's."""
    return getattr(error, "sqlite_errorcode", -1) & 0xFF if isinstance(error, sqlite3.Error) else -1


def _unusable(path: Path, error: Exception) -> EnrichctlError:
    """Return what is raised when SQLite or the file system lets the journal down."""
    if _code_of(error) in _BUSY:
        return Locked(
            f"another process keeps the journal {path} locked",
            next="see which one hangs or is stopped, then run the same command again",
        )
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return StateError(f"the journal {path} cannot be used: {why}", next=_cure(path, error))


def _cure(path: Path, error: Exception) -> str:
    """Say what to do; another folder only where nothing is known yet, or it is no folder of ours.

    What was paid for is known in this journal alone, and so is what counts for a budget.
    """
    number = error.errno if isinstance(error, OSError) else None
    closed = number in (errno.EACCES, errno.EPERM, errno.EROFS)
    if _code_of(error) in _LASTING:
        return f"put a backup of it in its place, or move it away: {LOSES}"
    if not _holds_answers(path):
        elsewhere = f"set {STATE_DIR} to "
        if closed:
            return f"{elsewhere}a directory of your own"
        return f"free the disk or {elsewhere}another folder"
    if closed:
        return "make the file and its folder writable for you, then run the same command again"
    return "free the disk, then run the same command again"


def _holds_answers(path: Path) -> bool:
    """Tell whether anything was asked by a journal; what cannot be read may hold it."""
    try:
        if not path.is_file() or not path.stat().st_size:
            return False
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            return db.execute("SELECT 1 FROM attempts LIMIT 1").fetchone() is not None
    except OSError:  # there is none, or it is somebody else's
        return False
    except sqlite3.Error as error:
        return _code_of(error) != sqlite3.SQLITE_ERROR  # else it has no table yet
