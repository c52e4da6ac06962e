"""A table of a database has types: for ``--where``, and in an output that has types, too."""

import csv
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import psycopg
import pyarrow as pa
import pytest
from pyarrow import parquet
from test_e2e_tables import DATABASES, made

MAKE = (
    """CREATE TABLE typed (id BIGINT, email VARCHAR, since DATE, seen TIMESTAMP, score DOUBLE
       PRECISION, worth DECIMAL(10,2), staff INTEGER, open BOOLEAN, gone BIGINT)""",
    """INSERT INTO typed VALUES
       (2, 'ada@psi.io', '2026-01-01', '2026-01-01 10:00:00', 0.5, 1200.50, 7, true, NULL),
       (10, 'bo@chi.io', '2026-03-01', '2026-03-01 23:59:59', 120, 3, NULL, false, NULL),
       (300, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)""",
)


@pytest.fixture(params=DATABASES)
def address(request, shell):
    return made(request, shell, "typed", MAKE)


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        ("id < 10", ["2"]),
        ("id BETWEEN 3 AND 299", ["10"]),
        ("since >= DATE '2026-02-01'", ["10"]),
        ("seen < '2026-02-01'", ["2"]),
        ("score > 1 AND worth < 100", ["10"]),
        ("staff IS NULL AND open = false", ["10"]),
        ("gone IS NULL AND id % 3 = 0", ["300"]),
        ("gone > 1", []),
        ("lower(email) LIKE 'ada%'", ["2"]),
    ],
)
def test_a_condition_compares_numbers_and_dates_as_such(shell, address, condition, ids):
    words = ("enrich", address, "--key", "id", "-o", "out.csv", "--where", condition)
    ran = shell(*words)
    assert ran.returncode == 0, ran.stderr
    rows = csv.DictReader((shell.folder / "out.csv").read_text().splitlines())
    left = "not chosen by --where"
    assert [row["id"] for row in rows if row["enrichctl_note"] != left] == ids


def test_an_output_with_types_has_those_of_the_table(shell, address):
    ran = shell("enrich", address, "--key", "id", "-w", "website", "-o", "out.parquet")
    assert ran.returncode == 0, ran.stderr
    table = parquet.read_table(shell.folder / "out.parquet")
    kind = {field.name: field.type for field in table.schema}
    assert (kind["id"], kind["gone"], kind["email"]) == (pa.int64(), pa.int64(), pa.string())
    assert (kind["since"], kind["seen"]) == (pa.date32(), pa.timestamp("us"))
    assert (kind["score"], kind["website"]) == (pa.float64(), pa.string())
    first, second, third = table.to_pylist()
    assert (first["since"], first["seen"]) == (date(2026, 1, 1), datetime(2026, 1, 1, 10))  # noqa: DTZ001
    assert (first["worth"], second["worth"]) == (Decimal("1200.5"), 3)
    assert (first["score"], second["score"], second["staff"]) == (0.5, 120, None)
    assert (first["open"], second["open"]) == (True, False)
    assert (first["website"], third["website"]) == ("https://psi.io", None)

    # A file of those types is read and written with them again.
    ran = shell("enrich", "out.parquet", "-o", "again.parquet", "--where", "id < 10")
    assert ran.returncode == 0, ran.stderr
    assert parquet.read_schema(shell.folder / "again.parquet").field("since").type == pa.date32()


def test_a_found_value_that_a_column_cannot_hold_goes_next_to_it(shell, address):
    shell.write("crm.csv", "email,company_size\nada@psi.io,51-200\nbo@chi.io,12\n")
    shell.write("config.toml", '[providers.crm]\nkind = "table"\npath = "crm.csv"\n')
    words = ("enrich", address, "--key", "id", "-p", "crm", "--map", "company_size=staff")
    more = ("--overwrite", "company_size", "-o", "out.parquet", "--config", "config.toml")
    ran = shell(*words, *more)
    assert ran.returncode == 0, ran.stderr
    rows = parquet.read_table(shell.folder / "out.parquet").to_pylist()
    assert [row["staff"] for row in rows] == [None, 12, None]
    assert [row["staff_text"] for row in rows] == ["51-200", None, None]


def test_what_only_a_server_has_comes_through_as_well(shell, server):
    with psycopg.connect(server.url()) as db:
        db.execute("DROP TABLE IF EXISTS odd")
        db.execute(
            "CREATE TABLE odd"
            " (id int, seen timestamptz, n numeric, tags text[], more jsonb, u uuid)"
        )
        db.execute(
            """INSERT INTO odd VALUES (1, '2026-01-01 10:00:00+00', 1e3, '{a,b}', '{"x": 1}',
               '00000000-0000-0000-0000-000000000001'), (2, NULL, 'NaN', NULL, NULL, NULL)"""
        )
    words = ("enrich", f"{server.url()}&table=odd", "--key", "id", "--map", "full_name=u")
    ran = shell(*words, "--where", "seen < '2026-02-01' AND n::INT = 1000", "-o", "out.parquet")
    assert ran.returncode == 0, ran.stderr
    assert b"--where chooses 1 of 2" in ran.stderr
    first, second = parquet.read_table(shell.folder / "out.parquet").to_pylist()
    assert first["seen"] == datetime(2026, 1, 1, 10, tzinfo=UTC)
    assert (first["n"], second["n"]) == ("1000", None)
    ran = shell(*words, "-o", "out.jsonl")
    first, _ = map(json.loads, (shell.folder / "out.jsonl").read_text().splitlines())
    assert (first["tags"], first["more"]) == (["a", "b"], {"x": 1})
