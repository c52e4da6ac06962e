"""Whole or not at all: what stands under an output's name, whatever happens while it is written."""

import gzip
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from enrichctl.errors import OutputError, UsageError
from enrichctl.files import open_output, open_source


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_bytes(b"email,name\na@birch.example,Ann\n,Bo\n")
    with open_source(path) as opened:
        yield opened


def write(source, target, stream=None):
    with open_output(source, target, format="csv", added=("added",), stream=stream) as output:
        for row in source.rows():
            output.write(row, {}, ["x"], None)
    return output


def write_and_fail(source, target, format_="csv"):
    with open_output(source, target, format=format_, added=("added",)) as output:
        for row in source.rows():
            output.write(row, {}, ["x"], None)
            raise KeyboardInterrupt


@pytest.mark.parametrize("format_", ["csv", "json", "xlsx"])
def test_an_interrupted_output_leaves_nothing_and_the_old_file(source, tmp_path, format_):
    target = tmp_path / "out"
    target.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        write_and_fail(source, target, format_)
    assert target.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["leads.csv", "out"]


def test_an_interrupted_gzipped_output_leaves_nothing(source, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        write_and_fail(source, tmp_path / "out.csv.gz")
    assert [path.name for path in tmp_path.iterdir()] == ["leads.csv"]


def test_a_place_that_fails_once_it_is_begun_is_left_as_it_was(source, tmp_path, monkeypatch):
    target = tmp_path / "out.csv"
    target.write_text("old")

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fchmod", refuse)
    with pytest.raises(OutputError, match="Operation not permitted"):
        open_output(source, target, format="csv", added=(), force=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["leads.csv", "out.csv"]


def test_an_output_that_is_never_begun_can_be_given_up_and_a_complete_one_stays(source, tmp_path):
    output = open_output(source, tmp_path / "out.csv", format="csv", added=())
    output.abandon()
    assert [path.name for path in tmp_path.iterdir()] == ["leads.csv"]
    with open_output(source, tmp_path / "out.csv", format="csv", added=()) as output:
        pass
    output.abandon()
    assert (tmp_path / "out.csv").exists()


def test_what_a_killed_process_left_beside_the_output_is_removed(source, tmp_path):
    stale = tmp_path / ".out.csv.0123abcd.part"
    stale.write_bytes(b"half of a fi")
    others = [tmp_path / name for name in (".out.csv.part", ".my.out.csv.0123abcd.part")]
    for other in others:
        other.write_bytes(b"somebody else's")

    def opened():
        return open_output(source, tmp_path / "out.csv", format="csv", added=(), force=True)

    with opened(), opened():
        assert not stale.exists()
        parts = list(tmp_path.glob(".out.csv.*.part"))
    assert len(parts) == 2  # the first of them was still being written
    assert all(other.exists() for other in others)


def test_the_name_appears_only_when_the_output_is_complete(source, tmp_path):
    target = tmp_path / "out.csv"
    with open_output(source, target, format="csv", added=()) as output:
        for row in source.rows():
            output.write(row, {}, [], None)
        assert not target.exists()
    assert target.read_bytes() == source.path.read_bytes()


def test_an_input_can_be_replaced_by_its_own_output(source):
    write(source, source.path)
    assert source.path.read_bytes() == b"email,name,added\na@birch.example,Ann,x\n,Bo,x\n"


def test_a_symlink_stays_a_symlink(source, tmp_path):
    real = tmp_path / "elsewhere" / "real.csv"
    real.parent.mkdir()
    real.write_text("old")
    link = tmp_path / "link.csv"
    link.symlink_to(real)
    write(source, link)
    assert link.is_symlink()
    assert real.read_bytes().startswith(b"email,name,added")
    assert [path.name for path in real.parent.iterdir()] == ["real.csv"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_a_replaced_file_keeps_its_mode(source, tmp_path, mode):
    target = tmp_path / "out.csv"
    target.touch()
    target.chmod(mode)
    write(source, target)
    assert stat.S_IMODE(target.stat().st_mode) == mode


def test_a_new_file_gets_the_mode_that_the_umask_gives(source, tmp_path):
    old = os.umask(0o027)
    try:
        write(source, tmp_path / "out.csv")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o640


def test_a_name_in_gz_is_gzipped_and_the_same_every_time(source, tmp_path):
    for name in ("one.csv.gz", "two.csv.gz"):
        write(source, tmp_path / name)
    one = (tmp_path / "one.csv.gz").read_bytes()
    assert gzip.decompress(one).startswith(b"email,name,added\n")
    assert one == (tmp_path / "two.csv.gz").read_bytes()
    assert one[4:8] == bytes(4)  # the time of packing


@pytest.mark.parametrize("was_there", [False, True])
def test_what_somebody_else_puts_there_meanwhile_is_not_replaced(source, tmp_path, was_there):
    target = tmp_path / "out.csv"
    if was_there:
        target.write_text("old")
    with (
        pytest.raises(OutputError, match="written by another program during this run"),
        open_output(source, target, format="csv", added=()),
    ):
        target.write_text("theirs")
    assert target.read_text() == "theirs"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["leads.csv", "out.csv"]


def test_force_replaces_also_what_came_meanwhile(source, tmp_path):
    target = tmp_path / "out.csv"
    with open_output(source, target, format="csv", added=(), force=True) as output:
        target.write_text("theirs")
        for row in source.rows():
            output.write(row, {}, [], None)
    assert target.read_bytes() == source.path.read_bytes()


def test_a_file_system_without_hard_links_gets_the_output_all_the_same(
    source, tmp_path, monkeypatch
):
    def refused(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    write(source, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes().startswith(b"email,name,added")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["leads.csv", "out.csv"]


def test_a_full_device_is_said(source):
    with pytest.raises(OutputError, match="no space left on the device"):
        write(source, Path("/dev/full"))


FULL_DISK = """
import resource, sys
from pathlib import Path
from enrichctl.errors import OutputError
from enrichctl.files import open_output, open_source
source = open_source(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    with open_output(source, Path(sys.argv[2]), format=sys.argv[3], added=("added",)) as output:
        for row in source.rows():
            output.write(row, {}, [str(hash(row.cells[0]))], None)
except OutputError as error:
    print(error.message)
"""


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz", "out.xlsx"])
def test_a_disk_that_fills_up_leaves_the_old_file_untouched(tmp_path, name):
    leads = tmp_path / "leads.csv"
    lines = (f"p{n}@birch.example,{n * 7919 % 10007}" for n in range(20_000))
    leads.write_text("email,number\n" + "\n".join(lines))
    target = tmp_path / name
    target.write_text("old")
    done = subprocess.run(
        # What is imported once nothing fits any more would be compiled into half a file, and kept.
        [sys.executable, "-B", "-c", FULL_DISK, leads, target, name.split(".")[1]],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == f"no space left on the device; {target} is untouched\n"
    assert done.stderr == ""
    assert target.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["leads.csv", name]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("missing/out.csv", "is not a directory"),
        (".", "is a directory"),
        ("leads.csv/out.csv", "is not a directory"),
        ("n" * 300 + ".csv", "cannot be written: File name too long"),
    ],
)
def test_a_target_that_cannot_be_written_is_refused_at_once(source, tmp_path, target, message):
    with pytest.raises(OutputError, match=message) as caught:
        open_output(source, tmp_path / target, format="csv", added=())
    assert caught.value.next


def test_what_is_to_be_typed_for_a_missing_folder_makes_it(source, tmp_path):
    """In the shell, whatever its name holds."""
    target = tmp_path / "my 'out' $x" / "out.csv"
    with pytest.raises(OutputError) as caught:
        open_output(source, target, format="csv", added=())
    subprocess.run(caught.value.next, shell=True, check=True)  # noqa: S602 - as a user would
    assert target.parent.is_dir()
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["my 'out' $x"]
    with pytest.raises(OutputError) as caught:
        open_output(source, tmp_path / "leads.csv" / "out.csv", format="csv", added=())
    assert "mkdir" not in caught.value.next  # it is a file


def test_an_unknown_format_is_refused(source, tmp_path):
    with pytest.raises(UsageError, match="'ods' is not a format"):
        open_output(source, tmp_path / "out", format="ods", added=())


class Reader:
    """A stdout that counts flushes and goes away after some of them."""

    def __init__(self, leaves_after=1000):
        self.seen = b""
        self.flushed = []
        self.leaves_after = leaves_after

    def write(self, data):
        if len(self.flushed) >= self.leaves_after:
            raise BrokenPipeError
        self.seen += data

    def flush(self):
        self.flushed.append(self.seen)


def test_a_stream_shows_each_record_when_it_is_written(source):
    stream = Reader()
    with open_output(source, None, format="jsonl", added=("x",), stream=stream) as output:
        rows = source.rows()
        output.write(next(rows), {}, [""], None)
        assert stream.flushed[-1] == (b'{"email": "a@birch.example", "name": "Ann", "x": null}\n')


def test_a_reader_that_goes_away_is_the_callers_to_handle(source):
    with pytest.raises(BrokenPipeError):
        write(source, None, stream=Reader(leaves_after=1))


def test_values_that_the_files_encoding_lacks_are_written_as_near_as_it_can(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_bytes("nom;ville\r\nZoé;\r\n".encode("cp1252"))
    target = tmp_path / "out.csv"
    with (
        open_source(path) as source,
        open_output(source, target, format="csv", added=("x",)) as output,
    ):
        for row in source.rows():
            output.write(row, {1: "Ústí, Łódź 東"}, ["é"], None)
    assert target.read_bytes().decode("cp1252") == "nom;ville;x\r\nZoé;Ústí, Lódz Dong;é\r\n"
    assert output.unfitting == 1


def test_a_quoting_style_is_kept_for_what_is_added(tmp_path):
    cases = {
        b'"a_name","b"\n"1","2"\n': b'"a_name","b","x"\n"1","2","v"\n',
        b"a_name,b\n1,2\n": b"a_name,b,x\n1,2,v\n",
        b'"a_name","b"\n1,two\n': b'"a_name","b","x"\n1,two,v\n',
        b'"a_name","b"\n1,"two"\n': b'"a_name","b","x"\n1,"two","v"\n',
    }
    for before, after in cases.items():
        path = tmp_path / "in.csv"
        path.write_bytes(before)
        target = tmp_path / "out.csv"
        with (
            open_source(path) as source,
            open_output(source, target, format="csv", added=("x",)) as output,
        ):
            for row in source.rows():
                output.write(row, {}, ["v"], None)
        assert target.read_bytes() == after


def test_ragged_records_get_new_cells_under_the_new_names(tmp_path):
    path = tmp_path / "in.csv"
    path.write_bytes(b"name,mail\n1\n1,2,3\n1,2\n")
    target = tmp_path / "out.csv"
    with open_source(path) as source:
        write(source, target)
    assert target.read_bytes() == b"name,mail,,added\n1,,,x\n1,2,3,x\n1,2,,x\n"
