"""Partition folders (``country_code=AT/…``): their names are read, and nowhere written."""

import json
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from e2e_shell import money
from pyarrow import csv, parquet

from enrichctl.files import open_source

ROWS = {
    "first_name": ["Ada", "Bob", "Cy", "Di"],
    "email": ["ada@psi.io", "bob@chi.io", "cy@rho.io", "di@tau.io"],
    "phone": ["+49 30 23125000", "+44 20 7946 0958", "030 23125000", "+49 30 23125000"],
    "country_code": ["AT", "IE", "DE", None],
}
E164 = {
    "Ada": "+493023125000",
    "Bob": "+442079460958",
    "Cy": "+493023125000",
    "Di": "+493023125000",
}
BLANK = b"column 'country_code' is blank in the name of the folder of 1 file: it is not filled"


def _write(folder: Path, kind: str, rows: dict = ROWS) -> None:
    for at, country in enumerate(rows["country_code"]):
        table = pa.table({n: [v[at]] for n, v in rows.items() if n != "country_code"})
        path = folder / f"country_code={country or '__HIVE_DEFAULT_PARTITION__'}" / f"a.{kind}"
        path.parent.mkdir(parents=True)
        if kind == "csv":
            csv.write_csv(table, path)
        elif kind == "jsonl":
            path.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()))
        else:
            parquet.write_table(table, path)


def _files(folder: Path) -> dict[str, Path]:
    return {str(one.relative_to(folder)): one for one in sorted(folder.rglob("*.*"))}


@pytest.mark.parametrize("kind", ["parquet", "csv", "jsonl"])
def test_what_folders_say_is_used_and_not_written_whoever_fills_the_files(shell, kind):
    _write(shell.folder / "leads", kind)
    ran = shell("enrich", f"leads/*/*.{kind}", "-o", "out")
    assert ran.returncode == 0, ran.stderr
    assert BLANK in ran.stderr
    out = _files(shell.folder / "out")
    assert out.keys() == _files(shell.folder / "leads").keys()
    for path in out.values():
        with open_source(str(path)) as source:
            assert "country_code" not in source.header
            [row] = source.rows()
            cells = dict(zip(source.header, row.cells, strict=True))
        assert cells["phone_e164"] == E164[cells["first_name"]]
    plain = {place: path.read_bytes() for place, path in out.items()}
    ran = shell("enrich", "leads", "-o", "parts", "--on", "local[2]")
    assert ran.returncode == 0, ran.stderr
    if kind != "jsonl":  # which says when each value was found
        parts = _files(shell.folder / "parts")
        assert {place: path.read_bytes() for place, path in parts.items()} == plain
    again = shell("enrich", f"leads/*/*.{kind}", "-o", "out")
    assert again.returncode == 0, again.stderr


def test_readers_of_partitioned_tables_find_one_value_for_each_cell(shell):
    table = pa.table(ROWS)
    parquet.write_to_dataset(table, shell.folder / "leads", partition_cols=["country_code"])
    assert shell("enrich", "leads", "-o", "out", "-w", "phone_e164").returncode == 0
    found = parquet.read_table(shell.folder / "out").to_pylist()
    want = {
        (name, country, E164[name])
        for name, country in zip(ROWS["first_name"], ROWS["country_code"], strict=True)
    }
    assert {(r["first_name"], r["country_code"], r["phone_e164"]) for r in found} == want
    files = f"{shell.folder}/out/**/*.parquet"
    query = "SELECT first_name, country_code, phone_e164 FROM read_parquet(?, hive_partitioning=1)"
    assert {*duckdb.execute(query, [files]).fetchall()} == want
    # What was filled once is filled again as before.
    assert shell("enrich", "out", "-o", "more", "-w", "phone_e164").returncode == 0
    again = parquet.read_table(shell.folder / "more").to_pylist()
    assert {(r["first_name"], r["country_code"], r["phone_e164"]) for r in again} == want


