"""Every shape of file that people have: what is read from it, and that it comes back unharmed.

``corpus.json`` says what each file under ``tests/data/files`` must be read as; whoever changes it
checks it against the file by eye.
"""

import csv
import gzip
import io
import json
from pathlib import Path

import pytest

from enrichctl.files import default_output, open_output, open_source

FOLDER = Path(__file__).parent.parent / "data" / "files"
EXPECTED = json.loads(Path(__file__).with_name("corpus.json").read_text("utf-8"))
NAMES = sorted(path.name for path in FOLDER.iterdir())
DELIMITED = [name for name in NAMES if EXPECTED[name]["format"] in ("csv", "tsv")]
JSON = [name for name in NAMES if EXPECTED[name]["format"] in ("json", "jsonl")]
ENCODINGS = {"excel_fr.csv": "cp1252", "excel_unicode.txt": "utf-16", "utf16_be.csv": "utf-16"}
DELIMITERS = {
    "pipedrive.csv": ";", "excel_fr.csv": ";", "sep_line.csv": ";", "blank_records.csv": ";",
    "report_title.csv": ";", "excel_unicode.txt": "\t", "plain.tsv": "\t", "pipe.csv": "|",
    "one_column_commas.csv": "\x1f",
}  # fmt: skip
BEFORE_HEADER = {"linkedin_connections.csv": 2, "sep_line.csv": 1, "report_title.csv": 3}


def written(path, added=(), changed=None, text="new"):
    """Write a file again into memory, with the same text in every new column."""
    out = io.BytesIO()
    with open_source(path) as source:
        output = open_output(source, None, format=source.format, added=added, stream=out)
        with output:
            for row in source.rows():
                output.write(row, changed or {}, [text] * len(added), None)
    return out.getvalue()


def plain_bytes(path):
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def by_csv(data, name, delimiter=None):
    """Parse with the standard library, blank lines and preamble left out."""
    text = data.decode(ENCODINGS.get(name, "utf-8-sig"))
    csv.field_size_limit(1 << 20)
    lines = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter or DELIMITERS.get(name, ",")
    )
    return [cells for cells in lines if cells][BEFORE_HEADER.get(name, 0) :]


def test_the_corpus_and_its_expectations_name_the_same_files():
    assert set(EXPECTED) == set(NAMES)
    assert len(NAMES) >= 25


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_read_as_what_it_is(name):
    expected = EXPECTED[name]
    with open_source(FOLDER / name) as source:
        rows = list(source.rows())
        last = [cell if len(cell) < 200 else len(cell) for cell in rows[-1].cells] if rows else None
        assert {
            "format": source.format,
            "header": source.header,
            "rows": len(rows),
            "lines": [row.line for row in rows],
            "last": last,
            "notes": source.notes,
            "problems": [row.problem for row in rows if row.problem],
        } == expected
        assert [row.number for row in rows] == list(range(1, len(rows) + 1))
        assert rows == list(source.rows())


@pytest.mark.parametrize("name", NAMES)
def test_a_file_without_anything_new_comes_back_byte_for_byte(name):
    assert written(FOLDER / name) == plain_bytes(FOLDER / name)


@pytest.mark.parametrize("name", DELIMITED)
def test_new_columns_leave_every_cell_of_a_table_where_it_was(name):
    path = FOLDER / name
    before = by_csv(plain_bytes(path), name)
    delimiter = "," if name == "one_column_commas.csv" else None
    after = by_csv(written(path, added=("added_one", "added_two")), name, delimiter)
    count = EXPECTED[name]["rows"]
    assert after[0][-2:] == ["added_one", "added_two"]
    place = after[0].index("added_one")
    seen = 0
    for old, new in zip(before, after, strict=True):
        if name == "one_column_commas.csv":
            # The standard reader keeps quotes that its delimiter does not need.
            assert new[0] == old[0].strip('"')
        else:
            assert new[: len(old)] == old
        seen += new[place:] == ["new", "new"]
    assert seen == count


@pytest.mark.parametrize("name", JSON)
def test_new_keys_leave_every_value_of_an_object_as_it_was(name):
    path = FOLDER / name
    lines = EXPECTED[name]["format"] == "jsonl"

    def objects(data):
        text = data.decode("utf-8-sig")
        return (
            [json.loads(line) for line in text.splitlines() if line] if lines else json.loads(text)
        )

    before, after = objects(plain_bytes(path)), objects(written(path, added=("added",)))
    assert after == [{**record, "added": "new"} for record in before]
    assert [list(record)[-1] for record in after] == ["added"] * len(before)


@pytest.mark.parametrize("name", [name for name in DELIMITED if EXPECTED[name]["rows"]])
def test_a_filled_cell_is_the_only_difference(name):
    path = FOLDER / name
    before = by_csv(plain_bytes(path), name)
    after = by_csv(written(path, changed={0: 'A "new", cell; here\t|'}), name)
    filled = [i for i, cells in enumerate(after) if cells[0].strip('"').startswith("A ")]
    assert len(filled) == EXPECTED[name]["rows"]
    for index, (old, new) in enumerate(zip(before, after, strict=True)):
        assert new[1:] == old[1:]
        if index not in filled:
            assert new == old


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        (name, format_)
        for name in NAMES
        for format_ in ("csv", "tsv", "json", "jsonl", "xlsx")
        # No sheet's cell can hold it; test_sheets.py says what happens then.
        if (name, format_) != ("long_cell.csv", "xlsx")
    ],
)
def test_any_format_can_be_written_as_any_other(name, format_, tmp_path):
    target = tmp_path / f"out.{format_}"
    with open_source(FOLDER / name) as source:
        rows = list(source.rows())
        old_cells = [[*row.cells, *source.extra_cells(row)] for row in rows]
        with open_output(source, target, format=format_, added=("added",)) as output:
            for row in rows:
                output.write(row, {}, ["new"], None)
    if format_ == "xlsx":  # whose line breaks are line feeds
        old_cells = [[cell.replace("\r\n", "\n") for cell in row] for row in old_cells]
    if not rows and format_ in ("json", "jsonl"):
        assert target.read_text() == ("[\n]\n" if format_ == "json" else "")
        return
    with open_source(target) as copy:
        assert copy.format == format_
        copies = list(copy.rows())
        place = copy.header.index("added")
        assert [row.cells[place] for row in copies] == ["new"] * len(rows)
        for old, new in zip(old_cells, copies, strict=True):
            # Columns that only longer records have may stand after the new one, in JSON.
            assert [c for c in new.cells if c and c != "new"] == [c for c in old if c]


@pytest.mark.parametrize(
    ("name", "format_", "expected"),
    [
        ("apollo.csv", "csv", "apollo.enriched.csv"),
        ("close_leads.csv.gz", "csv", "close_leads.enriched.csv.gz"),
        ("close_leads.csv.gz", "jsonl", "close_leads.enriched.jsonl"),
        ("excel_unicode.txt", "tsv", "excel_unicode.enriched.txt"),
        ("lines_bom_no_end.ndjson", "jsonl", "lines_bom_no_end.enriched.ndjson"),
        ("two_sheets.xlsx", "csv", "two_sheets.enriched.csv"),
    ],
)
def test_the_output_stands_beside_the_input(name, format_, expected):
    with open_source(FOLDER / name) as source:
        assert default_output(source, format_) == (FOLDER / expected).resolve()
