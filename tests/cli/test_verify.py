"""Verification in the sandbox, which plays lemlist: what it says of people is what is written."""

import csv
import json

import pytest

from enrichctl.cli import app
from enrichctl.sandbox import Sandbox
from enrichctl.sandbox.population import Population


@pytest.fixture
def people():
    return list(Population().people.values())[:12]


@pytest.fixture
def desk(tmp_path, monkeypatch, people):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ENRICHCTL_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("ENRICHCTL_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").write_text('[waterfall]\nverify = "lemlist"\n')
    with (tmp_path / "in.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["Email"], *([p.email] for p in people), ["Nobody@x.example"]])
    with Sandbox(limits=False) as box:
        for name, value in box.environ().items():
            monkeypatch.setenv(name, value)
        box.folder = tmp_path
        yield box


def enrich(*more):
    return app.run(["enrich", "in.csv", *more])


def test_addresses_of_a_file_are_verified_where_a_verdict_is_wanted(desk, people, capsys):
    capsys.readouterr()
    assert enrich("-p", "offline", "-w", "email_status", "-n") == 0
    assert "lemlist verifies 13 addresses" in " ".join(capsys.readouterr().err.split())
    assert enrich("-p", "offline", "-w", "email_status", "-y") == 0
    with (desk.folder / "in.enriched.csv").open(newline="") as file:
        found = {row["Email"]: row["email_status"] for row in csv.DictReader(file)}
    population = Population()
    # Of whom the sandbox's lemlist knows nothing, it calls the address undeliverable.
    known = {p.email: population.person_at("lemlist", p.email) for p in people}
    due = {email: one.email_status if one else "undeliverable" for email, one in known.items()}
    assert found == due | {"Nobody@x.example": "undeliverable"}
    assert desk.spent("lemlist") == len(found)
    assert enrich("-p", "offline", "-w", "email_status", "-y", "-o", "again.csv") == 0
    assert desk.spent("lemlist") == len(found)


def test_nobody_is_paid_for_it_where_no_address_is_wanted(desk, capsys):
    assert enrich("-y") == 0  # the offline provider alone
    assert "verifies" not in capsys.readouterr().err
    assert enrich("-p", "leadlex", "-w", "job_title", "-y", "-o", "out.csv") == 0
    said = " ".join(capsys.readouterr().err.split())
    assert "lemlist verifies no address: neither email nor email_status is wanted" in said
    assert desk.spent("lemlist") == 0


def test_a_rehearsal_leaves_out_a_verifier_that_the_sandbox_does_not_play(desk, capsys):
    (desk.folder / "config.toml").write_text('[waterfall]\nverify = "hunter"\n')
    assert enrich("-p", "lemlist", "-w", "email", "--sandbox") == 0
    said = " ".join(capsys.readouterr().err.split())
    assert "the sandbox does not speak for hunter: no address is verified" in said


def test_another_price_of_a_verification_can_be_set(desk, monkeypatch, capsys):
    monkeypatch.setenv("ENRICHCTL_HUNTER_API_KEY", "made-up")
    (desk.folder / "config.toml").write_text(
        '[waterfall]\nverify = "hunter"\n[providers.hunter]\nprice = {verify = 0.25}\n'
    )
    capsys.readouterr()
    assert enrich("-p", "offline", "-w", "email_status", "-n", "--json") == 0
    (lane,) = json.loads(capsys.readouterr().out)["providers"]
    assert lane["credits"]["most"] == "3.25"  # 13 addresses


@pytest.mark.parametrize("text", ["3", '["hunter"]', '""'])
def test_a_verifier_is_one_name(desk, text, capsys):
    (desk.folder / "config.toml").write_text(f"[waterfall]\nverify = {text}\n")
    assert enrich("-y") == 2
    said = " ".join(capsys.readouterr().err.split())
    assert 'line 2: waterfall.verify must be the name of one provider, such as verify = "hu' in said
