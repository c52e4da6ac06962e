"""What becomes of rows without a value, as ``help files`` says it."""

import csv
from pathlib import Path

import openpyxl
import pytest

from enrichctl.cli.app import run

JANE, BOB = ("jane.doe@acme.io", "Jane"), ("bob.roe@acme.io", "Bob")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_separators_alone_are_a_record_and_a_blank_line_is_none(capsys):
    Path("in.csv").write_text("Email;First Name\n{};{}\n;\n\n{};{}\n".format(*JANE, *BOB))
    assert run(["enrich", "in.csv"]) == 0
    assert "3 records" in capsys.readouterr().err

    text = Path("in.enriched.csv").read_text()
    assert text.splitlines()[3] == ""
    rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
    assert [row["enrichctl_status"] for row in rows] == ["enriched", "skipped", "enriched"]
    assert rows[1]["enrichctl_note"] == "not enough data to tell who this is"


def test_a_blank_row_of_a_sheet_keeps_its_place_and_is_no_record(capsys):
    book = openpyxl.Workbook()
    for row in (("Email", "First Name"), JANE, (None, None), BOB):
        book.active.append(row)
    book.save("in.xlsx")
    assert run(["enrich", "in.xlsx"]) == 0
    assert "2 records" in capsys.readouterr().err

    header, *rows = openpyxl.load_workbook("in.enriched.xlsx").active.iter_rows(values_only=True)
    status = header.index("enrichctl_status")
    assert [row[status] for row in rows] == ["enriched", None, "enriched"]
    assert not any(rows[1])
