"""The recorder of the end-to-end tests: what it sees, and that what is wrong in it is told."""

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from contracts import wire

EXTRA = "Additional properties are not allowed ('pages' was unexpected)"
SCRIPT = """
import http.client, json, os, sys
server = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
for method, target, body in json.loads(sys.argv[2]):
    server.request(method, target, body, {"Authorization": "Bearer wbk_made_up"})
    server.getresponse().read()
os._exit(9)
"""


class Nobody(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = answer  # noqa: N815 - as http.server calls them

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def send(tmp_path):
    """Send requests from a process that is recorded and killed, and return what was recorded."""
    server = HTTPServer(("127.0.0.1", 0), Nobody)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()

    def run(*requests: tuple[str, str, str | None]):
        words = [sys.executable, "-c", SCRIPT, str(server.server_port), json.dumps(requests)]
        subprocess.run(words, env=wire.recording(tmp_path / "sent"), timeout=30, check=False)
        return tmp_path / "sent"

    yield run
    server.shutdown()
    server.server_close()


def test_every_request_is_seen_whole_though_the_process_is_killed(send) -> None:
    file = send(("GET", "/leadlex/v1/contacts?page=1", None), ("POST", "/x", '{"a": 1}'))
    first, second = wire.sent(file)
    assert (first.method, first.target) == ("GET", "/leadlex/v1/contacts?page=1")
    assert first.headers["authorization"] == "Bearer wbk_made_up"
    assert (second.method, second.body) == ("POST", b'{"a": 1}')


@pytest.mark.parametrize(
    ("request_", "wrong"),
    [
        (("GET", "/leadlex/v1/contacts?page=1", None), []),
        (("POST", "/jobs", "{}"), []),
        (
            ("GET", "/leadlex/v1/contacts?pages=1", None),
            [f"GET /v1/contacts: query : {EXTRA}"],
        ),
        (("GET", "/leadlex/v1/people", None), ["leadlex documents no GET /v1/people"]),
        (("GET", "/v9/people", None), ["nobody documents GET /v9/people"]),
    ],
)  # fmt: skip
def test_what_no_vendor_documents_is_told(send, request_, wrong) -> None:
    assert wire.complaints(send(request_)) == wrong
