import json
import sqlite3
from contextlib import closing

import openpyxl
import pytest

from enrichctl.errors import UsageError

HEADER = ["Email", "City", "Employees"]
ROWS = [["anna@nordwind.de", "Köln", 120], ["karl@nordwind.de", None, 40.0]]


def _csv(path, delimiter=",", encoding="utf-8"):
    lines = [HEADER, *([str(cell or "") for cell in row] for row in ROWS)]
    path.write_text("".join(delimiter.join(line) + "\n" for line in lines), encoding=encoding)


def _json(path):
    path.write_text(json.dumps([dict(zip(HEADER, row, strict=True)) for row in ROWS]))


def _jsonl(path):
    lines = (json.dumps(dict(zip(HEADER, row, strict=True))) + "\n" for row in ROWS)
    path.write_text("".join(lines))


def _xlsx(path):
    book = openpyxl.Workbook()
    book.active.append(["nothing"])
    sheet = book.create_sheet("Data")
    for row in [HEADER, *ROWS]:
        sheet.append(row)
    book.save(path)


def _sqlite(path):
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE other(x)")
        db.execute('CREATE TABLE "my people"(Email, City, Employees)')
        db.executemany('INSERT INTO "my people" VALUES(?,?,?)', ROWS)


def _parquet(path):
    pyarrow = pytest.importorskip("pyarrow")
    columns = dict(zip(HEADER, map(list, zip(*ROWS, strict=True)), strict=True))
    from pyarrow import parquet  # noqa: PLC0415 - an extra

    parquet.write_table(pyarrow.table(columns | {"Employees": [120.0, 40.0]}), path)


@pytest.mark.parametrize(
    ("name", "write", "settings"),
    [
        ("t.csv", _csv, {}),
        ("t.tsv", lambda path: _csv(path, "\t"), {}),
        ("t.csv", lambda path: _csv(path, ";", "mac_roman"), {"encoding": "mac_roman"}),
        ("t.json", _json, {}),
        ("t.jsonl", _jsonl, {}),
        ("t.xlsx", _xlsx, {"sheet": "Data"}),
        ("t.db", _sqlite, {"table": "my people"}),
        ("t.parquet", _parquet, {}),
    ],
)
def test_every_kind_of_file_gives_the_same_rows(crm, name, write, settings):
    write(crm.folder / name)
    settings = {"path": name, **settings}
    anna = crm.ask({"email": "anna@nordwind.de"}, **settings)
    assert anna == {"city": "Köln", "company_size": "120"}
    karl = crm.ask({"email": "karl@nordwind.de"}, **settings)
    assert karl["company_size"].removesuffix(".0") == "40"


def test_a_database_says_which_tables_it_has(crm):
    _sqlite(crm.folder / "t.db")
    for settings in ({}, {"table": "my peple"}):
        with pytest.raises(UsageError) as caught:
            crm.provider(path="t.db", **settings)
        assert caught.value.message.startswith("providers.crm.table")
        assert caught.value.next == "choose one of: other, my people"
    assert "did you mean my people?" in caught.value.message


def test_a_broken_database_and_a_broken_parquet_file_are_said(crm):
    (crm.folder / "t.db").write_bytes(b"SQLite format 3\0" + b"x" * 500)
    (crm.folder / "t.parquet").write_bytes(b"PAR1" + b"x" * 500)
    for name in ("t.db", "t.parquet"):
        with pytest.raises(UsageError, match=name):
            crm.provider(path=name)


def test_a_row_that_a_database_has_not_taken_over_yet_counts(crm):
    path = crm.folder / "t.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE people(email, city)")
        db.execute("INSERT INTO people VALUES('a@b.de','Kiel')")
        db.commit()
        assert crm.ask({"email": "a@b.de"}, path="t.db") == {"city": "Kiel"}
        db.execute("UPDATE people SET city='Bonn'")
        db.commit()
        assert crm.ask({"email": "a@b.de"}, path="t.db") == {"city": "Bonn"}


def test_parquet_columns_that_python_cannot_hold_cost_no_lead(crm):
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet  # noqa: PLC0415 - an extra

    columns = {
        "Email": pa.array([b"ada@psi.de", b"bo@chi.de"], pa.binary()),
        "City": ["Ulm", "Bonn"],
        "Until": pa.array([2**31 - 1, 3_673_000], pa.int32()).cast(pa.date32()),  # infinity, 12026
        "Seen": pa.array([1, 1_234_567_891], pa.timestamp("ns")),
        "Photo": pa.array([b"\xff\xd8\xff", b"\0"], pa.binary()),
    }
    parquet.write_table(pa.table(columns), crm.folder / "t.parquet")

    assert crm.ask({"email": "ada@psi.de"}, path="t.parquet") == {"city": "Ulm"}
    assert crm.ask({"email": "bo@chi.de"}, path="t.parquet") == {"city": "Bonn"}


def test_rows_of_a_table_that_may_be_shifted_and_lists_answer_nothing(crm):
    crm.write("Email,Company,City\na@psi.de,Psi, Inc.,Ulm\nb@chi.de,Chi,Bonn\nc@rho.de,Rho,Kiel\n")
    assert crm.ask({"email": "a@psi.de"}) == {}
    assert crm.ask({"email": "b@chi.de"}, "city") == {"city": "Bonn"}
    crm.write('{"email":"a@psi.de","city":["Ulm"],"company":"Psi"}\n', "crm.jsonl")
    assert crm.ask({"email": "a@psi.de"}, path="crm.jsonl") == {"company_name": "Psi"}