def test_on_stdout_the_column_stands_with_the_others(shell):
    _write(shell.folder / "leads", "parquet")
    ran = shell("enrich", "leads", "--json", "-w", "phone_e164")
    rows = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [(row["first_name"], row["country_code"], row["phone_e164"]) for row in rows] == [
        ("Ada", "AT", E164["Ada"]), ("Cy", "DE", E164["Cy"]), ("Bob", "IE", E164["Bob"]),
        ("Di", None, E164["Di"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "words", "cure"),
    [
        ("country_code", ("--overwrite", "country_code"), "leave it out of --overwrite"),
        ("country_code", ("--map", "country_code="), "leave out --map country_code="),
        ("enrichctl_status", (), "add --provenance none"),
    ],
)
def test_what_would_be_written_as_well_is_refused(shell, column, words, cure):
    (shell.folder / f"leads/{column}=AT").mkdir(parents=True)
    shell.write(f"leads/{column}=AT/a.csv", "email,phone\nada@psi.io,+49 30 23125000\n")
    ran = shell("enrich", "leads", "-o", "out", *words)
    assert ran.returncode == 2
    assert f"{column} stands in the names of folders" in ran.stderr.decode()
    assert cure in ran.stderr.decode()
    assert not (shell.folder / "out").exists()


def test_overwriting_all_leaves_what_folders_say(shell):
    (shell.folder / "leads/country_code=at").mkdir(parents=True)
    shell.write("leads/country_code=at/a.csv", "email,phone\nADA@psi.io,+49 30 23125000\n")
    words = ("enrich", "leads", "-o", "out", "--overwrite", "--provenance", "none", "-w", "country")
    ran = shell(*words)
    assert ran.returncode == 0, ran.stderr
    assert (shell.folder / "out/country_code=at/a.csv").read_text() == (
        "email,phone,country\nada@psi.io,+493023125000,Austria\n"
    )


@pytest.mark.parametrize("on", [(), ("--on", "local[1]")])
@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_where_file_and_folder_differ_neither_is_used_and_that_is_said(shell, kind, on):
    """Readers of such tables take the one or the other, so nobody can tell."""
    path = shell.folder / f"leads/country_code=AT/a.{kind}"
    path.parent.mkdir(parents=True)
    rows = {"email": ["a@psi.io", "b@psi.io", "c@psi.io"], "country_code": ["AT", None, "DE"]}
    write = csv.write_csv if kind == "csv" else parquet.write_table
    write(pa.table(rows), path)
    ran = shell("enrich", "leads", "-o", "out", "-w", "country,country_code", *on)
    assert ran.returncode == 0, ran.stderr
    assert b"column 'country_code' says in some records another thing than" in ran.stderr
    with open_source(str(shell.folder / f"out/country_code=AT/a.{kind}")) as source:
        cells = [dict(zip(source.header, row.cells, strict=True)) for row in source.rows()]
    assert [(one["country_code"], one["country"]) for one in cells] == [
        ("AT", "Austria"), ("", "Austria"), ("DE", ""),
    ]  # fmt: skip
    assert not any("country_code=" in one["enrichctl_sources"] for one in cells)


def test_nobody_is_paid_for_what_could_not_be_written(paid, known):
    """What a folder says is told, and not asked for where it says nothing."""
    [mail] = known("leadlex", 1)
    for industry in ("Software", "__HIVE_DEFAULT_PARTITION__"):
        (paid.folder / f"leads/industry={industry}").mkdir(parents=True)
        paid.write(f"leads/industry={industry}/a.csv", f"email\n{mail}\n")
    words = ("enrich", "leads", "-p", "leadlex", "-o", "out", "--yes")
    assert paid(*words, "-w", "industry").returncode == 0
    assert money(paid.folder / "state", "leadlex") == (0, 0)
    for _ in range(2):
        ran = paid(*words, "-w", "industry,job_title")
        assert ran.returncode == 0, ran.stderr
        assert money(paid.folder / "state", "leadlex") == (1, 0)
        for path in _files(paid.folder / "out").values():
            assert path.read_text().startswith("email,job_title,enrichctl_status,")
    shown = json.loads(paid("status", "last", "--row", "1", "--json").stdout)
    assert shown["values"]["industry"]["before"] == "Software"
