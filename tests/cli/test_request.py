import os

import pytest

from enrichctl.cli.app import run
from enrichctl.cli.request import alone_on
from enrichctl.errors import Locked
from enrichctl.files import open_source


@pytest.fixture
def source(tmp_path, monkeypatch):
    monkeypatch.setenv("ENRICHCTL_STATE_DIR", str(tmp_path / "state"))
    path = tmp_path / "leads.csv"
    path.write_text("email\nann@acme.com\n")
    with open_source(str(path)) as opened:
        yield opened


def test_a_second_run_on_an_input_is_refused_and_told_which_process_has_it(source):
    with alone_on(source), pytest.raises(Locked) as refused, alone_on(source):
        pass

    assert refused.value.message == f"another run (process {os.getpid()}) works on {source.name}"


def test_an_input_is_free_again_when_its_run_has_ended(source):
    with pytest.raises(ValueError, match="a bug"), alone_on(source):
        raise ValueError("a bug")

    with alone_on(source):
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
