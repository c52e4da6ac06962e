"""Connections that carry one answer to each request: bounded, and closed after any surprise.

The standard library takes a 102 or a 103 for the answer, and leaves the real one to be read by
the next request; and it drops what was read beyond an answer without a word. Both would give one
person the values of another.

An answer of the plainest kind is read as it is (`plain_http`), and any other by the library.
"""

import io
import threading
from http.client import HTTPMessage, HTTPResponse
from typing import Any

from urllib3 import HTTPHeaderDict
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.response import HTTPResponse as PooledResponse

from enrichctl.transport import plain_http

# Bytes: what is asked for at first is set aside by each of hundreds of workers while it waits.
AT_FIRST, PLAINEST = 4_096, 65_536
SWITCHING = 101  # the one 1xx that is final: what follows it is no HTTP (RFC 9110 15.2.2)


class OpenExchange:
    """One request under way.

    Attributes:
        deadline: When it must end.
        expired: It did not end by then, and was cut off.
        sent: Its first byte has left.
        sock: What it is sent over.
        odd: The answer was framed in a way that HTTP does not allow.
        surplus: What came after the end of the answer.
    """

    __slots__ = ("deadline", "expired", "odd", "sent", "sock", "surplus")

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.expired = False
        self.sent = False
        self.odd = False
        self.surplus = b""
        self.sock: Any = None


_mine = threading.local()


def begin(exchange: OpenExchange | None) -> None:
    """Say which exchange this thread has under way."""
    _mine.exchange = exchange


def _current() -> OpenExchange | None:
    return getattr(_mine, "exchange", None)


class _Incoming(io.RawIOBase):
    """A socket's bytes, after those read already; none any more once the answer is over."""

    def __init__(self, below: io.RawIOBase, begun: bytes) -> None:
        self._below = below
        self._begun = begun
        self.over = False

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int | None:
        if self.over:
            return None
        if not self._begun:
            return self._below.readinto(room)
        given, self._begun = self._begun[: len(room)], self._begun[len(room) :]
        room[: len(given)] = given
        return len(given)

    def close(self) -> None:
        self._below.close()
        super().close()


class _Reader(io.BufferedReader):
    """Tells, when it is closed at the end of an answer, what it has read beyond that."""

    def __init__(self, below: io.RawIOBase, begun: bytes) -> None:
        self._incoming, self._exchange = _Incoming(below, begun), _current()
        super().__init__(self._incoming)

    def close(self) -> None:
        if self._exchange and not self.closed:
            self._incoming.over = True
            self._exchange.surplus = self.peek()
        super().close()


class _Answer(HTTPResponse):
    """The final answer to a request: interim ones are skipped."""

    def __init__(self, sock: Any, *given: Any, begun: bytes = b"", **named: Any) -> None:
        super().__init__(sock, *given, **named)
        self.fp = _Reader(self.fp.detach(), begun)

    def begin(self) -> None:
        super().begin()
        while self.status // 100 == 1 and self.status != SWITCHING:
            self.headers = None  # type: ignore[assignment]  # else it would not read on
            super().begin()
        exchange = _current()
        if exchange:
            exchange.odd = self.status == SWITCHING or _is_odd(self.headers)


def _is_odd(headers: HTTPMessage) -> bool:
    """Tell headers by which an answer may end elsewhere for somebody else (RFC 9112 6.3)."""
    lengths = set(headers.get_all("content-length", ()))
    return bool(headers.defects) or len(lengths) + ("transfer-encoding" in headers) > 1


class _Whole:
    """A plain answer that was read to its end; like urllib3's own, as far as that is used."""

    version_string = "HTTP/1.1"
    length_remaining = 0
    retries: Any = None
    _connection: Any = None
    _pool: Any = None

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self._body = body

    def read(self, most: int, *, decode_content: bool) -> bytes:  # noqa: ARG002 - it is not encoded
        """Return the body, once."""
        return self._body[:most]

    def release_conn(self) -> None:
        """Give the connection back to its pool."""
        if self._connection is not None:
            self._pool._put_conn(self._connection)  # noqa: SLF001 - as urllib3's own answers do
            self._connection = None


