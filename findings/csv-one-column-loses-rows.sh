#!/usr/bin/env bash
# Guess: a list of e-mails with a blank among them, written as CSV by one tool, has as many rows in the
# next one; Python's own csv module and pandas write "" for the blank for that very reason.
# Behaviour: Polars and DuckDB write nothing for a null, which in a file of one column is an empty line.
# They read it back as a row; csv.DictReader and pandas skip it without a word, so what is worked out
# from the file no longer stands beside the right lead. A second column saves the row.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'polars==2.1.0' 'duckdb==2.0.1' 'pandas==3.1.1'
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import csv
import io
import sys
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl

print("python", sys.version.split()[0], *(f"{m.__name__} {m.__version__}" for m in (pl, duckdb, pd)))
EMAILS = ["ada@acme.example", None, "cy@acme.example"]
PATH = Path(sys.argv[1], "emails.csv")


def rows(text):
    PATH.write_text(text)
    return {
        "polars": pl.read_csv(io.StringIO(text)).height,
        "duckdb": len(duckdb.sql(f"select * from read_csv('{PATH}')").fetchall()),
        "csv": len(list(csv.DictReader(io.StringIO(text)))),
        "pandas": len(pd.read_csv(io.StringIO(text))),
    }


one = pl.DataFrame({"email": EMAILS})
duckdb.sql("select unnest(['ada@acme.example', null, 'cy@acme.example']) as email").write_csv(str(PATH))
texts = {
    "by polars": one.write_csv(),
    "by duckdb": PATH.read_text(),
    "by pandas": pd.DataFrame({"email": EMAILS}).to_csv(index=False),
    "two columns": one.with_columns(row=pl.Series([1, 2, 3])).write_csv(),
}
seen = {name: rows(text) for name, text in texts.items()}
for name, text in texts.items():
    print(name, repr(text), seen[name])
short = {"polars": 3, "duckdb": 3, "csv": 2, "pandas": 2}
assert seen["by polars"] == seen["by duckdb"] == short, "the blank is written or read otherwise now"
assert set(seen["by pandas"].values()) == {3}, "pandas writes the blank otherwise now"
assert set(seen["two columns"].values()) == {3}, "a second column no longer keeps the row"
PYTHON
