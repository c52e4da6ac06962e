#!/usr/bin/env bash
# Guess: records of JSON are read by their keys: RFC 8259 gives the order of keys in an object no meaning,
# and two providers, or two answers of one, seldom have the same.
# Behaviour: tablib takes the headers from the first record and only the values, in their order, from
# all others. A record with the phone first has its phone under email and its address under phone; one
# with another key altogether, a mobile, has it under the header of the first. There is no error as
# long as the number of values is the same, and the CSV that is written looks fine.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'tablib[yaml]==3.10.0' 'pandas==3.1.1'
"$folder/venv/bin/python" - <<'PYTHON'
import io
import json
from importlib.metadata import version

import pandas as pd
import tablib

LEADS = [
    {"email": "ada@acme.example", "phone": "+493023125000"},
    {"phone": "+442079460958", "email": "bob@acme.example"},
    {"email": "cy@acme.example", "mobile": "+447700900123"},
]


def read(leads, kind="json"):
    return tablib.Dataset().load(json.dumps(leads), format=kind)


read_json, read_yaml = read(LEADS), read(LEADS, "yaml")
given = tablib.Dataset()
given.dict = LEADS
peer = pd.read_json(io.StringIO(json.dumps(LEADS)), dtype=False)
print("tablib", version("tablib"), "pandas", pd.__version__)
print(read_json.export("csv"))
print("pandas:", peer["email"].tolist(), "columns:", *peer.columns)
try:
    read([LEADS[0], {"email": "di@acme.example"}])
    refused = False
except tablib.InvalidDimensions:
    refused = True
print("a record with fewer values is refused:", refused)
expected = [
    ("ada@acme.example", "+493023125000"),
    ("+442079460958", "bob@acme.example"),
    ("cy@acme.example", "+447700900123"),
]
assert list(read_json) == list(read_yaml) == list(given) == expected, "it goes by the keys now"
assert read_json.headers == ["email", "phone"], "another key has a header of its own now"
assert refused, "a record with fewer values is taken now"
assert peer["email"].tolist() == [lead["email"] for lead in LEADS], "pandas goes by the order as well"
PYTHON
