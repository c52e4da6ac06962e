"""Connections that carry one answer to each request: bounded, and closed after any surprise.

The standard library takes a 102 or a 103 for the answer, and leaves the real one to be read by
the next request; and it drops what was read beyond an answer without a word. Both would give one
person the values of another.
"""

import io
import socket
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from http import client
from http.client import HTTPMessage, HTTPResponse, IncompleteRead
from ssl import SSLSocket
from typing import Any

import urllib3
from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ProtocolError
from urllib3.util.ssltransport import SSLTransport

_BUFFER = 2048  # bytes: each call in flight has one, and most answers are no longer
SWITCHING = 101  # the one 1xx that is final: what follows it is no HTTP (RFC 9110 15.2.2)


class OpenExchange:
    """One request under way.

    Attributes:
        deadline: When it must end.
        expired: It did not end by then, and was cut off.
        sent: Its first byte has left.
        sent_at: When that was, by `time.monotonic`.
        sock: What it is sent over.
        odd: The answer was framed in a way that HTTP does not allow.
        surplus: What came after the end of the answer.
    """

    __slots__ = ("deadline", "expired", "odd", "sent", "sent_at", "sock", "surplus")

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.expired = False
        self.sent = False
        self.sent_at = time.monotonic()
        self.odd = False
        self.surplus = b""
        self.sock: Any = None


_mine = threading.local()


def begin(exchange: OpenExchange | None) -> None:
    """Say which exchange this thread has under way."""
    _mine.exchange = exchange


def _current() -> OpenExchange | None:
    return getattr(_mine, "exchange", None)


def cut(sock: Any) -> None:
    """Let nothing more come or go over a socket, from another thread than its own.

    TLS is left as it is: a `SSLSocket` that shuts down forgets it first, and what its own thread
    is about to send would leave in the clear.

    Raises:
        OSError: It is closed.
    """
    while isinstance(sock, SSLTransport):  # TLS within the TLS of a proxy
        sock = sock.socket
    socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _holds(sock: Any) -> bool:
    """Tell whether TLS has taken something off the network that was not read yet."""
    if isinstance(sock, SSLTransport):
        return bool(sock.incoming.pending or sock.sslobj.pending()) or _holds(sock.socket)
    return isinstance(sock, SSLSocket) and sock.pending() > 0


class _Incoming(io.RawIOBase):
    """A socket's bytes; none any more once the answer is over."""

    def __init__(self, below: io.RawIOBase) -> None:
        self._below = below
        self.over = False

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int | None:
        return None if self.over else self._below.readinto(room)

    def close(self) -> None:
        self._below.close()
        super().close()


class _Reader(io.BufferedReader):
    """Tells, when it is closed at the end of an answer, what it has read beyond that."""

    def __init__(self, below: io.RawIOBase) -> None:
        self._incoming, self._exchange = _Incoming(below), _current()
        super().__init__(self._incoming, _BUFFER)

    def close(self) -> None:
        if self._exchange and not self.closed:
            self._incoming.over = True
            self._exchange.surplus = self.peek()
        super().close()


