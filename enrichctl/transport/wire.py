"""Send one request once, and say whether the other side can have received it.

Everything that `requests` would do on its own and that costs money or leaks keys is off:
retries, redirects, netrc. A deadline bounds the whole exchange, not each read, and a cap bounds
the decompressed body.
"""

import base64
import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict
from requests.utils import get_environ_proxies
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.util.retry import Retry

from enrichctl import __version__
from enrichctl.transport.replies import Reply

CONNECT_TIMEOUT = 10.0
BODY_CAP = 16 * 1024 * 1024  # decompressed bytes; the largest documented answers are about 1 MB
MISDIRECTED = 421  # RFC 9110 15.5.20
IDLE_CAP = 15.0  # seconds; a server may have closed a connection that idled longer

Auth = AuthBase


class NotSent(Exception):
    """The request never left: it can be sent again whatever it costs."""


class Lost(Exception):
    """The request may have been received, but there is no answer that can be trusted."""


class HeaderAuth(AuthBase):
    """Credentials in headers. Being an ``AuthBase`` keeps netrc from replacing them."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = dict(headers)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Put the headers on a request."""
        request.headers.update(self._headers)
        return request


class BasicAuth(HeaderAuth):
    """HTTP Basic, in UTF-8 (requests' own is Latin-1); either side may be empty."""

    def __init__(self, user: str, password: str) -> None:
        token = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
        super().__init__({"Authorization": f"Basic {token}"})


class QueryAuth(AuthBase):
    """Credentials in the query string, for vendors that know no other way."""

    def __init__(self, name: str, value: str) -> None:
        self._pair = f"{quote(name, safe='')}={quote(value, safe='')}"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Put the pair at the end of a request's URL."""
        request.url = f"{request.url}{'&' if '?' in (request.url or '') else '?'}{self._pair}"
        return request


class _Exchange:
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
        exchange: _Exchange | None = getattr(_current, "exchange", None)
        try:
            super().connect()  # type: ignore[misc]
        finally:
            if exchange:  # what opened a proxy's tunnel, or failed to, is not the request
                exchange.sent = False

    def send(self, data: Any) -> None:
        exchange: _Exchange | None = getattr(_current, "exchange", None)
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


class _Adapter(HTTPAdapter):
    """Adapter for one origin: its pool is looked up once, not on every request."""

    def __init__(self) -> None:
        super().__init__(
            pool_connections=1, pool_maxsize=1, max_retries=Retry(0, read=False, redirect=False)
        )
        self._pool: Any = None
        self.last_used = 0.0

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
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


class _Watchdog:
    """Ends exchanges that are past their deadline, whatever trickles in meanwhile.

    A read timeout starts anew with every byte, and neither requests nor urllib3 bound the whole.
    One thread looks after all exchanges of the process.
    """

    _LOOK = 0.1  # seconds between looks; a deadline is exact to this

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: set[_Exchange] = set()
        self._thread: threading.Thread | None = None

    @contextmanager
    def watch(self, exchange: _Exchange) -> Iterator[None]:
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


