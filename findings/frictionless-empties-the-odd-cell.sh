#!/usr/bin/env bash
# Guess: a reader that works out the types itself calls a column of numbers with one "10-50" in it a
# column of texts; or it says that the cell does not fit. The order of the lines is of no account.
# Behaviour: nine cells out of ten are enough for frictionless to call the column one of whole numbers,
# and extract() hands out the tenth as None, like a blank cell, without an error or a warning; the
# command line does the same and ends with 0. Where the odd cell comes first, though, the very same
# lines are read as texts and nothing is lost. Only validate() tells.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'frictionless==5.21.0'
cd "$folder"
venv/bin/python - <<'PYTHON'
from pathlib import Path

import frictionless

NUMBERS = [f"company {number},{number}" for number in range(11, 20)]
ODD = "Acme,10-50"


def seats(name, lines):
    Path(name).write_text("\n".join(["company,seats", *lines]) + "\n")
    (rows,) = frictionless.extract(name).values()
    return {row["company"]: row["seats"] for row in rows}


print("frictionless", frictionless.__version__)
last = seats("last.csv", [*NUMBERS, ODD])
first = seats("first.csv", [ODD, *NUMBERS])
print("odd cell last: ", last)
print("odd cell first:", first)
valid = frictionless.validate("last.csv").valid
print("validate:", valid)
assert last["Acme"] is None and last["company 11"] == 11, "the odd cell is kept when it is the last"
assert first["Acme"] == "10-50" and first["company 11"] == "11", "the odd cell is lost when it is the first"
assert not valid, "validate no longer tells"
PYTHON
echo "command line:" && venv/bin/frictionless extract last.csv --csv | tee out.csv
grep -q '^company 19,19' out.csv || { echo "the numbers are written otherwise now"; exit 1; }
if grep -q '10-50' out.csv; then echo "the command line keeps the cell now"; exit 1; fi
