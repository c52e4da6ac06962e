import errno
import fcntl
import os
import sys

import pyarrow as pa
import pytest
from pyarrow import parquet

from enrichctl.cli.app import run
from enrichctl.cli.enrich.claims import alone_on
from enrichctl.config import config_path
from enrichctl.errors import Locked
from enrichctl.files import open_source
from enrichctl.render.screen import Screen


@pytest.fixture
def source(tmp_path, monkeypatch):
    monkeypatch.setenv("ENRICHCTL_STATE_DIR", str(tmp_path / "state"))
    path = tmp_path / "leads.csv"
    path.write_text("email\nann@acme.com\n")
    with open_source(str(path)) as opened:
        yield opened


def test_a_second_run_on_an_input_is_refused_and_told_which_process_has_it(source):
    with alone_on(source.path), pytest.raises(Locked) as refused, alone_on(source.path):
        pass

    assert refused.value.message == f"another run (process {os.getpid()}) works on {source.name}"


def test_two_runs_with_one_output_exclude_each_other(tmp_path, source):
    other = tmp_path / "other.csv"
    target = tmp_path / "out.csv"
    with (
        alone_on(source.path, target),
        pytest.raises(Locked, match=r"works on .*out\.csv"),
        alone_on(other, target),
    ):
        pass


def test_an_input_may_be_its_own_output(source):
    with alone_on(source.path, source.path):
        pass


@pytest.mark.parametrize(
    ("why", "cure"), [("ENOLCK", "set ENRICHCTL_STATE_DIR"), ("ENOSPC", "free the disk, then run")]
)
def test_locks_that_cannot_be_had_are_one_line_and_exit_8(why, cure, source, capsys, monkeypatch):
    number = getattr(errno, why)

    def refused(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refused)
    assert run(["enrich", str(source.path)]) == 8
    said = capsys.readouterr().err
    assert "error: locks cannot be had in " in said
    assert f"{os.strerror(number)}; nothing was sent\n  next: {cure}" in said


@pytest.mark.parametrize("kind", ["input", "output", "journal", "config", "notes", "link"])
def test_a_log_goes_into_no_file_that_is_something_else(tmp_path, source, capsys, kind):
    state = tmp_path / "state"
    places = {
        "input": source.path,
        "output": tmp_path / "out.csv",
        "journal": state / "journal.db",
        "config": config_path(),
        "notes": tmp_path / "notes.txt",
        "link": tmp_path / "link",
    }
    (tmp_path / "notes.txt").write_text("call Ann back\n")
    (tmp_path / "link").symlink_to(source.path)
    words = ["enrich", str(source.path), "-o", str(tmp_path / "out.csv")]
    before = source.path.read_bytes()

    assert run([*words, "--log-file", str(places[kind])]) == 2

    assert capsys.readouterr().err.startswith("error: ")
    assert source.path.read_bytes() == before
    assert (tmp_path / "notes.txt").read_text() == "call Ann back\n"
    assert not (tmp_path / "out.csv").exists()


def test_a_log_grows_from_run_to_run(tmp_path, source):
    words = ["enrich", str(source.path), "-q", "--log-file", str(tmp_path / "log.jsonl")]
    assert run(words) == 0
    size = (tmp_path / "log.jsonl").stat().st_size
    assert run(words) == 0
    assert (tmp_path / "log.jsonl").stat().st_size > size > 0


def test_an_output_never_replaces_the_journal(tmp_path, source, capsys):
    assert run(["enrich", str(source.path), "-q"]) == 0
    journal = tmp_path / "state" / "journal.db"
    size = journal.stat().st_size

    assert run(["enrich", str(source.path), "-o", str(journal), "--force"]) == 2

    assert "is a file that enrichctl itself needs" in capsys.readouterr().err
    assert journal.stat().st_size == size


def test_an_input_is_free_again_when_its_run_has_ended(source):
    with pytest.raises(ValueError, match="a bug"), alone_on(source.path):
        raise ValueError("a bug")

    with alone_on(source.path):
        pass


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--format doc -n", "error: 'doc' is not a format\n  next: choose one of csv"),
        ("--json --format csv", "error: --json and --format csv exclude each other\n  next: "),
        ("--min-confidence nan", "error: --min-confidence nan is no number\n  next: "),
        ("--map =email", "error: --map '=email' is not FIELD=COLUMN\n  next: "),
        ("--map email=#9", "error: there is no column #9: the file has 1\n  next: name one from"),
        ("-p OFFLINE", "error: no provider is called 'OFFLINE'; did you mean offline?\n  next: "),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_else(source, capsys, words, said):
    assert run(["enrich", str(source.path), *words.split()]) == 2
    assert capsys.readouterr().err.startswith(said)


