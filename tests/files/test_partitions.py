"""Columns that stand in names of folders: what they say, and how they meet those of a file."""

from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from enrichctl.errors import InputError, UsageError
from enrichctl.files import FileSet, counterparts, files_of, open_source
from enrichctl.files.partitions import columns_in
from enrichctl.files.where import Chosen

IN_DOUBT = (
    "column 'country' says in some records another thing than the name of the folder: there it is"
    " left as it is, and nobody is told of it"
)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("country_code=AT/a.csv", {"country_code": "AT"}),
        ("year=2024/month=01/a.csv", {"year": "2024", "month": "01"}),
        ("v=x%20y%2F%C3%BC%3A%25/a.csv", {"v": "x y/ü:%"}),
        ("a%3Db=c=d/a.csv", {"a=b": "c=d"}),
        ("v=__HIVE_DEFAULT_PARTITION__/w=/a.csv", {"v": "", "w": ""}),
        ("2024/=x/a=b.csv", {}),  # no column, and a file's own name
    ],
)
def test_what_folders_say(place, said):
    assert columns_in(Path(place)) == said


def test_a_value_is_what_pyarrow_wrote(tmp_path):
    texts = ["x y/ü:%", "01", "+", "", None]
    table = pa.table({"email": [f"{n}@psi.io" for n in range(5)], "v": texts})
    parquet.write_to_dataset(table, tmp_path / "leads", partition_cols=["v"])
    source = _opened(tmp_path / "leads")
    assert {tuple(row.cells) for row in source.rows()} == {
        (f"{n}@psi.io", text or "") for n, text in enumerate(texts)
    }


def _opened(name):
    return FileSet(str(name), [open_source(str(path)) for path in files_of(str(name))])


def _write(folder, files):
    for place, text in files.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_a_table_in_folders_is_the_files_of_all_whose_names_say_a_column(tmp_path):
    _write(
        tmp_path,
        {
            "leads/c=AT/d=1/a.csv": "email\nada@psi.io\n",
            "leads/c=IE/d=2/b.csv": "email\nbo@chi.io\n",
            "leads/c=IE/d=2/.hidden/x.csv": "email\nno@psi.io\n",
            "leads/archive/c=DE/d=3/x.csv": "email\nno@psi.io\n",
            "leads/c=IE/_SUCCESS": "",
        },
    )
    source = _opened(tmp_path / "leads")
    assert source.header == ["email", "c", "d"]
    assert source.fixed == {1, 2}
    assert [row.cells for row in source.rows()] == [
        ["ada@psi.io", "AT", "1"], ["bo@chi.io", "IE", "2"],
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["c=AT/d=1", "c=AT", "c=AT/*/*.csv", "c=AT/d=1/*.csv", "c=*/d=1"])
def test_one_of_the_folders_says_what_it_says_among_all(tmp_path, name, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _write(tmp_path, {"c=AT/d=1/a.csv": "email\nada@psi.io\n"})
    source = _opened(f"{name}/*.csv" if name == "c=*/d=1" else name)
    assert [row.cells for row in source.rows()] == [["ada@psi.io", "AT", "1"]]
    places = counterparts(source.name, source.sources, Path("out"), "")
    assert places == [Path("out/c=AT/d=1/a.csv")]


def test_a_folder_whose_files_are_further_down_leads_to_the_pattern(tmp_path):
    _write(tmp_path, {"my leads/2024/a.csv": "email\nada@psi.io\n", "none/a.txt": "no"})
    with pytest.raises(InputError) as refused:
        files_of(str(tmp_path / "my leads"))
    assert refused.value.next.endswith(f"by a pattern: '{tmp_path}/my leads/**/*.csv'")
    with pytest.raises(InputError) as refused:
        files_of(str(tmp_path / "none"))
    assert refused.value.next == "check the path"


def test_a_file_without_the_column_of_the_others_is_refused(tmp_path):
    _write(tmp_path, {"c=AT/a.csv": "email\nada@psi.io\n", "b.csv": "email\nada@psi.io\n"})
    with pytest.raises(UsageError, match=r"c=AT/a\.csv differs .*: it also has the column 'c'"):
        _opened(tmp_path)


def test_what_is_in_the_file_too_counts_there_and_is_in_doubt_where_it_differs(tmp_path):
    _write(tmp_path, {"country=AT/a.csv": "country,email\nAT,a@psi.io\n,b@psi.io\nDE,c@psi.io\n"})
    source = _opened(tmp_path)
    rows = [*source.rows()]
    assert source.header == ["country", "email"]
    assert [(row.cells[0], row.opaque) for row in rows] == [
        ("AT", frozenset()), ("AT", frozenset()), ("DE", frozenset({0})),
    ]  # fmt: skip
    assert [source.shown(row)[0] for row in rows] == ["AT", "", "DE"]  # what is written
    assert source.notes == [f"{tmp_path}/country=AT/a.csv: {IN_DOUBT}"]


def test_a_longer_row_keeps_what_is_beyond_the_header_there(tmp_path):
    _write(tmp_path, {"c=AT/a.csv": 'email,name\nada@psi.io,Ada,"x"\nbo@chi.io\n'})
    source = _opened(tmp_path)
    assert source.names == ["email", "name", "c", ""]
    assert [source.whole(row, {}) for row in source.rows()] == [
        ["ada@psi.io", "Ada", "AT", "x"], ["bo@chi.io", "", "AT", ""],
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_condition_is_on_columns_of_folders_too(tmp_path, kind):
    for folder, country in (("c=01", "AT"), ("c=__HIVE_DEFAULT_PARTITION__", "DE")):
        path = tmp_path / folder / f"country={country}" / f"a.{kind}"
        path.parent.mkdir(parents=True)
        if kind == "csv":
            path.write_text("email,country\nada@psi.io,\n")
        else:
            countries = pa.array([None], pa.string())
            parquet.write_table(pa.table({"email": ["ada@psi.io"], "country": countries}), path)
    with _opened(tmp_path) as source:
        for condition, rows in (("c = '01'", [1]), ("c IS NULL", [2]), ("country = 'DE'", [2])):
            chosen = Chosen(source, condition)
            assert [row for row in (1, 2) if row in chosen] == rows, condition
