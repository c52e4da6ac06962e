"""The file against the truth: every cell that a vendor could fill, and no other.

What is expected is worked out from the sandbox's population and from what the vendor's own
records held before the run, never from the provider modules.
"""

import copy
import csv
import io
from collections.abc import Callable
from dataclasses import dataclass

import pytest

PEOPLE = slice(20, 60)
PROFILE = {
    "linkedin_url": "linkedin_url", "first_name": "first_name", "last_name": "last_name",
    "job_title": "job_title", "location": "location",
}  # fmt: skip
PERSON = {**PROFILE, "full_name": "full_name", "seniority": "seniority"}
AT_LEADLEX = {
    "company_name": "name", "company_domain": "domain", "company_size": "size",
    "industry": "industry", "founded_year": "founded_year", "company_description": "description",
    "company_linkedin_url": "linkedin_url",
}  # fmt: skip
AT_LEMLIST = {"company_name": "name", "company_domain": "domain", "industry": "industry"}
IN_LEAD = {
    "email": "email", "first_name": "firstName", "last_name": "lastName",
    "company_name": "companyName", "company_domain": "companyDomain",
    "linkedin_url": "linkedinUrl",
}  # fmt: skip
IN_CONTACT = ("job_title", "company_name", "linkedin_url", "phone", "location")
REACHED_BY = {"phone": "Phones", "email": "Emails", "website": "Urls"}


@dataclass(frozen=True)
class Case:
    """One way to ask a vendor, and what the truth makes of it."""

    vendor: str
    header: str
    wants: tuple[str, ...]
    line: Callable
    expected: Callable


def taken(thing, names) -> dict[str, str]:
    """Return facts by field, those that are known."""
    found = {field: getattr(thing, name) for field, name in names.items()} if thing else {}
    return {field: str(value) for field, value in found.items() if value}


def leadlex_by_email(world, held, person):
    truth = world.person_at("leadlex", person.email)
    if truth is None:
        return {}
    return taken(truth, PERSON) | taken(truth.company, AT_LEADLEX)


def leadlex_by_id(world, held, person):
    truth = world.person_at("leadlex", person.email)
    if truth is None:
        return {}  # a miss shows nothing, not even what the workspace holds
    found = taken(truth, {name: name for name in IN_CONTACT if name != "company_name"})
    found["company_name"] = truth.company.name
    own = held["leadlex"].contacts[person.leadlex_id]
    kept = {name: own.values[name] for name in IN_CONTACT if own.values.get(name)}
    return found | kept | {"full_name": own.full_name, "email": own.email}


def profile_at_lemlist(truth, told=""):
    """Return what lemlist's enrichment of a profile brings: nothing of who has none."""
    if truth is None or not (profile := truth.linkedin_url or told):
        return {}
    return taken(truth, PROFILE) | taken(truth.company, AT_LEMLIST) | {"linkedin_url": profile}


def lemlist_by_email(world, held, person):
    return profile_at_lemlist(world.person_at("lemlist", person.email))


def lemlist_by_id(world, held, person):
    lead = held["lemlist"].leads[person.lemlist_lead_id]
    if lead.reviewed or lead.graveyard:
        return {}
    truth = world.person_at("lemlist", person.email)
    own = {field: lead.values.get(name, "") for field, name in IN_LEAD.items()}
    own = {field: value for field, value in own.items() if value}
    # A lead's profile is enriched, but the lead as it is shown by its id has no such member.
    found = profile_at_lemlist(truth, own.pop("linkedin_url", ""))
    if "email" not in own and truth and truth.email_status != "undeliverable":
        found["email"] = truth.email
    return own | found


def close_by_id(world, held, person):
    contact = held["close"].contacts[person.close_contact_id]
    lead = held["close"].leads[contact["lead_id"]]
    truth = world.person_at("close", person.email)
    company = world.company_at("close", person.company)
    position = contact.get(f"custom.{cf('contact', 'Position')}", truth and truth.job_title)
    industry = lead.get(f"custom.{cf('lead', 'Industry')}", company and company.industry)
    found = {"close.Position": position, "close.Industry": industry}
    return {field: value for field, value in found.items() if value}


