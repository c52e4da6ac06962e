"""The companies in the SuperOffice tenant, as the carriers of its API."""

import re
from collections.abc import Callable
from typing import Any

from enrichctl.sandbox.dice import Dice
from enrichctl.sandbox.makeup import LAND, Company, slug
from enrichctl.sandbox.population import STRANGERS_KEPT, Population
from enrichctl.sandbox.superoffice.address import address, localized_alone, saved
from enrichctl.sandbox.words import Land

SINCE = "2025-05-01T12:00:00Z"

Entity = dict[str, Any]


class Entities:
    """What the tenant holds. Strangers get a company when somebody looks for them."""

    def __init__(self, population: Population) -> None:
        self.population = population
        self.saved: dict[int, Entity] = {}
        self._names: set[str] = set()
        self.offers: dict[int, Company] = {}  # EnrichId → what the provider of the data has
        for company in population.companies.values():
            self._add(company)

    def _add(self, company: Company) -> None:
        dice = Dice("superoffice", company.domain, company.country_code)
        held = {name: part for name, part in _parts(company).items() if dice.chance(0.2)}
        self.saved[company.superoffice_id] = _blank(company) | held
        self._names.add(slug(company.name))

    def load(self, contact_id: Any) -> Entity | None:
        """Return a company, None when there is no such."""
        try:
            return self.saved.get(int(contact_id))
        except (TypeError, ValueError):
            return None

    def save(self, entity: Entity) -> Entity | None:
        """Store a whole entity as it is sent; what was nulled stays null."""
        known = self.saved.get(entity.get("ContactId") or 0)
        if known is None:
            return None
        whole = {name: entity.get(name) for name in known}
        whole["Address"] = saved(whole["Address"], known["Address"])
        self.saved[known["ContactId"]] = whole
        return self.load(known["ContactId"])

    def named(self, names: list[str]) -> None:
        """Give names that a filter compares with a company, where chance has it."""
        for name in names:
            if slug(name) not in self._names and Dice("tenant", slug(name)).chance(STRANGERS_KEPT):
                self._add(self.population.named(name))

    def with_name(self, name: str) -> list[Entity]:
        """Return the companies of a name, compared in lower case; "" returns all."""
        every = self.saved.values()
        return [one for one in every if not name or (one["Name"] or "").lower() == name]

    def candidates(self, name: str, country_code: str) -> list[tuple[int, Company]]:
        """Return what the data provider offers for a name in a country: EnrichId and company."""
        found = []
        own = self.population.named(name, country_code)
        for company in (own, self.population.named(f"{name} Holding", country_code)):
            known = self.population.company_at("superoffice", company)
            if company.country_code == country_code.upper() and (known or company is not own):
                offer = known or company
                self.offers[offer.superoffice_enrich_id] = offer
                found.append((offer.superoffice_enrich_id, offer))
        return found


def element(value: str) -> Entity:
    """Return one entry of Phones, Emails or Urls."""
    return {"Value": value, "StrippedValue": value, "Description": ""}


def enriched(entity: Entity, company: Company) -> Entity:
    """Return an entity "with address, phone number, and email" as the data provider has them."""
    return entity | {name: part for name, part in _parts(company).items() if name != "Urls"}


def _parts(company: Company) -> Entity:
    texts = {"Phones": company.phone, "Emails": company.email, "Urls": company.website}
    parts = {name: [element(text)] for name, text in texts.items() if text}
    return {"Address": address(company), **parts}


def item(rank: int, where: str, enrich_id: int, company: Company) -> Entity:
    """Return an offer as an MDOListItem, with the EnrichId where that is switched to be."""
    in_id = where == "Id"
    return _item(enrich_id if in_id else rank, company.name, rank) | {
        "ToolTip": f"{company.address}, {company.postal_code} {company.city}",
        "Type": "enrichcontact",
        "ExtraInfo": "" if in_id else str(enrich_id),
    }


def preview(company: Company) -> Entity:
    """Return what an enrichment would bring, as a PreviewContact."""
    return {
        "ContactId": 0,
        "Name": company.name,
        "Department": "",
        "CountryId": LAND[company.country_code].number,
        "Number2": "",
        "DirectPhone": company.phone,
        "URL": company.website,
        "EmailAddress": company.email,
        "BusinessName": company.industry,
        "CategoryName": "",
        "AssociateFullName": "",
        "Address": localized_alone(company),
    }


def country(rank: int, land: Land) -> Entity:
    """Return a country as an MDOListItem: its id is the CountryId of a company there."""
    return _item(land.number, land.name, rank)


