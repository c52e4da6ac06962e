"""A small HTTP/1.1 server on 127.0.0.1, in one thread, that may deliver its answers badly."""

import asyncio
import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Self

from enrichctl.sandbox.exchange import Delivery, VendorRequest, read_head, text_reply

MOST_HEAD = 64 * 1024
MOST_BODY = 16 * 1024 * 1024

log = logging.getLogger(__name__)

Answer = Callable[[VendorRequest], Delivery]


class ClientConnection(asyncio.Protocol):
    """One client: its requests are answered one after the other."""

    def __init__(self, answer: Answer, everyone: set["ClientConnection"]) -> None:
        self.answer = answer
        self.everyone = everyone
        self.unread = b""
        self.busy = False
        self.transport: asyncio.Transport
        self.waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet nobody; remember who is there."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - what create_server gives
        self.transport = transport
        self.everyone.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Forget the client, and what it was about to be told."""
        self.everyone.discard(self)
        if self.waiting:
            self.waiting.cancel()

    def data_received(self, data: bytes) -> None:
        """Take in bytes; answer when a request is complete."""
        self.unread += data
        if not self.busy:
            self._next()

    def _next(self) -> None:
        try:
            request = self._request()
        except ValueError as error:
            status = error.args[0] if isinstance(error.args[0], int) else 400
            self._refuse(status)
            return
        if request is None:
            return
        self.busy = True
        try:
            delivery = self.answer(request)
        except Exception:
            log.exception("the sandbox failed on %s %s", request.method, request.path)
            delivery = Delivery([(0.0, text_reply("The sandbox failed.", 500).wire())])
        if request.headers.get("connection", "").lower() == "close" and delivery.then == "keep":
            delivery.then = "close"
        self._deliver(delivery, 0)

    def _request(self) -> VendorRequest | None:
        """Take one complete request off what is unread, None when more must come."""
        end = self.unread.find(b"\r\n\r\n")
        if end < 0:
            if len(self.unread) > MOST_HEAD:
                raise ValueError(431)
            return None
        request = read_head(self.unread[:end])
        if "transfer-encoding" in request.headers:
            raise ValueError(411)
        length = request.headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()):
            raise ValueError(400)
        if int(length) > MOST_BODY:
            raise ValueError(413)
        stop = end + 4 + int(length)
        if len(self.unread) < stop:
            expects = request.headers.get("expect", "").lower() == "100-continue"
            if expects and len(self.unread) == end + 4:
                self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            return None
        body = self.unread[end + 4 : stop]
        self.unread = self.unread[stop:]
        return replace(request, body=body) if body else request

    def _refuse(self, status: int) -> None:
        self.busy = True
        reply = text_reply("Bad request", status)
        reply.headers["connection"] = "close"
        self.transport.write(reply.wire())
        self.transport.close()

    def _deliver(self, delivery: Delivery, done: int) -> None:
        """Send one step after the other, waiting in between as told."""
        for number in range(done, len(delivery.steps)):
            wait, data = delivery.steps[number]
            if wait > 0:
                loop = asyncio.get_running_loop()
                self.waiting = loop.call_later(wait, self._late, delivery, number)
                return
            self.transport.write(data)
        self._end(delivery)

    def _late(self, delivery: Delivery, number: int) -> None:
        self.waiting = None
        self.transport.write(delivery.steps[number][1])
        self._deliver(delivery, number + 1)

    def _end(self, delivery: Delivery) -> None:
        if delivery.then == "reset":
            self.transport.abort()
        elif delivery.then == "close":
            self.transport.close()
        else:
            self.busy = False
            if self.unread:
                self._next()


class Server:
    """The listening socket and its thread.

    Args:
        answer: Called for every request, always in the server's own thread.
        port: 0 takes a free one.
    """

    def __init__(self, answer: Answer, port: int = 0) -> None:
        self.answer = answer
        self.port = port
        self._clients: set[ClientConnection] = set()
        self._loop = asyncio.new_event_loop()
        self._listening: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    def __enter__(self) -> Self:
        """Start listening.

        Raises:
            OSError: If the port is taken.
        """
        try:
            self._loop.run_until_complete(self._open())
        except OSError:
            self._loop.close()
            raise
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        """Stop listening and drop every connection."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(self._close())
        self._loop.close()

    def refuse(self, on: bool) -> None:
        """Close the door, so that connecting is refused, or open it again on the same port."""
        work = self._close() if on else self._open()
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _open(self) -> None:
        if self._listening is None:
            self._listening = await self._loop.create_server(
                lambda: ClientConnection(self.answer, self._clients),
                "127.0.0.1",
                self.port,
                backlog=1024,
            )
            self.port = self._listening.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        for client in tuple(self._clients):
            client.transport.abort()
        await asyncio.sleep(0)  # lets the aborted connections be forgotten
