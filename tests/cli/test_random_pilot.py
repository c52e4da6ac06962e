"""A pilot on a random sample: which records it asks about, and what becomes of the others."""

import csv
import json
from pathlib import Path

import pytest
from rehearsal import rehearsal

from enrichctl.cli import app

PEOPLE = 60
LEFT_OUT = "leadlex: left out by --limit"


@pytest.fixture
def box(tmp_path, monkeypatch):
    rows = [f"person{n}@nordwind{n}.de,{'there' if n < 10 else ''}" for n in range(PEOPLE)]
    (tmp_path / "in.csv").write_text("\n".join(["Email,Job Title", *rows, ""]), "utf-8")
    with rehearsal(tmp_path, monkeypatch, miss_rate=0, hole_rate=0) as box:
        yield box


def pilot(*more, limit=6, wants="job_title"):
    words = ["-p", "leadlex", "-w", wants, "--limit", str(limit), "--random", "-y", "-q"]
    assert app.run(["enrich", "in.csv", *words, *more]) == 0


def asked():
    rows = list(csv.DictReader(Path("in.enriched.csv").read_text("utf-8").splitlines()))
    assert [row["Email"] for row in rows] == [f"person{n}@nordwind{n}.de" for n in range(PEOPLE)]
    assert {row["enrichctl_note"] for row in rows if row["enrichctl_status"] == "pending"} == {
        LEFT_OUT
    }
    return {n for n, row in enumerate(rows) if row["enrichctl_status"] in ("enriched", "no_match")}


def test_records_are_drawn_from_those_that_need_asking_and_all_rows_come_out(box):
    pilot()
    drawn = asked()
    assert len(drawn) == 6 == len(box.requests)
    assert drawn != set(range(10, 16))  # the first ones
    assert min(drawn) >= 10  # those before have their title


def test_the_same_command_draws_the_same_and_a_larger_one_adds_to_it(box):
    pilot()
    drawn = asked()
    pilot()
    assert (asked(), len(box.requests)) == (drawn, 6)
    pilot(limit=9)
    assert asked() > drawn
    assert len(box.requests) == 9


def test_a_list_that_is_sorted_and_loses_a_row_is_asked_about_whom_it_was_before(box):
    pilot()
    drawn = asked()
    header, *rows = Path("in.csv").read_text("utf-8").splitlines()
    gone = min(set(range(10, PEOPLE)) - drawn)
    kept = [row for row in reversed(rows) if row != rows[gone]]
    Path("in.csv").write_text("\n".join([header, *kept, ""]), "utf-8")
    pilot()
    assert len(box.requests) == 6
    kept.remove(rows[min(drawn)])
    Path("in.csv").write_text("\n".join([header, *kept, ""]), "utf-8")
    pilot("--force")
    assert len(box.requests) == 7  # one more in the place of the one that is gone


def test_other_options_draw_others(box):
    pilot()
    drawn = asked()
    pilot("--force", wants="job_title,seniority")
    assert asked() != drawn


def test_the_plan_counts_those_that_are_drawn(box, capsys):
    words = ["-p", "leadlex", "-w", "job_title", "--limit", "6", "--random", "-n", "--json"]
    assert app.run(["enrich", "in.csv", *words]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert [lane["ask"] for lane in plan["providers"]] == [6]
    assert box.requests == []


def test_random_without_a_limit_is_refused_with_the_reason(box, capsys):
    assert app.run(["enrich", "in.csv", "-p", "leadlex", "--random", "-y"]) == 2
    assert "only --limit makes one" in capsys.readouterr().err
    assert box.requests == []
