#!/usr/bin/env bash
# Guess: in SQLite, which takes any value for a condition, WHERE email keeps the rows that have one, and
# WHERE NOT email those that have none, as "not email" does in Python.
# Behaviour: a text is a number there, the one that it begins with, else 0. NOT email keeps the rows
# with an address, and of those without one the empty ones and not the NULLs; email keeps hardly any: an
# address that begins with a digit, or a phone number. A DELETE of the rows without an address deletes
# the others. PostgreSQL and DuckDB refuse such a condition.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'apsw==3.54.1.0' 'duckdb==2.0.1'
"$folder/venv/bin/python" - <<'PYTHON'
import apsw
import duckdb

LEADS = ["ada@acme.example", "7bob@acme.example", "+49 30 123456", "", None]


def kept(where):
    db = apsw.Connection(":memory:")
    db.execute("CREATE TABLE leads (contact TEXT)")
    db.executemany("INSERT INTO leads VALUES (?)", [(one,) for one in LEADS])
    return [one for (one,) in db.execute(f"SELECT contact FROM leads WHERE {where}")]


print("SQLite", apsw.sqlite_lib_version())
for where in ("contact", "NOT contact", "contact <> ''"):
    print(f"{where:14}", kept(where))
try:
    duckdb.sql("SELECT * FROM (VALUES ('ada@acme.example')) t(contact) WHERE NOT contact").fetchall()
    refused = False
except duckdb.ConversionException:
    refused = True
print("DuckDB refuses:", refused)
assert kept("contact") == ["7bob@acme.example", "+49 30 123456"], "texts are conditions now"
assert kept("NOT contact") == ["ada@acme.example", ""], "NOT keeps other rows now"
assert refused, "DuckDB takes a text for a condition now"
PYTHON
