"""Providers without code, asked by the installed command over real sockets."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from e2e_shell import money

KEY = {"ENRICHCTL_ACME_API_KEY": "made-up"}
PEOPLE = [f"p{n}@acme.example" for n in range(5)]

COMMON = """
base_url = "{url}"
auth = {{header = "X-Api-Key"}}
needs = [["email"]]
billed = "match"
price = 2

[response]
job_title = "title"

[meaning]
miss = [404, {{when = "title == `null`"}}]
"""
LOOKUP = COMMON + '[request]\npath = "/lookup"\njson = {{mail = "{{email}}"}}\n'
BATCH = (
    COMMON
    + """
[request]
path = "/bulk"
json = {{mail = "{{email}}", id = "{{item}}"}}
[request.batch]
max = 3
items = "people"
answers = "people"
echo = "id"
"""
)
JOBS = BATCH.replace("/bulk", "/jobs") + (
    '[poll]\nticket = "job"\npath = "/jobs/{{ticket}}"\nevery = 0.05\npending = "!people"\n'
)


class Acme(ThreadingHTTPServer):
    """A vendor: knows everybody but p1, and takes note of what it is asked."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, object]] = []
        self.jobs: dict[str, list[dict]] = {}
        self.waits = 1
        self.key = "made-up"
        self.url = f"http://127.0.0.1:{self.server_port}"

    def answer(self, path: str, body: object) -> tuple[int, object]:
        self.asked.append((path, body))
        if path == "/lookup":
            return (404, {}) if body["mail"].startswith("p1") else (200, known(body))
        if path == "/bulk":
            return 200, {"people": [known(one) for one in reversed(body["people"])]}
        if path == "/jobs":
            self.jobs[f"j{len(self.jobs)}"] = body["people"]
            return 200, {"job": f"j{len(self.jobs) - 1}"}
        if self.waits:
            self.waits -= 1
            return 200, {"people": None}
        return 200, {"people": [known(one) for one in self.jobs[path.rpartition("/")[2]]]}

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


def known(one: dict) -> dict:
    title = None if one["mail"].startswith("p1") else "CTO of " + one["mail"]
    return {"id": one.get("id"), "title": title}


class Handler(BaseHTTPRequestHandler):
    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        status, said = self.server.answer(self.path, body)
        if self.headers["X-Api-Key"] != self.server.key:
            status, said = 401, {}
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
def acme() -> Iterator[Acme]:
    with Acme() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def run(shell, acme):
    """Define the provider, and enrich the people with it."""
    shell.environ |= KEY
    shell.write("config.toml", '[providers.acme]\nfile = "acme.toml"\n')
    shell.write("in.csv", "email\n" + "".join(f"{one}\n" for one in PEOPLE))

    def enrich(definition: str, *more: str, **environ: str):
        shell.write("acme.toml", definition.format(url=acme.url))
        words = ["--config", "config.toml", "enrich", "in.csv", "-p", "acme", "-y", "--force"]
        return shell(*words, "-o", "out.csv", *more, **environ)

    return enrich


def titles(shell) -> list[str]:
    rows = (shell.folder / "out.csv").read_text().splitlines()[1:]
    return [row.split(",")[1] for row in rows]


FOUND = ["" if one.startswith("p1") else f"CTO of {one}" for one in PEOPLE]


@pytest.mark.parametrize(
    ("definition", "calls"), [(LOOKUP, 5), (BATCH, 2), (JOBS, 5)], ids=["lookup", "batch", "jobs"]
)
def test_a_definition_asks_is_paid_for_once_and_remembered(run, shell, acme, definition, calls):
    done = run(definition)

    assert (done.returncode, done.stderr and titles(shell)) == (0, FOUND)
    assert len(acme.asked) == calls
    assert money(shell.folder / "state", "acme") == (8, 0)
    assert run(definition).returncode == 0
    assert len(acme.asked) == calls


@pytest.mark.parametrize("billed", ["match", "call"])
@pytest.mark.parametrize("definition", [BATCH, JOBS], ids=["batch", "jobs"])
@pytest.mark.parametrize(("miss", "all_of_them"), [("3", 11), ("0", 8), ("null", None)])
def test_a_miss_costs_what_its_reply_says(
    run, shell, monkeypatch, definition, billed, miss, all_of_them
):
    """Where it says nothing it costs as misses do: nothing, or a call."""
    told = json.loads(miss)
    base = known
    monkeypatch.setattr("test_e2e_declared.known", lambda one: base(one) | used(one, told))
    costs = definition.replace("price = 2", 'price = 2\ncost = "used"')
    done = run(costs.replace('billed = "match"', f'billed = "{billed}"'))
    assert (done.returncode, titles(shell)) == (0, FOUND)
    silent = 8 if billed == "match" else 10
    assert money(shell.folder / "state", "acme") == (silent if told is None else all_of_them, 0)


def used(one, miss):
    return {"used": miss if one["mail"].startswith("p1") else 2}


@pytest.mark.parametrize("status", [200, 404])
def test_a_miss_may_say_so_with_any_status(run, shell, acme, monkeypatch, status):
    monkeypatch.setattr(
        acme, "answer", lambda _, body: (status, {"title": None, "used": len(body)})
    )
    done = run(LOOKUP.replace("price = 2", 'price = 2\ncost = "used"'))
    assert b"5 no_match" in done.stderr
    assert (done.returncode, money(shell.folder / "state", "acme")) == (0, (5, 0))


