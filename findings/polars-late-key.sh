#!/usr/bin/env bash
# Guess: a key that only some JSON records have becomes a column with nulls, or an error, whichever
# record has it first.
# Behaviour: Polars looks at the first 100 records for the columns. A key that first appears in record
# 101 is dropped without a word by read_ndjson and from_dicts: an enriched field that few leads have is
# gone. A value of another type that late is an error in both, and read_json of the very same records
# calls the key an error too.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'polars==2.1.0'
"$folder/venv/bin/python" - <<'PYTHON'
import io
import json

import polars as pl

print("polars", pl.__version__)


def columns(first_with_phone):
    leads = [{"id": number} for number in range(1, 151)]
    leads[first_with_phone - 1]["phone"] = "+442079460958"
    lines = "\n".join(json.dumps(lead) for lead in leads).encode()
    seen = {"read_ndjson": pl.read_ndjson(io.BytesIO(lines)).columns, "from_dicts": pl.from_dicts(leads).columns}
    try:
        seen["read_json"] = pl.read_json(io.BytesIO(json.dumps(leads).encode())).columns
    except pl.exceptions.ComputeError as error:
        seen["read_json"] = str(error).split(",")[0]
    print("phone first in record", first_with_phone, "->", seen)
    return seen


early, late = columns(100), columns(101)
assert set(map(tuple, early.values())) == {("id", "phone")}, "an early key is read otherwise now"
assert late["read_ndjson"] == late["from_dicts"] == ["id"], "a late key is kept or reported now"
assert "extra field" in late["read_json"], "read_json no longer calls it an error"
PYTHON
