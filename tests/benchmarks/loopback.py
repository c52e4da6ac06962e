"""A provider on 127.0.0.1 that costs next to nothing, in a process of its own.

It answers every request with 640 bytes as LeadLex would, after a fixed latency, within limits that
it counts in one of three ways. Who is asked about works where the address says: ``firm-7.com`` is
Firm 7, so that an answer is about whom the row means. It ends when its parent does, and tells what
it saw.
"""

import argparse
import contextlib
import heapq
import json
import random
import re
import select
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

PERSON = {
    "full_name": "Anna Berg", "first_name": "Anna", "last_name": "Berg", "seniority": "head",
    "job_title": "Head of Sales", "phone": "+49 30 901820", "location": "Berlin, Germany",
    "linkedin_url": "https://www.linkedin.com/in/anna-berg",
}  # fmt: skip
COMPANY = {
    "name": "Firm", "domain": "firm", "size": "51-200", "industry": "Logistics",
    "founded_year": 1998, "description": "Freight by road and sea between the Nordic countries.",
    "linkedin_url": "https://www.linkedin.com/company/nordwind", "tech_stack": ["SAP", "Shopify"],
}  # fmt: skip
SIZE = 640  # bytes of an answer's body


@lru_cache
def found(firm: str) -> bytes:
    """Return the answer about somebody of a firm, head and body."""
    company = COMPANY | {"name": f"Firm {firm}", "domain": f"firm-{firm}.com"}
    data = {"person": PERSON, "company": company, "confidence": 0.93, "source": ""}
    short = SIZE - len(json.dumps({"data": data}))
    data["source"] = "x" * short
    body = json.dumps({"data": data}).encode()
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    return head % len(body) + body


FOUND = found("0")
ASKED = re.compile(rb"@firm-(\d+)\.")
REFUSED = b"HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n"


class Window:
    """At most so many requests in so many seconds, counted in one of three ways."""

    def __init__(self, limit: int, seconds: float, kind: str) -> None:
        self._limit, self._seconds, self._kind = limit, seconds, kind
        self._seen: deque[float] = deque()
        self._phase = random.uniform(0, seconds)  # noqa: S311 - where the clock stands is chance
        self._tokens, self._filled = float(limit), time.monotonic()

    def admits(self, now: float) -> bool:
        """Tell whether one more request would be within the limit."""
        if self._kind == "bucket":
            grown = (now - self._filled) * self._limit / self._seconds
            self._tokens, self._filled = min(self._limit, self._tokens + grown), now
            return self._tokens >= 1
        since = now - self._seconds
        if self._kind == "fixed":
            since = now - (now + self._phase) % self._seconds
        while self._seen and self._seen[0] <= since:
            self._seen.popleft()
        return len(self._seen) < self._limit

    def count(self, now: float) -> None:
        """Count a request that was let in."""
        self._tokens -= 1
        self._seen.append(now)


@dataclass(slots=True)
class Saw:
    """What the server saw: requests let in and refused, and between the first and the last.

    ``charged`` counts the idempotency keys that were new, where the server knows keys.
    """

    answered: int = 0
    refused: int = 0
    charged: int = 0
    first: float = 0.0
    last: float = 0.0

    @property
    def seconds(self) -> float:
        """Return the seconds from the first request to the last answer."""
        return self.last - self.first


