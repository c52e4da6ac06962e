"""New columns that are empty in every row are left out of a file."""

import errno
import io
import tempfile

import pytest

from enrichctl.errors import OutputError
from enrichctl.files import narrow, open_output, open_source

ADDED = ("phone", "industry", "enrichctl_note")
CSV = "Email;Name\r\njane@acme.io;Jane\r\njohn@acme.io;John\r\n"


def written(tmp_path, *, name="out.csv", format_="csv", added=("", "Food", ""), **options):
    (tmp_path / "in.csv").write_bytes(CSV.encode())
    with (
        open_source(tmp_path / "in.csv") as source,
        open_output(source, tmp_path / name, format=format_, added=ADDED, **options) as output,
    ):
        for row in source.rows():
            output.write(row, {1: "X"} if row.number == 2 else {}, added, None)
    return (tmp_path / name).read_bytes().decode()


def test_an_empty_column_is_left_out_and_the_others_stand_in_order(tmp_path):
    text = written(tmp_path, optional=("phone", "industry"))
    assert text == (
        "Email;Name;industry;enrichctl_note\r\njane@acme.io;Jane;Food;\r\njohn@acme.io;X;Food;\r\n"
    )


def test_what_was_wanted_by_name_is_there_whatever_it_holds(tmp_path):
    assert written(tmp_path).startswith("Email;Name;phone;industry;enrichctl_note\r\n")


def test_nothing_new_leaves_the_file_as_it_was(tmp_path):
    text = written(tmp_path, added=("", "", ""), optional=ADDED)
    assert text == CSV.replace("John", "X")


def test_json_has_all_keys_always(tmp_path):
    text = written(tmp_path, name="out.jsonl", format_="jsonl", optional=ADDED)
    assert text.count('"phone"') == 2


def test_a_stream_has_all_columns_always(tmp_path):
    (tmp_path / "in.csv").write_bytes(CSV.encode())
    stream = io.BytesIO()
    with (
        open_source(tmp_path / "in.csv") as source,
        open_output(
            source, None, format="csv", added=ADDED, optional=ADDED, stream=stream
        ) as output,
    ):
        for row in source.rows():
            output.write(row, {}, ("", "", ""))
    assert stream.getvalue().startswith(b"Email;Name;phone;industry;enrichctl_note\r\n")


def test_formulas_are_escaped_once(tmp_path):
    assert ";'=1+1;" in written(tmp_path, added=("", "=1+1", ""), optional=("phone",))


def test_a_disk_that_is_full_leaves_the_old_file(tmp_path, monkeypatch):
    (tmp_path / "out.csv").write_text("old")

    class Full(io.BytesIO):
        def write(self, *_):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(narrow, "_TOGETHER", 1)
    real = tempfile.TemporaryFile  # which the input may need as well
    monkeypatch.setattr(
        tempfile, "TemporaryFile", lambda **how: Full() if "buffering" in how else real(**how)
    )
    with pytest.raises(OutputError, match="no space left"):
        written(tmp_path, optional=("phone",))
    assert (tmp_path / "out.csv").read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.csv", "out.csv"]
