"""The SQLite database of the journal: how it is opened, brought up to date, and fails."""

import os
import sqlite3
import time
from pathlib import Path

from enrichctl.errors import EnrichctlError, Locked, StateError
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
)
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


BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})
_PASSING = BUSY | {
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PERM,
}  # fmt: skip
LASTING = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def code_of(error: Exception) -> int:
    """Return SQLite's primary result code; -1 for what is no trouble of SQLite's."""
    return getattr(error, "sqlite_errorcode", -1) & 0xFF if isinstance(error, sqlite3.Error) else -1


def of_the_storage(error: Exception) -> bool:
    """Tell whether nothing could have been written, rather than just this."""
    return isinstance(error, sqlite3.Error) and code_of(error) in _PASSING | LASTING


def unusable(path: Path, error: Exception) -> EnrichctlError:
    """Return what is raised when SQLite or the file system lets the journal down."""
    if code_of(error) in BUSY:
        return Locked(
            f"another process keeps the journal {path} locked",
            next="see which one hangs or is stopped, then run the same command again",
        )
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return StateError(
        f"the journal {path} cannot be used: {why}",
        next="free the disk or set ENRICHCTL_STATE_DIR to another folder",
    )