NOBODY = "{{when = \"starts_with(title, 'CTO of p2')\"}}"  # as a vendor may say that it has none


@pytest.mark.parametrize("definition", [LOOKUP, BATCH, JOBS], ids=["lookup", "batch", "jobs"])
def test_a_corrected_definition_reads_stored_answers_and_costs_nothing(
    run, shell, acme, definition
):
    run(definition)
    calls, spent = len(acme.asked), money(shell.folder / "state", "acme")

    mended = run(definition.replace('{{when = "title == `null`"}}', NOBODY))
    assert (mended.returncode, titles(shell)) == (0, [*FOUND[:2], "", *FOUND[3:]])
    assert (len(acme.asked), money(shell.folder / "state", "acme")) == (calls, spent)

    assert run(definition).returncode == 0
    assert titles(shell) == FOUND
    assert (len(acme.asked), money(shell.folder / "state", "acme")) == (calls, spent)


def test_a_field_that_a_definition_reads_since_is_taken_from_the_answers_that_have_it(
    run, shell, acme
):
    """Only who was not found is asked again: of a miss nothing is kept but that it was one."""
    run(LOOKUP)
    run(LOOKUP.replace("[meaning]", 'industry = "title"\n[meaning]'), "-w", "industry")
    assert (shell.folder / "out.csv").read_text().startswith("email,industry,")
    assert titles(shell) == FOUND
    assert [body["mail"] for _, body in acme.asked[5:]] == [PEOPLE[1]]
    assert money(shell.folder / "state", "acme") == (8, 0)


def test_of_a_failure_only_the_reason_is_kept_so_it_is_asked_again_where_that_is_asked_for(
    run, shell, acme
):
    wrong = LOOKUP.replace("miss = [404, ", "miss = [")
    assert run(wrong).returncode == 3
    assert run(LOOKUP).returncode == 3
    assert len(acme.asked) == 5
    assert run(LOOKUP, "--retry-failed").returncode == 0
    assert (len(acme.asked), titles(shell)) == (6, FOUND)
    assert money(shell.folder / "state", "acme") == (8, 0)


def test_a_crash_between_submission_and_answer_buys_nothing_twice(run, shell, acme):
    died = run(JOBS, ENRICHCTL_FAILPOINT="submitted:after:1")
    before = acme.paths().count("/jobs")
    mended = run(JOBS)

    assert died.returncode == 137
    assert (mended.returncode, titles(shell)) == (0, FOUND)
    bought = [one["mail"] for path, body in acme.asked if path == "/jobs" for one in body["people"]]
    assert before >= 1
    assert sorted(bought) == PEOPLE
    assert money(shell.folder / "state", "acme") == (8, 0)


def test_a_crash_before_a_batch_was_answered_leaves_it_unconfirmed(run, shell, acme):
    run(BATCH, ENRICHCTL_FAILPOINT="sent:after:1")
    mended = run(BATCH)
    sure, doubt = money(shell.folder / "state", "acme")

    assert mended.returncode == 7
    assert doubt in (4, 6)
    assert sure + doubt >= 8


def test_a_wrong_key_stops_before_anything_is_bought(run, shell, acme):
    assert run(BATCH, ENRICHCTL_ACME_API_KEY="wrong").returncode == 4
    assert money(shell.folder / "state", "acme") == (0, 0)


def test_a_mistake_names_the_file_and_its_line_and_nothing_is_sent(run, acme):
    done = run(LOOKUP.replace("price = 2", "price = -2"))

    assert done.returncode == 2
    assert "acme.toml, line 6: price must be" in done.stderr.decode()
    assert acme.asked == []


def test_the_sandbox_asks_nobody_for_real(run, acme):
    done = run(LOOKUP, "--sandbox")

    assert (done.returncode, acme.asked) == (2, [])
    assert b"the sandbox does not speak for acme" in done.stderr


def test_a_field_of_its_own_is_read_again_from_an_enriched_file(run, shell, acme):
    """No run adds a column that is there, and on another machine nothing is asked for again."""
    scored = LOOKUP.replace("[meaning]", '"acme.score" = "title"\n[meaning]')
    assert run(scored).returncode == 0
    first = (shell.folder / "out.csv").read_text()
    assert first.startswith("email,job_title,acme.score,enrichctl_status,")
    again = ("--config", "config.toml", "enrich", "out.csv", "-p", "acme", "-y", "--force")
    for _ in range(3):
        assert shell(*again, "-o", "out.csv").returncode == 0
    header, *rows = (shell.folder / "out.csv").read_text().splitlines()
    assert header == first.splitlines()[0]
    assert [row.split(",")[3] for row in rows] == ["complete", "no_match", *["complete"] * 3]

    other = {"ENRICHCTL_STATE_DIR": str(shell.folder / "other")}
    planned = json.loads(shell(*again, "-n", "--json", **other).stdout)
    assert planned["mapping"]["acme.score"] == "acme.score"
    assert [one["ask"] for one in planned["providers"]] == [1]  # who was not found
    free = json.loads(shell(*again[:4], "-p", "offline", "-n", "--json", **other).stdout)
    assert free["mapping"]["acme.score"] == "acme.score"  # whether or not the provider is asked
