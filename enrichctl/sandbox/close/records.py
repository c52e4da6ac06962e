"""The leads and contacts of the Close organisation."""

from collections.abc import Iterable
from typing import Any

from enrichctl.sandbox.close.custom_fields import CUSTOM_FIELDS, ORGANIZATION, USER, value_of
from enrichctl.sandbox.close.search import PARTS, Object
from enrichctl.sandbox.dice import Dice
from enrichctl.sandbox.makeup import Company, Person
from enrichctl.sandbox.population import STRANGERS_KEPT, Population, is_mail

TWICE_EVERY = 20  # every twentieth person of the fixed population is a contact of two leads
SINCE = "2025-02-01T10:00:00.000000+00:00"


class Records:
    """What the organisation holds. Strangers get a contact when somebody looks for them."""

    def __init__(self, population: Population) -> None:
        self.population = population
        self.leads: dict[str, Object] = {}
        self.contacts: dict[str, Object] = {}
        self._emails: dict[str, list[str]] = {}
        self._companies: dict[str, Company] = {}
        for company in population.companies.values():
            self._lead(company)
        homes = tuple(population.companies.values())
        for place, person in enumerate(population.people.values()):
            self._contact(person, person.company, person.close_contact_id)
            if place % TWICE_EVERY == 0:
                other = homes[(homes.index(person.company) + 1) % len(homes)]
                twin = f"cont_{Dice('twin', person.email).letters(43)}"
                self._contact(person, other, twin)

    def of(self, object_type: str) -> dict[str, Object]:
        """Return all objects of a type by id."""
        return self.leads if object_type == "lead" else self.contacts

    def related(self, one: Object, kind: str) -> Iterable[Object]:
        """Return an object's related objects of a type."""
        if kind == "contact":
            return [self.contacts[contact_id] for contact_id in one["contact_ids"]]
        return one.get(PARTS[kind], ())  # type: ignore[no-any-return]

    def found(self, one: Object, known: bool) -> tuple[Person | None, Company | None]:
        """Return the person and company behind an object, as Close knows them or as they are."""
        people = self.population
        lead_id = one["id"] if one["__object_type"] == "lead" else one["lead_id"]
        company: Company | None = self._companies[lead_id]
        email = one["emails"][0]["email"] if one.get("emails") else ""
        if not known:
            return people.person(email), company
        return people.person_at("close", email), people.company_at("close", company)

    def near(self, emails: list[str], decoys: int) -> list[Object]:
        """Return the objects that a search for addresses is about: theirs, and similar ones."""
        found: dict[str, Object] = {}
        for email in emails:
            if not is_mail(email):
                continue
            if email not in self._emails and Dice("close", email).chance(STRANGERS_KEPT):
                person = self.population.anybody(email)
                self._contact(person, person.company, person.close_contact_id)
            for number in range(decoys):
                similar = f"{email}.x{number}"
                if similar not in self._emails:
                    person = self.population.anybody(similar)
                    decoy_id = f"cont_{Dice('decoy', similar).letters(43)}"
                    self._contact(person, person.company, decoy_id)
                found |= self._with_leads(similar)
            found |= self._with_leads(email)
        return list(found.values())

    def _with_leads(self, email: str) -> dict[str, Object]:
        contacts = [self.contacts[one] for one in self._emails.get(email, ())]
        leads = [self.leads[one["lead_id"]] for one in contacts]
        return {one["id"]: one for one in (*contacts, *leads)}

    def _lead(self, company: Company) -> Object:
        if company.close_lead_id not in self.leads:
            self._companies[company.close_lead_id] = company
            lead = {
                "__object_type": "lead",
                "id": company.close_lead_id,
                "name": company.name,
                "display_name": company.name,
                "description": "",
                "url": company.website,
                "html_url": f"https://app.close.com/lead/{company.close_lead_id}/",
                "status_id": "stat_SandboxPotential",
                "status_label": "Potential",
                "addresses": [],
                "contact_ids": [],
                **_dated(),
            }
            self._prefill(lead)
            self.leads[company.close_lead_id] = lead
        return self.leads[company.close_lead_id]

    def _contact(self, person: Person, company: Company, contact_id: str) -> None:
        lead = self._lead(company)
        contact = {
            "__object_type": "contact",
            "id": contact_id,
            "lead_id": lead["id"],
            "name": person.full_name,
            "display_name": person.full_name,
            "title": "",
            "emails": [{"email": person.email, "type": "office", "is_unsubscribed": False}],
            "phones": [],
            "urls": [],
            "timezone": None,
            **_dated(),
        }
        self._prefill(contact)
        self.contacts[contact_id] = contact
        lead["contact_ids"].append(contact_id)
        self._emails.setdefault(person.email, []).append(contact_id)

    def _prefill(self, one: Object) -> None:
        """Give an object a fifth of its custom values, true ones."""
        dice, kind = Dice("close", one["id"]), one["__object_type"]
        for field in CUSTOM_FIELDS.values():
            if kind in field.on and dice.chance(0.2):
                value = value_of(field, *self.found(one, known=False))
                if value is not None:
                    one[f"custom.{field.id}"] = value


def _dated() -> dict[str, Any]:
    return {
        "organization_id": ORGANIZATION,
        "created_by": USER,
        "updated_by": USER,
        "date_created": SINCE,
        "date_updated": SINCE,
    }


def shown(one: Object, fields: str, contacts: Iterable[Object] = ()) -> Object:
    """Return an object as the API shows it.

    Args:
        one: The object.
        fields: Names separated by commas; "" shows all, ``custom`` all custom fields.
        contacts: A lead's contacts.
    """
    whole = {name: value for name, value in one.items() if name != "__object_type"}
    if one["__object_type"] == "lead":
        whole["contacts"] = [shown(contact, "") for contact in contacts]
    wanted = {name.strip() for name in fields.split(",") if name.strip()}
    if not wanted or "_all" in wanted:
        return whole
    every = "custom" in wanted
    return {
        name: value
        for name, value in whole.items()
        if name in wanted or (every and name.startswith("custom."))
    }