class _Opened:
    """A socket, of which an answer takes nothing but its bytes."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock

    def makefile(self, mode: str) -> _Reader:
        return _Reader(self._sock.makefile(mode, buffering=0))


class _Answer(HTTPResponse):
    """The final answer to a request: interim ones are skipped."""

    def __init__(self, sock: Any, *given: Any, **named: Any) -> None:
        super().__init__(_Opened(sock), *given, **named)  # type: ignore[arg-type]

    def begin(self) -> None:
        super().begin()
        while self.status // 100 == 1 and self.status != SWITCHING:
            self.headers = None  # type: ignore[assignment]  # else it would not read on
            super().begin()
        exchange = _current()
        if exchange:
            exchange.odd = self.status == SWITCHING or _is_odd(self.headers)

    def _read_next_chunk_size(self) -> int:
        size: int = super()._read_next_chunk_size()  # type: ignore[misc]
        if size < 0:  # it would be read as far as there is anything, past every cap
            raise ValueError("a chunk cannot be so small")
        return size


def _is_odd(headers: HTTPMessage) -> bool:
    """Tell headers by which an answer may end elsewhere for somebody else (RFC 9112 6.3)."""
    lengths = set(headers.get_all("content-length", ()))
    return bool(headers.defects) or len(lengths) + ("transfer-encoding" in headers) > 1


class Arrived(BaseHTTPResponse):
    """An answer as its headers arrive, as it is read by `http.client`.

    What `urllib3.HTTPResponse` does besides (streams, buffers, what is left of a body that
    is read in parts) costs as much again: it reads only what is encoded.
    """

    def __init__(self, answer: HTTPResponse, method: str | None, over: "Bounded") -> None:
        self._answer = answer
        self._method = method
        self.over = over  # the connection
        self.status = answer.status
        self.version_string = ""
        self.length_remaining = answer.length
        # As they came: header names and values are Latin-1, in which no half a character is.
        self.headers = _by_name(answer.headers.raw_items())  # type: ignore[assignment]

    def read(self, amt: int | None = None, *_: Any, **__: Any) -> bytes:
        """Return so many bytes of the body, or all of it where it has fewer.

        Raises:
            HTTPError, OSError: There is no whole body.
        """
        answer = self._answer
        if "content-encoding" in answer.headers:
            return self._decoded().read(amt, decode_content=True)
        try:
            data = answer.read(amt)
            if answer.length and (amt is None or len(data) < amt):
                raise IncompleteRead(data, answer.length)
        except client.HTTPException as error:
            raise ProtocolError("Connection broken", error) from error
        return data

    def close(self) -> None:
        """Let go of what is not read; Python does so when nobody holds the answer any more."""
        self._answer.close()

    def _decoded(self) -> urllib3.HTTPResponse:
        return urllib3.HTTPResponse(
            self._answer, self.headers, self.status, preload_content=False,
            original_response=self._answer, request_method=self._method,
        )  # fmt: skip


class Bounded:
    """Connection that tells the exchange when it starts to send, and lends it its socket."""

    sock: Any
    timeout: float | None
    _parts: list[Any] | None = None  # what is to be sent in one go
    _method: str | None  # of the last request, as `http.client` has it

    # Those of urllib3 look at every value for a mark that nobody here sets.
    putrequest = client.HTTPConnection.putrequest
    putheader = client.HTTPConnection.putheader

    @property
    def is_connected(self) -> bool:
        """Tell whether it may be used again: nothing waits on it, under TLS either."""
        return bool(super().is_connected) and not _holds(self.sock)  # type: ignore[misc]

    def __del__(self) -> None:
        """Close it with the thread that it was opened for."""
        self.close()

    def close(self) -> None:
        """Close it."""
        super().close()  # type: ignore[misc]

    def connect(self) -> None:
        """Open it."""
        exchange = _current()
        try:
            super().connect()  # type: ignore[misc]
        finally:
            if exchange:  # what opened a proxy's tunnel, or failed to, is not the request
                exchange.sent = False

    def request(
        self,
        method: str,
        url: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        **_: Any,
    ) -> None:
        """Send a request, its head and its body in one go."""
        if self.sock is not None:
            self.sock.settimeout(self.timeout)
        self._parts = []
        try:
            client.HTTPConnection.request(self, method, url, body, headers or {})  # type: ignore[arg-type]
            whole = b"".join(self._parts)
        finally:
            self._parts = None
        self.send(whole)

    def getresponse(self) -> Arrived:
        """Return the answer as its headers arrive."""
        self.sock.settimeout(self.timeout)
        return Arrived(client.HTTPConnection.getresponse(self), self._method, self)  # type: ignore[arg-type]

    def exchange(
        self, method: str, url: str, body: Any, headers: Mapping[str, str], timeout: float
    ) -> Arrived:
        """Send a request over an open connection; return the answer as its headers arrive.

        Raises:
            OSError, HTTPException: There is none.
        """
        self.timeout = timeout
        # A server may close once it has answered: what it said before is still to be read.
        with suppress(BrokenPipeError, ConnectionResetError):
            self.request(method, url, body, headers)
        return self.getresponse()

    def send(self, data: Any) -> None:
        """Send some bytes, or put them to the others of a request."""
        if self._parts is not None:
            self._parts.append(data)
            return
        exchange = _current()
        if self.sock is None:
            self.connect()
        if exchange:
            exchange.sock = self.sock
            exchange.sent = True
            exchange.sent_at = time.monotonic()  # afterwards other threads may have a turn first
        super().send(data)  # type: ignore[misc]


class _BoundedHTTP(Bounded, HTTPConnection):  # type: ignore[misc]  # what it takes is less
    response_class = _Answer


class _BoundedHTTPS(Bounded, HTTPSConnection):  # type: ignore[misc]  # the same
    response_class = _Answer


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _BoundedHTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _BoundedHTTPS


def _by_name(lines: Any) -> dict[str, str]:
    """Return headers by name, in lower case.

    Lines of one name are a list (RFC 9110 5.3); one that goes on in another is one (RFC 9112 5.2).
    """
    found: dict[str, str] = {}
    for given, text in lines:
        name, line = given.lower(), text if "\n" not in text else " ".join(text.split())
        found[name] = f"{found[name]}, {line}" if name in found else line
    return found


POOLS = {"http": _HTTPPool, "https": _HTTPSPool}
