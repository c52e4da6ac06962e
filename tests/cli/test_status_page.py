import json
import re
import stat
from decimal import Decimal
from html import unescape

import pytest
from kept import SUMMARY, ask, begin, record

from enrichctl.cli.app import run
from enrichctl.cli.status import status_views
from enrichctl.journal import history, record_rows
from enrichctl.model import Outcome


def keep(journal, entry, found=("job_title", "CEO")):
    """Keep a record that leadlex filled."""
    number = ask(journal, entry)
    journal.settle(number, Outcome.MATCHED, credits=Decimal("3.5"), answer={})
    tried = {"provider": "leadlex", "outcome": "matched", "attempt": number, "accepted": []}
    name, text = found
    cells = {name: [None, text, "leadlex", "web", 0.9, "2025-11-20T10:00:00+01:00"]}
    rows = [record(4, "enriched", attempts=[tried], cells=cells)]
    record_rows.put_records(journal, entry.id, rows)


def words(page):
    """Return what a page says, without its style."""
    body = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.fixture
def target(tmp_path):
    return tmp_path / "run.html"


def test_a_page_tells_the_numbers_of_the_document(journal, target, capsys):
    keep(journal, begin(journal))
    run(["status", "last", "--json"])
    told = json.loads(capsys.readouterr().out)["run"]

    assert run(["status", "last", "--html", str(target)]) == 0

    out, err = capsys.readouterr()
    assert out == ""
    assert "personal data" in err
    said = words(target.read_text())
    (lane,), (field,), (error,) = told["providers"], told["fields"], told["errors"]
    counts = " ".join(str(lane[n]) for n in ("asked", "matched", "missed"))
    for part in (
        f"enrichctl run {told['id']}", "leads.csv", "stopped (budget)", "2025-11-20 09:00:00 UTC",
        "12m 04s", told["input"], told["output"], "5: budget reached",
        *(f"{n} {word.replace('_', ' ')}" for word, n in told["outcomes"].items() if n),
        f"leadlex 75% {counts} {lane['failed']} {lane['reused']} {lane['requests']} 3.5",
        f"25% → 75% {field['filled_before']} → {field['filled_after']}",
        f"{error['count']} record: {error['cause']} Next: {error['next']}", told["resume"],
        "1. leadlex 1 record 1 matched (100%), 0 missed filled nothing", "1. leadlex 100% 1 1 0",
        "Row 4 line 5 job_title blank → CEO leadlex ( web ), confidence 0.9",
    ):  # fmt: skip
        assert part in said


def test_page_screen_and_json_say_the_same_of_what_earlier_and_later_runs_paid(
    journal, target, capsys
):
    """A stopped run: what it asked came after it, or waits; and it had what another had asked."""
    (leadlex,) = SUMMARY["providers"]
    leadlex = leadlex | {"earlier": 2, "unconfirmed": 1}
    lemlist = dict.fromkeys(leadlex, 0) | {"name": "lemlist", "credits": "0", "match_rate": None}
    begin(journal, "20251119-090000-0000")
    entry = begin(
        journal,
        summary=SUMMARY
        | {
            "providers": [leadlex, lemlist], "suppressed": 3,
            "not_asked": [{"reason": "leadlex needs email", "count": 4}],
        },
    )  # fmt: skip
    number = ask(journal, entry, "john@acme.com", "lemlist")
    journal.settle(number, Outcome.MATCHED, credits=Decimal(20), answer={})  # now: after the run
    journal.submitted({ask(journal, entry, "ann@acme.com", "lemlist"): "t1"})
    run(["status", "last", "--json"])
    told = json.loads(capsys.readouterr().out)["run"]
    run(["status", "last"])
    shown = capsys.readouterr().out
    run(["status", "last", "--html", str(target)])
    page = words(target.read_text())

    assert [(lane["earlier"], lane["late"], lane["credits"]) for lane in told["providers"]] == [
        (2, 0, "3.5"), (0, 1, "20"),
    ]  # fmt: skip
    for said in (
        "1 answer is waiting, its cost set aside: run again, free",
        "2 of the questions to leadlex were put by an earlier run, which bears the cost",
        "1 answer of lemlist came after this run: spent here, counted where collected",
        "1 unconfirmed: possibly charged, counted in full",
        "leadlex needs email: 4 records",
        "3, never sent: no attempt tells anything of them",
        "2 runs since 2025-11-20 09:00 UTC, 20 credits spent, 1 set aside",
    ):
        assert said in shown
        assert said in page
    assert "lemlist - 0 0 0 0 0 0 0 20 1" in page
    assert f"{told['waiting']} answer" in page


