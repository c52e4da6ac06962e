"""A mistake in the configuration is told alike by every command that reads it, and by no other."""

import json

import pytest

from enrichctl.cli import app

READERS = [
    ("enrich", "in.csv"), ("enrich", "in.csv", "-n"), ("status",), ("status", "last", "--json"),
    ("credits",), ("benchmark", "in.csv", "-p", "offline"), ("providers",),
    ("providers", "show", "offline"), ("fields",), ("journal", "path"), ("journal", "export"),
]  # fmt: skip
WAYS_TO_IT = [("config", "path"), ("config", "path", "--json"), ("help",), ("--version",)]


@pytest.fixture
def configured(tmp_path, monkeypatch):
    """Return what writes the configuration; the commands find it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ENRICHCTL_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("ENRICHCTL_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "in.csv").write_text("email\nann@acme.com\n")
    return (tmp_path / "config.toml").write_text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[waterfall]\ndefault = ["leadlx"]\n', "line 2: waterfall.default names leadlx, which is"),
        ('providers = ["leadlx"]\n', "line 1: providers names leadlx, which is no provider"),
        ('[waterfall]\nverify = "huntr"\n', "line 2: waterfall.verify names huntr, which is no"),
        ('[waterfall]\nverify = "close"\n', "line 2: waterfall.verify names close, which cannot"),
        ('[providers.leadlex]\nplam = "pro"\n', "line 2: providers.leadlex.plam is not a setting"),
        ("[providers.leadlex]\nonly_if = '(('\n", "line 2: providers.leadlex.only_if"),
    ],
)
def test_every_command_that_reads_it_says_the_same(configured, capsys, text, why):
    configured(text)
    said = set()
    for words in READERS:
        assert (words, app.run(words)) == (words, 2)
        said.add(capsys.readouterr().err)
    assert len(said) == 1
    assert why in " ".join(said.pop().split())


@pytest.mark.parametrize("words", WAYS_TO_IT)
def test_what_leads_to_the_file_works_whatever_it_holds(configured, capsys, words):
    for text in ('[waterfall]\nverify = "huntr"\n', "not TOML"):
        configured(text)
        assert app.run(words) == 0
        assert "huntr" not in capsys.readouterr().err


@pytest.mark.parametrize("words", READERS)
def test_one_that_names_whom_there_is_passes(configured, capsys, words):
    configured('[waterfall]\ndefault = ["offline"]\nverify = "hunter"\n')
    app.run(words)  # some of them have no run to look at
    assert "config.toml" not in capsys.readouterr().err


def folder(path):
    path.mkdir()


def nothing(path):
    assert not path.exists()


def to_nothing(path):
    path.symlink_to("gone.toml")


def to_itself(path):
    path.symlink_to(path)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (folder, "it is a folder, as ENRICHCTL_CONFIG says: put a file in its place, or let ENR"),
        (to_nothing, "it is a link to gone.toml, which is not there: make what it names, let it"),
        (to_itself, "it cannot be read, as ENRICHCTL_CONFIG says: Too many levels of symbolic li"),
        (nothing, "there is no such file yet, as ENRICHCTL_CONFIG says"),
    ],
)
def test_what_stands_in_the_place_of_the_file_is_named_with_what_to_do(
    configured, capsys, tmp_path, make, said
):
    make(tmp_path / "config.toml")
    assert app.run(["config", "path"]) == 0
    assert said in " ".join(capsys.readouterr().err.split())
    assert app.run(["config", "path", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["exists"] is False
