"""Connections to the server of a team's journal.

A writer holds the turn, an advisory lock, from the first statement to the commit, as a file of
SQLite has one writer: what a budget has room for, and who is asking what, is decided one after the
other over all machines.

The disk is waited for by those who write side by side. What is written is committed without
waiting, so that the next one has the turn; a second commit, of nothing but a mark in the server's
log, waits until all before it is on the disk. Nobody is told before that second one is made, and
what others have read and written meanwhile comes later in the log: it is lost with what it was
based on, or neither is.

Each writer counts its commits in the server. One whose acknowledgement was lost is looked up by
that number before anything else is written, and cannot be made later on.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.pq import Escaping

from enrichctl.journal.contract import Cursor
from enrichctl.journal.packing import inflate
from enrichctl.journal.server import translated
from enrichctl.journal.server_clock import seconds
from enrichctl.journal.server_rows import as_rows, results

if TYPE_CHECKING:
    from enrichctl.journal.postgres import PostgresStore

VERSION = 4  # of the tables
POOLED, OUTDATED = "EC001", "EC002"  # what `turn` refuses, as SQLSTATE

_WRITERS = int.from_bytes(hashlib.blake2b(b"enrichctl writers", digest_size=7).digest())
BEGIN = f"BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock({_WRITERS})"
_COMMIT = "COMMIT; SELECT pg_logical_emit_message(true, 'enrichctl', '')"  # by itself: on the disk

# Plans are kept as long as a connection: what is found by a key in a large table has to be found by
# it while the table is small.
_BY_KEY = "SET enable_seqscan = off"

_FORGET = "DELETE FROM writers WHERE name = $1 OR at < now() - interval '30 days'"


class Link:
    """One connection; what was begun is lost with it."""

    def __init__(self, store: "PostgresStore") -> None:
        self._store = store
        self._db = store.open()

    @property
    def in_transaction(self) -> bool:
        """Tell whether a transaction is open."""
        idle = psycopg.pq.TransactionStatus.IDLE
        return not self._db.closed and self._db.info.transaction_status != idle

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Cursor:
        """Run a statement."""
        return self._db.execute(translated(sql), values or None)

    def executemany(self, sql: str, rows: Sequence[Sequence[Any]], /) -> Cursor:
        """Run a statement for each of some rows of values, without waiting in between."""
        cursor = self._db.cursor()
        if len(rows) == 1:  # what waits for nothing takes longer to set up
            return cursor.execute(translated(sql), rows[0])
        cursor.executemany(translated(sql), rows)
        return cursor

    def script(self, text: str) -> None:
        """Run statements that take no values."""
        self._db.execute(text, prepare=False)

    def packed(self, data: bytes | None) -> str | None:
        """Return a text as it is: the server packs it, and can look into it."""
        return inflate(data)

    def close(self) -> None:
        """Let go of it."""
        self._db.close()


class ReadingLink(Link):
    """The connection that is read from: a new one takes its place when it is lost."""

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Cursor:
        """Run a statement."""
        if self._db.closed:
            self._db = self._store.open()
        return super().execute(sql, values)

    def begin(self) -> list[Any] | None:
        """Refuse: this one is for reading."""
        raise AssertionError("a reader does not write")

    def commit(self) -> None:
        """Refuse, too."""
        raise AssertionError("a reader does not write")

    def rollback(self) -> None:
        """Refuse, too."""
        self.begin()

    def at_once(self, jobs: Sequence[Any]) -> list[Any] | None:
        """Refuse, too."""
        del jobs
        return self.begin()


class WritingLink(Link):
    """The connection that is written to: a new one takes its place at the next beginning."""

    def __init__(self, store: "PostgresStore") -> None:
        super().__init__(store)
        self._db.execute(_BY_KEY)
        self._name = os.urandom(16).hex()
        self._link = 1  # which connection this is
        self._made = 0  # commits that were heard of
        self._jobs: Sequence[Any] = ()  # those that the last one held, where `at_once` made it
        self._is_unheard = False  # what became of it is not known
        self._found: list[Any] | None = None  # its outcome, once that is known

    def begin(self) -> list[Any] | None:
        """Begin to write, alone over all machines; see `StoreConnection`."""
        self._open()
        if self._is_unheard:
            made, came = self._rows(f"{BEGIN}; SELECT * FROM heard({self._me}); {_COMMIT}")[2]
            self._found = results(self._jobs, json.loads(came)) if made > self._made else None
            self._made, self._is_unheard = made, False
        asked = seconds()
        _, _, (_, clock) = self._rows(f"{BEGIN}; SELECT * FROM turn({self._me})")
        self._store.clock.hear(clock, asked)
        found, self._found = self._found, None
        return found

    def commit(self) -> None:
        """Write all of it."""
        self._jobs, self._is_unheard = (), True
        said = self._db.execute(_COMMIT, prepare=False).statusmessage
        if said != "COMMIT":
            self._is_unheard = False
            raise psycopg.errors.InFailedSqlTransaction("an error before was not seen to")
        self._is_heard()

    def at_once(self, jobs: Sequence[Any]) -> list[Any] | None:
        """Write settlements and intents in one go; see `StoreConnection`."""
        if self._is_unheard or self._found is not None:
            return None
        rows = as_rows(jobs)
        if rows is None:
            return None
        self._open()
        ends, intents = (self._literal(part) for part in rows)
        self._jobs, self._is_unheard, asked = jobs, True, seconds()
        found = self._rows(
            f"{BEGIN}; SELECT * FROM turn({self._me});"
            f" SELECT write_all('{self._name}', {ends}, {intents}); {_COMMIT}"
        )
        self._is_heard()
        self._store.clock.hear(found[2][1], asked)
        return results(jobs, json.loads(found[3][0]))

    def rollback(self) -> None:
        """Write nothing of it."""
        self._db.execute("ROLLBACK")

    def close(self) -> None:
        """Let go of it, and of what tells its commits apart, and of what the dead have left."""
        if not (self._db.closed or self._is_unheard or self.in_transaction):
            with suppress(psycopg.Error):
                self._db.execute(_FORGET, (self._name,))
        super().close()

    def _is_heard(self) -> None:
        self._made += 1
        self._is_unheard = False

    @property
    def _me(self) -> str:
        """Return who begins, as the server's functions take it."""
        return f"'{self._name}', {self._link}, {self._db.info.backend_pid}, {VERSION}"

    def _open(self) -> None:
        if self._db.closed:
            self._db = self._store.open()
            self._db.execute(_BY_KEY)
            self._link += 1
        self._store.locks.keep()

    def _rows(self, sql: str) -> list[Any]:
        """Run statements; return the first row of each, None where there is none."""
        found = self._db.execute(sql, prepare=False)
        rows = []
        while True:
            rows.append(found.fetchone() if found.description else None)
            if not found.nextset():
                return rows

    def _literal(self, text: str) -> str:
        return Escaping(self._db.pgconn).escape_literal(text.encode()).decode()
