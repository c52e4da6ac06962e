#!/usr/bin/env bash
# Guess: upsert(lead, ["email"]) with a lead that has no e-mail inserts it: in SQL a NULL equals nothing,
# so there is no row to update, and a unique column takes as many NULLs as there are.
# Behaviour: dataset looks for rows whose e-mail IS NULL, and updates all of them: every lead without an
# e-mail gets the name and phone of the last one that came. In an empty table all such leads end as one
# row. SQLite's own upsert keeps them apart.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    'dataset==2.0.0' 'sqlalchemy==2.1.9'
"$folder/venv/bin/python" - <<'PYTHON'
import sqlite3
from importlib.metadata import version

import dataset

OLD = [("ada@acme.example", "Ada", "+4930231"), (None, "Bob", "+4930232"), (None, "Cy", "+4930233")]
NEW = [("ada@acme.example", "Ada", "+4940231"), (None, "Di", "+4940234")]


def records(leads):
    return [dict(zip(("email", "name", "phone"), lead)) for lead in leads]


def by_dataset(before, coming):
    table = dataset.connect("sqlite:///:memory:").create_table("leads")
    for column in ("email", "name", "phone"):
        table.create_column(column, table.db.types.text)
    table.insert_many(records(before))
    for lead in records(coming):
        table.upsert(lead, ["email"])
    return [(row["email"], row["name"], row["phone"]) for row in table.all()]


def by_sqlite(before, coming):
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE leads (email TEXT UNIQUE, name TEXT, phone TEXT)")
    db.executemany(
        "INSERT INTO leads VALUES (?, ?, ?) ON CONFLICT (email)"
        " DO UPDATE SET name = excluded.name, phone = excluded.phone",
        before + coming,
    )
    return db.execute("SELECT * FROM leads").fetchall()


print(*(f"{name} {version(name)}" for name in ("dataset", "sqlalchemy")), "SQLite", sqlite3.sqlite_version)
onto = by_dataset(OLD, NEW)
fresh = by_dataset([], OLD)
peer = by_sqlite(OLD, NEW)
print("before:               ", *OLD)
print("dataset, after two:   ", *onto)
print("SQLite, after the two:", *peer)
print("dataset, into nothing:", *fresh)
assert onto == [NEW[0], NEW[1], NEW[1]], "leads without an e-mail are kept apart now"
assert fresh == [OLD[0], OLD[2]], "leads without an e-mail are inserted now"
assert peer == [NEW[0], *OLD[1:], NEW[1]], "SQLite takes one NULL for another now"
PYTHON
