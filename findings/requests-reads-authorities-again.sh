#!/usr/bin/env bash
# Guess: a Session of requests with verify= set to a file of certificates reads the file once, when
# it opens its first connection, and a thread of lookups pays for it once.
# Behaviour: for every connection that is opened the file is read and parsed anew, into a TLS context
# of its own, though the Session and its pool of connections are the same. With a bundle of usual
# size that is tens of milliseconds a connection, and what a later connection trusts is what stands
# in the file by then.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'requests==2.34.2' 'urllib3==2.8.0' 'trustme==1.2.1'
cd "$folder"
timeout 60 "$folder/venv/bin/python" - <<'PYTHON'
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests
import trustme
import urllib3

CONNECTIONS = 3


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):  # HTTP/1.0: each answer ends its connection
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


authority = trustme.CA()
authority.cert_pem.write_to_path("authorities.pem")
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
authority.issue_cert("127.0.0.1").configure_cert(context)

loads, contexts = [], set()
load = ssl.SSLContext.load_verify_locations


def noted(self, cafile=None, *rest, **named):
    if cafile == "authorities.pem":
        loads.append(cafile)
        contexts.add(id(self))
    return load(self, cafile, *rest, **named)


ssl.SSLContext.load_verify_locations = noted
print("python", sys.version.split()[0], "requests", requests.__version__, "urllib3", urllib3.__version__)
with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with requests.Session() as session:
        session.trust_env = False
        session.verify = "authorities.pem"
        for _ in range(CONNECTIONS):
            assert session.get(f"https://127.0.0.1:{server.server_port}/", timeout=5).ok
    server.shutdown()
print(CONNECTIONS, "connections: the file was read", len(loads), "times, into", len(contexts), "context(s)")
assert len(loads) >= CONNECTIONS, "it is read once now"
PYTHON
