"""FullEnrich as its vendor describes it: jobs that are not ready, and credits that run out."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from e2e_shell import money

from enrichctl.registry import SHIPPED

JOB = "746e4816-19c8-54d8-b558-{:012}"
PEOPLE = [f"https://www.linkedin.com/in/p{n}" for n in range(4)]


class Vendor(ThreadingHTTPServer):
    """Is not ready five times, by 400; has credits for so many people, and answers 402 then."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.credits = 2
        self.charged: list[str] = []
        self.jobs: list[list[dict]] = []
        self.not_ready = 5
        self.url = f"http://127.0.0.1:{self.server_port}"

    def answer(self, path: str, body: dict | None) -> tuple[int, object]:
        if body is not None:
            self.jobs.append([])
            for contact in body["data"]:
                entry = {"input": {}, "custom": contact["custom"], "contact_info": {}}
                if self.credits:
                    self.credits -= 1
                    self.charged.append(contact["linkedin_url"])
                    name = contact["linkedin_url"].rpartition("/")[2]
                    mail = {"email": f"{name}@acme.example", "status": "DELIVERABLE"}
                    entry["contact_info"] = {"most_probable_work_email": mail}
                self.jobs[-1].append(entry)
            return 200, {"enrichment_id": JOB.format(len(self.jobs) - 1)}
        if self.not_ready:
            self.not_ready -= 1
            return 400, {"code": "error.enrichment.in_progress", "message": "not ready"}
        data = self.jobs[int(path.rpartition("-")[2])]
        found = sum(bool(entry["contact_info"]) for entry in data)
        whole = {"id": JOB.format(0), "name": "x", "cost": {"credits": found}, "data": data}
        if found < len(data):
            return 402, {**whole, "status": "CREDITS_INSUFFICIENT"}
        return 200, {**whole, "status": "FINISHED"}


class Handler(BaseHTTPRequestHandler):
    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        status, said = self.server.answer(self.path, body)
        data = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = answer  # noqa: N815 - as http.server calls them

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def vendor():
    with Vendor() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def test_half_a_result_is_taken_and_the_rest_is_bought_once_after_a_top_up(shell, vendor):
    shell.write("in.csv", "linkedin_url\n" + "".join(f"{one}\n" for one in PEOPLE))
    # As the definition that is shipped, but for how long it waits between two looks.
    shipped = (SHIPPED / "fullenrich.toml").read_text("utf-8")
    shell.write("fullenrich.toml", shipped.replace("every = 300", "every = 0.05"))
    shell.write("config.toml", '[providers.quick]\nfile = "fullenrich.toml"\n')
    shell.environ |= {
        "ENRICHCTL_QUICK_API_KEY": "made-up",
        "ENRICHCTL_QUICK_BASE_URL": vendor.url,
    }
    words = ("--config", "config.toml", "enrich", "in.csv", "-p", "quick", "-w", "email", "-y")

    first = shell(*words)

    assert first.returncode == 5, first.stderr
    rows = [line.split(",") for line in (shell.folder / "in.enriched.csv").read_text().splitlines()]
    assert [row[2] for row in rows[1:]] == ["enriched", "enriched", "pending", "pending"]
    assert vendor.not_ready == 0
    assert money(shell.folder / "state", "quick") == (2, 0)

    vendor.credits = 10
    second = shell(*words)

    assert second.returncode == 0, second.stderr
    rows = [line.split(",") for line in (shell.folder / "in.enriched.csv").read_text().splitlines()]
    assert [row[1] for row in rows[1:]] == [f"p{n}@acme.example" for n in range(4)]
    assert sorted(vendor.charged) == PEOPLE
    assert money(shell.folder / "state", "quick") == (4, 0)