_watchdog = _Watchdog()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where and as whom requests are sent; replaced as a whole, so that no request mixes two."""

    base_url: str
    auth: Auth | None
    proxies: Mapping[str, str]


class Wire:
    """The way to one origin at a time, for one worker at a time per thread.

    Args:
        base_url: Scheme, host and the path before the vendor's documented paths; "" while it is
            not known, and then every request is answered 421 without being sent.
        auth: Credentials; None sends none.
        ca_bundle: A file of certificates to trust instead of the system's.

    Attributes:
        moving: Held by whoever finds out where to move to.
    """

    def __init__(self, base_url: str, auth: Auth | None = None, *, ca_bundle: str = "") -> None:
        self.move(base_url, auth)
        self.moving = threading.Lock()
        self.ca_bundle = ca_bundle
        self._verify: bool | str = (
            ca_bundle
            or os.environ.get("REQUESTS_CA_BUNDLE")
            or os.environ.get("CURL_CA_BUNDLE")
            or True
        )
        self._headers = {
            "User-Agent": f"enrichctl/{__version__}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
        }
        self._local = threading.local()

    def move(self, base_url: str, auth: Auth | None) -> None:
        """Send what follows elsewhere, or with other credentials."""
        base_url = base_url.rstrip("/")
        self._place = _Place(base_url, auth, _proxies(base_url))

    @property
    def base_url(self) -> str:
        """Return what stands before the vendor's documented paths."""
        return self._place.base_url

    @property
    def auth(self) -> Auth | None:
        """Return the credentials; every renewal makes others."""
        return self._place.auth

    @property
    def host(self) -> str:
        """Return the host, for messages."""
        return urlsplit(self.base_url).netloc.rpartition("@")[2]

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        timeout: float,
    ) -> Reply:
        """Send a request and return the whole reply, whatever its status.

        Args:
            method: Upper case.
            path: Begins with ``/``; query string included and encoded.
            body: Sent as it is.
            headers: Beside the usual ones.
            timeout: Seconds for the whole exchange, connecting included.

        Raises:
            NotSent: Nothing can have been received.
            Lost: It may have been received; there is no whole answer.
        """
        place = self._place
        if not place.base_url:
            return Reply(MISDIRECTED, {}, b"")
        adapter = self._adapter(place)
        adapter.drop_idle()
        exchange = _Exchange(time.monotonic() + timeout)
        request = self._request(place, method, path, body, headers)
        with _watchdog.watch(exchange):
            try:
                response = adapter.send(
                    request,
                    stream=True,
                    timeout=(min(CONNECT_TIMEOUT, timeout), timeout),
                    verify=self._verify,
                    proxies=place.proxies,
                )
                try:
                    data = response.raw.read(BODY_CAP + 1, decode_content=True)
                finally:
                    response.raw.release_conn()
            # The text of these errors quotes the URL, which may hold a person's data: never shown.
            except (requests.RequestException, HTTPError, OSError, ValueError) as error:
                why = _in_words(error)
                if not exchange.sent:
                    raise NotSent(why) from None
                self._forget()
                raise Lost("no answer in time" if exchange.expired else why) from None
        if exchange.expired:  # cut by the watchdog: headers cut short look like a good empty reply
            self._forget()
            raise Lost("no answer in time")
        if len(data) > BODY_CAP:
            self._forget()
            raise Lost(f"an answer larger than {BODY_CAP // 1024 // 1024} MB")
        return Reply(
            response.status_code, {k.lower(): v for k, v in response.headers.items()}, data
        )

    def _adapter(self, place: _Place) -> _Adapter:
        if getattr(self._local, "base_url", None) != place.base_url:
            self._forget()
        adapter: _Adapter | None = getattr(self._local, "adapter", None)
        if adapter is None:
            adapter = self._local.adapter = _Adapter()
            self._local.base_url = place.base_url
        return adapter

    def _forget(self) -> None:
        """Close this thread's connection: what still arrives on it belongs to nobody."""
        adapter: _Adapter | None = getattr(self._local, "adapter", None)
        if adapter is not None:
            adapter.close()
            self._local.adapter = None

    def _request(
        self,
        place: _Place,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str] | None,
    ) -> requests.PreparedRequest:
        """Prepare by hand: `requests` would parse and merge the same parts again on every call."""
        request = requests.PreparedRequest()
        request.method = method
        request.url = place.base_url + path
        request.headers = CaseInsensitiveDict(self._headers)
        request.body = body
        if body is not None:
            request.headers["Content-Type"] = "application/json"
            request.headers["Content-Length"] = str(len(body))
        elif method != "GET":
            request.headers["Content-Length"] = "0"
        if headers:
            request.headers.update(headers)
        return place.auth(request) if place.auth else request


def _proxies(base_url: str) -> Mapping[str, str]:
    """Return the environment's proxies; no proxy is told of what goes to this very machine."""
    host = urlsplit(base_url).hostname or ""
    if host in ("localhost", "::1") or host.startswith("127."):
        return {}
    return get_environ_proxies(base_url, no_proxy=None)


def _in_words(error: Exception) -> str:
    """Name an error without quoting it."""
    kinds = {
        requests.exceptions.SSLError: "TLS failed: the certificate cannot be trusted",
        requests.exceptions.ProxyError: "the proxy refuses",
        requests.exceptions.ConnectTimeout: "no connection in time",
        requests.exceptions.ReadTimeout: "no answer in time",
        TimeoutError: "no answer in time",
    }
    for kind, words in kinds.items():
        if isinstance(error, kind):
            return words
    text = repr(error)
    if "NameResolution" in text or "gaierror" in text:
        return "its name cannot be resolved"
    if "Refused" in text:
        return "connection refused"
    return "the connection broke off"
