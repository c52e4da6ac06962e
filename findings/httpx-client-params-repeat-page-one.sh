#!/usr/bin/env bash
# Guess: Client(params={"key": ...}) adds the key to every call, and the address of the next page,
# which the provider hands out with each page, is called with its own parameters and the key.
# Behaviour: whenever there are parameters, be they the client's, httpx drops the query that the address
# has and puts them in its place. The page is gone from the address, the provider answers with page 1
# again, and that names page 2 as the next: a loop that ends with the last page never does, and each
# round is a call that is paid for. requests, of which httpx keeps most habits, joins the two.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'httpx==0.28.1' 'requests==2.34.2'
timeout 60 "$folder/venv/bin/python" - <<'PYTHON'
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx
import requests

PAGES = {"1": ["ada@acme.example"], "2": ["bob@acme.example"], "3": ["cy@acme.example"]}
PATIENCE = 6


class Provider(BaseHTTPRequestHandler):
    def do_GET(self):
        query = parse_qs(urlsplit(self.path).query)
        page = query.get("page", ["1"])[0]
        following = str(int(page) + 1)
        more = f"http://{self.headers['Host']}/leads?page={following}" if following in PAGES else None
        body = json.dumps({"leads": PAGES[page], "next": more}).encode()
        self.send_response(200 if query.get("key") == ["K"] else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def leads(client, url):
    found = []
    for _ in range(PATIENCE):
        answer = client.get(url)
        answer.raise_for_status()
        found += answer.json()["leads"]
        url = answer.json()["next"]
        if url is None:
            return found, "done"
    return found, "not done"


with ThreadingHTTPServer(("127.0.0.1", 0), Provider) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/leads"
    with requests.Session() as session:
        session.trust_env = False
        session.params = {"key": "K"}
        by_requests = leads(session, url)
    with httpx.Client(params={"key": "K"}, trust_env=False) as client:
        by_httpx = leads(client, url)
        sent = client.build_request("GET", "http://acme.example/leads?page=2").url.query
    server.shutdown()

print("httpx", httpx.__version__, "requests", requests.__version__)
print("requests:", *by_requests)
print("httpx:   ", *by_httpx)
print("of ?page=2 httpx sends:", sent.decode())
every = [lead for page in PAGES.values() for lead in page]
assert by_requests == (every, "done"), "requests no longer reads all pages"
assert by_httpx == (PAGES["1"] * PATIENCE, "not done"), "httpx reads the next page now"
assert sent == b"key=K", "httpx keeps the query of the address now"
PYTHON
