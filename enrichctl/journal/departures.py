"""Rate limits that machines share: the last departures of each account, on the server's clock.

A call that may leave takes its place in the log in the transaction that looked for it, one machine
after the other. What is lost when the server crashes is less than a second of departures, so it
does not wait for its disk; after the server has started a whole window is waited, for whoever was
about to leave when it went down.
"""

import hashlib
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import psycopg

from enrichctl.journal.contract import Trouble
from enrichctl.journal.server_clock import seconds
from enrichctl.model import AHEAD, Rate

if TYPE_CHECKING:
    from enrichctl.journal.postgres import PostgresStore

LONGEST_CAUTION = 120.0  # seconds of a window that is waited for anew; longer ones lose too little
LOOK_EVERY = 0.5  # seconds until a refusal of another machine is known, where nothing else waits
_WAIT, _AWAY_WAIT, _AWAY_PATIENCE = 0.01, 0.5, 30.0  # seconds

_OLDEST = """
SELECT oldest.at, latest.at FROM limits
    LEFT JOIN departures AS oldest ON oldest.account = $1 AND oldest.rate = $2
        AND oldest.slot = departed % $3
    LEFT JOIN departures AS latest ON latest.account = $1 AND latest.rate = $2
        AND latest.slot = (departed - 1) % $3
WHERE limits.account = $1 AND limits.rate = $2
"""
_ADD = """
WITH counted AS (
    INSERT INTO limits VALUES ($1, $2, 1) ON CONFLICT (account, rate)
    DO UPDATE SET departed = limits.departed + 1 RETURNING departed - 1 AS place
)
INSERT INTO departures SELECT $1, $2, place % $3, $4 FROM counted
ON CONFLICT (account, rate, slot) DO UPDATE SET at = excluded.at RETURNING slot
"""
_PUT_OFF = """
UPDATE departures SET at = $4 WHERE account = $1 AND rate = $2 AND slot = $3 AND at = $5
"""
_HOLD = """
INSERT INTO pauses VALUES ($1, $2, $3) ON CONFLICT (account, part)
DO UPDATE SET until = greatest(pauses.until, excluded.until)
"""


class SharedWindow:
    """The last departures of one window; see `pacing.window.Window`."""

    def __init__(self, windows: "SharedWindows", account: str, rate: Rate) -> None:
        self._windows = windows
        self._rate = rate
        self._key = account, f"{rate.limit} {rate.seconds} {rate.group}"

    def _latest(self, now: float) -> float:
        """Return the latest moment that ``now`` may be, by the server's clock."""
        return now + self._windows.store.clock.doubt

    def oldest(self, now: float) -> float | None:
        """Return when the call left that must be out of the window first; None for none."""
        row = self._windows.run(_OLDEST, (*self._key, self._rate.limit))
        oldest, latest = row or (None, None)
        start = self._windows.started_at
        if latest is not None and latest < start and self._rate.seconds <= LONGEST_CAUTION:
            oldest = start  # as if all had left then
        return None if oldest is None else min(float(oldest), now + AHEAD)

    def add(self, moment: float) -> list[Any]:
        """Log a departure; return its place, and what stands there."""
        at = self._latest(moment)
        row = self._windows.run(_ADD, (*self._key, self._rate.limit, at))
        return [int(row[0]) if row else 0, at]

    def put_off(self, place: list[Any], moment: float) -> None:
        """Log a departure at another moment, unless another one has its place by now."""
        slot, former = place
        place[1] = at = self._latest(moment)
        self._windows.note((*self._key, slot, at, former))


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
        self._account = digest.hexdigest()
        self._begin = f"""
BEGIN ISOLATION LEVEL READ COMMITTED;
SELECT pg_advisory_xact_lock({int.from_bytes(digest.digest())});
SELECT part, until FROM pauses WHERE account = '{self._account}';
SELECT extract(epoch FROM clock_timestamp())::float8,
    extract(epoch FROM pg_postmaster_start_time())::float8
"""
        self._threads = threading.RLock()
        self._db: psycopg.Connection[Any] | None = None
        self._notes: deque[tuple[Any, ...]] = deque()
        self._aside = ThreadPoolExecutor(1)
        self._pauses: dict[str, float] = {}
        self._looked = 0.0
        self.started_at = 0.0

    def clock(self) -> float:
        """Return the seconds of the server's clock."""
        return self.store.now().timestamp()

    def window(self, rate: Rate) -> SharedWindow:
        """Return the log of one limit."""
        return SharedWindow(self, self._account, rate)

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
            try:
                yield
                db.execute("COMMIT")
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
        self._write_notes()
        asked = seconds()
        found = self._db.execute(self._begin, prepare=False)
        found.nextset()
        found.nextset()
        self._pauses = dict(found.fetchall())
        found.nextset()
        now, self.started_at = found.fetchone() or (0.0, 0.0)
        self._looked = now
        self.store.clock.hear(now, asked)
        return self._db

    @property
    def is_free(self) -> bool:
        """Tell whether no machine had met a refusal, a moment ago."""
        now = self.clock()
        is_fresh = 0 <= now - self._looked < LOOK_EVERY
        return is_fresh and not any(until > now for until in self._pauses.values())

    def held_until(self, part: str) -> float:
        """Return until when a refusal keeps back all calls of a group."""
        return self._pauses.get(part, 0.0)

    def hold(self, part: str, until: float) -> None:
        """Keep back all calls of a group, of all machines."""
        self.run(_HOLD, (self._account, part, until))

    def run(self, sql: str, values: tuple[Any, ...]) -> Any:
        """Run a statement while held; return its first row, if it has any."""
        assert self._db is not None  # noqa: S101 - it is held
        found = self._db.execute(sql, values)
        return found.fetchone() if found.description else None

    def note(self, values: tuple[Any, ...]) -> None:
        """Have a departure put off, by the way: the call is just leaving."""
        self._notes.append(values)
        self._aside.submit(self._write_notes)

    def _write_notes(self) -> None:
        """Put departures off; one that is lost counts as a call that was on time."""
        with self._threads, suppress(psycopg.Error, IndexError):
            while self._db is not None and not self._db.closed:
                self._db.execute(_PUT_OFF, self._notes.popleft())

    def close(self) -> None:
        """Let go of the connection."""
        self._aside.shutdown()
        with self._threads:
            if self._db is not None:
                self._db.close()
                self._db = None
