"""Connections that carry one answer to each request: bounded, and closed after any surprise.

The standard library takes a 102 or a 103 for the answer, and leaves the real one to be read by
the next request; and it drops what was read beyond an answer without a word. Both would give one
person the values of another.
"""

import io
import threading
from http.client import HTTPMessage, HTTPResponse
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

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
        super().__init__(self._incoming)

    def close(self) -> None:
        if self._exchange and not self.closed:
            self._incoming.over = True
            self._exchange.surplus = self.peek()
        super().close()


class _Answer(HTTPResponse):
    """The final answer to a request: interim ones are skipped."""

    def __init__(self, sock: Any, *given: Any, **named: Any) -> None:
        super().__init__(sock, *given, **named)
        self.fp = _Reader(self.fp.detach())

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


class _Bounded:
    """Connection that tells the exchange when it starts to send, and lends it its socket."""

    sock: Any

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


class _BoundedHTTP(_Bounded, HTTPConnection):
    response_class = _Answer


class _BoundedHTTPS(_Bounded, HTTPSConnection):
    response_class = _Answer


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _BoundedHTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _BoundedHTTPS


POOLS = {"http": _HTTPPool, "https": _HTTPSPool}
