"""A server on 127.0.0.1 that gives scripted replies, one connection each."""

import json
import threading
from collections.abc import Iterable, Mapping, Sized
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from enrichctl.conformance.written import Said, Scripted
from enrichctl.journal import Journal, history

_POLL = 0.01  # seconds; how soon the server notices that it is to stop


@dataclass(frozen=True, slots=True)
class Came:
    """A request as it arrived.

    Attributes:
        method: As sent.
        path: As sent, with its query string.
        headers: Names in lower case.
        body: As sent.
        intents: How many had been committed when it arrived.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    intents: int


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"

    def handle_one_request(self) -> None:
        """Read one request whole, whatever its method, and play the next reply."""
        self.close_connection = True
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.wfile.write(self.server.stage.reply(self.command, self.path, headers, body))

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    stage: "Stage"
    daemon_threads = True


class Stage:
    """Where exchanges are played, one case after the other, over a journal of its own."""

    def __init__(self) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.stage = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL,), name="stage", daemon=True
        )
        self._replies: list[Said] = []
        self._intents: Sized = ()
        self.came: list[Came] = []
        self._folder = TemporaryDirectory(prefix="enrichctl-")
        self.journal = Journal(Path(self._folder.name) / "journal.db")
        self.run = history.RunEntry("conformance", self.journal.now(), "-", "-", ())
        history.begin(self.journal, self.run)

    @property
    def url(self) -> str:
        """Return where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.journal.close()
        self._folder.cleanup()

    def play(self, replies: Iterable[Said], intents: Sized) -> None:
        """Give these replies to the next requests, in order; what comes after them gets none.

        ``intents`` grows as they are committed.
        """
        self._replies = list(replies)
        self._intents = intents
        self.came = []

    def reply(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
        """Take note of a request and return the bytes of its reply; none closes the connection."""
        number = len(self.came)
        self.came.append(Came(method, path, headers, body, len(self._intents)))
        said = self._replies[number] if number < len(self._replies) else "lost"
        if isinstance(said, Scripted):
            return _bytes(said)
        return b"" if said == "lost" else b"HTTP/1.1 200 OK\r\nContent-Length: 4096\r\n\r\n{"


def _bytes(said: Scripted) -> bytes:
    is_json = said.json is not None
    body = (json.dumps(said.json) if is_json and said.text is None else said.text or "").encode()
    kind = "application/json" if is_json else "text/plain"
    headers = {"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"}
    lines = [f"{name}: {value}" for name, value in (headers | said.headers).items()]
    return "\r\n".join([f"HTTP/1.1 {said.status} Scripted", *lines, "", ""]).encode() + body
