"""Rate limits that machines share: the last departures of each account, on the server's clock.

A call that may leave takes its place in the log in the transaction that looked for it, one machine
after the other. What is lost when the server crashes is less than a second of departures, so it
does not wait for its disk; after the server has started a whole window is waited, for the calls
that were about to leave when it went down.
"""

import hashlib
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.sql import quote

from enrichctl.journal.contract import Trouble
from enrichctl.journal.server_clock import seconds
from enrichctl.model import AHEAD, Rate

if TYPE_CHECKING:
    from enrichctl.journal.postgres import PostgresStore

LONGEST_CAUTION = 120.0  # seconds of a window that is waited for anew; longer ones lose too little
LOOK_EVERY = 0.5  # seconds until a refusal of another machine is known, where nothing else waits
_WAIT, _AWAY_WAIT, _AWAY_PATIENCE = 0.01, 0.5, 30.0  # seconds

_LOOK = """
SELECT departed, oldest.at, latest.at FROM limits
    LEFT JOIN departures AS oldest ON (oldest.account, oldest.rate) = ({key})
        AND oldest.slot = departed % {limit}
    LEFT JOIN departures AS latest ON (latest.account, latest.rate) = ({key})
        AND latest.slot = (departed - 1) % {limit}
WHERE (limits.account, limits.rate) = ({key})
"""
_ADD = """
INSERT INTO limits VALUES ({key}, 1)
    ON CONFLICT (account, rate) DO UPDATE SET departed = limits.departed + 1;
INSERT INTO departures VALUES ({key}, {slot}, {at!r})
    ON CONFLICT (account, rate, slot) DO UPDATE SET at = excluded.at
"""
_PUT_OFF = """
UPDATE departures SET at = {at!r} WHERE (account, rate, slot) = ({key}, {slot}) AND at = {former!r}
"""
_CLOCK = """
SELECT extract(epoch FROM clock_timestamp())::float8,
    extract(epoch FROM pg_postmaster_start_time())::float8
"""
_HOLD = """
INSERT INTO pauses VALUES ({account}, {part}, {until!r}) ON CONFLICT (account, part)
    DO UPDATE SET until = greatest(pauses.until, excluded.until)
"""


class SharedWindow:
    """The last departures of one window; see `pacing.window.Window`.

    What it holds is read with the lock of the account, and what is added is written with its
    commit: one call is two ways to the server and back, however many windows there are.
    """

    def __init__(self, windows: "SharedWindows", account: str, rate: Rate) -> None:
        self._windows = windows
        self._rate = rate
        self._key = f"{account}, {quote(rate.name)}"
        self._departed = 0
        self._oldest: float | None = None
        self._latest: float | None = None

    @property
    def look(self) -> str:
        """Return the statement that reads it."""
        return _LOOK.format(key=self._key, limit=self._rate.limit)

    def take(self, row: tuple[int, float | None, float | None] | None) -> None:
        """Take what that has found."""
        self._departed, self._oldest, self._latest = row or (0, None, None)

    def _at_most(self, now: float) -> float:
        """Return the latest moment that ``now`` may be, by the server's clock."""
        return now + self._windows.store.clock.doubt

    def oldest(self, now: float) -> float | None:
        """Return when the call left that must be out of the window first; None for none."""
        oldest, start = self._oldest, self._windows.started_at
        if (self._latest or start) < start and self._rate.seconds <= LONGEST_CAUTION:
            oldest = start  # as if all had left then
        return None if oldest is None else min(oldest, now + AHEAD)

    def add(self, moment: float) -> list[Any]:
        """Log a departure; return its place, and what stands there."""
        slot, at = self._departed % self._rate.limit, self._at_most(moment)
        self._windows.write(_ADD.format(key=self._key, slot=slot, at=at))
        return [slot, at]

    def put_off(self, place: list[Any], moment: float) -> None:
        """Log a departure at another moment, unless another one has its place by now."""
        slot, former = place
        place[1] = at = self._at_most(moment)
        self._windows.note(_PUT_OFF.format(key=self._key, slot=slot, at=at, former=former))


