"""Options that contradict each other, and a journal that cannot be had, are refused in one line."""

from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from enrichctl.cli.app import run
from enrichctl.cli.enrich import job
from enrichctl.cli.enrich.signals import patience
from enrichctl.errors import ExitStatus, OutOfTime


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--fresh", "--max-age", "5d"], "--fresh is --max-age 0"),
        (["-p", "offline", "--budget", "lemlist=5"], "--budget bounds lemlist"),
        (["--budget", "offline=5"], "--budget bounds offline, which costs nothing"),
        (["--json", "-o", "out.csv"], "out.csv is named as csv, and --json says otherwise"),
        (["-o", "out.tsv", "--format", "csv"], "out.tsv is named as tsv, and --format csv says"),
        (["--max-duration", "0"], "--max-duration 0 leaves no time"),
        (["--limit", "0"], "--limit 0 asks nobody next: -n shows the plan"),
        (["--limit", "-1"], "--limit -1 asks nobody next: -n shows the plan"),
        (["-p", ""], "--provider is empty"),
        (["-p", " , "], "-p names no provider"),
        (["-w", ","], "',' names no field"),
        (["--map", "email=a", "--map", "email=b"], "--map says twice which column holds email"),
        (["--overwrite", "emial"], "there is no field 'emial'; did you mean email?"),
    ],
)
def test_options_that_contradict_each_other_are_refused(tmp_path, capsys, words, said):
    """Exit 2, and nothing is written."""
    (tmp_path / "in.csv").write_text("email\njane.doe@acme.io\n")
    assert run(["enrich", str(tmp_path / "in.csv"), *words]) == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert [one.name for one in tmp_path.iterdir()] == ["in.csv"]


def test_a_journal_that_cannot_be_reached_is_not_replaced_by_ones_own(monkeypatch, capsys):
    """A team that believes that it shares one would pay twice."""
    monkeypatch.setenv("ENRICHCTL_JOURNAL", "postgresql://127.0.0.1:1/db")
    assert run(["status"]) == 6
    assert "postgresql://127.0.0.1:1/db cannot be reached" in capsys.readouterr().err


def test_a_file_enriched_in_place_was_not_changed_meanwhile(tmp_path, capsys):
    """Its own output is what has changed it."""
    (tmp_path / "in.csv").write_text("email\njane.doe@acme.io\n")
    place = str(tmp_path / "in.csv")
    assert run(["enrich", place, "-o", place, "--force"]) == 0
    assert "changed meanwhile" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("listed", "is_said"), [("", True), ("\n \n", True), ("# nobody yet\n", False)]
)
def test_a_list_of_whom_not_to_send_that_is_empty_is_said_to_be(
    listed, is_said, tmp_path, monkeypatch, capsys
):
    """In a quiet run as well: it may have been lost; one with a comment is meant so."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.csv").write_text("email\njane.doe@acme.io\n")
    (tmp_path / "never.txt").write_text(listed)
    assert run(["enrich", "in.csv", "--suppress", "never.txt", "-q"]) == 0
    said = capsys.readouterr().err
    assert ("--suppress never.txt is empty: it keeps nobody out" in said) is is_said


@pytest.mark.parametrize("option", ["--provider", "--suppress", "--budget", "-o", "--sheet"])
def test_an_option_that_is_there_and_empty_is_refused(option, tmp_path, capsys):
    """It is a variable of a script that was not set: the default would be a guess."""
    (tmp_path / "in.csv").write_text("email\njane.doe@acme.io\n")
    assert run(["enrich", str(tmp_path / "in.csv"), option, ""]) == 2
    assert "is empty" in capsys.readouterr().err
    assert [one.name for one in tmp_path.iterdir()] == ["in.csv"]


@pytest.mark.parametrize(
    ("end", "status", "said"),
    [(KeyboardInterrupt(), 130, "interrupted"), (SystemExit(143), 143, "terminated")],
)
def test_who_stops_before_anything_is_asked_is_told_so(end, status, said, monkeypatch, capsys):
    def stopped(*_, **__):
        raise end

    monkeypatch.setattr(job, "open_input", stopped)
    assert run(["enrich", "in.csv"]) == status
    assert f"{said}: nothing was asked, nothing is written" in capsys.readouterr().err


def test_no_time_is_left_once_it_is_over():
    patience(None)(0)
    patience(timedelta(hours=1))(0)
    with pytest.raises(OutOfTime) as over:
        patience(timedelta(0))(0)
    assert over.value.exit_status is ExitStatus.UNAVAILABLE


def test_the_columns_of_a_file_that_is_not_recognised_are_named(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("in.csv").write_text("a,b\n1,2\n")
    assert run(["enrich", "in.csv"]) == 2
    assert "no column of in.csv is a known field: 'a', 'b'" in capsys.readouterr().err


def test_a_workbook_that_begins_with_a_cover_says_which_sheets_there_are(tmp_path, capsys):
    book = openpyxl.Workbook()
    book.active.title = "Cover"
    book.active.append(["Messe Berlin 2026"])
    book.create_sheet("All Scans").append(["Email"])
    book["All Scans"].append(["a@rime.example"])
    book.save(path := tmp_path / "badge.xlsx")
    assert run(["enrich", str(path), "-n"]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "sheet 'Cover' was read; read another one: --sheet 'All Scans'" in said
    assert run(["enrich", str(path), "-n", "--sheet", "all scans"]) == 0


def test_a_text_that_is_named_as_a_workbook_is_called_so(tmp_path, capsys):
    (tmp_path / "in.xlsx").write_text("email\njane.doe@acme.io\n")
    assert run(["enrich", str(tmp_path / "in.xlsx")]) == 2
    assert "named as an XLSX workbook" in capsys.readouterr().err
    assert run(["enrich", str(tmp_path / "in.xlsx"), "--input-format", "csv"]) == 0
