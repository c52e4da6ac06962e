"""TLS within the TLS of a proxy: the same trust, deadlines, and answers as without."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
import trustme
from faults import GOOD, message

from enrichctl.transport import Lost, Wire, connections

MINE, THEIRS = b'{"who": "me"}', b'{"who": "them"}'
VENDOR = "api.acme.example"


class Inner:
    """The vendor's end of TLS within a proxy's; what is written leaves at once, or with more."""

    def __init__(self, outer: ssl.SSLSocket, context: ssl.SSLContext) -> None:
        self._outer, self._in, self._out = outer, ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_side=True)
        self._until_done(self._tls.do_handshake)

    def read(self) -> bytes:
        return self._until_done(lambda: self._tls.read(65536))

    def write(self, *records: bytes) -> None:
        for record in records:
            self._tls.write(record)
        self._outer.sendall(self._out.read())

    def _until_done(self, step: Callable) -> bytes:
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                self._outer.sendall(self._out.read())
                if not (data := self._outer.recv(65536)):
                    raise ConnectionError from None
                self._in.write(data)
            else:
                self._outer.sendall(self._out.read())
                return result


class Proxy:
    """A proxy over TLS, with the vendor behind it, which answers by the next act."""

    def __init__(self, authority: trustme.CA) -> None:
        self.acts: list[Callable[[Inner], None]] = []
        self.connections = 0
        self._own, self._vendors = (_serving(authority, name) for name in ("127.0.0.1", VENDOR))
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                plain, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(plain,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        with contextlib.suppress(OSError), self._own.wrap_socket(plain, server_side=True) as outer:
            self.connections += 1
            outer.recv(65536)  # CONNECT
            outer.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            inner = Inner(outer, self._vendors)
            while inner.read():
                self.acts.pop(0)(inner)


def _serving(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.fixture
def authority(tmp_path):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return authority


@pytest.fixture
def proxy(authority):
    proxy = Proxy(authority)
    yield proxy
    proxy.close()


@pytest.fixture
def wire(proxy, monkeypatch, tmp_path):
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    return Wire(f"https://{VENDOR}", ca_bundle=str(tmp_path / "ca.pem"))


def answer(*records: bytes) -> Callable[[Inner], None]:
    return lambda inner: inner.write(*records)


def get(wire: Wire, timeout: float = 5) -> bytes:
    return wire.send("GET", "/", timeout=timeout).body


def test_the_proxy_may_be_of_the_same_authority_and_its_connection_is_used_again(wire, proxy):
    proxy.acts = [answer(message(200, GOOD)), answer(message(200, MINE))]
    assert (get(wire), get(wire), proxy.connections) == (GOOD, MINE, 1)


def test_what_came_along_with_an_answer_is_not_the_next_one(wire, proxy):
    both = answer(message(200, GOOD), message(200, THEIRS))
    proxy.acts = [both, answer(message(200, MINE))]
    assert (get(wire), get(wire), proxy.connections) == (GOOD, MINE, 2)


def test_a_deadline_bounds_the_whole_exchange_and_the_next(wire, proxy):
    def drip(inner: Inner) -> None:
        inner.write(b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n")
        while True:
            inner.write(b" ")
            time.sleep(0.02)

    proxy.acts = [drip, drip]
    for _ in range(2):
        began = time.monotonic()
        with pytest.raises(Lost, match="no answer in time"):
            get(wire, timeout=0.3)
        assert time.monotonic() - began < 2


def test_a_deadline_leaves_nothing_to_be_sent_in_the_clear(authority):
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    ours, theirs = socket.socketpair()
    accept = partial(_serving(authority, VENDOR).wrap_socket, theirs, server_side=True)
    with ThreadPoolExecutor(1) as other:
        accepted = other.submit(accept)
        with trusting.wrap_socket(ours, server_hostname=VENDOR) as tls, accepted.result(5):
            connections.cut(tls)
            assert tls.version()
            with pytest.raises(OSError, match=r"roken pipe|EOF"):
                tls.sendall(b"key")
