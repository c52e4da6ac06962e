"""``--write-back``: what a database does not take costs itself only, and is told as what it is."""

import csv
import json
import shutil
import sqlite3
import subprocess

import duckdb
import psycopg
import pytest
from e2e_shell import COMMAND

FILES = {"sqlite": sqlite3.connect, "duckdb": duckdb.connect}
MAKE = """CREATE TABLE leads (id INTEGER PRIMARY KEY, email VARCHAR,
    title VARCHAR CHECK (length(title) < 6), phone VARCHAR UNIQUE)"""
ROWS = 8
# Titles of two rows are longer than the table takes; rows 5 and 6 share a switchboard.
TITLES = {n: "VP Sales" if n in (2, 7) else "CFO" for n in range(1, ROWS + 1)}
PHONES = {n: f"+49 30 555000{5 if n == 6 else n}" for n in range(1, ROWS + 1)}
PEOPLE = """INSERT INTO leads (id, email) VALUES (1, 'p1@pena.es'), (2, 'p2@pena.es'),
    (3, 'p3@pena.es'), (4, 'p4@pena.es'), (5, 'p5@pena.es'), (6, 'p6@pena.es'),
    (7, 'p7@pena.es'), (8, 'p8@pena.es')"""
# Rights bind root as well once it has given up its own.
BOUND = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if shutil.which("setpriv") else []


def _do(shell, address, *statements):
    """Carry out statements in the database of an address; return the rows of the last one."""
    kind = address.partition(":")[0]
    if kind == "postgresql":
        with psycopg.connect(address.partition("&table=")[0], autocommit=True) as db:
            found = [db.execute(one) for one in statements][-1]
            return found.fetchall() if found.description else []
    db = FILES[kind](str(shell.folder / "crm.db"))
    try:
        for one in statements:
            found = db.execute(one).fetchall()
        db.commit()
    finally:
        db.close()
    return found


@pytest.fixture(params=[*FILES, "postgresql"])
def address(request, shell):
    """An address in each database; no table is there yet."""
    if request.param != "postgresql":
        return f"{request.param}:///crm.db?table=leads"
    found = f"{request.getfixturevalue('server').url()}&table=leads"
    _do(shell, found, "DROP TABLE IF EXISTS leads")
    return found


@pytest.fixture
def fill(shell, address):
    """Fill the table from a file of one's own."""
    rows = "".join(f"p{n}@pena.es,{TITLES[n]},{PHONES[n]},50-100\n" for n in TITLES)
    shell.write("own.csv", f"email,Job Title,Phone,Company Size\n{rows}")
    shell.write("config.toml", '[providers.own]\nkind = "table"\npath = "own.csv"\n')

    def run(*more, wants="job_title,phone"):
        words = ("enrich", address, "--key", "id", "-p", "own", "-w", wants)
        out = ("-o", "out.csv", "--write-back", "--yes", "--config", "config.toml")
        ran = shell(*words, "--map", "job_title=title", *out, *more, COLUMNS="400")
        return ran.returncode, b" ".join(ran.stderr.split()).decode()

    return run