class _Bounded:
    """Connection that tells the exchange when it starts to send, and lends it its socket."""

    sock: Any
    timeout: Any
    proxy: Any
    host: str
    port: int
    default_port: int
    _asked: tuple[str, str] | None = None  # method and target of a plain request under way

    def request(
        self,
        method: str,
        url: str,
        body: Any = None,
        headers: Any = None,
        *,
        chunked: bool = False,
        preload_content: bool = True,
        decode_content: bool = True,
        enforce_content_length: bool = True,
    ) -> None:
        """Send a request, in one go where it is a plain one."""
        self._asked = None
        if self.proxy or chunked or not plain_http.can_write(headers or {}, body):
            super().request(  # type: ignore[misc]
                method,
                url,
                body,
                headers,
                chunked=chunked,
                preload_content=preload_content,
                decode_content=decode_content,
                enforce_content_length=enforce_content_length,
            )
            return
        host = f"[{self.host}]" if ":" in self.host else self.host
        host = host if self.port == self.default_port else f"{host}:{self.port}"
        data = plain_http.write(method, url, host, headers, body)
        if self.sock is not None:
            self.sock.settimeout(self.timeout)
        self._asked = method, url
        self.send(data)

    def getresponse(self) -> Any:
        """Return the answer to the last request."""
        if self._asked is None:
            return super().getresponse()  # type: ignore[misc]
        asked, self._asked = self._asked, None
        self.sock.settimeout(self.timeout)
        data = self.sock.recv(AT_FIRST)
        head = plain_http.read_head(data) if data and asked[0] != "HEAD" else None
        if head is None or head.end > PLAINEST:
            return self._read_on(data, *asked)
        while len(data) < head.end and (more := self.sock.recv(head.end - len(data))):
            data += more
        if len(data) != head.end:
            return self._read_on(data, *asked)
        return _Whole(head.status, head.headers, data[head.start :])

    def _read_on(self, begun: bytes, method: str, target: str) -> PooledResponse:
        """Have the library read an answer of which some bytes were read."""
        answer = _Answer(self.sock, method=method, begun=begun)
        try:
            answer.begin()
        except BaseException:
            answer.close()
            self.close()
            raise
        if answer.will_close:
            self.close()
        return PooledResponse(
            body=answer,
            headers=HTTPHeaderDict(answer.headers.items()),
            status=answer.status,
            version=answer.version,
            version_string=f"HTTP/{answer.version / 10:g}",
            reason=answer.reason,
            preload_content=False,
            decode_content=False,
            original_response=answer,
            enforce_content_length=True,
            request_method=method,
            request_url=target,
        )

    def close(self) -> None:
        self._asked = None
        super().close()  # type: ignore[misc]

    @property
    def is_connected(self) -> bool:
        """Tell whether it may be used again: nothing waits on it, under TLS either."""
        waits = getattr(self.sock, "pending", None)
        return bool(super().is_connected) and not (waits and waits())  # type: ignore[misc]

    def connect(self) -> None:
        exchange = _current()
        try:
            super().connect()  # type: ignore[misc]
        finally:
            if exchange:  # what opened a proxy's tunnel, or failed to, is not the request
                exchange.sent = False

    def send(self, data: Any) -> None:
        exchange = _current()
        if self.sock is None:
            self.connect()
        if exchange:
            exchange.sock = self.sock
            exchange.sent = True
        super().send(data)  # type: ignore[misc]


class _BoundedHTTP(_Bounded, HTTPConnection):  # type: ignore[misc]
    response_class = _Answer


class _BoundedHTTPS(_Bounded, HTTPSConnection):  # type: ignore[misc]
    response_class = _Answer


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _BoundedHTTP  # type: ignore[assignment]


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _BoundedHTTPS  # type: ignore[assignment]


POOLS = {"http": _HTTPPool, "https": _HTTPSPool}