class SharedWindows:
    """The windows of one account; see `pacing.WindowStore`.

    Args:
        store: The server.
        name: Of the account.

    Attributes:
        store: The server.
        started_at: When the server started, as `clock` tells it.
    """

    def __init__(self, store: "PostgresStore", name: str) -> None:
        self.store = store
        digest = hashlib.blake2b(name.encode(), digest_size=7)
        self._account = quote(digest.hexdigest())
        self._begin = [
            "BEGIN ISOLATION LEVEL READ COMMITTED",
            f"SELECT pg_advisory_xact_lock({int.from_bytes(digest.digest())})",
        ]
        self._begun = [
            _CLOCK,
            f"SELECT part, until FROM pauses WHERE account = {self._account}",
        ]
        self._shared: list[SharedWindow] = []
        self._writes: list[str] = []
        self._threads = threading.RLock()
        self._db: psycopg.Connection[Any] | None = None
        self._notes: deque[str] = deque()
        self._aside = ThreadPoolExecutor(1)
        self._pauses: dict[str, float] = {}
        self._looked = 0.0
        self.started_at = 0.0

    def clock(self) -> float:
        """Return the seconds of the server's clock."""
        return self.store.now().timestamp()

    def window(self, rate: Rate) -> SharedWindow:
        """Return the log of one limit."""
        self._shared.append(SharedWindow(self, self._account, rate))
        return self._shared[-1]

    @contextmanager
    def held(self, pause: Callable[[float], None]) -> Iterator[None]:
        """Keep all other threads and machines out.

        Args:
            pause: Waits so many seconds while another is inside, or the server is away; may raise.

        Raises:
            StateError: The server does not come back.
        """
        with self._threads:
            db = self._entered(pause)
            self._writes = []
            try:
                yield
                db.execute(";".join([*self._writes, "COMMIT"]), prepare=False)
            except psycopg.Error as error:
                db.close()  # what was begun ends with it
                raise self.store.unusable(error) from None
            except BaseException:
                with suppress(psycopg.Error):
                    db.execute("ROLLBACK")
                raise

    def _entered(self, pause: Callable[[float], None]) -> "psycopg.Connection[Any]":
        """Begin, and have the account to ourselves."""
        waited = 0.0
        while True:
            try:
                return self._try_to_enter()
            except psycopg.Error as error:
                if self._db is not None:
                    self._db.close()
                kind = self.store.trouble(error)
                if kind is Trouble.AWAY and waited < _AWAY_PATIENCE:
                    waited += _AWAY_WAIT
                elif kind is not Trouble.BUSY:
                    raise self.store.unusable(error) from None
            pause(_AWAY_WAIT if waited else _WAIT)

    def _try_to_enter(self) -> "psycopg.Connection[Any]":
        if self._db is None or self._db.closed:
            self._db = self.store.open()
            self._db.execute("SET synchronous_commit = off")
        notes, shared = list(self._notes), list(self._shared)
        reads = [*self._begun, *(window.look for window in shared)]
        asked = seconds()
        found = self._db.execute(";".join([*self._begin, *notes, *reads]), prepare=False)
        rows = [found.fetchall() if found.description else [] for _ in _results(found)]
        clock, pauses, *windows = rows[-len(reads) :]
        ((now, self.started_at),) = clock
        self._pauses = dict(pauses)
        for window, row in zip(shared, windows, strict=True):
            window.take(row[0] if row else None)
        for _ in notes:
            self._notes.popleft()
        self._looked = now
        self.store.clock.hear(now, asked)
        return self._db

    def is_fresh(self, now: float) -> bool:
        """Tell whether the refusals of all machines were known a moment ago."""
        return 0 <= now - self._looked < LOOK_EVERY

    def held_until(self, group: str, now: float) -> float:
        """Return until when a refusal keeps back a group, or everything."""
        del now
        return max(self._pauses.get(one, 0.0) for one in (group, ""))

    def hold(self, group: str, now: float, seconds: float) -> None:
        """Keep back all calls of a group, of all machines."""
        self.write(_HOLD.format(account=self._account, part=quote(group), until=now + seconds))

    def write(self, statement: str) -> None:
        """Write something while held, with the commit."""
        self._writes.append(statement)

    def note(self, statement: str) -> None:
        """Put a departure off, in another thread: the call is just leaving."""
        self._notes.append(statement)
        self._aside.submit(self._write_notes)

    def _write_notes(self) -> None:
        """Put departures off; one that is lost counts as a call that was on time."""
        with self._threads, suppress(psycopg.Error, IndexError):
            while self._db is not None and not self._db.closed:
                self._db.execute(self._notes.popleft(), prepare=False)

    def close(self) -> None:
        """Let go of the connection."""
        self._aside.shutdown()
        with self._threads:
            if self._db is not None:
                self._db.close()
                self._db = None


def _results(found: "psycopg.Cursor[Any]") -> Iterator[None]:
    """Go through what several statements have found, one after the other."""
    while True:
        yield
        if not found.nextset():
            return
