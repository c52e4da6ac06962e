"""Every way in which an input can be unusable says so, and says what to do."""

import gzip
import io
import os
import threading
import zipfile

import pytest

from enrichctl.errors import InputError, UsageError
from enrichctl.files import open_source, origin

CASES = {
    "empty": (b"", "is empty"),
    "empty gzip": (gzip.compress(b""), "is empty"),
    "no header": (b"\n\n  \n", "has no header"),
    "data first": (b"ann@birch.example,Ann\n", "line 1 of .* looks like a record"),
    "links first": (b"\nhttps://birch.example\n", "line 2 of .* looks like a record"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "is not a text file"),
    "pdf": (b"%PDF-1.7\n", "is a PDF"),
    "xls": (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "an old one"),
    "utf-16 without mark": ("email,name\n" * 9).encode("utf-16-le"),
    "cut utf-16": ("\ufeffemail\n".encode("utf-16-le")[:-1], "line 1 of .* is not valid UTF-16"),
    "neither": (b"name\nZo\xe9\n\x81\n", "line 2 of .* is not valid UTF-8"),
    "open quote": (b'a,b\n1,2\n3,"4\n5,6\n', "line 3 opens a quote that is never closed"),
    "open quote, even count": (b'a,b\n1,2"\n3,"4\n5,6\n', "line 3 opens a quote"),
    "jsonl": (b'{"a":1}\n{"a":}\n[1]\n{"a":2}\n{"a"', "line 2 of .*not JSON.*, and 2 more"),
    "jsonl scalar": (b'{"a":1}\n"x"\n', "line 2 of .* is not an object"),
    "json of scalars": (b'[{"a":1}, 2]', "an object is expected"),
    "json object": (b'{\n"results": [{"a":1}]}', r"array of objects: .* under \.results"),
    "json wrapped": (b'{"data": [{"a":1}]}', "is not an array of objects"),
    "json cut": (b'[{"a":1},\n{"a":', "record on line 2"),
    "json without end": (b'[{"a":1}', "ends too early"),
    "json trailing comma": (b'[{"a":1},]', "an object is expected"),
    "json no comma": (b'[{"a":1} {"a":2}]', "an object is expected"),
    "json and more": (b'[{"a":1}] x', "more follows"),
    "json of nothing": (b"[]", "holds no records"),
    "json of empty objects": (b"[{}]", "no record with a value"),
    "deep json": (b'[{"a":' + b"[" * 200_000, "nested too deeply"),
    "cut gzip": (gzip.compress(b"email\n" + os.urandom(500))[:-20], "not a whole gzip"),
}
CASES["utf-16 without mark"] = (CASES["utf-16 without mark"], "UTF-16 without a byte order mark")


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("way", ["file", "stdin"])
def test_an_unusable_input_is_refused_with_a_reason_and_a_next_step(tmp_path, case, way):
    data, message = CASES[case]
    path = tmp_path / "input"
    path.write_bytes(data)
    target, stdin = (path, None) if way == "file" else ("-", io.BytesIO(data))
    with (
        pytest.raises(InputError, match=message) as caught,
        open_source(target, stdin=stdin) as source,
    ):
        list(source.rows())
    assert caught.value.next
    assert "\n" not in caught.value.message


def test_a_zip_archive_is_told_from_a_workbook(tmp_path):
    path = tmp_path / "leads.csv"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("leads.csv", "email\n")
    with pytest.raises(InputError, match="is a zip archive"):
        open_source(path)


def test_a_missing_file_a_directory_and_a_locked_file_are_named(tmp_path, monkeypatch):
    with pytest.raises(InputError, match=r"gone\.csv does not exist"):
        open_source(tmp_path / "gone.csv")
    with pytest.raises(InputError, match="is a directory"):
        open_source(tmp_path)

    def refused(*_):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "mine.csv").write_text("email\n")
    monkeypatch.setattr(origin.os, "open", refused)
    with pytest.raises(InputError, match="cannot be opened: Permission denied"):
        open_source(tmp_path / "mine.csv")


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"encoding": "klingon"}, InputError, "'klingon' is not an encoding"),
        ({"encoding": "base64"}, InputError, "'base64' is not an encoding"),
        ({"encoding": "ascii"}, InputError, "line 2 of .* is not valid ASCII"),
        ({"input_format": "ods"}, UsageError, "'ods' is not a format"),
        ({"sheet": "Leads"}, InputError, "has no sheets"),
        ({"input_format": "xlsx"}, InputError, "not a sound XLSX"),
    ],
)
def test_options_that_do_not_fit_the_input_are_refused(tmp_path, options, error, message):
    path = tmp_path / "leads.csv"
    path.write_text("name\nZoë\n", "utf-8")
    with pytest.raises(error, match=message) as caught:
        open_source(path, **options)
    assert caught.value.next


def test_a_gzip_bomb_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(origin, "_RATIO_FROM", 1 << 20)
    path = tmp_path / "leads.csv.gz"
    path.write_bytes(gzip.compress(b"email\n" + b"\n" * (8 << 20)))
    with pytest.raises(InputError, match="unpacks to more than an export can hold"):
        open_source(path)


MORE = "c@birch.example\n" * 100_000


@pytest.mark.parametrize("change", ["shrinks", "grows", "is rewritten"])
def test_a_large_input_that_changes_while_it_is_read_is_not_mixed(tmp_path, monkeypatch, change):
    """What was read so far was planned with; not one record more or less is handed out."""
    monkeypatch.setattr(origin, "MAX_COPIED", 0)
    path = tmp_path / "leads.csv"
    path.write_text("email\na@birch.example\n" + MORE)
    with open_source(path) as source:
        rows = source.rows()
        next(rows)
        with path.open("r+") as file:
            if change == "shrinks":
                file.truncate(1 << 20)
            else:
                file.seek(0, os.SEEK_END if change == "grows" else os.SEEK_SET)
                file.write("email\n")
        with pytest.raises(InputError, match="was changed while it was read") as caught:
            list(rows)
        assert "run the same command again" in caught.value.next


@pytest.mark.parametrize("packed", [False, True])
def test_a_small_input_is_read_as_it_was_when_it_was_opened(tmp_path, packed):
    pack = gzip.compress if packed else bytes
    path = tmp_path / ("leads.csv.gz" if packed else "leads.csv")
    path.write_bytes(pack(b"email\na@birch.example\n"))
    with open_source(path) as source:
        assert not source.origin.is_outdated()
        path.write_bytes(pack(b"email\nb@birch.example\nc@birch.example\n"))
        assert [row.cells for row in source.rows()] == [["a@birch.example"]]
        assert source.origin.is_outdated()


def test_stdin_is_kept_until_it_is_closed_and_can_be_read_again():
    source = open_source("-", stdin=io.BytesIO(b"email\na@birch.example\n"))
    assert (source.name, source.path, source.format) == ("-", None, "csv")
    assert list(source.rows()) == list(source.rows())
    fd = source.origin._fd
    assert os.fstat(fd).st_nlink == 0
    source.close()
    source.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(fd)


def test_a_named_pipe_is_read_once_and_kept(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b'{"email":"a@birch.example"}\n',))
    writer.start()
    with open_source(pipe) as source:
        writer.join()
        assert source.path is None
        assert [row.cells for row in source.rows()] == [["a@birch.example"]]
        assert source.format == "jsonl"
