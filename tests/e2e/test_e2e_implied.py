"""What follows from a paid answer is told to the next provider, and the row explains it."""

import csv
import json

import pytest

from enrichctl.sandbox.dice import Dice
from enrichctl.sandbox.makeup import slug
from enrichctl.sandbox.population import STRANGERS_KEPT

WANTS = "job_title,address"


@pytest.fixture
def people(box):
    """People of whom LeadLex gives a place, whose companies the CRM does not hold."""
    box.set(limits=False, miss_rate=0, hole_rate=0)
    names = (f"{chr(letter) * 2}a-works" for letter in range(ord("a"), ord("z")))
    people = (box.population.anybody(f"ada.roe@{name}.se") for name in names)
    strangers = [
        person
        for person in people
        if not Dice("tenant", slug(person.company.name)).chance(STRANGERS_KEPT)
    ]
    return strangers[:3]


def enriched(paid, people, providers, wants):
    lines = [f"{person.email},{person.company.name}" for person in people]
    paid.write("in.csv", "email,company_name\n" + "\n".join(lines) + "\n")
    done = paid("enrich", "in.csv", "-p", providers, "-w", wants, "-y", "-o", "out.csv", "--force")
    assert done.returncode in (0, 3), done.stderr
    rows = list(csv.DictReader((paid.folder / "out.csv").read_text("utf-8").splitlines()))
    return done, rows


def test_a_company_without_a_country_is_skipped_and_the_summary_says_what_it_takes(paid, people):
    done, rows = enriched(paid, people, "superoffice", "address")
    assert done.returncode == 0, done.stderr
    assert {row["enrichctl_status"] for row in rows} == {"skipped"}
    assert {row["enrichctl_note"] for row in rows} == {"superoffice needs country"}
    assert b"superoffice needs country: 3 records" in done.stderr
    run = json.loads(paid("status", "last", "--json").stdout)["run"]
    assert run["not_asked"] == [{"reason": "superoffice needs country", "count": 3}]


@pytest.mark.parametrize("wants", [WANTS, f"{WANTS},country"])
def test_the_place_that_another_found_gives_the_country_and_with_it_the_company(
    wants, paid, people
):
    done, rows = enriched(paid, people, "offline,leadlex,superoffice", wants)
    assert done.returncode == 0, done.stderr
    assert all(row["address"] for row in rows), rows
    assert ("country" in rows[0]) == wants.endswith("country")
    record = json.loads(paid("status", "last", "--row", "1", "--json").stdout)
    names = [one["provider"] for one in record["attempts"]]
    derived = record["attempts"][names.index("leadlex") + 1 : -1]
    last = record["attempts"][-1]
    assert last["provider"] == "superoffice"
    assert "country" in last["told"]
    for one in derived:
        assert (one["provider"], one["accepted"]) == ("offline", ["country"])
        assert "location" in one["told"]
    assert len(derived) == (wants != WANTS)
    assert enriched(paid, people, "offline,leadlex,superoffice", wants)[1] == rows
