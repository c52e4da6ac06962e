"""Exchanges by way of `requests`, bounded by a deadline for all of each."""

import threading
import time
from collections.abc import Mapping
from functools import lru_cache
from http.client import HTTPException
from ssl import SSLContext
from types import UnionType
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest, RequestException
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.response import BaseHTTPResponse
from urllib3.util.retry import Retry
from urllib3.util.ssl_ import create_urllib3_context
from urllib3.util.timeout import Timeout

from enrichctl.transport import connections, network
from enrichctl.transport.connections import Arrived, Bounded, OpenExchange
from enrichctl.transport.ends import Exhausted

IDLE_CAP = 15.0  # seconds; a server may have closed a connection that idled longer
# What an exchange can end with.
TROUBLE = (RequestException, HTTPError, HTTPException, OSError, ValueError)
_ONCE = Retry(False, redirect=False)  # raises what happened, instead of counting it


class _Mine(threading.local):
    """What each thread has for itself."""

    connection: Bounded | None = None
    last_used = 0.0


class Adapter(HTTPAdapter):
    """The way to one origin, with the TLS and the proxies of `requests`, for many threads.

    Its pool is found once. It opens a connection for each thread, with the first request; as long
    as that stays open, requests go straight over it. What `HTTPAdapter.send` does for every call
    besides (another type of reply, cookies, headers of its own) is left out: it would cost as
    much as the call.
    """

    def __init__(self) -> None:
        super().__init__(pool_connections=1, pool_maxsize=1)
        self._pool: Any = None
        self._finding = threading.Lock()
        self._cut = 0  # characters of a URL that the server is not told
        self._for_proxy: Mapping[str, str] = {}  # headers
        self._mine = _Mine()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make pools whose connections are bounded."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = connections.POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Make the same for what goes through a proxy."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = connections.POOLS
        return manager

    def cert_verify(self, conn: Any, url: str, verify: bool | str, cert: Any) -> None:
        """Trust what `requests` would, read once for all connections.

        For each of them alone, urllib3 would read the authorities again: 20 ms and 0.7 MB.
        """
        super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]
        # A proxy over TLS is not given the context, and has to find them for itself.
        shares = conn.proxy is None or conn.proxy.scheme != "https"
        if shares and (conn.ca_certs or conn.ca_cert_dir):
            conn.conn_kw["ssl_context"] = _trusting(conn.ca_certs, conn.ca_cert_dir)
            conn.ca_certs = conn.ca_cert_dir = None

    def open(
        self,
        request: PreparedRequest,
        *,
        timeout: float,
        connect_timeout: float,
        verify: bool | str,
        proxies: Mapping[str, str],
    ) -> BaseHTTPResponse:
        """Send a request once; return the reply as its headers arrive.

        Raises:
            RequestException, HTTPError, OSError: There is none.
        """
        url, method = request.url or "", request.method or ""
        pool = self._pool or self._find_pool(request, url, verify, dict(proxies))
        target, connection = url[self._cut :], self._mine.connection
        if connection is not None and connection.is_connected:
            headers = {**request.headers, **self._for_proxy}
            return connection.exchange(method, target, request.body, headers, timeout)
        self.hang_up()
        response: BaseHTTPResponse = pool.urlopen(
            method,
            target,
            request.body,
            request.headers,
            retries=_ONCE,
            redirect=False,
            assert_same_host=False,
            timeout=_timeout(connect_timeout, timeout),
            preload_content=False,
            decode_content=False,
            release_conn=False,  # the connection is this thread's
        )
        if isinstance(response, Arrived):
            self._mine.connection = response.over
        return response

    def _find_pool(
        self, request: PreparedRequest, url: str, verify: bool | str, proxies: dict[str, str]
    ) -> Any:
        with self._finding:
            if self._pool is None:
                pool: Any = self.get_connection_with_tls_context(request, verify, proxies)
                self.cert_verify(pool, url, verify, None)
                to_proxy = self.request_url(request, proxies) == url  # which must be told where to
                self._cut = 0 if to_proxy else url.index("/", url.index("//") + 2)
                self._for_proxy = dict(pool.proxy_headers) if to_proxy else {}
                self._pool = pool
        return self._pool

    def drop_idle(self) -> None:
        """Close this thread's connection if the server may have closed it meanwhile."""
        mine, now = self._mine, time.monotonic()
        if mine.connection is not None and now - mine.last_used > IDLE_CAP:
            self.hang_up()
        mine.last_used = now

    def hang_up(self) -> None:
        """Close this thread's connection."""
        mine = self._mine
        if mine.connection is not None:
            mine.connection.close()
            mine.connection = None


