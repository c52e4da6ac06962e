"""``--where``: which records a condition chooses, and what is no condition."""

import pyarrow as pa
import pytest
from pyarrow import parquet

from enrichctl.errors import UsageError
from enrichctl.files import open_source, where
from enrichctl.files.where import Chosen

ROWS = [("ada@psi.io", "Germany", 120), (None, "Germany", 7), ("bo@chi.io", None, None)]


@pytest.fixture(params=["in.parquet", "in.csv", "in.jsonl"])
def source(request, tmp_path):
    """The same rows in three formats."""
    path = tmp_path / request.param
    table = pa.table(dict(zip(("email", "Country", "staff"), zip(*ROWS, strict=True), strict=True)))
    if path.suffix == ".parquet":
        parquet.write_table(table, path)
    elif path.suffix == ".csv":
        path.write_text("email,Country,staff\nada@psi.io,Germany,120\n,Germany,7\nbo@chi.io,,\n")
    else:
        path.write_text(
            '{"email": "ada@psi.io", "Country": "Germany", "staff": 120}\n'
            '{"email": null, "Country": "Germany", "staff": 7}\n{"email": "bo@chi.io"}\n'
        )
    with open_source(path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ("email IS NULL", [2]),
        ("country = 'Germany' AND email IS NOT NULL", [1]),
        ("country IS NULL OR staff::INT > 100", [1, 3]),
        ("country <> 'Germany'", []),  # NULL is neither
        ("true -- all of them", [1, 2, 3]),
        ("email LIKE '%subquery%' OR email = '); SELECT 1'", []),
    ],
)
def test_a_condition_chooses_the_same_records_of_any_format(source, condition, rows):
    chosen = Chosen(source, condition)
    assert [row for row in range(5) if row in chosen] == rows
    assert (chosen.count, chosen.total) == (len(rows), 3)


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ("nothing > 1", 'Referenced column "nothing" not found'),
        ("email = = 1", "syntax error"),
        ("true) OR (true", "syntax error"),
        ("count(*) > 1", "cannot contain aggregates"),
        ("row_number() OVER () = 1", "cannot contain window functions"),
        ("email IN (SELECT 'ada@psi.io')", "not a condition on the columns of one record"),
        ("EXISTS (FROM read_csv('/etc/passwd'))", "not a condition"),
        ("true UNION SELECT 1", "not a condition"),
        ("true ORDER BY 1", "not a condition"),
        ("true GROUP BY email", "not a condition"),
        ("true LIMIT 1", "not a condition"),
        ("true; DROP TABLE input", "--where"),
        ("true; SELECT 1", "more than one statement"),
    ],
)
def test_what_is_no_condition_is_refused_with_the_reason(source, condition, says):
    with pytest.raises(UsageError) as caught:
        Chosen(source, condition)
    assert says in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("source", ["in.csv"], indirect=True)
def test_texts_that_are_compared_with_a_number_lead_to_the_cast(source):
    with pytest.raises(UsageError) as caught:
        Chosen(source, "staff < 10")
    assert "CAST(staff AS INT) < 10" in caught.value.next
    assert Chosen(source, "CAST(staff AS INT) < 10").count == 1


def test_a_value_that_does_not_convert_is_not_said(source):
    with pytest.raises(UsageError) as caught:
        Chosen(source, "email::INT > 1")
    assert "Could not convert string '…' to INT32" in caught.value.message
    assert "ada" not in caught.value.message


def test_files_are_out_of_reach_and_stay_so():
    with where.duckdb.connect(":memory:", config=where._SEALED) as db:
        for statement in ("FROM read_csv('/etc/passwd')", "SET enable_external_access = true"):
            with pytest.raises(where.duckdb.Error):
                db.execute(statement)


def test_many_records_and_names_that_differ_only_in_their_case(tmp_path):
    count = 70_000
    table = pa.table(
        [pa.array(range(count)), pa.array(["a@b.io"] * count)], names=["Email", "email"]
    )
    parquet.write_table(table, tmp_path / "in.parquet", row_group_size=9_000)
    with open_source(tmp_path / "in.parquet") as source:
        chosen = Chosen(source, "Email % 1000 = 999")
    assert [row for row in range(count + 2) if row in chosen] == [*range(1_000, count + 1, 1_000)]


@pytest.mark.parametrize(
    ("condition", "cure"),
    [
        (
            "Record ID > 3",
            "a name with a space stands in double quotes, as in --where '\"Record ID\" IS NULL'",
        ),
        ("nope = 1", 'the columns are: "Record ID", Email'),
    ],
)
def test_how_a_column_is_written_is_said(tmp_path, condition, cure):
    (tmp_path / "a.csv").write_text("Record ID,Email\n1,a@rime.example\n")
    with open_source(tmp_path / "a.csv") as source, pytest.raises(UsageError) as refused:
        Chosen(source, condition)
    assert refused.value.next == cure
