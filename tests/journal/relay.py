"""What stands between a program and the test's server: it may change what is said, or hide it."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from postgres import Server

SSL_REQUEST = struct.pack("!II", 8, 80877103)  # as PostgreSQL's protocol has it


@contextmanager
def relay(
    server: Server,
    *,
    private: ssl.SSLContext | None = None,
    change: Callable[[bytes], bytes] = lambda said: said,
) -> Iterator[int]:
    """Serve on a port what a server says on its socket; yield the port.

    Args:
        server: Whose words they are.
        private: How a client is spoken to in private, as by a server with ``ssl=on``.
        change: Returns what a client hears, of what the server has said.
    """
    listening = socket.create_server(("127.0.0.1", 0))
    threads = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                client, _ = listening.accept()
                threads.append(threading.Thread(target=talk, args=(client,), daemon=True))
                threads[-1].start()

    def talk(client: socket.socket) -> None:
        with suppress(OSError), client, socket.socket(socket.AF_UNIX) as upstream:
            if private is not None:
                assert client.recv(8) == SSL_REQUEST
                client.sendall(b"S")
                client = private.wrap_socket(client, server_side=True)
            upstream.connect(str(server.folder / ".s.PGSQL.5432"))
            back = threading.Thread(target=_pump, args=(upstream, client, change), daemon=True)
            back.start()
            with client:
                _pump(client, upstream, lambda said: said)
                back.join(5)

    accepting = threading.Thread(target=serve, daemon=True)
    accepting.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for thread in (accepting, *threads):
            thread.join(5)


def _pump(source: socket.socket, target: socket.socket, change: Callable[[bytes], bytes]) -> None:
    with suppress(OSError):
        while said := source.recv(65536):
            target.sendall(change(said))
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
