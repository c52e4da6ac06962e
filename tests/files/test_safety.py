import pytest

from enrichctl.files import open_output, open_source
from enrichctl.files.safety import neutral


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "  @x", "=", "-",
     "+44 20 7946\t=1", "-2-3", "\uff1d1+1", "\0=1", "+A1"],
)  # fmt: skip
def test_what_a_spreadsheet_takes_for_a_formula_is_neutralised(text):
    assert neutral(text) == "'" + text


@pytest.mark.parametrize(
    "text",
    ["+442079460018", "+44 20 7946 0018", "+44 (0)20 7946-0018", "+1.202.555.0123", "-5", "-1.5",
     "+3", "1-2", "", "x=1", "a@b.example", "'=1", "O-", "33612345678"],
)  # fmt: skip
def test_phones_numbers_and_plain_text_stay_as_they_are(text):
    assert neutral(text) == text


@pytest.mark.parametrize(
    ("format_", "excel_safe", "expected", "count"),
    [
        ("csv", True, b"name,email,x\n=own,'=1,'@y\n", 2),
        ("csv", False, b"name,email,x\n=own,=1,@y\n", 0),
        ("jsonl", True, b'{"name": "=own", "email": "=1", "x": "@y"}\n', 0),
    ],
)
def test_only_new_values_in_tables_are_neutralised(tmp_path, format_, excel_safe, expected, count):
    path = tmp_path / "in.csv"
    path.write_bytes(b"name,email\n=own,\n")
    target = tmp_path / "out"
    with (
        open_source(path) as source,
        open_output(source, target, format=format_, added=("x",), excel_safe=excel_safe) as output,
    ):
        for row in source.rows():
            output.write(row, {1: "=1"}, ["@y"], None)
    assert target.read_bytes() == expected
    assert output.neutralised == count
