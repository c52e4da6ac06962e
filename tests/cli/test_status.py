import json
from datetime import timedelta
from decimal import Decimal

import pytest
from kept import SUMMARY, ask, begin, record

from enrichctl.cli.app import run
from enrichctl.cli.status import documents, status_views
from enrichctl.journal import history, record_rows
from enrichctl.journal.sweep import sweep
from enrichctl.model import Outcome
from enrichctl.plan import LanePlan, Plan, Spread

RUN_KEYS = {
    "waiting",
    "waited",
    "erased",
    "job",
    "sandbox",
    "who",
    "id", "started_at", "finished_at", "state", "stopped_by", "exit_status", "input", "output",
    "records", "people", "outcomes", "providers", "resume",
}  # fmt: skip


def document(capsys, *argv):
    """Run a command and return its JSON document."""
    assert run([*argv, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_without_any_run_it_says_so_and_the_list_is_empty(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ENRICHCTL_STATE_DIR", str(tmp_path / "new"))

    assert run(["status"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "no runs yet" in err
    assert document(capsys, "status") == {"schema": "enrichctl.runs/1", "runs": []}


@pytest.mark.parametrize("name", ["last", "20251120-1", "nonsense"])
def test_a_run_that_is_not_there_is_a_usage_error(name, journal, capsys):
    if name != "last":
        begin(journal)

    assert run(["status", name]) == 2
    assert capsys.readouterr().out == ""


def test_runs_are_listed_newest_first_without_errors_and_fields(journal, capsys):
    begin(journal)
    begin(journal, "20251121-100000-bbbb", state="done", stopped_by=None, exit_status=0)

    printed = document(capsys, "status")

    assert [r["id"] for r in printed["runs"]] == ["20251121-100000-bbbb", "20251120-090000-aaaa"]
    assert all(r.keys() == RUN_KEYS for r in printed["runs"])
    documents.RunsDocument.model_validate(printed)


def test_a_run_is_printed_with_the_promised_keys_and_values(journal, capsys):
    begin(journal)

    printed = document(capsys, "status", "last")

    documents.RunDocument.model_validate(printed)
    assert printed["schema"] == "enrichctl.run/1"
    shown = printed["run"]
    assert shown.keys() == RUN_KEYS | {"fields", "errors", "suppressed", "not_asked"}
    assert shown["started_at"] == "2025-11-20T09:00:00Z"
    assert (shown["state"], shown["stopped_by"], shown["exit_status"]) == ("stopped", "budget", 5)
    assert shown["outcomes"] == SUMMARY["outcomes"]
    assert shown["providers"] == [
        one | {"set_aside": "0", "late": 0} for one in SUMMARY["providers"]
    ]
    assert shown["fields"] == SUMMARY["fields"]
    assert shown["errors"] == SUMMARY["errors"]
    assert shown["resume"] == "enrichctl enrich 'my leads.csv' --budget 3"


def test_the_page_of_a_run_shows_counts_errors_and_the_command_to_go_on(journal, capsys):
    begin(journal)

    assert run(["status", "20251120"]) == 0

    page = capsys.readouterr().out
    for part in (
        "stopped (budget), exit status 5", "12m 04s", "8 (7 people)",
        "3 enriched, 1 complete, 1 no_match, 1 failed, 2 pending", "75%", "3.5", "25%",
        "correct the",
    ):  # fmt: skip
        assert part in page
    assert page.endswith("go on: enrichctl enrich 'my leads.csv' --budget 3\n")


@pytest.mark.parametrize(
    ("state", "left", "resumes"),
    [("done", {}, False), ("done", {"failed": 1}, False), ("done", {"unconfirmed": 1}, True),
     ("stopped", {"pending": 1}, True), ("running", {"pending": 1}, False)],
)  # fmt: skip
def test_only_a_run_with_something_left_to_do_can_be_resumed(state, left, resumes, journal, capsys):
    summary = SUMMARY | {"outcomes": {"enriched": 1} | left}
    begin(journal, state=state, stopped_by=None, exit_status=None, summary=summary)

    assert (document(capsys, "status", "last")["run"]["resume"] is not None) == resumes


def test_a_larger_budget_is_proposed_to_a_person_and_to_no_script(journal, capsys):
    summary = SUMMARY | {"outcomes": {"pending": 1}, "short": {"leadlex": "1"}}
    begin(journal, state="stopped", stopped_by="budget", exit_status=5, summary=summary)

    assert document(capsys, "status", "last")["run"]["resume"] is None
    assert document(capsys, "status")["runs"][0]["resume"] is None
    assert run(["status", "last"]) == 0
    assert "then go on: enrichctl enrich 'my leads.csv' --budget 3,leadlex=1" in (
        " ".join(capsys.readouterr().out.split())
    )


def test_a_run_that_was_killed_is_counted_from_what_it_left(journal, capsys):
    entry = begin(
        journal, state="running", stopped_by=None, exit_status=None, finished_at=None,
        summary={},
    )  # fmt: skip
    journal.settle(ask(journal, entry), Outcome.MATCHED, credits=Decimal(1), answer={})
    ask(journal, entry, "john@acme.com")
    record_rows.put_records(journal, entry.id, [record(1, "enriched")])
    journal.alive.let_go(entry.id)

    shown = document(capsys, "status", "last")["run"]

    assert (shown["state"], shown["stopped_by"]) == ("stopped", "interrupted")
    assert (shown["outcomes"]["enriched"], shown["outcomes"]["pending"]) == (1, 7)
    (lane,) = shown["providers"]
    assert (lane["asked"], lane["matched"], lane["unconfirmed"]) == (2, 1, 1)
    assert (lane["credits"], lane["match_rate"]) == ("2", 1.0)


@pytest.mark.parametrize(
    ("input_", "again"),
    [
        ("-", True),
        ("/dev/stdin", True),
        ("/dev/fd/63", True),
        ("benchmark of -", True),
        ("/in/-", False),
        ("/device/leads.csv", False),
    ],
)
def test_going_on_says_that_what_was_piped_in_is_needed_again(
    input_, again, journal, tmp_path, capsys
):
    entry = begin(journal)
    entry.input = input_
    history.update(journal, entry)
    said = "go on, with the same input again: enrichctl " if again else "go on: enrichctl "

    assert run(["status", "last"]) == 0
    assert f"\n{said}" in capsys.readouterr().out
    page = tmp_path / "run.html"
    assert run(["status", "last", "--html", str(page), "--no-sample"]) == 0
    assert ("this command with the same input again;" in page.read_text()) == again


def test_a_run_is_told_to_have_lasted_as_long_as_it_worked_and_how_long_it_waited(journal, capsys):
    begin(journal, summary=SUMMARY | {"waited": 64.5})

    assert run(["status", "last"]) == 0
    said = capsys.readouterr().out
    assert "2025-11-20 09:00:00 UTC, 11m 00s\n" in said
    assert "waited   1m 04s for an answer, not counted" in said
    assert run(["status"]) == 0
    assert "11m 00s" in capsys.readouterr().out
    assert document(capsys, "status", "last")["run"]["waited"] == 64.5


def test_what_a_later_run_collects_of_a_killed_one_is_counted_there_alone(journal, capsys):
    """The killed run bears the cost; the sum of both is what the journal holds."""
    dead = begin(
        journal, "20251119-090000-dead", state="running", stopped_by=None, exit_status=None,
        finished_at=None, summary={},
    )  # fmt: skip
    journal.settle(ask(journal, dead), Outcome.MATCHED, credits=Decimal(1), answer={})
    open_ = [ask(journal, dead, f"{name}@acme.com") for name in ("john", "jim")]
    journal.alive.let_go(dead.id)
    sweep(journal)  # as each run does before it asks anybody
    assert [run["providers"][0]["unconfirmed"] for run in document(capsys, "status")["runs"]] == [2]

    later = journal.now() + timedelta(seconds=1)
    for number, outcome in zip(open_, (Outcome.MATCHED, Outcome.MISSED), strict=True):
        journal.settle(number, outcome, credits=Decimal(1), answer={}, at=later)

    (listed,) = document(capsys, "status")["runs"]
    shown = document(capsys, "status", dead.id)["run"]
    assert listed["providers"] == shown["providers"]
    (lane,) = shown["providers"]
    assert (lane["asked"], lane["matched"], lane["missed"], lane["unconfirmed"]) == (1, 1, 0, 0)
    assert (lane["late"], lane["credits"]) == (2, "3")


def test_answers_that_came_after_a_run_are_in_its_credits_and_said_to_be_counted_elsewhere(
    journal, capsys
):
    entry = begin(journal)
    for email, at in (("jane@acme.com", entry.finished_at), ("john@acme.com", None)):
        number = ask(journal, entry, email)
        journal.settle(number, Outcome.MATCHED, credits=Decimal(1), answer={}, at=at)  # None: now

    (lane,) = document(capsys, "status", "last")["run"]["providers"]
    assert (lane["matched"], lane["late"], lane["credits"]) == (3, 1, "2")
    assert run(["status", "last"]) == 0
    said = "1 answer of leadlex came after this run: spent here, counted where collected"
    assert said in capsys.readouterr().out.splitlines()


def test_the_page_of_a_killed_run_keeps_the_order_and_says_once_what_is_not_known(journal, capsys):
    entry = begin(
        journal, state="running", stopped_by=None, exit_status=None, finished_at=None,
        summary={"waterfall": ["offline", "leadlex", "lemlist"]},
    )  # fmt: skip
    for name, email in (("lemlist", "john@acme.com"), ("leadlex", "jane@acme.com")):
        number = ask(journal, entry, email, provider=name)
        journal.settle(number, Outcome.MATCHED, credits=Decimal(1), answer={})
    tried = {"provider": "offline", "outcome": "matched", "attempt": None, "accepted": []}
    record_rows.put_records(journal, entry.id, [record(1, "enriched", attempts=[tried])])
    journal.alive.let_go(entry.id)

    names = [lane["name"] for lane in document(capsys, "status", "last")["run"]["providers"]]
    assert names == ["offline", "leadlex", "lemlist"]
    assert run(["status", "last"]) == 0
    shown = capsys.readouterr().out
    assert shown.index("offline") < shown.index("leadlex") < shown.index("lemlist")
    assert "requests" not in shown
    assert "started  2025-11-20 09:00:00 UTC\n" in shown
    assert shown.count("how long it took, what it sent and what it wrote down last are not") == 1


@pytest.mark.parametrize("records", [0, 8])
def test_a_run_killed_before_it_wrote_anything_down_shows_all_whom_it_was_to_ask(
    records, journal, capsys, tmp_path
):
    """Of a local run nobody has counted the records: it is not said that there are none."""
    entry = begin(
        journal, state="running", stopped_by=None, exit_status=None, finished_at=None,
        summary={"waterfall": ["offline", "leadlex"]}, records=records, people=0,
    )  # fmt: skip
    journal.alive.let_go(entry.id)

    lanes = document(capsys, "status", "last")["run"]["providers"]
    assert [(lane["name"], lane["asked"]) for lane in lanes] == [("offline", 0), ("leadlex", 0)]
    page = tmp_path / "run.html"
    for words in (["status", "last"], ["status"], ["status", "last", "--html", str(page)]):
        assert run(words) == 0
        shown = page.read_text() if page.exists() else capsys.readouterr().out
        assert "no records" not in shown
        assert ("offline" in shown) is (words != ["status"])
        assert "of 0 records" not in shown


def test_the_list_of_runs_tells_rehearsals_from_jobs_and_counts_no_matches_of_nobody(
    journal, capsys
):
    local = SUMMARY["providers"][0] | {"name": "offline", "calls": 0, "reused": 0, "credits": "0"}
    for n, more in enumerate(([], [], ["--sandbox"], ["--sandbox"])):
        begin(
            journal, f"20251120-09000{n}-aaaa", command=("enrichctl", "enrich", "leads.csv", *more),
            summary=SUMMARY | ({} if more else {"providers": [local]}),
        )  # fmt: skip
    assert run(["status"]) == 0
    shown = capsys.readouterr().out
    assert "leads.csv: 2 runs since" in shown
    assert "leads.csv (sandbox): 2 runs since" in shown
    rows = [line.split() for line in shown.splitlines() if "-aaaa" in line]
    assert [row[3] for row in rows] == ["3", "3", "-", "-"]


def test_one_record_is_explained_with_what_the_journal_knows(journal, capsys):
    entry = begin(journal)
    number = ask(journal, entry)
    answer = {"person": {"job_title": "CEO"}}
    journal.settle(
        number, Outcome.MATCHED, credits=Decimal("1.50"), answer=answer, request_id="req_1"
    )
    value = {
        "before": None, "after": "CEO", "provider": "leadlex", "source": "web", "confidence": 0.9,
        "at": "2025-11-20T10:00:00+01:00",
    }  # fmt: skip
    tried = [
        {"provider": "offline", "outcome": "missed", "attempt": None, "accepted": [], "reason": ""},
        {
            "provider": "leadlex", "outcome": "matched", "attempt": number,
            "accepted": ["job_title"], "reason": "",
        },
    ]  # fmt: skip
    record_rows.put_records(
        journal,
        entry.id,
        [record(4, "enriched", attempts=tried, cells={"job_title": list(value.values())})],
    )

    printed = document(capsys, "status", "last", "--row", "4")

    documents.RecordDocument.model_validate(printed)
    assert printed.keys() == {
        "schema", "sandbox", "row", "line", "status", "note", "tested", "values", "attempts",
    }  # fmt: skip
    assert (printed["row"], printed["line"], printed["note"]) == (4, 5, None)
    expected = value | {"at": "2025-11-20T09:00:00Z", "earlier": None}
    assert printed["values"] == {"job_title": expected}
    offline, asked = printed["attempts"]
    assert (offline["told"], offline["credits"], offline["at"]) == ([], "0", None)  # leadlex, later
    assert asked["left"] == {}
    assert asked["told"] == ["email"]
    assert asked["wanted"] == ["job_title", "phone"]
    assert asked["answer"] == answer
    assert asked["accepted"] == ["job_title"]
    assert (asked["credits"], asked["request_id"]) == ("1.5", "req_1")

    assert run(["status", "--row", "4"]) == 0
    page = capsys.readouterr().out
    assert "leadlex (web), confidence 0.9" in page
    assert '{"person": {"job_title": "CEO"}}' in page


def test_a_row_of_a_run_that_was_superseded_points_to_the_run_that_explains_it(journal, capsys):
    first = begin(journal)
    record_rows.put_records(journal, first.id, [record(1, "enriched")])
    history.supersede(journal, begin(journal, "20251121-100000-bbbb"))

    assert run(["status", first.id, "--row", "1"]) == 2
    assert "enrichctl status 20251121-100000-bbbb" in capsys.readouterr().err


def test_records_of_a_status_are_listed_in_input_order(journal, capsys):
    entry = begin(journal)
    rows = [record(n, "failed", f"why {n}") for n in range(60, 0, -1)]
    record_rows.put_records(journal, entry.id, [*rows, record(99, "enriched")])

    printed = document(capsys, "status", "last", "--records", "failed")

    documents.RecordsDocument.model_validate(printed)
    assert printed["schema"] == "enrichctl.records/1"
    assert [r["row"] for r in printed["records"]] == list(range(1, 61))
    assert printed["records"][0] == {"row": 1, "line": 2, "status": "failed", "note": "why 1"}

    assert run(["status", "--records", "failed"]) == 0
    out, err = capsys.readouterr()
    assert "why 50" in out
    assert "why 51" not in out
    assert "10 more" in err


def test_a_status_that_no_record_has_is_refused(journal, capsys):
    begin(journal)

    assert run(["status", "--records", "fialed"]) == 2
    assert "no_match" in capsys.readouterr().err


def test_watching_follows_a_run_until_it_ends(journal, capsys, monkeypatch):
    entry = begin(
        journal, state="running", stopped_by=None, exit_status=None, finished_at=None, summary={}
    )  # fmt: skip
    steps = iter(
        [
            lambda: journal.settle(ask(journal, entry), Outcome.MATCHED, credits=Decimal(1)),
            lambda: None,
            lambda: begin_again(journal, entry),
        ]
    )
    monkeypatch.setattr(status_views, "pause", lambda _: next(steps)())

    assert run(["status", "--watch"]) == 0

    out, err = capsys.readouterr()
    told = [line for line in err.splitlines() if line.strip()]
    assert ["0 asked" in told[0], "1 asked" in told[1], len(told)] == [True, True, 2]
    assert "stopped (budget)" in out


def begin_again(journal, entry):
    entry.state, entry.stopped_by, entry.summary = "stopped", "budget", SUMMARY
    history.update(journal, entry)


def test_what_comes_from_files_cannot_act_on_the_terminal(journal, capsys):
    entry = begin(journal, input="/in/\x1b]0;owned\x07.csv")
    record_rows.put_records(journal, entry.id, [record(1, "failed", "\x1b[2Jgone")])

    for argv in (["status"], ["status", "last"], ["status", "--records", "failed"]):
        assert run(argv) == 0
        assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "schema"),
    [
        ([], "runs"),
        (["last"], "run"),
        (["--row", "1"], "record"),
        (["--records", "failed"], "records"),
    ],
)
def test_the_schema_of_each_document_is_printed(argv, schema, capsys):
    assert run(["status", *argv, "--json-schema"]) == 0

    printed = json.loads(capsys.readouterr().out)
    assert printed["properties"]["schema"]["const"] == f"enrichctl.{schema}/1"
    assert set(printed["required"]) == set(printed["properties"])


def test_the_document_of_a_plan_is_what_a_dry_run_builds():
    from enrichctl.cli.enrich.documents import PlanDocument, plan_document  # noqa: PLC0415 - beside its model

    lane = LanePlan("leadlex", ask=3, credits=Spread(Decimal(0), Decimal("1.50"), Decimal(3)))

    built = plan_document(Plan(records=4, mapping={"email": "Mail"}, lanes=[lane]), sandbox=False)

    kept = PlanDocument.model_validate(built)
    assert json.loads(kept.model_dump_json()) == built
    assert built["providers"][0]["credits"] == {"least": "0", "expected": "1.5", "most": "3"}
