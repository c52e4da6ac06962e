"""Apollo's mobiles, as docs.apollo.io/reference/poll-webhook-result describes them."""

import csv
import json
import sqlite3
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from e2e_shell import money

from enrichctl.registry import SHIPPED

PEOPLE = [f"p{n}@acme.example" for n in range(4)]
REQUEST = -9223372036854775807  # "a signed 64-bit integer and is often negative"
GONE = {
    "unknown": (404, {"error_code": "request_id_unknown"}),
    "expired": (410, {"error_code": "request_id_expired"}),
    "no id": (400, {"error_code": "invalid_request_id"}),
}


class Vendor(ThreadingHTTPServer):
    """Knows everybody but p1, and a mobile of all but p2; counts what it charges."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.bought: list[str] = []
        self.looks: list[str] = []
        self.pending = 2
        self.ends: tuple[int, object] | None = None
        self.people: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}"

    def answer(self, path: str, body: dict | None) -> tuple[int, object]:
        asked = urlsplit(path)
        if asked.path == "/people/bulk_match":
            query = parse_qs(asked.query)
            phones = query.get("reveal_phone_number") == ["true"]
            if phones and query.get("poll_only") != ["true"]:
                return 422, {"error": "webhook_url is required"}
            asked_for = [one["email"] for one in body["details"]]
            self.bought += asked_for
            self.people = [one for one in asked_for if not one.startswith("p1")]
            matches = [known(one) if one in self.people else None for one in asked_for]
            said = {"credits_consumed": 0.5 * len(self.people), "matches": matches}
            return 200, {"status": "success", "request_id": REQUEST, **said}
        self.looks.append(asked.path)
        if self.ends:
            return self.ends
        if asked.path != f"/webhook_result/{REQUEST}":
            return GONE["unknown"]
        if self.pending:
            self.pending -= 1
            return 404, {"error_code": "result_pending", "retry_after_seconds": 10}
        people = [{"id": one, "phone_numbers": numbers(one)} for one in reversed(self.people)]
        result = {"credits_consumed": 16, "people": people}
        return 200, {
            "request_id": str(REQUEST), "webhook_status": "success", "webhook_result": result,
        }  # fmt: skip


def known(mail: str) -> dict:
    return {"id": mail, "email": mail, "title": f"CTO of {mail}"}


def numbers(mail: str) -> list[dict]:
    desk = {"type_cd": "work_hq", "sanitized_number": "+12025550000"}
    own = {"type_cd": "mobile", "sanitized_number": f"+1202555010{mail[1]}"}
    return [desk] if mail.startswith("p2") else [desk, own]


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


@pytest.fixture
def words(shell, vendor):
    """As the definition that is shipped, but for how long it waits between two looks."""
    shipped = (SHIPPED / "apollo.toml").read_text("utf-8")
    shell.write("quick.toml", shipped.replace("every = 10", "every = 0.05"))
    shell.write("config.toml", '[providers.quick]\nfile = "quick.toml"\n')
    shell.write("in.csv", "email\n" + "".join(f"{one}\n" for one in PEOPLE))
    shell.environ |= {"ENRICHCTL_QUICK_API_KEY": "made-up", "ENRICHCTL_QUICK_BASE_URL": vendor.url}
    want = ("-w", "job_title,mobile", "-y", "-o", "out.csv")
    return ("--config", "config.toml", "enrich", "in.csv", "-p", "quick", *want)


def rows(shell) -> list[dict[str, str]]:
    with (shell.folder / "out.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_mobiles_come_later_and_every_credit_is_booked(shell, vendor, words):
    done = shell(*words)

    assert done.returncode == 0, done.stderr
    found = rows(shell)
    assert [row["mobile"] for row in found] == ["+12025550100", "", "", "+12025550103"]
    assert [row["job_title"] for row in found] == [
        "" if one.startswith("p1") else f"CTO of {one}" for one in PEOPLE
    ]
    assert found[1]["enrichctl_status"] == "no_match"
    assert set(vendor.looks) == {f"/webhook_result/{REQUEST}"}  # no digit is lost
    assert money(shell.folder / "state", "quick") == (17.5, 0)  # 3 at 0.5, and 16

    assert shell(*words, "--force").returncode == 0
    assert sorted(vendor.bought) == PEOPLE


def test_what_came_at_once_survives_a_kill(shell, vendor, words):
    vendor.pending = 1_000_000
    going = shell.start(*words)
    end = time.monotonic() + 30
    while not vendor.looks and time.monotonic() < end:
        time.sleep(0.02)  # for the other process: it has its ticket by then
    going.kill()
    going.communicate()
    vendor.pending = 0

    done = shell(*words)

    assert done.returncode == 0, done.stderr
    assert [row["mobile"] for row in rows(shell)] == ["+12025550100", "", "", "+12025550103"]
    assert rows(shell)[0]["job_title"] == "CTO of p0@acme.example"
    assert sorted(vendor.bought) == PEOPLE
    assert money(shell.folder / "state", "quick") == (17.5, 0)


@pytest.mark.parametrize("end", GONE)
def test_a_result_that_never_comes_leaves_what_came_at_once(shell, vendor, words, end):
    vendor.ends = GONE[end]
    done = shell(*words)

    assert done.returncode == 3, done.stderr
    found = rows(shell)
    assert found[0]["job_title"] == "CTO of p0@acme.example"
    assert "mobile did not come; possibly charged" in found[0]["enrichctl_note"]
    assert found[1]["enrichctl_status"] == "no_match"
    assert money(shell.folder / "state", "quick") == (27, 0)  # 9 each: what it cost is not known

    assert shell(*words, "--force").returncode == 3
    assert sorted(vendor.bought) == PEOPLE  # nothing is bought twice
    assert len(vendor.looks) == 1


def test_no_mobile_is_paid_for_unless_one_is_wanted(shell, vendor, words):
    done = shell(*(w.replace("job_title,mobile", "job_title") for w in words))
    assert done.returncode == 0, done.stderr
    assert vendor.looks == []
    assert money(shell.folder / "state", "quick") == (1.5, 0)


def test_the_worst_is_set_aside_for_a_mobile(shell, vendor, words):
    done = shell(*words, "--budget", "8")
    assert done.returncode == 5, done.stderr
    assert vendor.bought == []


def test_tickets_name_their_job_in_full(shell, vendor, words):
    vendor.pending = 1_000_000
    shell(*words, "--max-duration", "2s")
    db = sqlite3.connect(shell.folder / "state" / "journal.db")
    tickets = [t for (t,) in db.execute("SELECT ticket FROM attempts WHERE outcome='submitted'")]
    db.close()
    assert len(tickets) == 3
    assert all(ticket.startswith(f"{REQUEST}#") for ticket in tickets)
