import csv
from pathlib import Path

import phonenumbers
import pytest

from enrichctl.sandbox import Population

SAMPLE = Path(__file__).parents[1] / "data" / "leads.csv"


@pytest.fixture(scope="module")
def everybody():
    return Population()


def test_the_same_seed_makes_the_same_people_and_another_others(everybody):
    assert list(Population().people.values()) == list(everybody.people.values())
    assert set(Population(seed=2).people) != set(everybody.people)
    assert (len(everybody.people), len(everybody.companies)) == (300, 120)


def test_ids_are_unique(everybody):
    people = everybody.people.values()
    for name in ("leadlex_id", "close_contact_id", "lemlist_lead_id", "lemlist_contact_id"):
        assert len({getattr(one, name) for one in people}) == 300
    for name in ("leadlex_id", "close_lead_id", "superoffice_id", "superoffice_enrich_id"):
        assert len({getattr(one, name) for one in everybody.companies.values()}) == 120


def test_every_telephone_number_is_valid_in_its_country(everybody):
    for company in everybody.companies.values():
        number = phonenumbers.parse(company.phone)
        assert phonenumbers.is_valid_number_for_region(number, company.country_code), company


def test_a_stranger_is_made_up_from_the_address_always_the_same(everybody):
    one = everybody.person("Jane.Doe@harrow-vale.co.uk")
    assert one == Population().person("jane.doe@harrow-vale.co.uk")
    assert (one.first_name, one.last_name) == ("Jane", "Doe")
    assert (one.company.name, one.country_code) == ("Harrow Vale", "GB")
    assert everybody.anybody("b.long@acme.com").first_name.startswith("B")


@pytest.mark.parametrize(
    "email", ["", "jane", "jane@", "jane@acme", "a b@acme.com", "info@acme.com"]
)
def test_what_is_no_person_is_nobody(everybody, email):
    assert everybody.person(email) is None


def test_a_vendor_knows_most_but_not_the_same_people_and_not_everything():
    world = Population(miss_rate=0.25, hole_rate=0.2)
    known = {
        vendor: {mail for mail in world.people if world.person_at(vendor, mail)}
        for vendor in ("leadlex", "lemlist")
    }
    assert all(200 < len(mails) < 250 for mails in known.values())
    assert known["leadlex"] != known["lemlist"]
    blank = 0
    for mail in known["leadlex"]:
        told, truth = world.person_at("leadlex", mail), world.person(mail)
        assert told.phone in ("", truth.phone)
        blank += not told.phone
    assert 20 < blank < 80


def test_a_company_is_the_same_by_domain_and_by_name(everybody):
    truth = next(iter(everybody.companies.values()))
    assert everybody.company(truth.domain) is everybody.company(truth.name.upper()) is truth
    assert everybody.company("Nordwind GmbH").country_code == "DE"
    assert everybody.company("Nordwind GmbH", "CH").country_code == "CH"
    assert everybody.company(" ") is None


def test_a_person_is_told_by_profile_or_by_name_and_company(everybody):
    person = next(iter(everybody.people.values()))
    assert everybody.email_of(profile=person.linkedin_url + "/?trk=x") == person.email
    named = {"first": person.first_name, "last": person.last_name}
    assert everybody.email_of(**named, at=person.company.name) == person.email
    assert everybody.email_of(**named) == ""
    unknown = everybody.email_of(profile="https://linkedin.com/in/jane-doe-1a2b")
    assert unknown.startswith("jane.doe@")


def test_the_sample_file_is_full_of_people_who_can_be_found(everybody):
    with SAMPLE.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    found = [everybody.person(row["Email"] or "") for row in rows]
    assert sum(one is not None for one in found) > len(rows) / 2
    named = [everybody.company(row["Company"]) for row in rows if row["Company"]]
    assert all(named)