def test_a_page_is_its_owners_alone_and_may_be_written_again(journal, target):
    keep(journal, begin(journal))
    for mode in (None, 0o644):
        if mode:
            target.chmod(mode)
        assert run(["status", "last", "--html", str(target)]) == 0
        assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_file_that_is_no_page_is_replaced_only_by_force(journal, target, capsys):
    begin(journal)
    target.write_text("<!doctype html><title>mine</title>")

    assert run(["status", "last", "--html", str(target)]) == 2
    assert target.read_text() == "<!doctype html><title>mine</title>"
    assert "--force" in capsys.readouterr().err
    assert run(["status", "last", "--html", str(target), "--force"]) == 0
    assert "20251120-090000-aaaa" in target.read_text()


def test_a_page_that_cannot_be_written_leaves_nothing(journal, tmp_path, capsys):
    begin(journal)
    (tmp_path / "dir.html").mkdir()

    assert run(["status", "last", "--html", str(tmp_path / "dir.html")]) == 2
    assert run(["status", "last", "--html", str(tmp_path / "no" / "run.html")]) == 2
    assert "--html FILE" in capsys.readouterr().err
    assert not list(tmp_path.glob("**/*.part"))


def test_without_a_sample_a_page_names_nobody_and_does_not_warn(journal, target, capsys):
    keep(journal, begin(journal), ("email", "jane@acme.example"))

    assert run(["status", "last", "--html", str(target), "--no-sample"]) == 0

    assert "jane" not in target.read_text()
    assert "personal" not in capsys.readouterr().err


def test_a_page_goes_to_stdout_for_a_pipe(journal, capfdbinary):
    keep(journal, begin(journal))

    assert run(["status", "--html", "-"]) == 0

    assert capfdbinary.readouterr().out.startswith(b"<!doctype html>\n<html")


def test_a_file_name_that_is_no_text_is_no_reason_to_fail(journal, target):
    begin(journal, command=("enrichctl", "enrich", "caf\udce9.csv"))

    assert run(["status", "last", "--html", str(target)]) == 0
    assert "caf?.csv" in target.read_text("utf-8")


def test_a_run_under_way_is_told_as_far_as_it_has_come(journal, target):
    entry = begin(
        journal, state="running", stopped_by=None, exit_status=None, finished_at=None, summary={}
    )
    keep(journal, entry)

    assert run(["status", "last", "--html", str(target)]) == 0

    said = words(target.read_text())
    for part in ("under way", "so far", "1 enriched", "7 pending", "job_title 0% → 12% 0 → 1"):
        assert part in said


def test_a_page_of_a_superseded_run_points_to_the_one_that_keeps_the_records(journal, target):
    first = begin(journal)
    keep(journal, first)
    history.supersede(journal, begin(journal, "20251121-100000-bbbb"))

    assert run(["status", first.id, "--html", str(target)]) == 0
    assert "enrichctl status 20251121-100000-bbbb --html FILE" in words(target.read_text())


def test_following_a_run_ends_with_its_page(journal, target, monkeypatch):
    entry = begin(
        journal, state="running", stopped_by=None, exit_status=None, finished_at=None, summary={}
    )

    def end(_):
        entry.state, entry.stopped_by, entry.summary = "stopped", "budget", SUMMARY
        history.update(journal, entry)

    monkeypatch.setattr(status_views, "pause", end)

    assert run(["status", "--watch", "--html", str(target)]) == 0
    assert "stopped (budget)" in words(target.read_text())


@pytest.mark.parametrize(
    "argv",
    [["--html", "x", "--json"], ["--html", "x", "--row", "1"], ["--no-sample"], ["--force"],
     ["--html", "x", "--records", "failed"]],
)  # fmt: skip
def test_options_that_do_not_go_together_are_refused(argv, journal, tmp_path, monkeypatch, capsys):
    begin(journal)
    monkeypatch.chdir(tmp_path)

    assert run(["status", *argv]) == 2
    assert "--html" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()
