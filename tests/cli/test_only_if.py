"""Conditions in the configuration, from the plan to the explanation of a record."""

import json

import pytest
from rehearsal import rehearsal

from enrichctl.cli import app
from enrichctl.sandbox.population import Population

CONDITION = "country in ('DE','AT') and seniority in ('c_level','vp') and not phone"
ROWS = """Email,Country,Job Title,Phone
{},Germany,Chief Executive Officer,
{},France,VP Sales,
{},AT,VP Sales,+49 30 1234567
{},AT,VP Sales,
""".format(*Population().people)
UNMET = f"leadlex is asked only if {CONDITION}"


@pytest.fixture
def here(tmp_path, monkeypatch):
    (tmp_path / "in.csv").write_text(ROWS, "utf-8")
    condition(tmp_path, CONDITION)
    with rehearsal(tmp_path, monkeypatch, miss_rate=0, hole_rate=0) as box:
        yield box


def condition(folder, text):
    (folder / "config.toml").write_text(f'[providers.leadlex]\n\nonly_if = "{text}"\n')


def enrich(*more):
    return app.run(["enrich", "in.csv", "-p", "leadlex", "-w", "linkedin_url", *more])


def said(capsys, *command):
    capsys.readouterr()
    assert app.run([*command, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_plan_counts_who_is_left_out(here, capsys):
    capsys.readouterr()
    assert enrich("-n", "--json") == 0
    (lane,) = json.loads(capsys.readouterr().out)["providers"]

    assert lane["ask"] == 2
    assert lane["credits"]["most"] == "2"
    assert lane["not_asked"] == [{"reason": UNMET, "count": 2}]
    assert enrich("-n") == 0
    assert UNMET in " ".join(capsys.readouterr().err.split())


def test_only_the_others_are_asked_and_paid_for_and_a_record_says_why_not(here, capsys):
    assert enrich("-y") == 0
    assert here.spent("leadlex") == 2

    run = said(capsys, "status", "last")["run"]
    assert run["outcomes"]["enriched"] == 2
    assert run["outcomes"]["skipped"] == 2
    assert run["not_asked"] == [{"reason": UNMET, "count": 2}]
    bob = said(capsys, "status", "last", "--row", "2")
    assert bob["note"] == f"{UNMET}: country is FR"
    (attempt,) = bob["attempts"]
    assert (attempt["provider"], attempt["outcome"], attempt["credits"]) == (
        "leadlex", "declined", "0",
    )  # fmt: skip
    assert attempt["reason"] == f"{UNMET}: country is FR"
    assert said(capsys, "status", "last", "--row", "3")["note"] == f"{UNMET}: phone is filled"


def test_running_again_asks_nobody_and_writes_the_same(here):
    assert enrich("-y") == 0
    before = (here.folder / "in.enriched.csv").read_text("utf-8")
    asked = len(here.requests)
    assert enrich("-y") == 0
    assert len(here.requests) == asked
    assert (here.folder / "in.enriched.csv").read_text("utf-8") == before


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("contry == 'DE'", "names no field: contry; did you mean country?"),
        ("country in (", "cannot be read"),
    ],
)
def test_a_condition_that_cannot_be_read_ends_the_run_with_its_line(here, text, why, capsys):
    condition(here.folder, text)
    assert enrich("-y") == 2
    shown = " ".join(capsys.readouterr().err.split())
    assert f"config.toml, line 3: providers.leadlex.only_if {why}" in shown
    assert here.requests == []
