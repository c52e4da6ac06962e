#!/usr/bin/env bash
# Guess: read_table(filters=[("country", "!=", "DE")]) reads the same rows of a Parquet file as
# filters=[("country", "not in", ["DE"])]; the second is the first for more than one value.
# Behaviour: "!=" leaves out the rows whose country is blank, and "not in" keeps them. pandas hands its
# filters on, so that it differs from its own "!=" on the frame, which keeps them. In polars and
# DuckDB both forms leave them out, as in SQL.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    'pyarrow==26.0.1' 'pandas==3.1.1' 'polars==2.1.0' 'duckdb==2.0.1'
"$folder/venv/bin/python" - "$folder/leads.parquet" <<'PYTHON'
import sys

import duckdb
import pandas
import polars
import pyarrow
from pyarrow import parquet

path = sys.argv[1]
leads = pyarrow.table({"name": ["Ada", "Bob", "Cy"], "country": ["DE", "FR", None]})
parquet.write_table(leads, path)
other, not_in = [("country", "!=", "DE")], [("country", "not in", ["DE"])]
country, frame = polars.col("country"), pandas.read_parquet(path)
found = {
    "pyarrow": [parquet.read_table(path, filters=one)["name"].to_pylist() for one in (other, not_in)],
    "pandas": [pandas.read_parquet(path, filters=one)["name"].tolist() for one in (other, not_in)],
    "pandas, on the frame": [
        frame[one]["name"].tolist() for one in (frame.country != "DE", ~frame.country.isin(["DE"]))
    ],
    "polars": [
        polars.scan_parquet(path).filter(one).collect()["name"].to_list()
        for one in (country != "DE", ~country.is_in(["DE"]))
    ],
    "duckdb": [
        [name for (name,) in duckdb.sql(f"SELECT name FROM '{path}' WHERE country {one}").fetchall()]
        for one in ("<> 'DE'", "NOT IN ('DE')")
    ],
}
print("pyarrow", pyarrow.__version__, "pandas", pandas.__version__)
for library, (unequal, outside) in found.items():
    print(f"{library:22} !=: {unequal}, not in: {outside}")
assert found["pyarrow"] == found["pandas"] == [["Bob"], ["Bob", "Cy"]], "both mean the same now"
assert found["pandas, on the frame"] == [["Bob", "Cy"], ["Bob", "Cy"]]
assert found["polars"] == found["duckdb"] == [["Bob"], ["Bob"]]
PYTHON
