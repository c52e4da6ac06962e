#!/usr/bin/env bash
# Guess: a left join keeps what the left table says, and adds; where both tables have an e-mail, the two
# columns get names of their own, as in pandas and polars, or it is an error.
# Behaviour: petl's leftjoin makes a table with two columns called email, and each function takes
# another one. dicts() and tojson() have the right one: Bob, for whom nothing was found, has null in place
# of the address that he had. cut() and values() have the left one, tocsv() writes both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'petl==1.7.30' 'polars==2.1.0'
"$folder/venv/bin/python" - <<'PYTHON'
import json
from importlib.metadata import version

import petl
import polars as pl

LEADS = [["id", "email"], [1, "ada@home.example"], [2, "bob@home.example"]]
FOUND = [["id", "email"], [1, "ada@acme.example"]]


def text(write):
    memory = petl.MemorySource()
    write(joined, memory)
    return memory.getvalue().decode()


def frame(table):
    return pl.DataFrame(table[1:], schema=table[0], orient="row")


joined = petl.leftjoin(LEADS, FOUND, key="id")
of_json = [lead["email"] for lead in json.loads(text(petl.tojson))]
of_dicts = [lead["email"] for lead in petl.dicts(joined)]
of_cut = [email for _, email in petl.cut(joined, "id", "email").data()]
of_csv = text(petl.tocsv).splitlines()
peer = frame(LEADS).join(frame(FOUND), on="id", how="left", maintain_order="left").to_dicts()
print("petl", version("petl"), "polars", pl.__version__)
print("header:", petl.header(joined))
print("tojson:", of_json)
print("cut:   ", of_cut)
print("tocsv: ", of_csv)
print("polars:", peer)
left, right = ["ada@home.example", "bob@home.example"], ["ada@acme.example", None]
assert petl.header(joined) == ("id", "email", "email"), "the columns have names of their own now"
assert of_json == of_dicts == right, "the records have the left address now"
assert of_cut == list(petl.values(joined, "email")) == left, "the column is the right one now"
assert of_csv[0] == "id,email,email", "the file has one column of the name now"
assert [lead["email"] for lead in peer] == left, "polars renames the left column"
PYTHON
