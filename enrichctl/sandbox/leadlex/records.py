"""The contacts and companies in the LeadLex workspace, as far as they have been touched."""

import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from enrichctl.sandbox.dice import Dice
from enrichctl.sandbox.makeup import Company, Person
from enrichctl.sandbox.population import STRANGERS_KEPT, Population, is_mail

CONTACT_FIELDS = ("job_title", "company_name", "linkedin_url", "phone", "location", "seniority")
COMPANY_FIELDS = (
    "name", "industry", "size", "founded_year", "description", "hq_location", "logo_url",
    "linkedin_url", "tech_stack",
)  # fmt: skip
STALE_EVERY = 10  # every tenth contact of the fixed population has a job title of long ago
STALE_TITLE = "Trainee"
SINCE = "2025-03-01T09:00:00Z"


@dataclass(slots=True)
class Contact:
    """A contact: who it is, and what the workspace has of it."""

    id: str
    email: str
    full_name: str
    company_id: str
    values: dict[str, str] = field(default_factory=dict)
    updated: str = SINCE

    def shown(self) -> dict[str, Any]:
        """Return the contact as the enrichment shows it, without the seniority."""
        held = {name: self.values.get(name) for name in CONTACT_FIELDS if name != "seniority"}
        return {"id": self.id, "full_name": self.full_name, "email": self.email, **held}

    def detail(self) -> dict[str, Any]:
        """Return the contact as the workspace shows it."""
        first, _, last = self.full_name.rpartition(" ")
        shown = self.shown()
        return {
            "id": self.id,
            "first_name": first,
            "last_name": last,
            "full_name": self.full_name,
            "email": self.email,
            "phone": shown["phone"],
            "job_title": shown["job_title"],
            "company": shown["company_name"],
            "related_company_id": self.company_id,
            "linkedin_url": shown["linkedin_url"],
            "priority": None,
            "tags": [],
            "custom_fields": {},
            "created_date": SINCE,
            "updated_date": self.updated,
        }


class Workspace:
    """What the account holds. Strangers get a contact when somebody looks for them."""

    def __init__(self, population: Population) -> None:
        self.population = population
        self.contacts: dict[str, Contact] = {}
        self.companies: dict[str, dict[str, Any]] = {}
        self._by_email: dict[str, str] = {}
        self._domains: dict[str, str] = {
            c.leadlex_id: c.domain for c in population.companies.values()
        }
        for place, person in enumerate(population.people.values()):
            stale = STALE_TITLE if place % STALE_EVERY == 0 else ""
            self._add(person, stale)

    def _add(self, person: Person, stale_title: str = "") -> Contact:
        truth, dice = person_values(person), Dice("workspace", person.email)
        held = {name: text for name, text in truth.items() if dice.chance(0.2)}
        if stale_title:
            held["job_title"] = stale_title
        contact = Contact(
            person.leadlex_id, person.email, person.full_name, person.company.leadlex_id, held
        )
        self._domains.setdefault(person.company.leadlex_id, person.company.domain)
        self.contacts[contact.id] = contact
        self._by_email[person.email] = contact.id
        return contact

    def search(self, text: str, decoys: int) -> list[Contact]:
        """Find contacts by a part of name or address.

        Args:
            text: What is looked for; "" finds all.
            decoys: Contacts with a longer address that an address finds before the right one.
        """
        wanted = text.strip().lower()
        if not is_mail(wanted):
            return [
                contact
                for contact in self.contacts.values()
                if wanted in contact.full_name.lower() or wanted in contact.email
            ]
        near = [self._decoy(f"x{number}.{wanted}") for number in range(decoys)]
        if wanted not in self._by_email and Dice("workspace", wanted, "kept").chance(
            STRANGERS_KEPT
        ):
            self._add(self.population.anybody(wanted))
        if wanted in self._by_email:
            near.append(self.contacts[self._by_email[wanted]])
        return near

    def _decoy(self, email: str) -> Contact:
        person = self.population.anybody(email)
        return Contact(person.leadlex_id, email, person.full_name, person.company.leadlex_id)

    def company_domain(self, company_id: str) -> str:
        """Return the domain of a company in the workspace, "" when there is no such."""
        return self._domains.get(company_id, "")

    def record(self, company: Company) -> dict[str, Any]:
        """Return the workspace's record of a company, created when there is none."""
        self._domains.setdefault(company.leadlex_id, company.domain)
        return self.companies.setdefault(
            company.leadlex_id,
            {"id": company.leadlex_id, "name": company.name, "domain": company.domain},
        )


def fill(
    held: dict[str, Any], found: dict[str, Any], names: Iterable[str], over: bool
) -> list[str]:
    """Write what was found into what is held; return the names of what changed."""
    changed = []
    for name in names:
        value = found.get(name)
        if value and held.get(name) != value and (over or not held.get(name)):
            held[name] = value
            changed.append(name)
    return changed


def person_values(person: Person) -> dict[str, str]:
    """Return what LeadLex can fill in a contact; what is unknown is empty."""
    return {
        "job_title": person.job_title,
        "company_name": person.company.name,
        "linkedin_url": person.linkedin_url,
        "phone": person.phone,
        "location": person.location,
        "seniority": person.seniority,
    }


def company_values(company: Company) -> dict[str, Any]:
    """Return what LeadLex can fill in a company; what is unknown is empty."""
    facts = asdict(company)
    return {
        "hq_location": company.location,
        **{name: facts[name] for name in COMPANY_FIELDS if name != "hq_location"},
    }


def without_blanks(values: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is empty."""
    return {name: value for name, value in values.items() if value}


def shown_person(person: Person) -> dict[str, Any]:
    """Return a person as a look-up shows it."""
    names = ("full_name", "first_name", "last_name", "job_title", "seniority", "location",
             "linkedin_url")  # fmt: skip
    return without_blanks({name: getattr(person, name) for name in names})


def shown_company(company: Company) -> dict[str, Any]:
    """Return a company as a look-up shows it."""
    names = ("name", "industry", "size", "founded_year", "description", "linkedin_url",
             "hq_location")  # fmt: skip
    values = company_values(company)
    return {"domain": company.domain} | without_blanks({name: values[name] for name in names})


def is_uuid(text: object) -> bool:
    """Tell whether something is the text of a UUID."""
    try:
        return isinstance(text, str) and str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
