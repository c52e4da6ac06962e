#!/usr/bin/env bash
# Guess: HTTPAdapter(max_retries=3) of requests repeats only what never reached the server; its
# documentation says so: never requests where data has made it to the server.
# Behaviour: the number becomes a budget for every kind of retry. A GET, PUT or DELETE that the server has
# read and then hung up on is sent again, and so is one that was answered 503 (413, 429) with a
# Retry-After, after sleeping for as long as that says. A call that costs by the request is paid
# twice. POST alone is left as it is. Without max_retries, each is sent once.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'requests==2.32.5' 'urllib3==2.6.0'
timeout 60 "$folder/venv/bin/python" - <<'PYTHON'
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests
import urllib3

seen = []


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        seen.append(self.command)
        first = len(seen) == 1
        if self.path == "/hangs-up" and first:
            self.close_connection = True
            return
        self.send_response(503 if first else 200)
        if first:
            self.send_header("Retry-After", "1")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_PUT = do_DELETE = do_POST = answer

    def log_message(self, *_):
        pass


def calls(url, method, path, **options):
    seen.clear()
    with requests.Session() as session:
        session.trust_env = False
        session.mount("http://", requests.adapters.HTTPAdapter(**options))
        try:
            outcome = session.request(method, url + path, timeout=5).status_code
        except requests.ConnectionError as error:
            outcome = type(error).__name__
    print(method, path, options, "->", outcome, "the server read", len(seen))
    return len(seen)


print("python", sys.version.split()[0], "requests", requests.__version__, "urllib3", urllib3.__version__)
with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    for path in ("/hangs-up", "/busy"):
        for method in ("GET", "PUT", "DELETE"):
            assert calls(url, method, path, max_retries=3) == 2, "it is sent once now"
        assert calls(url, "POST", path, max_retries=3) == 1, "a POST is repeated now"
        assert calls(url, "GET", path) == 1, "it is repeated without max_retries now"
    server.shutdown()
PYTHON
