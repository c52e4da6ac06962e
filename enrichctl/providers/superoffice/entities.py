"""What SuperOffice's carriers hold: the entity of a company as stored, and a preview of one."""

from collections.abc import Collection
from typing import Any

from enrichctl.answers import as_object, text
from enrichctl.facts import countries

# A GET on an agent explains it and does nothing: https://docs.superoffice.com/en/api/web-services
AGENT = "/api/v1/Agents/Contact"
ID, NAME, DELETED = "ContactId", "Name", "Deleted"
ADDRESS, PLACES = "Address", ("Street", "Postal")
# Field → its lines in an address.
LINES = {"address": ("Address1", "Address2", "Address3"), "city": ("City",),
         "postal_code": ("Zipcode",)}  # fmt: skip
# Field → what an entity calls it, what a preview calls it.
REACHED_BY = {"phone": ("Phones", "DirectPhone"), "email": ("Emails", "EmailAddress"),
              "website": ("Urls", "URL")}  # fmt: skip
SHOWN = ("Value", "StrippedValue")  # of an entry of Phones, Emails and Urls, best first
COUNTRY, COUNTRY_ID, ISO2 = "Country", "CountryId", "TwoLetterISOCountry"
# Part of an entity → the field without which it counts as blank.
PARTS = {ADDRESS: "address"} | {keys[0]: field for field, keys in REACHED_BY.items()}


def values(entity: dict[str, Any]) -> dict[str, str]:
    """Return the fields of an entity or a preview that hold something."""
    found: dict[str, str] = {}
    for place in PLACES:
        part = as_object(as_object(entity.get(ADDRESS)).get(place))
        lines = {field: text([part.get(key) for key in keys]) for field, keys in LINES.items()}
        if any(lines.values()):
            found |= lines
            break
    for field, keys in REACHED_BY.items():
        found[field] = next(filter(None, (_first(entity.get(key)) for key in keys)), "")
    code = home(entity).upper()
    found |= {"country_code": code, "country": countries.name(code) or ""}
    return {field: value for field, value in found.items() if value}


def home(entity: dict[str, Any]) -> str:
    """Return the code of a company's country as SuperOffice has it, "" when it has none."""
    return text(as_object(entity.get(COUNTRY)).get(ISO2))


def same_country(entity: dict[str, Any], preview: dict[str, Any]) -> bool:
    """Tell whether a preview is of an entity's country, as far as both tell theirs."""
    land = preview.get(COUNTRY_ID)
    return land in (None, 0, as_object(entity.get(COUNTRY)).get(COUNTRY_ID) or land)


def kept(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return of both what is read again, and shows the difference."""
    parts = (ID, NAME, ADDRESS, COUNTRY, *(key for keys in REACHED_BY.values() for key in keys))
    return {
        moment: {key: entity[key] for key in parts if key in entity}
        for moment, entity in (("before", before), ("after", after))
    }


def merged(
    before: dict[str, Any], after: dict[str, Any], overwrite: Collection[str]
) -> dict[str, Any]:
    """Return an enriched entity in which what was held stands, unless it may be overwritten."""
    held = values(before).keys() - overwrite
    return after | {part: before[part] for part, field in PARTS.items() if field in held}


def _first(value: Any) -> str:
    """Return the first text of a list of entries, or a preview's only one."""
    if not isinstance(value, list):
        return text(value)
    texts = (text(as_object(entry).get(key)) for entry in value for key in SHOWN)
    return next(filter(None, texts), "")
