#!/usr/bin/env bash
# Guess: JSON says what is a text and what is a number, so a reader has nothing to guess, as it has with
# CSV; an id that was put in quotes because it is too long for a number comes back as it was.
# Behaviour: read_json of pandas turns a column of texts into numbers wherever all of them look like
# some, those that its own to_json wrote as well. Phone numbers lose the plus and postal codes the zero;
# ids of 20 digits become floating point, and two leads have one id. One blank makes them all floating
# point, also where the ids are shorter. A single text that is no number keeps the column, so that it
# hangs on the rows of the day. polars reads the texts as texts, and pandas with dtype=False.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'pandas==3.1.1' 'polars==2.1.0'
"$folder/venv/bin/python" - <<'PYTHON'
import io

import pandas as pd
import polars as pl

LEADS = pd.DataFrame(
    {
        "lead": ["90071992547409931234", "90071992547409931235"],
        "phone": ["+491712345678", "+49301234567"],
        "zip": ["01067", "80331"],
        "account": ["9007199254740993", None],
        "ref": ["2E5", "AB-12"],
    }
)
written = LEADS.to_json(orient="records", lines=True)
read = pd.read_json(io.StringIO(written), lines=True)
kept = pd.read_json(io.StringIO(written), lines=True, dtype=False)
print("pandas", pd.__version__, "polars", pl.__version__)
print(written)
for name in LEADS:
    print(f"{name:8}", read[name].dtype, read[name].tolist())
assert read["lead"].nunique() == 1, "long ids stay apart now"
assert read["phone"].tolist() == [491712345678, 49301234567], "phone numbers stay texts now"
assert read["zip"].tolist() == [1067, 80331], "postal codes stay texts now"
assert int(read["account"][0]) == 9007199254740992, "an id beside a blank keeps its last digit now"
assert read["ref"].tolist() == ["2E5", "AB-12"], "a column with one plain text is changed as well"
by_polars = pl.read_ndjson(io.StringIO(written)).to_dict(as_series=False)
for name in ("lead", "phone", "zip", "ref"):
    assert by_polars[name] == LEADS[name].tolist(), "polars no longer keeps the texts"
    assert kept[name].tolist() == LEADS[name].tolist(), "dtype=False no longer keeps the texts"
PYTHON
