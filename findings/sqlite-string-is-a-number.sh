#!/usr/bin/env bash
# Guess: a column that is declared STRING, as in BigQuery, Spark and Hive, holds texts; SQLite takes any
# name for a type, so that the name does no harm.
# Behaviour: a name that SQLite does not know makes a column of numbers, and STRING is one. Whatever
# looks like a number becomes one, without a word: a phone number loses its plus, a postal code its
# zero, a reference such as 2E5 becomes 200000. TEXT and VARCHAR keep them. What is found by the text
# that was put in is another thing again: the comparison turns that into a number as well.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'apsw==3.54.1.0'
"$folder/venv/bin/python" - <<'PYTHON'
import apsw

VALUES = ["+491712345678", "01067", "2E5", "12.50", "AB-12"]


def stored(kind):
    db = apsw.Connection(":memory:")
    db.execute(f"CREATE TABLE leads (value {kind})")
    db.executemany("INSERT INTO leads VALUES (?)", [(one,) for one in VALUES])
    found = [one for (one,) in db.execute("SELECT value FROM leads")]
    count = db.execute("SELECT count(*) FROM leads WHERE value = '1067'").get
    return found, count


print("SQLite", apsw.sqlite_lib_version())
for kind in ("TEXT", "VARCHAR(40)", "STRING"):
    print(f"{kind:12}", *stored(kind))
assert stored("TEXT") == stored("VARCHAR(40)") == (VALUES, 0)
texts, count = stored("STRING")
assert texts == [491712345678, 1067, 200000, 12.5, "AB-12"], "STRING keeps texts now"
assert count == 1, "another postal code is not found now"
PYTHON
