"""The journal of a team, in PostgreSQL: how it is opened, brought up to date, and fails."""

import os
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from enrichctl.errors import EnrichctlError, JournalAway, Locked, StateError
from enrichctl.journal.contract import StoreConnection, Trouble
from enrichctl.journal.departures import SharedWindows
from enrichctl.journal.links import BEGIN, OUTDATED, POOLED, VERSION, Link, ReadingLink, WritingLink
from enrichctl.journal.server import (
    SCHEMA,
    open_direct,
    pooled,
    refused,
    unfit,
    who,
    words,
)
from enrichctl.journal.server_clock import ServerClock, seconds
from enrichctl.journal.session_locks import SessionLocks

MIGRATIONS = (
    "postgres.sql",
    "postgres_writers.sql",
    "postgres_kinds.sql",
    "postgres_written.sql",
)  # each from its number to the next
_NAMING = "attempts, subjects, records, kinds, segments, results, changes"  # tables that may
_FAULTS = {
    "full": (psycopg.errors.DiskFull, "could not extend file: No space left on device"),
    "io": (psycopg.errors.IoError, "could not fsync file: Input/output error"),
    "busy": (psycopg.errors.LockNotAvailable, "canceling statement due to lock timeout"),
}
_BUSY = ("55P03", "40001", "40P01")
_AWAY = ("08", "57P", "25P03", "25006")  # as the beginnings of SQLSTATE
_PASSING = ("53", "58")
_LASTING = ("XX001", "XX002", OUTDATED, POOLED)


