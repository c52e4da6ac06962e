#!/usr/bin/env bash
# Guess: a column that stands in a file is read from the file; a folder named like it, such as owner=kim/,
# gives its value only to files that lack the column. And who names one file by its whole path, without a
# pattern, reads that file and nothing else.
# Behaviour: DuckDB takes the folder's name for a column as soon as there is one in the path, and it wins
# over the column of the file: every row belongs to kim, and a lead that was handed to lee is not found by
# its owner, without a word. So it is for one file by itself, CSV as well as Parquet. polars and pyarrow
# read the cells of such a file; DuckDB does when hive_partitioning=false is said.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    'duckdb==2.0.1' 'polars==2.1.0' 'pyarrow==26.0.1'
mkdir -p "$folder/owner=kim"
cd "$folder"
venv/bin/python - <<'PYTHON'
import duckdb
import polars as pl
import pyarrow as pa
from pyarrow import csv, parquet

CELLS = [("Ada", "kim"), ("Bob", "lee")]
MOVED = [("Ada", "kim"), ("Bob", "kim")]
leads = pa.table({"name": [n for n, _ in CELLS], "owner": [o for _, o in CELLS]})
csv.write_csv(leads, "owner=kim/leads.csv")
parquet.write_table(leads, "owner=kim/leads.parquet")

print(*(f"{module.__name__} {module.__version__}" for module in (duckdb, pl, pa)))
for file in ("owner=kim/leads.csv", "owner=kim/leads.parquet"):
    by_duckdb = duckdb.sql(f"SELECT name, owner FROM '{file}' ORDER BY name").fetchall()
    of_lee = duckdb.sql(f"SELECT count(*) FROM '{file}' WHERE owner = 'lee'").fetchall()[0][0]
    reader = "read_csv" if file.endswith("csv") else "read_parquet"
    told = duckdb.sql(f"SELECT name, owner FROM {reader}('{file}', hive_partitioning=false)").fetchall()
    by_polars = (pl.read_csv if file.endswith("csv") else pl.read_parquet)(file).rows()
    print(f"{file}: DuckDB {by_duckdb}, of lee {of_lee}; told not to {told}; polars {by_polars}")
    assert by_duckdb == MOVED, "DuckDB reads the cells now"
    assert of_lee == 0, "DuckDB finds the lead by its owner now"
    assert sorted(told) == CELLS, "DuckDB has lost the cells altogether"
    assert by_polars == CELLS, "polars goes by the folder as well"
by_arrow = csv.read_csv("owner=kim/leads.csv").to_pylist()
print("pyarrow, CSV:", by_arrow)
assert [tuple(row.values()) for row in by_arrow] == CELLS, "pyarrow goes by the folder as well"
PYTHON
