#!/usr/bin/env bash
# Guess: a line of a CSV with one cell too many is an error, or is cut or padded; the lines above it,
# which fit the header, are read in any case.
# Behaviour: where the wider line stands at the end of a short file, such as a sum or a note under the
# leads, DuckDB takes all above it for an introduction, header included, and answers with that last
# line alone, without an error or a warning. With a wider line in the middle, the separator itself is
# given up: the file has one column, called "name,email". Asking for the rejects to be stored is what
# makes it read the leads: it changes what is read, and not only what is told.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'duckdb==2.0.1'
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import sys
from pathlib import Path

import duckdb

LEADS = ["name,email", "Ada,ada@acme.example", "Bob,bob@acme.example", "Cy,cy@acme.example"]
WIDER = "Total,3,leads"


def read(lines, options=""):
    path = Path(sys.argv[1], "leads.csv")
    path.write_text("\n".join(lines) + "\n")
    table = duckdb.sql(f"select * from read_csv('{path}'{options})")
    return table.columns, table.fetchall()


print("duckdb", duckdb.__version__)
plain = read(LEADS)
print("as it should be:", *plain)
last = read([*LEADS, WIDER])
print("wider line last:", *last)
stored = read([*LEADS, WIDER], ", store_rejects=true")
rejected = duckdb.sql("select csv_line from reject_errors").fetchall()
print("the same, rejects stored:", *stored, "rejected:", rejected)
middle = read([*LEADS[:3], "Cy,cy@acme.example,call first", LEADS[1]])
print("wider line in the middle:", *middle)
assert plain[0] == ["name", "email"] and len(plain[1]) == 3, "a plain file is read otherwise"
assert last[1] == [("Total", 3, "leads")], "the leads above the wider line are read now"
assert stored == plain and rejected == [(WIDER,)], "storing rejects makes no such difference now"
assert middle[0] == ["name,email"], "the separator is kept now"
PYTHON
