"""Answers about somebody else, from the input to every place that tells of them."""

import csv
import json
from pathlib import Path

import pytest
from rehearsal import rehearsal

from enrichctl.cli import app

SHARED = "Email,First Name,Last Name\njane.doe@nordwind.de,Jane,Doe\njane.doe@nordwind.de,Tom,Roe\n"
WHY = "leadlex answers about somebody else than Tom Roe: name differs"


@pytest.fixture
def box(tmp_path, monkeypatch):
    (tmp_path / "in.csv").write_text(SHARED, "utf-8")
    with rehearsal(tmp_path, monkeypatch, miss_rate=0, hole_rate=0) as box:
        yield box


def enrich(*more, provider="leadlex"):
    return app.run(["enrich", "in.csv", "-p", provider, "-w", "job_title,location", "-y", *more])


def rows():
    return list(csv.DictReader(Path("in.enriched.csv").read_text("utf-8").splitlines()))


def said(capsys, *command):
    capsys.readouterr()
    assert app.run([*command, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_row_that_is_meant_is_filled_and_the_other_is_for_review(box, capsys):
    assert enrich() == 0
    jane, tom = rows()
    assert jane["enrichctl_status"] == "enriched"
    assert jane["location"]
    assert (tom["enrichctl_status"], tom["enrichctl_note"]) == ("review", WHY)
    assert (tom["job_title"], tom["location"], tom["enrichctl_sources"]) == ("", "", "")
    assert box.spent("leadlex") == 1
    shown = capsys.readouterr().err
    assert "1 enriched, 1 review" in shown
    assert "1 record: leadlex answers about somebody else: name differs" in shown
    assert "--accept review" in shown


def test_a_stored_answer_is_taken_after_all_without_a_call(box):
    enrich()
    before = len(box.requests)
    assert enrich() == 0
    assert [row["enrichctl_status"] for row in rows()] == ["enriched", "review"]
    assert enrich("--accept", "review") == 0
    jane, tom = rows()
    assert [row["enrichctl_status"] for row in (jane, tom)] == ["enriched"] * 2
    assert tom["location"] == jane["location"]
    assert len(box.requests) == before


def test_who_is_pending_is_asked_as_ever_and_a_budget_of_nothing_spends_nothing(
    box, tmp_path, capsys
):
    """The words say no more than that the answers held back are not asked for again."""
    (tmp_path / "in.csv").write_text(SHARED + "ann.lee@suedwind.de,Ann,Lee\n", "utf-8")
    enrich("--limit", "2")
    shown = capsys.readouterr().err
    assert "--accept review: they are not asked for again" in " ".join(shown.split())
    assert "asks no provider" not in shown
    assert box.spent("leadlex") == 1

    assert enrich("--accept", "review", "--budget", "0") == 5
    assert [row["enrichctl_status"] for row in rows()] == ["enriched", "enriched", "pending"]
    assert box.spent("leadlex") == 1
    assert enrich("--accept", "review") == 0
    assert [row["enrichctl_status"] for row in rows()] == ["enriched"] * 3
    assert box.spent("leadlex") == 2


def test_the_configuration_may_say_so_for_all_runs(box, tmp_path, monkeypatch):
    config = tmp_path / "config.toml"
    config.write_text('accept = "review"\n', "utf-8")
    assert app.run(["--config", str(config), "enrich", "in.csv", "-p", "leadlex", "-y"]) == 0
    assert [row["enrichctl_status"] for row in rows()] == ["enriched"] * 2


def test_the_next_provider_is_asked(box, tmp_path):
    config = crm(tmp_path, "jane.doe@nordwind.de,Tom Roe,Oslo", "location")
    assert app.run([*config, "enrich", "in.csv", "-p", "leadlex,crm", "-w", "location", "-y"]) == 0
    jane, tom = rows()
    assert jane["enrichctl_sources"] == "location=leadlex"
    assert (tom["enrichctl_status"], tom["location"]) == ("enriched", "Oslo")
    assert tom["enrichctl_sources"] == "location=crm"


def test_every_place_that_tells_of_a_run_tells_of_it(box, capsys, tmp_path):
    enrich()
    run = said(capsys, "status", "last")["run"]
    assert run["outcomes"]["review"] == 1
    assert run["exit_status"] == 0
    assert [error["count"] for error in run["errors"]] == [1]
    assert "Tom" not in json.dumps(run["errors"])
    listed = said(capsys, "status", "last", "--records", "review")["records"]
    assert listed == [{"row": 2, "line": 3, "status": "review", "note": WHY}]
    record = said(capsys, "status", "last", "--row", "2")
    (attempt,) = record["attempts"]
    assert (attempt["outcome"], attempt["reason"]) == ("matched", WHY)
    assert attempt["answer"]["data"]["person"]["first_name"] == "Jane"
    assert attempt["accepted"] == []
    assert set(attempt["held_back"]) == {"job_title", "location"}
    assert attempt["left"]["location"].startswith("held back")
    assert said(capsys, "enrich", "in.csv", "-p", "leadlex", "-n")["review"] == 1
    # A run that does not ask LeadLex holds nothing of its back.
    assert said(capsys, "enrich", "in.csv", "-p", "offline", "-n")["review"] == 0
    assert app.run(["status", "last", "--html", "run.html"]) == 0
    assert "perhaps about somebody else" in (tmp_path / "run.html").read_text("utf-8")


def test_json_carries_it(box, capsys):
    capsys.readouterr()
    enrich("--json")
    tom = json.loads(capsys.readouterr().out.splitlines()[1])
    assert tom["_enrichctl"]["status"] == "review"
    assert tom["_enrichctl"]["note"] == WHY
    assert tom["_enrichctl"]["fields"] == {}


def test_another_word_is_refused_and_says_which_there_is(box, capsys):
    assert enrich("--accept", "all") == 2
    assert "it takes one word: review" in capsys.readouterr().err


def test_a_table_of_ones_own_may_be_about_somebody_else(box, tmp_path):
    config = crm(tmp_path, "jane.doe@nordwind.de,Jane Doe,+493012345678", "phone")
    command = [*config, "enrich", "in.csv", "-p", "crm", "-w", "phone"]
    assert app.run(command) == 0
    jane, tom = rows()
    assert (jane["phone"], jane["enrichctl_status"]) == ("+493012345678", "enriched")
    assert (tom["phone"], tom["enrichctl_status"]) == ("", "review")
    assert app.run([*command, "--accept", "review"]) == 0
    assert rows()[1]["phone"] == "+493012345678"


def test_a_record_of_which_part_is_held_back_is_for_review_however_often_it_is_read(
    box, tmp_path, capsys
):
    """The first run fills the phone; later ones find it in the journal, or in the cells."""
    (tmp_path / "in.csv").write_text(
        "Email,First Name,Last Name,Company\njane.doe@nordwind.de,Jane,Doe,Suedwind\n", "utf-8"
    )
    config = crm(tmp_path, "jane.doe@nordwind.de,Jane Doe,Acme,+493012345678,CEO", MOVED)
    command = ["-p", "crm", "-w", "phone,job_title", "-y"]
    seen = []
    for name in ("in", "in", "in.enriched"):
        assert app.run([*config, "enrich", f"{name}.csv", *command]) == 0
        written = (tmp_path / f"{name}.enriched.csv").read_text("utf-8")
        (row,) = csv.DictReader(written.splitlines())
        listed = said(capsys, *config, "status", "last", "--records", "review")["records"]
        seen.append((row["phone"], row["job_title"], row["enrichctl_status"], len(listed)))
    assert seen == [("+493012345678", "", "review", 1)] * 3


MOVED = "company_name,phone,job_title"


def crm(folder, row, field):
    """Write a table of one row; return the options that name its definition."""
    (folder / "crm.csv").write_text(f"email,full_name,{field}\n{row}\n", "utf-8")
    text = f'[providers.crm]\nkind = "table"\npath = "{folder / "crm.csv"}"\nkey = ["email"]\n'
    (folder / "config.toml").write_text(text, "utf-8")
    return ["--config", str(folder / "config.toml")]
