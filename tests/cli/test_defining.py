"""Providers of one's own on the command line: begin, try, read."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from enrichctl.cli.app import run
from enrichctl.cli.completing import one_provider, several_providers
from enrichctl.config import config_path
from enrichctl.declared.provider import Declared

EXCHANGES = Path(__file__).parents[1] / "conformance" / "exchanges"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ENRICHCTL_CONFIG", "config.toml")
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "config.toml").write_text("")
    return tmp_path


@pytest.fixture
def acme(home, capsys):  # so that what is said now is captured for the test
    assert run(["providers", "new", "acme"]) == 0
    (home / "config.toml").write_text('[providers.acme]\nfile = "acme.toml"\n')
    return home / "acme.toml"


def test_a_new_definition_is_good_as_it_is_and_says_what_to_do_next(acme, capsys):
    err = capsys.readouterr().err
    assert "[providers.acme]" in err
    assert f'file = "{acme}"' in err
    for name in ("acme", "acme.toml"):
        assert run(["providers", "check", name, "--suite"]) == 0
    out = capsys.readouterr().out
    assert "ok      an answer that is lost is never asked for again" in out
    assert "FAILED" not in out


def test_exchanges_that_are_still_the_templates_are_said_to_be(acme, capsys):
    acme.write_text(acme.read_text().replace('"/v1/people/lookup"', '"/v2/people"'))
    assert run(["providers", "check", "acme", "--suite"]) == 3
    assert "those of the template" in " ".join(capsys.readouterr().err.split())
    exchanges = acme.with_name("acme.exchanges.json")
    exchanges.write_text(exchanges.read_text() + "\n")
    assert run(["providers", "check", "acme", "--suite"]) == 3
    assert "template" not in capsys.readouterr().err


def test_a_name_that_is_the_title_is_said_once(acme, capsys, monkeypatch):
    def refuses(self, api):
        raise self.refused(" (HTTP 401)")

    monkeypatch.setattr(Declared, "check", refuses)
    monkeypatch.setenv("ENRICHCTL_ACME_API_KEY", "key")
    assert run(["providers", "check"]) == 4
    shown = capsys.readouterr()
    assert "acme refuses the login (HTTP 401)" in shown.out
    assert "acme: acme" not in shown.out + shown.err


def test_whoever_has_no_configuration_yet_is_told_where_it_goes(home, monkeypatch, capsys):
    """And each command to type next has a line of its own."""
    monkeypatch.delenv("ENRICHCTL_CONFIG")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "conf"))
    assert run(["providers", "new", "acme"]) == 0
    lines = capsys.readouterr().err.splitlines()
    place = Path(config_path())
    assert (place.is_absolute(), place.name) == (True, "config.toml")
    assert f"put in {place}:" in lines
    assert lines[-2:] == [
        "then: enrichctl providers check acme --suite",
        "      enrichctl providers login acme",
    ]


def test_what_is_there_is_not_replaced_without_force(acme, capsys):
    acme.write_text("# mine")
    assert run(["providers", "new", "acme"]) == 2
    assert (acme.read_text(), "--force" in capsys.readouterr().err) == ("# mine", True)
    assert run(["providers", "new", "acme", "--force"]) == 0
    assert acme.read_text() != "# mine"


def test_it_is_written_where_it_is_wanted(home):
    (home / "my").mkdir()
    assert run(["providers", "new", "acme", "-o", "my/first.toml"]) == 0
    assert (home / "my" / "first.exchanges.json").is_file()
    assert run(["providers", "check", "my/first.toml", "--suite"]) == 3  # the name is the file's


def test_what_it_says_can_be_pasted_whatever_the_folder_is_called(home, capsys):
    odd = home / 'my "own" ones'
    odd.mkdir()
    assert run(["providers", "new", "acme", "-o", odd.name]) == 2
    said = capsys.readouterr().err
    assert """-o 'my "own" ones/acme.toml'""" in said
    assert run(["providers", "new", "acme", "-o", f"{odd.name}/acme.toml"]) == 0
    shown = capsys.readouterr().err
    (line,) = [line for line in shown.splitlines() if line.startswith("file = ")]
    assert tomllib.loads(line)["file"] == str(odd / "acme.toml")


@pytest.mark.parametrize("name", ["leadlex", "hunter", "Acme", "a-b", "../x"])
def test_a_name_that_is_taken_or_is_none_is_refused(home, name):
    assert run(["providers", "new", name]) == 2
    assert [path.name for path in home.iterdir()] == ["config.toml"]


def test_a_definition_that_does_not_do_as_written_fails_case_by_case(acme, capsys):
    acme.write_text(acme.read_text().replace('"person.title"', '"person.job"'))
    assert run(["providers", "check", "acme", "--suite"]) == 3
    out = capsys.readouterr().out
    assert "FAILED  somebody is found by e-mail" in out
    assert "values, job_title" in out


def test_any_provider_can_be_played_with_its_exchanges(capsys):
    for name in ("leadlex", "hunter"):
        path = EXCHANGES / f"{name}.json"
        assert run(["providers", "check", name, "--suite", "--exchanges", str(path)]) == 0
    assert run(["providers", "check", "hunter", "--suite"]) == 2
    assert "--exchanges" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["--suite"], ["offline", "--suite"], ["leadlex", "--exchanges", "x.json"]]
)
def test_what_cannot_be_played_is_a_usage_error(words):
    assert run(["providers", "check", *words]) == 2


@pytest.mark.parametrize("name", ["acme", "acme.toml"])
def test_a_definition_is_shown_with_what_it_sends_and_understands(acme, name, capsys):
    assert run(["providers", "show", name]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "asks by POST /v1/people/lookup" in out
    assert "miss 404; 200 when person == `null`" in out
    assert "job_title person.title" in out


def test_a_definition_is_listed_as_declared(acme, capsys):
    capsys.readouterr()
    assert run(["providers", "--json"]) == 0
    listed = {one["name"]: one for one in json.loads(capsys.readouterr().out)["providers"]}
    assert (listed["acme"]["origin"], listed["acme"]["billed"]) == ("declared", "match")


def test_a_definition_with_a_mistake_keeps_the_others_listed(acme, capsys):
    acme.write_text(acme.read_text().replace("billed", "biled", 1))
    assert run(["providers", "list"]) == 0
    out, err = capsys.readouterr()
    assert "leadlex" in out
    assert "biled is not a setting; did you mean billed?" in " ".join(err.split())


def test_names_are_completed_wherever_they_come_from(acme):
    assert one_provider("ac") == ["acme"]
    assert {"hunter", "leadlex", "offline"} <= {*one_provider("")}
    assert several_providers("offline,h") == ["offline,hunter"]
    assert several_providers("offline,offl") == []


def test_names_are_completed_at_a_prompt(home):
    environ = {
        "PATH": os.environ["PATH"], "HOME": str(home), "COMP_CWORD": "3",
        "COMP_WORDS": "enrichctl providers show hun", "_ENRICHCTL_COMPLETE": "complete_bash",
    }  # fmt: skip
    command = str(Path(sys.executable).with_name("enrichctl"))
    done = subprocess.run([command], env=environ, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["hunter"]


def test_settings_in_a_definition_are_checked_and_those_in_the_configuration_are_named(
    acme, home, capsys
):
    """A file that passes must not be refused once it is configured, nor the other way round."""
    words = ["providers", "check", "acme.toml", "--suite"]
    assert run(words) == 0
    assert "by itself" not in capsys.readouterr().err  # the configuration only names the file

    config = home / "config.toml"
    more = config.read_text() + "only_if = \"country == 'DE'\"\ncurrency = 'EUR 0.04'\n"
    config.write_text(more)
    assert run(words) == 0
    said = " ".join(capsys.readouterr().err.split())
    assert "acme.toml by itself: what [providers.acme] in config.toml says is left aside" in said
    assert run(["providers", "check", "acme", "--suite"]) == 0
    assert "by itself" not in capsys.readouterr().err

    good = acme.read_text()
    for setting, complaint in (
        ('budget = "5"', "budget must be a table, as in {run = 200, day = 500, month = 5000}"),
        ('warn_below = "x"', "warn_below must be a number"),
        ('currency = "4 cents"', "currency must say what a credit costs"),
        ("api_key = 'x'", "api_key is not read from a file"),
    ):
        acme.write_text(f"{setting}\n{good}")
        assert run(words) == 2
        assert f"acme.toml, line 1: {complaint}" in " ".join(capsys.readouterr().err.split())
