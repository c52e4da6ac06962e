"""A table of a database is an input like a file: its rows in the order of a key."""

import json
import os
import sqlite3
import time
from urllib.parse import quote, quote_plus

import duckdb
import psycopg
import pytest
from e2e_tty import Tty
from pyarrow import parquet

from enrichctl.files.databases import table_at

MAKE = (
    'CREATE TABLE "my leads" (id INTEGER, "E-Mail" VARCHAR, phone VARCHAR, staff INTEGER)',
    """INSERT INTO "my leads" VALUES (20, 'bo@chi.io', NULL, 7), (3, 'ada@psi.io', NULL, NULL),
       (100, NULL, '+49 30 1234567', 120)""",
)


DATABASES = ("sqlite", "duckdb", "postgresql")


@pytest.fixture(params=DATABASES)
def address(request, shell):
    """The same table in each database."""
    return made(request, shell, "my leads", MAKE)


def made(request, shell, table, statements):
    """Make a table in a database; return its address."""
    if request.param == "postgresql":
        url = request.getfixturevalue("server").url()
        with psycopg.connect(url) as db:
            db.execute(f'DROP TABLE IF EXISTS "{table}"')
            for statement in statements:
                db.execute(statement)
        return f"{url}&table={quote(table)}"
    connect = {"sqlite": sqlite3.connect, "duckdb": duckdb.connect}[request.param]
    db = connect(str(shell.folder / "crm.db"))
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.close()
    return f"{request.param}:///crm.db?table={quote_plus(table)}"


def test_a_table_goes_through_in_the_order_of_its_key(shell, address):
    words = ("enrich", address, "--key", "id", "-w", "website,phone_e164")
    ran = shell(*words, "-o", "updates.parquet")
    assert ran.returncode == 0, ran.stderr
    table = parquet.read_table(shell.folder / "updates.parquet")
    assert table["id"].to_pylist() == [3, 20, 100]
    assert table["E-Mail"].to_pylist() == ["ada@psi.io", "bo@chi.io", None]
    assert table["website"].to_pylist() == ["https://psi.io", "https://chi.io", None]
    assert table["phone_e164"].to_pylist() == [None, None, "+49301234567"]

    lines = shell(*words, "--json").stdout.splitlines()
    assert [json.loads(line)["staff"] for line in lines] == [None, 7, 120]
    # It is known again: a second run replaces the output of the first.
    assert shell(*words, "-o", "updates.parquet").returncode == 0
    run = json.loads(shell("status", "last", "--json").stdout)["run"]
    assert run["input"] == table_at(address)._replace(**_full(shell, address)).known_as
    # There is no file, so there are no lines of one.
    assert shell("status", "last", "--row", "2").stdout.startswith(b"row 2 (of the table by id): ")


def _full(shell, address):
    """Return where a file is, for who is in another folder."""
    return {} if address.startswith("postgresql") else {"database": str(shell.folder / "crm.db")}


@pytest.mark.parametrize("address", ["sqlite", "duckdb"], indirect=True)
def test_another_spelling_of_its_path_is_the_same_table(shell, address):
    words = ("--key", "id", "-o", "out.csv")
    assert shell("enrich", address, *words).returncode == 0
    kind, table = address.split(":")[0], address.split("?")[1]
    for path in (f"{shell.folder}/crm.db", "./crm.db"):
        ran = shell("enrich", f"{kind}:///{path}?{table}", *words)
        assert ran.returncode == 0, ran.stderr
    runs = json.loads(shell("status", "--json").stdout)["runs"]
    assert len({run["input"] for run in runs}) == 1


@pytest.mark.parametrize("address", ["sqlite", "duckdb"], indirect=True)
@pytest.mark.parametrize("more", [(), ("--key", "id")])
def test_a_file_of_a_database_leads_to_the_address_of_its_tables(shell, address, more):
    ran = shell("enrich", "crm.db", *more)
    assert ran.returncode == 2
    said = _line(ran.stderr)
    assert b"crm.db is a database" in said
    assert f"'{address.partition('?')[0]}?table=TABLE' --key COLUMN".encode() in said


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
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


FILL = ("-w", "website,phone_e164,company_name", "-o", "out.jsonl", "--write-back", "-q")


def _make(server):
    """Make a table in which some cells are blank, each in its own way."""
    url = server.url()
    with psycopg.connect(url) as db:
        db.execute("DROP TABLE IF EXISTS people")
        db.execute(
            "CREATE TABLE people (id int PRIMARY KEY, email text, website text, company_name text)"
        )
        db.execute(
            "INSERT INTO people VALUES (1, 'ada@psi.io', NULL, ''), (2, 'bo@chi.io', NULL, NULL),"
            " (3, 'eve@rho.io', 'https://mine.io', 'Mine')"
        )
    return url, f"{url}&table=people"


def _people(url):
    with psycopg.connect(url) as db:
        return db.execute("SELECT id, website, company_name FROM people ORDER BY id").fetchall()


