"""Who is asked about anew because the name beside an address is another one now: said before."""

import json

import pytest
from test_e2e_corrected import PHONE, Switchboard
from test_e2e_declared import KEY, acme  # noqa: F401 - a fixture

PEOPLE = {"ada@psi.example": "Ada Berg", "bo@chi.example": "Bo Lund"}


@pytest.fixture
def enrich(shell, monkeypatch, request):
    monkeypatch.setattr("test_e2e_declared.Acme", Switchboard)
    vendor = request.getfixturevalue("acme")
    shell.environ |= KEY
    told = PHONE.replace('"{{email}}"', '"{{email}}", name = "{{full_name}}"')
    told = told.replace('needs = [["email"]]', 'needs = [["email"], ["full_name"]]')
    shell.write("acme.toml", told.format(url=vendor.url))
    shell.write("config.toml", '[providers.acme]\nfile = "acme.toml"\n')

    def run(people, *more):
        rows = "".join(f'"{name}",{mail}\n' for mail, name in people.items())
        shell.write("leads.csv", f"full_name,email\n{rows}")
        words = ("enrich", "leads.csv", "-p", "acme", "-w", "phone", "-y", "--force")
        done = shell(*words, "--config", "config.toml", *more)
        assert done.returncode == 0, done.stderr
        run.said, run.asked = b" ".join(done.stderr.split()).decode(), len(vendor.asked)
        return done.stdout

    return run


def test_a_plan_says_who_bears_another_name_than_before(enrich):
    enrich(PEOPLE)
    asked = enrich.asked
    other = PEOPLE | {"bo@chi.example": "Cora Dahl"}
    plan = json.loads(enrich(other, "-n", "--json"))
    (lane,) = plan["providers"]
    assert lane["renamed"] == 1
    enrich(other)
    assert "acme: 1 person to ask about (row 2) had another name" in enrich.said
    assert enrich.asked == asked + 1
    enrich(other)
    assert "had another name" not in enrich.said
    assert enrich.asked == asked + 1


@pytest.mark.parametrize("name", ["LUND, Bo", "Bo Lund-Ek", "B. Lund"])
def test_another_way_to_write_a_name_is_none(enrich, name):
    enrich(PEOPLE)
    asked = enrich.asked
    enrich(PEOPLE | {"bo@chi.example": name})
    assert "had another name" not in enrich.said
    assert enrich.asked == asked
