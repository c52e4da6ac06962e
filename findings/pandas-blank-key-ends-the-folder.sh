#!/usr/bin/env bash
# Guess: what to_parquet(partition_cols=["country"]) writes, read_parquet reads; leads without a country
# get a folder of their own, as the format provides (__HIVE_DEFAULT_PARTITION__).
# Behaviour: pandas writes that folder, and cannot read what it wrote: "Cannot yet unify dictionaries with
# nulls". One blank among all leads is enough. pyarrow, which does the reading for pandas, reads the same
# folder by itself, and so do polars and DuckDB; pandas does too when it is asked for other columns only.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    'pandas==3.1.1' 'pyarrow==26.0.1' 'polars==2.1.0' 'duckdb==2.0.1'
cd "$folder"
venv/bin/python - <<'PYTHON'
import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
from pyarrow import parquet

LEADS = [("Ada", "DE"), ("Bob", None), ("Cy", "FR")]


def written(path, leads):
    pd.DataFrame(leads, columns=["name", "country"]).to_parquet(path, partition_cols=["country"])
    return path


def by_pandas(path):
    try:
        return sorted(pd.read_parquet(path)["name"])
    except pa.ArrowInvalid as error:
        return str(error)


blank, whole = written("blank", LEADS), written("whole", [LEADS[0], LEADS[2]])
rows = {
    "pyarrow": [(row["name"], row["country"]) for row in parquet.read_table(blank).to_pylist()],
    "polars": pl.read_parquet(f"{blank}/").rows(),
    "duckdb": duckdb.sql(f"SELECT name, country FROM '{blank}/*/*.parquet'").fetchall(),
}
names = sorted(pd.read_parquet(blank, columns=["name"])["name"])
print(*(f"{module.__name__} {module.__version__}" for module in (pd, pa, pl, duckdb)))
print("pandas, all filled:", by_pandas(whole))
print("pandas, one blank: ", by_pandas(blank))
print("pandas, names only:", names)
for reader, found in rows.items():
    print(f"{reader}:", found)
assert by_pandas(whole) == ["Ada", "Cy"], "pandas reads no such folder at all"
assert by_pandas(blank) == "Cannot yet unify dictionaries with nulls", "pandas reads the blank now"
assert names == ["Ada", "Bob", "Cy"], "the names alone are not read either"
assert all(sorted(found) == LEADS for found in rows.values()), "another reader fails as well"
PYTHON