def close_by_email(world, held, person):
    found = close_by_id(world, held, person)
    found.pop("close.Industry", None)
    twice = [one for one in held["close"].contacts.values()
             if one["emails"][0]["email"] == person.email]  # fmt: skip
    return found if len(twice) == 1 else {}


def cf(kind: str, name: str) -> str:
    return f"cf_{kind.capitalize() + name:0<43.43}"


def superoffice(world, held, person):
    entity = held["superoffice"].saved[person.company.superoffice_id]
    own = {field: entity[key][0]["Value"] for field, key in REACHED_BY.items() if entity[key]}
    if address := entity["Address"]["Street"]["Address1"]:
        own["address"] = address
    truth = world.company_at("superoffice", person.company)
    names = {name: name for name in ("address", "phone", "email", "website")}
    # Nothing is enriched where the CRM has it all; where the source has nothing, nothing is shown.
    return (taken(truth, names) | own) if truth or len(own) == len(names) else {}


CASES = [
    Case("leadlex", "email", (*PERSON, *AT_LEADLEX, "phone"),  # of which a look-up shows no phone
         lambda p: p.email, leadlex_by_email),
    Case("leadlex", "leadlex.contact_id", (*IN_CONTACT, "full_name"),
         lambda p: p.leadlex_id, leadlex_by_id),
    Case("lemlist", "email", (*PROFILE, *AT_LEMLIST), lambda p: p.email, lemlist_by_email),
    Case("lemlist", "lemlist.lead_id", ("email", *PROFILE, *AT_LEMLIST),
         lambda p: p.lemlist_lead_id, lemlist_by_id),
    Case("close", "close.lead_id,close.contact_id", ("close.Position", "close.Industry"),
         lambda p: f"{p.company.close_lead_id},{p.close_contact_id}", close_by_id),
    Case("close", "email", ("close.Position",), lambda p: p.email, close_by_email),
    Case("superoffice", "superoffice.contact_id", ("address", "phone", "email", "website"),
         lambda p: str(p.company.superoffice_id), superoffice),
    Case("superoffice", "Company,Country", ("address", "phone", "email", "website"),
         lambda p: f"{p.company.name},{p.company.country}", superoffice),
]  # fmt: skip
IDS = [f"{case.vendor}-by-{case.header}" for case in CASES]


def records_of(box) -> dict[str, object]:
    """Return what the vendors' records hold now."""
    return {
        "leadlex": copy.deepcopy(box.vendors["leadlex"].workspace),
        "lemlist": copy.deepcopy(box.vendors["lemlist"].leads),
        "close": copy.deepcopy(box.vendors["close"].records),
        "superoffice": copy.deepcopy(box.vendors["superoffice"].entities),
    }


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_every_cell_of_the_file_is_the_truth_as_the_vendor_knows_it(paid, box, case):
    box.set(limits=False)
    people = list(box.population.people.values())[PEOPLE]
    held = records_of(box)
    lines = "".join(f"{case.line(person)}\n" for person in people)
    paid.write("in.csv", f"{case.header}\n{lines}")
    done = paid(
        "enrich", "in.csv", "-p", case.vendor, "-w", ",".join(case.wants), "-y", "-o", "out.csv"
    )

    assert done.returncode in (0, 3, 7), done.stderr  # some of these records are refused
    text = (paid.folder / "out.csv").read_text("utf-8")
    differ = []
    for row, person in zip(csv.DictReader(io.StringIO(text)), people, strict=True):
        found = {name: row[name] for name in case.wants if row[name]}
        expected = case.expected(box.population, held, person)
        expected = {name: expected[name] for name in case.wants if name in expected}
        if found != expected:
            differ.append((found, expected, row["enrichctl_note"]))
    assert not differ, differ[:3]
