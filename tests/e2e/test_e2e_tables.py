"""A table of a database is an input like a file: its rows in the order of a key."""

import json
import sqlite3
from collections.abc import Iterator

import duckdb
import psycopg
import pytest
from postgres import Server
from pyarrow import parquet

MAKE = (
    'CREATE TABLE "my leads" (id INTEGER, "E-Mail" VARCHAR, phone VARCHAR, staff INTEGER)',
    """INSERT INTO "my leads" VALUES (20, 'bo@chi.io', NULL, 7), (3, 'ada@psi.io', NULL, NULL),
       (100, NULL, '+49 30 1234567', 120)""",
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture(params=["sqlite", "duckdb", "postgresql"])
def address(request, shell):
    """The same table in each database."""
    if request.param == "postgresql":
        url = request.getfixturevalue("server").url()
        with psycopg.connect(url) as db:
            db.execute('DROP TABLE IF EXISTS "my leads"')
            for statement in MAKE:
                db.execute(statement)
        return f"{url}&table=my%20leads"
    connect = {"sqlite": sqlite3.connect, "duckdb": duckdb.connect}[request.param]
    db = connect(str(shell.folder / "crm.db"))
    for statement in MAKE:
        db.execute(statement)
    db.commit()
    db.close()
    return f"{request.param}:///crm.db?table=my+leads"


def test_a_table_goes_through_in_the_order_of_its_key(shell, address):
    words = ("enrich", address, "--key", "id", "-w", "website,phone_e164")
    ran = shell(*words, "-o", "updates.parquet")
    assert ran.returncode == 0, ran.stderr
    table = parquet.read_table(shell.folder / "updates.parquet")
    assert table["id"].to_pylist() == ["3", "20", "100"]
    assert table["E-Mail"].to_pylist() == ["ada@psi.io", "bo@chi.io", None]
    assert table["website"].to_pylist() == ["https://psi.io", "https://chi.io", None]
    assert table["phone_e164"].to_pylist() == [None, None, "+49301234567"]

    lines = shell(*words, "--json").stdout.splitlines()
    assert [json.loads(line)["staff"] for line in lines] == [None, 7, 120]
    # It is known again: a second run replaces the output of the first.
    assert shell(*words, "-o", "updates.parquet").returncode == 0
    run = json.loads(shell("status", "last", "--json").stdout)["run"]
    assert run["input"] == address


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("-o", "out.csv"), "name the column that tells them apart: --key id"),
        (("--key", "nr", "-o", "out.csv"), "nr"),
        (("--key", "staff", "-o", "out.csv"), "is no key: row"),
        (("--key", "id"), "name the output: -o PATH"),
    ],
)
def test_what_a_table_needs_is_said(shell, address, more, says):
    ran = shell("enrich", address, *more)
    assert ran.returncode == 2, ran.stderr
    assert says in ran.stderr.decode()


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("postgresql:///crm", "names no table"),
        ("postgresql://me:hunter2@host/crm?table=leads", "holds a password"),
        ("sqlite:///nowhere.db?table=leads", "nowhere.db does not exist"),
        ("postgresql:///crm?host=/nowhere&table=leads", "cannot be read"),
    ],
)
def test_an_address_that_leads_nowhere_is_one_line(shell, address, says):
    ran = shell("enrich", address, "--key", "id", "-o", "out.csv")
    assert ran.returncode == 2
    said = ran.stderr.decode()
    assert says in said
    assert "hunter2" not in said
    assert "Traceback" not in said
