"""A vendor that is declared in the configuration, and logs what it is told."""

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

Told = dict[str, str]
CONFIG = """
[providers.acme]
kind = "declared"
base_url = "{url}"
auth = {{header = "X-Api-Key"}}
needs = [["email"], ["phone"], ["first_name", "last_name", "company_name"]]
{hints}billed = "match"
price = 1
[providers.acme.request]
method = "POST"
path = "/v1/lookup"
json = {json}
[providers.acme.response]
job_title = "title"
[providers.acme.meaning]
miss = [404]
"""
ALL = (
    '{mail = "{email}", phone = "{phone}", first = "{first_name}", last = "{last_name}",'
    ' company = "{company_name}"}'
)


def title_of(told: Told) -> str:
    """Return what the vendor answers, behind the number of the call: what it was told."""
    return "asked of " + "/".join(f"{told[name]}" for name in sorted(told))


class Acme(ThreadingHTTPServer):
    """Knows everybody, unless ``answer`` says otherwise: None is a miss.

    Attributes:
        log: What it was told, in the order in which it came.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.log: list[Told] = []
        self.numbers = count(1)
        self.answer: Callable[[Told], str | None] = title_of

    def config(self, *hints: str) -> str:
        """Return its table for a configuration; ``hints`` are fields that it is told as well."""
        json = ALL[:-1] + "".join(f', {name} = "{{{name}}}"' for name in hints) + "}"
        more = f"hints = {[*hints]}\n" if hints else ""
        return CONFIG.format(url=f"http://127.0.0.1:{self.server_port}", json=json, hints=more)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        self.server.log.append(told)
        title = self.server.answer(told)
        title = title and f"call {next(self.server.numbers)}: {title}"
        data = json.dumps({"title": title} if title else {}).encode()
        self.send_response(200 if title else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