def test_write_back_fills_blanks_and_no_filled_cell(shell, server):
    url, address = _make(server)
    words = ("enrich", address, "--key", "id", *FILL)
    before = _people(url)
    planned = shell(*words[:-1], "-n")
    assert (planned.returncode, _people(url)) == (0, before)
    assert b"--write-back fills blanks in" in planned.stderr
    asked = shell(*words)
    assert (asked.returncode, _people(url)) == (2, before)
    assert b"add --yes" in asked.stderr
    assert shell(*words, "--yes").returncode == 0
    assert _people(url) == [
        (1, "https://psi.io", "Psi"), (2, "https://chi.io", "Chi"), (3, "https://mine.io", "Mine"),
    ]  # fmt: skip


def test_what_another_session_writes_meanwhile_stays(shell, server):
    """It holds its rows while the program wants to write them, and comes first."""
    url, address = _make(server)
    with psycopg.connect(url) as other, psycopg.connect(url, autocommit=True) as look:
        other.execute("UPDATE people SET website = 'https://theirs.io' WHERE id = 1")
        running = shell.start("enrich", address, "--key", "id", *FILL[:-1], "--yes")
        end = time.monotonic() + 120
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        while look.execute(waits).fetchone() == (0,):
            assert running.poll() is None, running.communicate()
            assert time.monotonic() < end
            time.sleep(0.01)
        other.commit()
        _, said = running.communicate()
    assert running.returncode == 0, said
    assert b"1 cell left" in said
    assert _people(url) == [
        (1, "https://theirs.io", "Psi"), (2, "https://chi.io", "Chi"),
        (3, "https://mine.io", "Mine"),
    ]  # fmt: skip


def _cells(shell, address, select):
    kind = address.partition(":")[0]
    if kind == "postgresql":
        with psycopg.connect(address.rpartition("&")[0]) as db:
            ran = db.execute(select)
            return ran.fetchall() if ran.description else []
    db = {"sqlite": sqlite3.connect, "duckdb": duckdb.connect}[kind](str(shell.folder / "crm.db"))
    found = db.execute(select).fetchall()
    db.commit()
    db.close()
    return found


@pytest.mark.parametrize("address", ["sqlite", "duckdb"], indirect=True)
def test_write_back_in_a_file_replaces_what_it_is_told_to(shell, address):
    words = ("enrich", address, "--key", "id", "-w", "phone", "--overwrite", "phone")
    more = ("--default-region", "DE", "-o", "out.csv", "--write-back", "--yes")
    ran = shell(*words, *more)
    assert ran.returncode == 0, ran.stderr
    assert b"phone in 2 of 3 rows; it replaces filled cells of phone" in _line(ran.stderr)
    assert b"filled 1 cell of the table" in ran.stderr
    assert _cells(shell, address, 'SELECT phone FROM "my leads" ORDER BY id') == [
        (None,), (None,), ("+49301234567",),
    ]  # fmt: skip


def _line(text):
    return b" ".join(text.split())


@pytest.mark.parametrize("address", ["duckdb"], indirect=True)
def test_a_value_that_a_column_cannot_hold_costs_itself_only(shell, address):
    shell.write("crm.csv", "email,company_size,phone\nada@psi.io,51-200,030 7654321\n")
    shell.write("config.toml", '[providers.crm]\nkind = "table"\npath = "crm.csv"\n')
    words = ("enrich", address, "--key", "id", "-p", "crm", "-w", "company_size,phone")
    more = ("--map", "company_size=staff", "-o", "out.csv", "--write-back", "--yes")
    ran = shell(*words, *more, "--config", "config.toml", COLUMNS="300")
    assert ran.returncode == 3, ran.stderr
    assert b"filled 1 cell of the table" in ran.stderr
    assert b"1 record: no value that staff INTEGER can hold" in ran.stderr
    select = 'SELECT phone, staff FROM "my leads" ORDER BY id LIMIT 1'
    assert _cells(shell, address, select) == [("030 7654321", None)]


@pytest.mark.parametrize("address", ["duckdb"], indirect=True)
def test_a_file_of_duckdb_that_another_process_has_open_is_one_line(shell, address):
    other = duckdb.connect(str(shell.folder / "crm.db"))
    ran = shell("enrich", address, "--key", "id", "-o", "out.csv", "--write-back", "--yes")
    other.close()
    assert ran.returncode == 8, ran.stderr
    said = _line(ran.stderr)
    assert f"crm.db is open in another process (process {os.getpid()})".encode() in said
    assert b"close it there" in said
    assert not (shell.folder / "out.csv").exists()


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_what_would_be_written_is_shown_before_the_question(shell, address):
    words = f"enrich {address} --key id -w phone,website -o out.csv --write-back"
    for keys, status in ((b"n\n", 2), (b"y\n", 0)):
        with Tty(words.split(), shell.folder, shell.environ, columns=200) as terminal:
            terminal.sees("columns").sees("E-Mail").sees("no column of the table holds website")
            terminal.sees("by id: phone in 2 of 3 rows; it replaces nothing")
            terminal.sees("write to the table? [y/N]").type(keys)
            assert terminal.ends() == status
        assert (shell.folder / "out.csv").exists() == (status == 0)


def test_write_back_is_for_tables_and_for_real_values(shell):
    shell.write("leads.csv", "email\nada@psi.io\n")
    ran = shell("enrich", "leads.csv", "--write-back")
    assert (ran.returncode, b"is for tables of a database" in ran.stderr) == (2, True)
