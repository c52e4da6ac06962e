"""The installed command reads the vendors' own sample bodies, and sends what they document.

``samples/*.yaml`` are those bodies with names and numbers of our own: the pages' keys, nesting and
types. By name: what the row tells, what is asked for, which replies each call gets (the last one
again and again), and what must be read, as a person would read the page.
"""

import json
import os
import re
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import forking
import pytest
import yaml

from contracts import Answered, Sent, contract
from enrichctl.registry import SHIPPED

SAMPLES = {
    name: sample
    for path in sorted((Path(__file__).parent / "samples").glob("*.yaml"))
    for name, sample in yaml.safe_load(path.read_text("utf-8")).items()
    if name != "parts"
}
LOGINS = {"leadlex": "wbk_made_up", "superoffice": "8A:Cust12345.made_up"}


class Vendor(ThreadingHTTPServer):
    """Answers each call by its sample; refuses what its vendor does not document."""

    daemon_threads = True

    def __init__(self, name: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.sample = SAMPLES[name]
        self.contract = contract(self.sample.get("vendor", name))
        self.asked: Counter[str] = Counter()
        self.complaints: list[str] = []
        self.echo: Any = None

    def answer(self, sent: Sent) -> Answered:
        self.complaints += self.contract.request(sent)
        found = self.contract.find(sent.method, sent.target)
        name = found[0].name if found else ""
        replies = self.sample["replies"].get(name)
        if not replies:
            self.complaints.append(f"there is no sample of {sent.method} {sent.target}")
            return Answered(404)
        said = replies[min(self.asked[name], len(replies) - 1)]
        self.asked[name] += 1
        self.echo = echoed(sent.body) or self.echo
        wrapped = isinstance(said, dict) and said.keys() <= {"status", "text", "json"} and said
        status = said["status"] if wrapped else 200
        body = said.get("json", said.get("text")) if wrapped else said
        text = body if isinstance(body, str) and wrapped else json.dumps(self.filled(body, sent))
        headers = {"content-type": "application/json"} | self.sample.get("headers", {})
        answered = Answered(status, headers, text.encode())
        self.complaints += self.contract.reply(sent.method, sent.target, answered)
        return answered

    def filled(self, body: Any, sent: Sent) -> Any:
        """Put what the request told to be echoed where the sample says ``echo``."""
        if body == "echo":
            return json.loads(sent.body) if self.echo is None else self.echo
        if isinstance(body, list):
            return [self.filled(one, sent) for one in body]
        if isinstance(body, dict):
            return {name: self.filled(one, sent) for name, one in body.items()}
        return body


def echoed(body: bytes) -> Any:
    """Return what a batch tells of its only item to be known by."""
    told = json.loads(body) if body[:1] == b"{" else {}
    for item in told.get("data") or told.get("requests") or ():
        for name in ("custom", "custom_fields", "metadata", "identifier"):
            if name in item:
                return item[name]
    return None


class Handler(BaseHTTPRequestHandler):
    server: Vendor

    def answer(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        answered = self.server.answer(Sent(self.command, self.path, headers, body))
        self.send_response(answered.status)
        for name, value in answered.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(answered.body)))
        self.end_headers()
        self.wfile.write(answered.body)

    do_GET = do_POST = answer  # noqa: N815 - as http.server calls them

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def vendor(request) -> Iterator[Vendor]:
    with Vendor(request.param) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def run(folder: Path, server: Vendor) -> dict[str, Any]:
    """Enrich the sample's only row and return it as JSON."""
    sample, name = server.sample, server.contract.vendor
    own, config = name, ""
    shipped = SHIPPED / f"{name}.toml"
    if shipped.exists() and "\nevery = " in shipped.read_text("utf-8"):
        own, config = "quick", '[providers.quick]\nfile = "quick.toml"\n'  # looks sooner, no more
        hurried = re.sub(r"(?m)^every = \d+$", "every = 0.05", shipped.read_text("utf-8"))
        (folder / "quick.toml").write_text(hurried)
    (folder / "config.toml").write_text(config)
    row = ",".join(sample["row"]) + "\n" + ",".join(sample["row"].values()) + "\n"
    (folder / "in.csv").write_text(row)
    url = f"http://127.0.0.1:{server.server_port}"
    done = forking.run(
        ["--config", "config.toml", "enrich", "in.csv", "-p", own, "-y", "--json",
         "-w", ",".join(sample["want"]), *sample.get("flags", ())],
        folder=folder,
        environ={
            "PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8",
            "ENRICHCTL_STATE_DIR": str(folder / "state"),
            f"ENRICHCTL_{own.upper()}_API_KEY": LOGINS.get(name, "made_up"),
            f"ENRICHCTL_{own.upper()}_BASE_URL":
                f"{url}/Cust12345" if name == "superoffice" else url,
        },
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


@pytest.mark.parametrize("vendor", SAMPLES, indirect=True)
def test_what_the_vendor_shows_is_read_right(tmp_path, vendor) -> None:
    record = run(tmp_path, vendor)

    assert vendor.complaints == []
    sample = vendor.sample
    assert {field: record.get(field) for field in sample["read"]} == sample["read"]
    for field, source in sample.get("sources", {}).items():
        assert source in record["_enrichctl"]["fields"][field]["source"]
    assert set(vendor.asked) == set(sample["replies"])