def test_a_plan_may_be_a_document_whatever_the_format_of_the_output(source, capsys):
    assert run(["enrich", str(source.path), "-n", "--json", "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith('{"schema": "enrichctl.plan/1"')


def test_a_header_alone_is_no_mistake_and_nothing_is_said_twice(source, capsys):
    source.path.write_text("email\n")
    assert run(["enrich", str(source.path)]) == 0
    said = capsys.readouterr().err
    assert "0 records in <1 s\n" in said
    assert "no records" not in said


def test_an_ending_that_names_no_format_is_said(source, capsys, monkeypatch):
    """Else somebody who wants a document of Word gets CSV under its name, and no word of it."""
    monkeypatch.chdir(source.path.parent)
    source.path.with_suffix(".txt").write_bytes(source.path.read_bytes())
    for given, name, said in (
        ("leads.csv", "x.doc", "x.doc is written as csv, like the input: .doc names no format"),
        ("leads.csv", "x", ""),
        ("leads.csv", "x.2026-11-29", ""),
        ("leads.csv", "x.csv.gz", ""),
        ("leads.csv", "x.xlsx", ""),
        ("leads.txt", "y.txt", ""),
    ):
        assert run(["enrich", given, "-o", name]) == 0
        err = capsys.readouterr().err
        assert said in err, name
        assert ("is written as" in err) == bool(said), name
    assert run(["enrich", "leads.csv", "-o", "z.doc", "--format", "tsv"]) == 0
    assert "is written as" not in capsys.readouterr().err


@pytest.mark.parametrize("how", ["file", "folder", "engine"])
def test_what_is_to_be_replaced_is_asked_about_once(tmp_path, source, capsys, monkeypatch, how):
    """Whoever has agreed that files of others go is not asked again, file by file or at the end."""
    asked = []
    monkeypatch.setattr(Screen, "asks", True)
    monkeypatch.setattr(Screen, "ask", lambda _, question: asked.append(question) or True)
    monkeypatch.chdir(tmp_path)
    other = "email,job_title,enrichctl_sources\nann@acme.com,CEO,job_title=leadlex\n"
    words = ["leads.csv"]
    if how == "file":
        (tmp_path / "leads.enriched.csv").write_text(other)
    if how == "folder":
        words = ["in", "-o", "out"]
        for folder, text in (("in", source.path.read_text()), ("out", other)):
            (tmp_path / folder).mkdir()
            for name in "abcd":
                (tmp_path / folder / f"{name}.csv").write_text(text)
    if how == "engine":
        parquet.write_table(pa.table({"email": ["ann@acme.com"]}), "leads.parquet")
        (tmp_path / "out.parquet").write_bytes((tmp_path / "leads.parquet").read_bytes())
        words = ["leads.parquet", "--on", "local[1]", "-o", "out.parquet"]

    monkeypatch.setattr(sys, "argv", ["enrichctl", "enrich", *words])
    assert run(["enrich", *words]) == 0
    assert asked == ["replace it?"]
    said = " ".join(capsys.readouterr().err.split())
    assert ("; so it is with out/b.csv and 2 more files" in said) == (how == "folder")
    assert run(["enrich", *words]) == 0
    assert len(asked) == 1
    if how == "engine":  # what a run in parts would leave blank is not compared
        monkeypatch.setattr(sys, "argv", ["enrichctl", "enrich", *words, "-w", "website"])
        assert run(["enrich", *words, "-w", "website"]) == 0
        assert len(asked) == 2


def test_a_mapping_that_was_turned_round_is_turned_back(source, capsys):
    source.path.write_text("Mail,Note\nann@acme.com,x\n")
    assert run(["enrich", str(source.path), "--map", "Note=job_title"]) == 2
    assert 'next: the field stands first: --map "job_title=Note"' in capsys.readouterr().err
