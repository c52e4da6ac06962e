#!/usr/bin/env bash
# Guess: requests and urllib3 skip every interim answer (1xx) and return the final one, as HTTP asks.
# Behaviour: Python's http.client skips 100 alone. A 103 Early Hints is handed out as the answer, with
# an empty body and no error, and the connection goes back to the pool: where the real answer takes a
# moment longer, the next request on it gets the answer to the one before. Shown with a server on
# loopback that sends valid HTTP/1.1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'requests==2.32.5' 'urllib3==2.6.0'
timeout 60 "$folder/venv/bin/python" - <<'PYTHON'
import socket
import sys
import threading
import time

import requests
import urllib3

HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"


def serve(listener):
    connection, _ = listener.accept()
    with connection:
        for number in range(2):
            request = b""
            while b"\r\n\r\n" not in request:
                request += connection.recv(4096)
            body = b"answer to request %d" % number
            head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
            if number == 0:
                connection.sendall(HINTS)
                time.sleep(0.3)  # as long as the real answer takes
            connection.sendall(head + body)


with socket.create_server(("127.0.0.1", 0)) as listener:
    threading.Thread(target=serve, args=(listener,), daemon=True).start()
    url = "http://127.0.0.1:%d/" % listener.getsockname()[1]
    with requests.Session() as session:
        session.trust_env = False
        first = session.get(url, timeout=5)
        second = session.get(url, timeout=5)

print("python", sys.version.split()[0], "requests", requests.__version__, "urllib3", urllib3.__version__)
print("request 0:", first.status_code, first.text)
print("request 1:", second.status_code, second.text)
assert (first.status_code, first.text) == (103, ""), "the interim answer is skipped now"
assert second.text == "answer to request 0", "answers are no longer shifted"
PYTHON
