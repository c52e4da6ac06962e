"""Bounds on an exchange: a deadline for all of it, and whether its first byte has left."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.retry import Retry

IDLE_CAP = 15.0  # seconds; a server may have closed a connection that idled longer


class Exchange:
    """One request under way: when it must end, and whether its first byte has left."""

    __slots__ = ("deadline", "expired", "sent", "sock")

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.expired = False
        self.sent = False
        self.sock: Any = None


_current = threading.local()


class _Bounded:
    """Connection that tells the exchange when it starts to send, and lends it its socket."""

    sock: Any

    def connect(self) -> None:
        exchange: Exchange | None = getattr(_current, "exchange", None)
        try:
            super().connect()  # type: ignore[misc]
        finally:
            if exchange:  # what opened a proxy's tunnel, or failed to, is not the request
                exchange.sent = False

    def send(self, data: Any) -> None:
        exchange: Exchange | None = getattr(_current, "exchange", None)
        if self.sock is None:
            self.connect()
        if exchange:
            exchange.sock = self.sock
            exchange.sent = True
        super().send(data)  # type: ignore[misc]


class _BoundedHTTP(_Bounded, HTTPConnection):
    pass


class _BoundedHTTPS(_Bounded, HTTPSConnection):
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _BoundedHTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _BoundedHTTPS


_POOLS = {"http": _HTTPPool, "https": _HTTPSPool}


class Adapter(HTTPAdapter):
    """Adapter for one origin: its pool is looked up once, not on every request."""

    def __init__(self) -> None:
        super().__init__(
            pool_connections=1, pool_maxsize=1, max_retries=Retry(0, read=False, redirect=False)
        )
        self._pool: Any = None
        self.last_used = 0.0

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make pools whose connections are bounded."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Make the same for what goes through a proxy."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """Return the one pool, looked up once."""
        if self._pool is None:
            self._pool = super().get_connection_with_tls_context(*args, **kwargs)
        return self._pool

    def drop_idle(self) -> None:
        """Forget the connection if the server may have closed it meanwhile."""
        now = time.monotonic()
        if self._pool is not None and now - self.last_used > IDLE_CAP:
            self._pool.close()
            self._pool = None
            self.poolmanager.clear()
        self.last_used = now


class Watchdog:
    """Ends exchanges that are past their deadline, whatever trickles in meanwhile.

    A read timeout starts anew with every byte, and neither requests nor urllib3 bound the whole.
    One thread looks after all exchanges of the process.
    """

    _LOOK = 0.1  # seconds between looks; a deadline is exact to this

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: set[Exchange] = set()
        self._thread: threading.Thread | None = None

    @contextmanager
    def watch(self, exchange: Exchange) -> Iterator[None]:
        """Watch an exchange for as long as it lasts."""
        with self._lock:
            self._open.add(exchange)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
                self._thread.start()
        _current.exchange = exchange
        try:
            yield
        finally:
            _current.exchange = None
            with self._lock:
                self._open.discard(exchange)

    def _run(self) -> None:
        while True:
            time.sleep(self._LOOK)
            now = time.monotonic()
            with self._lock:
                if not self._open:
                    self._thread = None
                    return
                late = [x for x in self._open if now > x.deadline and not x.expired and x.sock]
                for exchange in late:
                    exchange.expired = True
                    try:
                        exchange.sock.shutdown(2)
                    except OSError:
                        continue  # it ended by itself in this very moment


watchdog = Watchdog()
