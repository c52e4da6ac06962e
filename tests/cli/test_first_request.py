"""What ``-n -v`` shows of the first request to each provider, and that nothing is sent for it."""

import re

import pytest
from rehearsal import rehearsal

from enrichctl.cli import app
from enrichctl.transport.hiding import Secrets

NAMES = ["leadlex", "lemlist", "superoffice"]
ROW = "Email,First Name,Last Name,Company\njane.doe@nordwind.de,Jane,Doe,Nordwind\n"
REQUEST = r"  ([A-Z]+) (\S+)\n(?:  [\w-]+: .*\n)*(?:  (.+)\n)?"
WORDS = ["enrich", "in.csv", "-p", ",".join(NAMES), "-w", "job_title,website"]


@pytest.fixture
def box(tmp_path, monkeypatch):
    (tmp_path / "in.csv").write_text(ROW, "utf-8")
    with rehearsal(tmp_path, monkeypatch, miss_rate=1, limits=True) as box:
        yield box


def shown(capsys, *more):
    assert app.run([*WORDS, "-n", *more]) == 0
    return capsys.readouterr().err


def test_the_first_request_is_shown_as_it_is_then_sent_and_nothing_is_sent_for_it(box, capsys):
    said = shown(capsys, "-v")
    assert box.requests == []

    assert app.run([*WORDS, "-y", "-q"]) == 0
    for name in NAMES:
        _, _, text = said.partition(f"first request to {name}, not sent")
        method, url, body = re.search(
            r"  ([A-Z]+) (\S+)\n(?:  [\w-]+: .*\n)*(?:  (.+)\n)?", text
        ).groups()
        sent = next(one for one in box.requests if one.vendor == name and "team" not in one.path)
        assert (method, body or "") == (sent.method, sent.body)
        assert sent.path in url
    keys = [value for name, value in box.environ().items() if name.endswith("_API_KEY")]
    assert all(form not in said for form in Secrets(keys).forms)


def test_a_plan_alone_shows_none(box, capsys):
    assert "first request" not in shown(capsys)
    assert box.requests == []


def test_without_a_key_it_is_said_why_there_is_none(box, capsys, monkeypatch):
    monkeypatch.delenv("ENRICHCTL_LEADLEX_API_KEY")
    assert "leadlex: with a key, its first request would be shown here" in shown(capsys, "-v")


def test_a_key_of_the_sandbox_is_called_made_up(box, capsys):
    """Nobody has put it into the environment."""
    said = shown(capsys, "-v", "--sandbox")
    assert all(f"/{name}, made-up key" in said for name in ("leadlex", "lemlist"))
    assert "key from the" not in said
    assert ", key from the environment" in shown(capsys, "-v")


def test_a_plan_of_what_is_free_names_it_and_says_how_to_go_on(box, capsys):
    said = "offline: free, nothing leaves this machine; run it without -n"
    assert app.run(["enrich", "in.csv", "-n"]) == 0
    assert said in capsys.readouterr().err
    assert "nothing leaves this machine" not in shown(capsys)
