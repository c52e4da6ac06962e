"""The same records have the same plan and the same needs, in whatever format they come."""

import csv
import json

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet

from enrichctl.cli.app import run

FIELDS = ("first_name", "last_name", "email", "company_name", "linkedin_url", "phone")
BLANKS = ("", "  ", "N/A", "n/a", "-", "null", "None", "not an e-mail")
RECORDS = [
    ("Jane", "Doe", "jane.doe@acme.example", "Acme", "", "0117 496 0234"),
    ("Li", "Boe", "", "", "https://www.linkedin.com/in/li-boe/", "N/A"),
    *(("Max", f"Roe{n}", blank, "Acme", blank, blank) for n, blank in enumerate(BLANKS)),
]


def _objects(keep):
    """Return records as objects; ``keep`` stands where a text is empty, ``missing`` for no key."""
    pairs = ([*zip(FIELDS, one, strict=True)] for one in RECORDS)
    return [{n: v or keep for n, v in one if v or keep != "missing"} for one in pairs]


def _csv(path):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([FIELDS, *RECORDS])


def _json(path):
    path.write_text(json.dumps(_objects("")))


def _missing(path):
    path.write_text(json.dumps(_objects("missing")))


def _lines(path):
    path.write_text("".join(json.dumps(one) + "\n" for one in _objects(None)))


def _sheet(path):
    book = openpyxl.Workbook()
    for one in (FIELDS, *RECORDS):
        book.active.append([text or None for text in one])
    book.save(path)


def _table(path):
    parquet.write_table(pa.Table.from_pylist(_objects(None)), path)


@pytest.mark.parametrize(
    ("name", "write"),
    [("a.json", _json), ("b.json", _missing), ("c.jsonl", _lines), ("d.xlsx", _sheet),
     ("e.parquet", _table)],
)  # fmt: skip
def test_the_plan_is_that_of_the_same_records_in_csv(name, write, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ENRICHCTL_STATE_DIR", str(tmp_path / "state"))

    def plan(words):
        capsys.readouterr()
        assert run(["enrich", *words, "--sandbox", "-p", "offline,leadlex,lemlist", "-n"]) == 0
        return capsys.readouterr()

    _csv(tmp_path / "leads.csv")
    write(tmp_path / name)
    wants = ["-w", "email,phone,job_title"]
    shown = plan(["leads.csv", *wants]).err
    assert "leadlex needs email for a phone, a job_title: 9 records; the value in 1 of" in shown
    assert plan([name, *wants]).err == shown
    assert plan([name, *wants, "--json"]).out == plan(["leads.csv", *wants, "--json"]).out