class PostgresStore:
    """The journal of a team.

    Args:
        url: Of the database, without a password.
        files: Where files of this machine stand that belong to it: their names begin so.
        password: Returns the password where libpq does not find one by itself; "" for that.
        ca_bundle: File of certificate authorities; "" for those of the system.
    """

    is_shared = True
    refusals: tuple[type[Exception], ...] = (
        psycopg.IntegrityError, psycopg.DataError, OverflowError,
    )  # fmt: skip

    def __init__(
        self,
        url: str,
        files: Path,
        *,
        password: Callable[[], str] = lambda: "",
        ca_bundle: str = "",
    ) -> None:
        self.name = url
        self.files = files
        self.who = who()
        self._password = cache(password)
        self._ca_bundle = ca_bundle
        self._windows: list[SharedWindows] = []
        self.clock = ServerClock()
        self.locks = SessionLocks(self.open, self.unusable)

    def now(self) -> datetime:
        """Return the present, by the server's clock."""
        if not self.clock.is_known:
            with closing(self.connect()) as db:
                asked = seconds()
                row = db.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone()
                self.clock.hear(row[0], asked)
        return datetime.fromtimestamp(self.clock.now(), UTC)

    def open(self) -> "psycopg.Connection[Any]":
        """Open a connection.

        Raises:
            psycopg.Error: It cannot be opened.
            StateError: It leads through a pooler.
        """
        return open_direct(
            self.name, password=self._password, ca_bundle=self._ca_bundle, environ=os.environ
        )

    def connect(self) -> ReadingLink:
        """Open it for reading."""
        try:
            return ReadingLink(self)
        except psycopg.Error as error:
            raise self.unusable(error) from None

    def writer(self) -> WritingLink:
        """Open it for writing; it has to be up to date."""
        try:
            with ExitStack() as stack:
                db = stack.enter_context(closing(WritingLink(self)))
                self._check(_version(db))
                stack.pop_all()
        except psycopg.Error as error:
            raise self.unusable(error) from None
        return db

    def _check(self, version: int) -> None:
        if version > VERSION:
            raise StateError(
                f"the journal {self.name} was written by a newer enrichctl",
                next="upgrade enrichctl",
            )
        if version == 0:
            raise StateError(
                f"there is no journal in {self.name} yet", next="enrichctl journal init"
            )
        if version < VERSION:
            raise StateError(
                f"the journal {self.name} was made by an older enrichctl",
                next="enrichctl journal init, run by the person who made it: it brings the tables"
                " up to date, and everybody with an older enrichctl has to upgrade then",
            )

    def init(self) -> int:
        """Make the tables or bring them up to date, at once; return the version that was there.

        Raises:
            StateError: They cannot be made.
        """
        from importlib.resources import files  # noqa: PLC0415 - once in the life of a journal

        try:
            with closing(Link(self)) as db:
                db.script(BEGIN)
                version = _version(db)
                if version >= VERSION:
                    self._check(version)
                    return version
                ((encoding,),) = db.execute("SHOW server_encoding").fetchall()
                if encoding != "UTF8":
                    raise StateError(
                        f"the database of {self.name} is encoded as {encoding}",
                        next="create one with ENCODING 'UTF8'",
                    )
                for name in MIGRATIONS[version:]:
                    db.script((files(__package__) / name).read_text("utf-8"))
                db.execute("UPDATE about SET version = ?", (VERSION,))
                db.script("COMMIT")
        except psycopg.Error as error:
            raise self.unusable(error) from None
        return version

    @property
    def grants(self) -> list[str]:
        """Return the least rights of those who use it, as SQL."""
        return [
            f"GRANT USAGE ON SCHEMA {SCHEMA} TO colleagues;",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {SCHEMA} TO colleagues;",
            f"REVOKE INSERT, UPDATE, DELETE ON {SCHEMA}.about FROM colleagues;",
        ]

    def alive(self) -> SessionLocks:
        """Return the locks of the runs on it."""
        return self.locks

    def windows(self, account: str) -> SharedWindows:
        """Return the rate limits of an account."""
        found = SharedWindows(self, account)
        self._windows.append(found)
        return found

    def close(self) -> None:
        """Let go of the rate limits' connections."""
        while self._windows:
            self._windows.pop().close()

    def trouble(self, error: Exception) -> Trouble:
        """Return what an error tells of the next try."""
        if not isinstance(error, psycopg.Error):
            return Trouble.NOT_OF_THE_STORAGE
        state = error.sqlstate or ("08" if isinstance(error, psycopg.OperationalError) else "")
        if state in _BUSY:
            return Trouble.BUSY
        if state.startswith(_AWAY):
            return Trouble.AWAY
        if state.startswith(_PASSING):
            return Trouble.PASSING
        return Trouble.LASTING if state in _LASTING else Trouble.NOT_OF_THE_STORAGE

    def is_of_the_database(self, error: Exception) -> bool:
        """Tell whether the server, or the way to it, has raised an error."""
        return isinstance(error, psycopg.Error)

    def unusable(self, error: Exception) -> EnrichctlError:
        """Return what is raised when the server lets the journal down."""
        kind = self.trouble(error)
        if kind is Trouble.LASTING and (refusal := self._of_turn(error)):
            return refusal
        if kind is Trouble.BUSY:
            return Locked(
                f"others keep the journal {self.name} locked",
                next="see whose run hangs (enrichctl status), then run the same command again",
            )
        if kind is Trouble.AWAY and (why := refused(error)):
            return StateError(
                f"the server of the journal {self.name} refuses: {why}",
                next="check user and database in its address, the password in the file that"
                " PGPASSFILE names or of journal_password_command, and for another machine its"
                " certificate (ca_bundle)",
            )
        if kind is Trouble.AWAY and (why := unfit(error)):
            return StateError(
                f"the address of the journal {self.name} cannot be used: {why}",
                next="correct it: journal in the configuration, ENRICHCTL_JOURNAL, or the service"
                " file that it names",
            )
        if kind is Trouble.AWAY:
            return JournalAway(
                f"the journal {self.name} cannot be reached: {words(error)}",
                next="run the same command again when the server is back: answers that came"
                " meanwhile are kept on this machine, and are booked then",
            )
        return StateError(
            f"the journal {self.name} cannot be used: {words(error)}",
            next="ask the person who runs the server; enrichctl journal init says which rights it"
            " takes",
        )

    def _of_turn(self, error: Exception) -> StateError | None:
        """Return what is raised when the server lets nobody write who is as we are."""
        state = getattr(error, "sqlstate", "")
        if state == OUTDATED:
            return StateError(
                f"the tables of the journal {self.name} are of another version by now",
                next="upgrade enrichctl, and run the same command again",
            )
        return pooled(self.name) if state == POOLED else None

    def fault(self, kind: str) -> Exception:
        """Return how PostgreSQL tells of a fault."""
        error, words = _FAULTS[kind]
        return error(words)

    def erase(self, job: Callable[[StoreConnection], None]) -> str:
        """Delete, for everybody who uses it."""
        try:
            with closing(WritingLink(self)) as db:
                db.begin()
                job(db)
                db.commit()
                with suppress(psycopg.Error):  # only the tables' owner may
                    db.execute(f"VACUUM {_NAMING}")
        except psycopg.Error as error:
            raise self.unusable(error) from None
        return (
            "it is gone for everybody who uses this journal; the server's files and log, and"
            " copies of them, may hold it until they are written over"
        )


def _version(db: Link) -> int:
    """Return the number of the journal's schema; 0 when there is none."""
    found = db.execute("SELECT to_regclass(?) IS NOT NULL", (f"{SCHEMA}.about",)).fetchone()
    return int(db.execute("SELECT version FROM about").fetchone()[0]) if found[0] else 0
