"""Where written replies are given to the requests that arrive, over a journal of its own."""

import json
from collections.abc import Iterable, Mapping, Sized
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from enrichctl.conformance.written import Said, Scripted
from enrichctl.journal import Journal, history
from enrichctl.sandbox.exchange import Delivery, VendorRequest
from enrichctl.sandbox.server import Server


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


class Stage:
    """A server on 127.0.0.1 on which cases are played one after the other; its own journal."""

    def __init__(self) -> None:
        self._server = Server(self._answer)
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
        return f"http://127.0.0.1:{self._server.port}"

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()
        self.journal.close()
        self._folder.cleanup()

    def play(self, replies: Iterable[Said], intents: Sized) -> None:
        """Give these replies to the next requests, in order; what comes after them gets none.

        ``intents`` grows as they are committed.
        """
        self._replies = list(replies)
        self._intents = intents
        self.came = []

    def _answer(self, request: VendorRequest) -> Delivery:
        """Take note of a request and give its reply, on a connection that is closed then."""
        number, intents = len(self.came), len(self._intents)
        self.came.append(
            Came(request.method, request.target, request.headers, request.body, intents)
        )
        said = self._replies[number] if number < len(self._replies) else "lost"
        return Delivery([(0.0, _bytes(said))], "close")


def _bytes(said: Said) -> bytes:
    if not isinstance(said, Scripted):
        return b"" if said == "lost" else b"HTTP/1.1 200 OK\r\nContent-Length: 4096\r\n\r\n{"
    is_json = said.json is not None
    body = (json.dumps(said.json) if is_json and said.text is None else said.text or "").encode()
    kind = "application/json" if is_json else "text/plain"
    headers = {"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"}
    lines = [f"{name}: {value}" for name, value in (headers | said.headers).items()]
    return "\r\n".join([f"HTTP/1.1 {said.status} Scripted", *lines, "", ""]).encode() + body