def _output(shell):
    with (shell.folder / "out.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_refused_cells_cost_themselves_only_and_are_tried_again(shell, address, fill):
    _do(shell, address, MAKE, PEOPLE)
    status, said = fill()
    assert (status, [row["title"] for row in _output(shell)]) == (3, [*TITLES.values()])
    assert [row["phone"] for row in _output(shell)] == [*PHONES.values()]
    fits = {2: (None, PHONES[2]), 7: (None, PHONES[7]), 6: ("CFO", None)}
    assert _do(shell, address, "SELECT id, title, phone FROM leads ORDER BY id") == [
        (n, *fits.get(n, (TITLES[n], PHONES[n]))) for n in TITLES
    ]
    assert f"filled {2 * ROWS - 3} cells of the table" in said
    assert "by now" not in said  # nobody else was there
    assert "in the output only (id 2, id 7)" in said
    unique = said[said.index("1 record: phone: the same value is there already") :]
    assert unique.index("(id 6)") < unique.index("next:")
    assert PHONES[6] not in said
    assert "VP Sales" not in said
    run = json.loads(shell("status", "last", "--json").stdout)["run"]
    assert (run["state"], run["stopped_by"], run["exit_status"]) == ("done", None, 3)
    assert sorted(error["count"] for error in run["errors"]) == [1, 2]

    _do(shell, address, "UPDATE leads SET phone = NULL WHERE id = 5")
    status, said = fill()  # rows 5 and 6 again, of which one is taken
    assert (status, "filled 1 cell of the table" in said) == (3, True)


@pytest.mark.parametrize("address", ["duckdb", "postgresql"], indirect=True)
def test_what_does_not_fit_the_type_of_a_column_is_told_as_that(shell, address, fill):
    """SQLite has no such types."""
    _do(
        shell,
        address,
        "CREATE TABLE leads (id INTEGER, email VARCHAR, title VARCHAR(6), company_size INTEGER)",
        PEOPLE,
    )
    status, said = fill(wants="job_title,company_size")
    assert status == 3
    assert "by now" not in said
    none = "8 records: no value that company_size integer can hold: in the output only"
    assert f"{none} (id 1, id 2, id 3, …)" in said.replace("INTEGER", "integer")
    if address.startswith("postgresql"):  # to DuckDB the length of a text is no limit
        assert "2 records: too long for title varchar(6): in the output only (id 2, id 7)" in said
    assert [row["company_size"] for row in _output(shell)] == ["50-100"] * ROWS
    assert "50-100" not in said


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_a_key_that_says_whom_a_row_is_about_is_not_shown(shell, address, fill):
    _do(
        shell,
        address,
        "CREATE TABLE leads (email VARCHAR, title VARCHAR(4))",
        "INSERT INTO leads VALUES ('p1@pena.es', NULL), ('p2@pena.es', NULL)",
    )
    status, said = fill("--key", "email", wants="job_title")
    assert (status, "too long for title varchar(4): in the output only (row 2)" in said) == (
        3,
        True,
    )
    assert "@pena" not in said


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_a_server_that_goes_away_costs_no_output(shell, address, fill):
    _do(
        shell,
        address,
        "CREATE TABLE leads (id INTEGER, email VARCHAR, title VARCHAR)",
        "INSERT INTO leads VALUES (1, 'p1@pena.es', NULL), (2, 'p2@pena.es', NULL)",
        """CREATE OR REPLACE FUNCTION leave() RETURNS trigger AS
           'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END'
           LANGUAGE plpgsql""",
        "CREATE TRIGGER leave BEFORE UPDATE ON leads FOR EACH ROW EXECUTE FUNCTION leave()",
    )
    status, said = fill(wants="job_title")
    assert (status, [row["title"] for row in _output(shell)]) == (3, ["CFO", "VP Sales"])
    assert "2 records: " in said
    assert "cannot be written" in said
    assert "in the output only (id 1, id 2)" in said


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_a_login_that_may_not_write_is_refused_before_anybody_is_asked(
    shell, address, fill, server
):
    _do(
        shell,
        address,
        "CREATE TABLE leads (id INTEGER, email VARCHAR, title VARCHAR, phone VARCHAR)",
        "INSERT INTO leads VALUES (1, 'p1@pena.es', NULL, NULL)",
        "DROP ROLE IF EXISTS reader",
        "CREATE ROLE reader LOGIN",
        "GRANT SELECT, UPDATE (phone) ON leads TO reader",
    )
    words = ("enrich", address.replace("user=tests", "user=reader"), "--key", "id", "-p", "own")
    more = ("-w", "job_title,phone", "--map", "job_title=title", "--config", "config.toml")
    for last in (("--yes",), ("-n",)):
        ran = shell(*words, *more, "-o", "out.csv", "--write-back", *last)
        assert ran.returncode == 2, ran.stderr
        assert b"this login may not change title there" in b" ".join(ran.stderr.split())
    assert json.loads(shell("status", "--json").stdout)["runs"] == []
    server.execute("GRANT UPDATE (title) ON leads TO reader")
    ran = shell(*words, *more, "-o", "out.csv", "--write-back", "--yes")
    assert ran.returncode == 0, ran.stderr
    server.execute("DROP OWNED BY reader")
    server.execute("DROP ROLE reader")


@pytest.mark.parametrize("address", [*FILES], indirect=True)
@pytest.mark.parametrize("closed", ["crm.db", "."])
def test_a_file_that_may_not_be_written_is_refused_before_anybody_is_asked(
    shell, address, fill, closed
):
    _do(
        shell,
        address,
        "CREATE TABLE leads (id INTEGER, email VARCHAR, website VARCHAR)",
        "INSERT INTO leads VALUES (1, 'p1@pena.es', NULL)",
    )
    path = shell.folder / closed
    words = ("enrich", address, "--key", "id", "-w", "website", "--write-back", "--yes")
    for name in ("out", "state"):
        (shell.folder / name).mkdir(exist_ok=True)
    mode = path.stat().st_mode
    path.chmod(mode & ~0o222)
    try:
        ran = subprocess.run(
            [*BOUND, COMMAND, *words, "-o", "out/out.csv"], cwd=shell.folder, env=shell.environ,
            capture_output=True, timeout=60, check=False,
        )  # fmt: skip
    finally:
        path.chmod(mode)
    assert ran.returncode == 2, ran.stderr
    assert b"crm.db may only be read" in b" ".join(ran.stderr.split())
    assert json.loads(shell("status", "--json").stdout)["runs"] == []
