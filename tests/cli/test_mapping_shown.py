"""What a person sees of the columns before anything is asked."""

import pytest

from enrichctl.cli import app
from enrichctl.render.screen import Screen


@pytest.fixture
def leads(tmp_path, monkeypatch):
    monkeypatch.setenv("ENRICHCTL_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("ENRICHCTL_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "config.toml").touch()
    monkeypatch.chdir(tmp_path)

    def write(text):
        (tmp_path / "in.csv").write_text(text, "utf-8")

    return write


def test_what_no_field_took_is_not_recognised_and_says_what_to_type(leads, capsys):
    leads("Email,Lead Owner,Notes\njane@acme.io,Bob,x\n")
    assert app.run(["enrich", "in.csv"]) == 0
    said = capsys.readouterr().err
    assert "not recognised  Lead Owner, Notes" in said
    assert "--map FIELD='Lead Owner'" in said
    assert "kept" not in said


def test_a_column_that_is_read_where_another_is_blank_is_not_called_so(leads, capsys):
    leads("Email,E-Mail 2,Notes\njane@acme.io,q@acme.io,x\n")
    assert app.run(["enrich", "in.csv"]) == 0
    said = capsys.readouterr().err
    assert "email is read from Email, where it is blank from E-Mail 2" in said
    assert "not recognised  Notes (" in said


def test_columns_of_an_earlier_run_are_not_called_so(leads, capsys):
    leads("Email,enrichctl_status,enrichctl_sources\njane@acme.io,,\n")
    assert app.run(["enrich", "in.csv"]) == 0
    assert "not recognised" not in capsys.readouterr().err


def test_two_columns_are_asked_about_with_some_of_the_values_of_each(leads, capsys, monkeypatch):
    leads("Email,Email\na@x.io,q@y.io\nb@x.io,r@y.io\nb@x.io,\nc@x.io,s@y.io\nd@x.io,t@y.io\n")
    typed = []
    monkeypatch.setattr(Screen, "asks", True)
    monkeypatch.setattr(Screen, "type", lambda _, prompt: typed.append(prompt) or "2")
    assert app.run(["enrich", "in.csv"]) == 0
    said = capsys.readouterr().err
    assert "1  email is #1 (a@x.io, b@x.io, c@x.io)" in said
    assert "2  email is #2 (q@y.io, r@y.io, s@y.io)" in said