def _item(number: int, name: str, rank: int) -> Entity:
    return {
        "Id": number,
        "Name": name,
        "ToolTip": name,
        "Deleted": False,
        "Rank": rank,
        "Type": "",
        "ChildItems": [],
        "IconHint": "",
        "ColorBlock": 0,
        "ExtraInfo": "",
        "StyleHint": "",
        "FullName": name,
    }


def row(entity: Entity) -> Entity:
    """Return a company as a row of the archive, by column names."""
    street = (entity.get("Address") or address(None)).get("Street") or {}
    country = entity.get("Country") or {}
    held = {
        "contactId": entity["ContactId"],
        "name": entity["Name"],
        "department": entity["Department"],
        "orgnr": entity["OrgNr"],
        "country": country.get("Name"),
        "countryId": country.get("CountryId"),
        "contactDeleted": bool(entity["Deleted"]),
        "email/emailAddress": _first(entity, "Emails"),
        "contactPhone/formattedNumber": _first(entity, "Phones"),
        "url/URLAddress": _first(entity, "Urls"),
        "streetAddress/city": street.get("City"),
        "streetAddress/zip": street.get("Zipcode"),
    }
    return {"PrimaryKey": entity["ContactId"], "EntityName": "contact", **held}


def _first(entity: Entity, name: str) -> str:
    values = entity.get(name)
    return values[0]["Value"] if values else ""


CONDITION = re.compile(
    r"\s*([A-Za-z/]+)\s+(is|isNot|begins|contains|notContains|eq|ne)\s+"
    r"(?:'((?:[^'\\]|\\.)*)'|(\d+))\s*"
)
MATCHES: dict[str, Callable[[str, str], bool]] = {
    "is": lambda held, wanted: held == wanted,
    "isNot": lambda held, wanted: held != wanted,
    "begins": lambda held, wanted: held.startswith(wanted),
    "contains": lambda held, wanted: wanted in held,
    "notContains": lambda held, wanted: wanted not in held,
    "eq": lambda held, wanted: held == wanted,
    "ne": lambda held, wanted: held != wanted,
}


def read_filter(text: str) -> tuple[Callable[[Entity], bool], list[str], str]:
    """Turn a ``$filter`` into a test of archive rows.

    Returns:
        The test, the names that it compares with, and the one that a name must be, lower-cased,
        "" when it may be any.

    Conditions joined by ``and``; a quote inside a text is escaped by a backslash.

    Raises:
        ValueError: If it is not understood.
    """
    tests: list[tuple[str, str, str]] = []
    names, at = [], 0
    while at < len(text):
        found = CONDITION.match(text, at)
        if found is None:
            raise ValueError(text)
        column, operator, quoted, number = found.groups()
        wanted = number if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        tests.append((column.lower(), operator, wanted.lower()))
        if column.lower() == "name":
            names.append(wanted)
        at = found.end()
        if at < len(text):
            joint = re.compile(r"and\s+").match(text, at)
            if joint is None:
                raise ValueError(text)
            at = joint.end()

    def passes(one: Entity) -> bool:
        held = {name.lower(): str(value or "").lower() for name, value in one.items()}
        return all(MATCHES[how](held.get(column, ""), wanted) for column, how, wanted in tests)

    exact = [wanted for column, how, wanted in tests if (column, how) == ("name", "is")]
    return passes, names, exact[0] if exact else ""


def _blank(company: Company) -> Entity:
    land = LAND[company.country_code]
    person = {"AssociateId": 10, "Name": "SANDY", "FullName": "Sandy Box"}
    return {
        "ContactId": company.superoffice_id,
        "Name": company.name,
        "Department": "",
        "OrgNr": str(900_000_000 + company.superoffice_id % 99_999_999),
        "Number1": "",
        "Number2": "",
        "UpdatedDate": SINCE,
        "CreatedDate": SINCE,
        "Emails": [],
        "Interests": [],
        "Urls": [],
        "Phones": [],
        "Faxes": [],
        "Description": "",
        "UpdatedBy": person,
        "CreatedBy": person,
        "Associate": person,
        "Business": {"Id": 1, "Value": company.industry},
        "Category": {"Id": 1, "Value": "Prospect"},
        "Country": {
            "CountryId": land.number,
            "Name": land.name,
            "EnglishName": land.name,
            "TwoLetterISOCountry": land.code,
        },
        "Persons": [],
        "NoMailing": False,
        "Xstop": False,
        "Deleted": 0,
        "Address": address(None),
        "Source": 0,
        "BounceEmails": [],
        "Domains": [company.domain],
        "UserDefinedFields": {},
        "ExtraFields": {},
        "CustomFields": {},
        "TableRight": None,
        "FieldProperties": {},
    }
