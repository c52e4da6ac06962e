"""Which runs are alive, for all machines: each holds a lock of a connection to the server.

The server lets go of it when the connection ends, which it notices a minute after a machine has
gone. A connection that breaks while its run goes on is opened again, and the lock taken again: if
others have looked meanwhile, they took the run for dead. That costs nothing but their patience:
what it had sent counts as possibly charged until its answer is booked, and what it had only
reserved is refused when it is about to be sent.
"""

import hashlib
import select
import threading
from collections.abc import Callable
from typing import Any

import psycopg

from enrichctl.errors import EnrichctlError

GRACE = 40  # seconds after the server's start in which runs from before it count as alive

_SEES = """
SELECT EXISTS (
    SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND classid::bigint = $1 AND objid::bigint = $2
) OR EXISTS (
    SELECT 1 FROM runs WHERE id = $3 AND started_at::timestamptz < pg_postmaster_start_time()
        AND clock_timestamp() < pg_postmaster_start_time() + make_interval(secs => $4)
)
"""


class SessionLocks:
    """The locks of the runs on one server; see `contract.Alive`.

    Args:
        connect: Opens a connection.
        unusable: Returns what is raised when the server lets them down.
    """

    def __init__(
        self,
        connect: Callable[[], "psycopg.Connection[Any]"],
        unusable: Callable[[Exception], EnrichctlError],
    ) -> None:
        self._connect = connect
        self._unusable = unusable
        self._db: psycopg.Connection[Any] | None = None
        self._held: set[str] = set()
        self._threads = threading.RLock()

    def hold(self, run: str) -> bool:
        """Let everybody see that a run is alive; see `contract.Alive`."""
        with self._threads:
            try:
                if not _take(self._opened(), run):
                    return False
            except psycopg.Error as error:
                raise self._unusable(error) from None
            self._held.add(run)
            return True

    def keep(self) -> None:
        """Take the locks again if their connection was lost.

        Raises:
            psycopg.Error: That cannot be done now.
        """
        with self._threads:
            if self._held and (self._db is None or not _is_whole(self._db)):
                self._opened()

    def let_go(self, run: str) -> None:
        """Let everybody see that a run has come to its end."""
        with self._threads:
            if run not in self._held:
                return
            self._held.remove(run)
            if self._db is not None and not self._db.closed:
                try:
                    self._db.execute("SELECT pg_advisory_unlock($1)", (_key(run),))
                except psycopg.Error:  # the lock went with the connection
                    self._db.close()

    def sees(self, run: str) -> bool:
        """Tell whether a run that has begun is alive; see `contract.Alive`."""
        key = _key(run) % 2**64
        values = key >> 32, key % 2**32, run, float(GRACE)
        with self._threads:
            try:
                for is_last in (False, True):
                    try:
                        row = self._opened().execute(_SEES, values).fetchone()
                    except psycopg.OperationalError:  # it broke since it was last used
                        if is_last:
                            raise
                    else:
                        return bool(row and row[0])
            except psycopg.Error as error:
                raise self._unusable(error) from None
        return False

    def close(self) -> None:
        """Let go of every run."""
        with self._threads:
            self._held.clear()
            if self._db is not None:
                self._db.close()
                self._db = None

    def _opened(self) -> "psycopg.Connection[Any]":
        """Return the connection; a new one takes its place, with all locks, when it is lost."""
        if self._db is None or self._db.closed:
            self._db = self._connect()
            for run in self._held:
                _take(self._db, run)
        return self._db


def _take(db: "psycopg.Connection[Any]", run: str) -> bool:
    row = db.execute("SELECT pg_try_advisory_lock($1)", (_key(run),)).fetchone()
    return bool(row and row[0])


def _is_whole(db: "psycopg.Connection[Any]") -> bool:
    """Tell whether a connection stands: the server says something only when it ends it."""
    if db.closed:
        return False
    if select.select([db.fileno()], [], [], 0)[0]:
        try:
            db.execute("SELECT 1")
        except psycopg.Error:
            db.close()
            return False
    return True


def _key(run: str) -> int:
    """Return the number by which the server knows a run's lock."""
    digest = hashlib.blake2b(f"enrichctl run {run}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
