"""Options that contradict each other, and a journal that cannot be had, are refused in one line."""

import pytest

from enrichctl.cli.app import run


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--fresh", "--max-age", "5d"], "--fresh is --max-age 0"),
        (["-p", "offline", "--budget", "lemlist=5"], "--budget bounds lemlist"),
    ],
)
def test_options_that_contradict_each_other_are_refused(tmp_path, capsys, words, said):
    """Exit 2, and nothing is written."""
    (tmp_path / "in.csv").write_text("email\njane.doe@acme.io\n")
    assert run(["enrich", str(tmp_path / "in.csv"), *words]) == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert [one.name for one in tmp_path.iterdir()] == ["in.csv"]


def test_a_journal_that_cannot_be_reached_is_not_replaced_by_ones_own(monkeypatch, capsys):
    """A team that believes that it shares one would pay twice."""
    monkeypatch.setenv("ENRICHCTL_JOURNAL", "postgresql://127.0.0.1:1/db")
    assert run(["status"]) == 6
    assert "postgresql://127.0.0.1:1/db cannot be reached" in capsys.readouterr().err


def test_a_file_enriched_in_place_was_not_changed_meanwhile(tmp_path, capsys):
    """Its own output is what has changed it."""
    (tmp_path / "in.csv").write_text("email\njane.doe@acme.io\n")
    place = str(tmp_path / "in.csv")
    assert run(["enrich", place, "-o", place, "--force"]) == 0
    assert "changed meanwhile" not in capsys.readouterr().err