class _Server:
    """One thread, one epoll, and a heap of what is due later."""

    def __init__(self, words: argparse.Namespace) -> None:
        self._words = words
        self._windows = [Window(int(n), s, words.kind) for n, s in json.loads(words.windows)]
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self._listening.setblocking(False)
        self._clients: dict[int, socket.socket] = {}
        self._unread: dict[int, bytes] = {}
        self._due: list[tuple[float, int, int, bool]] = []  # when, number, client, was it counted?
        self._firms: dict[int, str] = {}  # client → about whose people it asks
        self._number = 0
        self._poll = select.epoll()
        self._keys: set[bytes] = set()
        self.saw = Saw()

    @property
    def port(self) -> int:
        return int(self._listening.getsockname()[1])

    def serve(self) -> None:
        """Serve until stdin is closed."""
        poll, door, parent = self._poll, self._listening.fileno(), sys.stdin.fileno()
        poll.register(door, select.EPOLLIN)
        poll.register(parent, select.EPOLLIN | select.EPOLLHUP)
        while True:
            wait = max(0.0, self._due[0][0] - time.monotonic()) if self._due else None
            select.select([poll], [], [], wait)  # epoll's own clock ticks in milliseconds
            for client, _ in poll.poll(0):
                if client == door:
                    self._accept()
                elif client == parent:
                    return
                else:
                    self._read(client)
            while self._due and self._due[0][0] <= time.monotonic():
                at, _, client, counted = heapq.heappop(self._due)
                self._later(at, client, counted=counted)

    def _accept(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                connection, _ = self._listening.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._clients[connection.fileno()] = connection
                self._poll.register(connection.fileno(), select.EPOLLIN)

    def _read(self, client: int) -> None:
        try:
            data = self._clients[client].recv(65536)
        except ConnectionError:
            data = b""
        if not data:
            self._unread.pop(client, None)
            self._clients.pop(client).close()
            return
        data = self._unread.pop(client, b"") + data
        end = data.find(b"\r\n\r\n") + 4
        start = data.lower().find(b"content-length:")
        length = int(data[start + 15 : data.find(b"\r", start)]) if 0 <= start < end else 0
        if end < 4 or len(data) < end + length:
            self._unread[client] = data
            return
        if self._words.keyed:
            self._charge(data)
        asked = ASKED.search(data, end)
        self._firms[client] = asked[1].decode() if asked else "0"
        now = time.monotonic()
        self.saw.first = self.saw.first or now
        if self._words.jitter:
            self._push(now + random.uniform(0, self._words.jitter), client, counted=False)  # noqa: S311
        else:
            self._later(now, client, counted=False)

    def _charge(self, data: bytes) -> None:
        """Charge a request whose key is new; any other gets the same answer for nothing."""
        start = data.index(b"Idempotency-Key: ") + 17
        key = bytes.fromhex(data[start : start + 36].replace(b"-", b"").decode())
        self.saw.charged += key not in self._keys
        self._keys.add(key)

    def _push(self, at: float, client: int, *, counted: bool) -> None:
        self._number += 1
        heapq.heappush(self._due, (at, self._number, client, counted))

    def _later(self, at: float, client: int, *, counted: bool) -> None:
        """Count a request that has arrived by now, or answer one that was counted."""
        if not counted:
            if not all(window.admits(at) for window in self._windows):
                self.saw.refused += 1
                self._send(client, REFUSED)
                return
            for window in self._windows:
                window.count(at)
            if self._words.latency:
                self._push(at + self._words.latency, client, counted=True)
                return
        self.saw.answered += 1
        self.saw.last = time.monotonic()
        self._send(client, found(self._firms[client]))

    def _send(self, client: int, data: bytes) -> None:
        with contextlib.suppress(KeyError, ConnectionError):
            self._clients[client].sendall(data)


class Loopback:
    """The server as a context manager; `saw` is known after it has ended.

    Args:
        latency: Seconds from a request's arrival to its answer.
        jitter: Seconds, at random up to this, that a request takes to arrive.
        windows: (requests, seconds) of every limit.
        kind: ``sliding``, ``fixed`` or ``bucket``.
        keyed: Count charges by idempotency key.
    """

    def __init__(
        self,
        *,
        latency: float = 0.0,
        jitter: float = 0.0,
        windows: Sequence[tuple[int, float]] = (),
        kind: str = "sliding",
        keyed: bool = False,
    ) -> None:
        self._words = (
            f"--latency={latency}", f"--jitter={jitter}", f"--windows={json.dumps(windows)}",
            f"--kind={kind}", *(["--keyed"] if keyed else []),
        )  # fmt: skip
        self.saw = Saw()

    def __enter__(self) -> Self:
        self._child = subprocess.Popen(
            [sys.executable, __file__, *self._words], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._child.stdout is not None
        self.url = f"http://127.0.0.1:{self._child.stdout.readline().strip()}"
        return self

    def __exit__(self, *exc: object) -> None:
        said, _ = self._child.communicate()
        self.saw = Saw(**json.loads(said))


def main() -> int:
    """Serve; print the port at the start and what was seen at the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--jitter", type=float, default=0.0)
    parser.add_argument("--windows", default="[]")
    parser.add_argument("--kind", choices=("sliding", "fixed", "bucket"), default="sliding")
    parser.add_argument("--keyed", action="store_true")
    server = _Server(parser.parse_args())
    print(server.port, flush=True)  # noqa: T201 - read by the parent
    server.serve()
    saw = server.saw
    seen = {n: getattr(saw, n) for n in ("answered", "refused", "charged", "first", "last")}
    print(json.dumps(seen))  # noqa: T201 - read by the parent
    return 0


if __name__ == "__main__":
    sys.exit(main())