class Watchdog:
    """Ends exchanges that are past their deadline, whatever trickles in meanwhile.

    A read timeout starts anew with every byte, and neither requests nor urllib3 bound the whole.
    One thread looks after all exchanges of the process. While the process is stopped (Ctrl-Z, a
    laptop that sleeps) no time passes for an exchange: what arrived meanwhile is still to be read.
    """

    _LOOK = 0.1  # seconds between looks; a deadline is exact to this
    _STOPPED = 1.0  # seconds by which a look is late when the process was stopped

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: set[OpenExchange] = set()
        self._thread: threading.Thread | None = None

    def begin(self, deadline: float) -> OpenExchange:
        """Watch an exchange of this thread until it ends; see `end`.

        Raises:
            Exhausted: There is no thread for it.
        """
        exchange = OpenExchange(deadline)
        with self._lock:
            if self._thread is None:
                self._start()
            self._open.add(exchange)
        connections.begin(exchange)
        return exchange

    def end(self, exchange: OpenExchange) -> None:
        """Watch an exchange no more."""
        connections.begin(None)
        with self._lock:
            self._open.discard(exchange)

    def _start(self) -> None:
        thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            raise Exhausted(str(error)) from None
        self._thread = thread

    def _run(self) -> None:
        now = time.monotonic()
        while True:
            due = now + self._LOOK
            time.sleep(self._LOOK)
            now = time.monotonic()
            late_by = now - due
            with self._lock:
                if not self._open:
                    self._thread = None
                    return
                if late_by > self._STOPPED:
                    for exchange in self._open:
                        exchange.deadline += late_by
                late = [x for x in self._open if now > x.deadline and not x.expired and x.sock]
                for exchange in late:
                    exchange.expired = True
                    try:
                        connections.cut(exchange.sock)
                    except OSError:
                        continue  # it ended by itself in this very moment


watchdog = Watchdog()


@lru_cache(8)
def _trusting(file: str | None, folder: str | None) -> SSLContext:
    context = create_urllib3_context()
    context.load_verify_locations(file, folder)
    return context


@lru_cache(8)
def _timeout(connect: float, read: float) -> Timeout:
    return Timeout(connect=connect, read=read)


def prepared(method: str, url: str, headers: dict[str, str], body: bytes | None) -> PreparedRequest:
    """Prepare by hand: `requests` would parse and merge the same parts again on every call."""
    request = PreparedRequest()
    request.method, request.url, request.body = method, url, body
    request.headers = headers  # type: ignore[assignment]  # all spelled in one way
    return request


def proxies_of(base_url: str) -> Mapping[str, str]:
    """Return the environment's proxies; no proxy is told of what goes to this very machine.

    Raises:
        UsageError: The one for this server cannot be used.
    """
    host = urlsplit(base_url).hostname or ""
    if host in ("localhost", "::1") or host.startswith("127."):
        return {}
    return network.checked(get_environ_proxies(base_url, no_proxy=None), base_url)


# What went wrong: of which kind the error is, and what its text holds.
_WORDS: tuple[tuple[type[Exception] | UnionType, str, str], ...] = (
    (SSLError, "", "TLS failed"),
    (ProxyError, "", "the proxy refuses"),
    (Exception, "nameresolution", "its name cannot be resolved"),
    (Exception, "gaierror", "its name cannot be resolved"),
    (Exception, "refused", "nobody answers at that address and port"),
    (NewConnectionError, "", "there is no route to it"),
    (ConnectTimeoutError, "", "no connection in time"),
    (ReadTimeoutError | TimeoutError, "", "no answer in time"),
    (Exception, "", "the connection broke off"),
)


def error_in_words(error: Exception) -> str:
    """Name an error without quoting it."""
    text = repr(error).casefold()
    return next(words for kind, hint, words in _WORDS if isinstance(error, kind) and hint in text)
