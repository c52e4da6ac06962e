#!/usr/bin/env bash
# Guess: upsert_all() does for each record what upsert() does for one, and writes the columns that the
# record names; the manual says that of upsert(), and that the other is the same for many.
# Behaviour: the columns of all records that came so far are put together, and those that a record does
# not name are written as NULL. A phone found for Ada and an e-mail found for Bob, saved in one call,
# erase Ada's e-mail and Bob's phone. Batches of one save Ada, who comes first, and not Bob: whose value
# is kept hangs on the order of the records. The command line does the same.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'sqlite-utils==4.2.1'
cd "$folder"
venv/bin/python - <<'PYTHON'
import json
import sqlite3
import subprocess
from importlib.metadata import version

import sqlite_utils

LEADS = [
    {"id": 1, "email": "ada@acme.example", "phone": None},
    {"id": 2, "email": None, "phone": "+442079460958"},
]
FOUND = [{"id": 1, "phone": "+493023125000"}, {"id": 2, "email": "bob@acme.example"}]


def leads(path=None):
    db = sqlite_utils.Database(path, recreate=True) if path else sqlite_utils.Database(memory=True)
    db["leads"].insert_all(LEADS, pk="id")
    return db


def rows(db):
    return [tuple(row.values()) for row in db["leads"].rows]


one_by_one, at_once, small = leads(), leads(), leads()
for record in FOUND:
    one_by_one["leads"].upsert(record, pk="id")
at_once["leads"].upsert_all(FOUND, pk="id")
small["leads"].upsert_all(FOUND, pk="id", batch_size=1)
leads("leads.db").close()
subprocess.run(
    ["venv/bin/sqlite-utils", "upsert", "leads.db", "leads", "-", "--pk", "id"],
    input=json.dumps(FOUND), text=True, check=True,
)
command = sqlite_utils.Database("leads.db")
print("sqlite-utils", version("sqlite-utils"), "SQLite", sqlite3.sqlite_version)
print("upsert, one by one:  ", rows(one_by_one))
print("upsert_all:          ", rows(at_once))
print("upsert_all, batch 1: ", rows(small))
print("command line:        ", rows(command))
both = [(1, "ada@acme.example", "+493023125000"), (2, "bob@acme.example", "+442079460958")]
blanked = [(1, None, "+493023125000"), (2, "bob@acme.example", None)]
assert rows(one_by_one) == both, "a record alone blanks a column as well"
assert rows(at_once) == rows(command) == blanked, "what is not named is kept now"
assert rows(small) == [both[0], blanked[1]], "earlier batches have no say now"
PYTHON
