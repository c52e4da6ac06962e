"""A raw-socket server on 127.0.0.1 that answers as badly as it is told to.

Each request is answered by the next *act*; the last one is repeated. An act gets the connection
and returns whether it stays open. Every act runs after the whole request has been read, so that
whatever a request costs has been charged by then.
"""

import contextlib
import gzip
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

GOOD = b'{"found": true}'
STEP = 0.02  # seconds between two bytes of a drip

Act = Callable[[socket.socket], bool]


@dataclass
class Seen:
    """One request as it arrived; ``before`` is what the watch saw when its first byte did."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    before: Any = None


@dataclass
class FaultServer:
    """Serves connections in threads of their own until it is closed."""

    acts: list[Act] = field(default_factory=list)
    watch: Callable[[], Any] = lambda: None
    requests: list[Seen] = field(default_factory=list)
    connections: int = 0
    greeting: bytes = b""  # sent in answer to the first bytes, whatever they are; then hangs up

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.hung_up = threading.Event()  # this side closed a connection
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            if self.greeting and connection.recv(65536):
                connection.sendall(self.greeting)
                return
            while request := self._read(connection):
                self.requests.append(request)
                act = self.acts[min(len(self.requests), len(self.acts)) - 1]
                if not act(connection):
                    break
        self.hung_up.set()

    def _read(self, connection: socket.socket) -> Seen | None:
        data = connection.recv(65536)
        before = self.watch() if data else None
        while b"\r\n\r\n" not in data:
            more = connection.recv(65536)
            if not more:
                return None
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(": ") for line in lines)
        headers = {name.lower(): value for name, _, value in pairs}
        while len(body) < int(headers.get("content-length", "0")):
            body += connection.recv(65536)
        method, path, _ = first.split(" ")
        return Seen(method, path, headers, body, before)


def raw(data: bytes) -> Act:
    """Send bytes and hang up."""

    def act(connection: socket.socket) -> bool:
        connection.sendall(data)
        return False

    return act


def reply(
    status: int = 200, body: bytes = GOOD, *headers: str, keep: bool = True, more: bytes = b""
) -> Act:
    """Answer as HTTP wants it, unless there is more right behind."""

    def act(connection: socket.socket) -> bool:
        connection.sendall(message(status, body, *headers) + more)
        return keep

    return act


def message(status: int, body: bytes, *headers: str) -> bytes:
    """Return a whole answer."""
    lines = (f"HTTP/1.1 {status} Word", *headers, f"Content-Length: {len(body)}", "", "")
    return "\r\n".join(lines).encode() + body


def interim(status: int, then: Act, wait: float = 0.05) -> Act:
    """Send an interim answer, and the one that counts a little later."""

    def act(connection: socket.socket) -> bool:
        connection.sendall(b"HTTP/1.1 %d Wait\r\nLink: </s.css>; rel=preload\r\n\r\n" % status)
        threading.Event().wait(wait)
        return then(connection)

    return act


def drip(data: bytes, whole: int = 0) -> Act:
    """Send the first bytes at once, and the rest one at a time."""

    def act(connection: socket.socket) -> bool:
        connection.sendall(data[:whole])
        pause = threading.Event()
        for at in range(whole, len(data)):
            connection.sendall(data[at : at + 1])
            pause.wait(STEP)
        return False

    return act


def hang(connection: socket.socket) -> bool:
    """Say nothing until the other side gives up."""
    connection.recv(1)
    return False


def reset(connection: socket.socket) -> bool:
    """Break the connection off, unread data and all."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def endless(connection: socket.socket) -> bool:
    """Send a body that never ends."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    while True:
        connection.sendall(chunk)


def endless_chunk(connection: socket.socket) -> bool:
    """Send a chunk whose size is -1, without end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n")
    while True:
        connection.sendall(b" " * 0x100000)


BOMB = gzip.compress(b"[" + b" " * (40 << 20) + b"]", 1)
PAGE = b"<html><body>Please log in to the hotel network</body></html>"

# No trustworthy answer: whatever the call costs may have been charged.
DOUBTFUL: dict[str, Act] = {
    "closed after the request": raw(b""),
    "status line cut": raw(b"HTTP/1.1 2"),
    "headers cut": raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Le"),
    "no HTTP": raw(b"\x16\x03\x01 hello\r\n\r\n"),
    "reset": reset,
    "body cut": raw(message(200, GOOD + b" " * 40)[:-44]),
    "body cut to JSON": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n" + GOOD),
    "chunks cut": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nf\r\n" + GOOD),
    "chunk size cut": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n" + GOOD),
    "no length, JSON cut": raw(b"HTTP/1.1 200 OK\r\n\r\n" + GOOD[:-3]),
    "empty 200": reply(200, b""),
    "204": reply(204, b""),
    "a page": reply(200, PAGE, "Content-Type: text/html"),
    "not a number": reply(200, b'{"found": NaN}'),
    "infinity": reply(200, b'{"found": 1e999}'),
    "100k brackets": reply(200, b"[" * 100_000),
    "5000 digits": reply(200, b"1" * 5000),
    "not UTF-8": reply(200, b'{"found": "\xff\xfe"}'),
    "broken gzip": reply(200, GOOD, "Content-Encoding: gzip"),
    "gzip bomb": reply(200, BOMB, "Content-Encoding: gzip"),
    "too large": endless,
    "chunk of less than nothing": endless_chunk,
    "redirect 301": reply(301, b"", "Location: http://127.0.0.1:1/elsewhere"),
    "redirect 307": reply(307, b"", "Location: /elsewhere"),
    "500": reply(500, b'{"error": "x"}'),
    "502 page": reply(502, PAGE),
    "503": reply(503, b""),
    "refusal cut": raw(message(409, GOOD)[:-3]),
}
# The same, but only a deadline ends them.
SLOW: dict[str, Act] = {
    "silence": hang,
    "body drips": drip(message(200, GOOD + b" " * 200), whole=60),
    "headers drip": drip(message(200, GOOD, "X-Long: " + "x" * 200)),
}
