"""How many requests a second the sandbox answers, so that it never is what is measured (goal 13).

::

    python tests/benchmarks/sandbox.py --requests 10000

Raw sockets ask it, so that the client costs next to nothing; the baseline is the same client
against the benchmarks' own bare server.
"""

import argparse
import json
import socket
import sys
import threading
import time

from loopback import Loopback
from timing import say

from enrichctl.sandbox import Sandbox

CLIENTS = 4
LEAST = 2000.0  # requests/s


def speed(root: str, path: str, email: str, requests: int) -> float:
    """Return the requests a second that some clients get answered, all with 200 or 409."""
    host, _, port = root.removeprefix("http://").partition(":")
    body = json.dumps({"email": email}).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer wbk_sandbox\r\n"
    request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    good = (b"HTTP/1.1 200", b"HTTP/1.1 409")

    def ask(count: int) -> None:
        with socket.create_connection((host, int(port))) as client:
            for _ in range(count):
                client.sendall(request)
                data = client.recv(65536)
                assert data.startswith(good), data[:200]

    clients = [threading.Thread(target=ask, args=(requests // CLIENTS,)) for _ in range(CLIENTS)]
    began = time.perf_counter()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return requests / (time.perf_counter() - began)


def main() -> int:
    """Print the figures; 0 when the goal is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    words = parser.parse_args()
    with Sandbox(limits=False, credits={"leadlex": None}) as box:
        email = next(iter(box.population.people.values())).email
        found = speed(box.root, "/leadlex/v1/enrich/email", email, words.requests)
    with Loopback() as server:
        bare = speed(server.url, "/v1/enrich/email", email, words.requests)
    print(f"the bare server answers {bare:.0f} requests/s")  # noqa: T201 - what it is run for
    return 0 if say("requests/s", found, ">= 2000", met=found >= LEAST, unit="/s") else 1


if __name__ == "__main__":
    sys.exit(main())
