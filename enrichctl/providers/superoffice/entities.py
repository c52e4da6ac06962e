"""What SuperOffice's carriers hold: the entity of a company as stored, and a preview of one."""

from collections.abc import Set as AbstractSet
from typing import Any

from enrichctl.answers import as_object, text
from enrichctl.facts import countries, spelling

# A GET on an agent explains it and does nothing: https://docs.superoffice.com/en/api/web-services
AGENT = "/api/v1/Agents/Contact"
ID, NAME, DELETED = "ContactId", "Name", "Deleted"
ADDRESS, PLACES, WIDER = "Address", ("Street", "Postal"), ("County", "State")
# Field → its lines in an address.
LINES = {"address": ("Address1", "Address2", "Address3"), "city": ("City",),
         "postal_code": ("Zipcode",)}  # fmt: skip
# Field → what an entity calls it, what a preview calls it.
REACHED_BY = {"phone": ("Phones", "DirectPhone"), "email": ("Emails", "EmailAddress"),
              "website": ("Urls", "URL")}  # fmt: skip
SHOWN = ("Value", "StrippedValue")  # of an entry of Phones, Emails and Urls, best first
COUNTRY, COUNTRY_ID, ISO2 = "Country", "CountryId", "TwoLetterISOCountry"
# Part of an entity → the field for which it is replaced.
PARTS = {ADDRESS: "address", COUNTRY: "country_code"} | {
    keys[0]: field for field, keys in REACHED_BY.items()
}


def values(entity: dict[str, Any]) -> dict[str, str]:
    """Return the fields of an entity or a preview that hold something."""
    addresses = (
        {field: text([place.get(key) for key in keys]) for field, keys in LINES.items()}
        for place in _places(entity)
    )
    # The first that is whole: a town alone is less than an address.
    found = max(addresses, key=lambda lines: (bool(lines["address"]), any(lines.values())))
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
    before: dict[str, Any], after: dict[str, Any], overwrite: AbstractSet[str]
) -> dict[str, Any]:
    """Return the entity to save: as it was held, but for parts that were blank or may be replaced.

    Documented of an enrichment are address, phone and e-mail: whatever else it may have changed is
    not saved, and nothing is replaced by a blank.
    """
    found = values(after)
    taken = {
        part: after[part]
        for part, field in PARTS.items()
        if (_holds(after, part) if not _holds(before, part) else field in found.keys() & overwrite)
    }
    return before | taken


def settled(
    before: dict[str, str], after: dict[str, str], overwrite: AbstractSet[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the fields that stand as they were held, and those that are as enriched.

    The lines of an address are one thing: of two addresses no third one is made.
    """
    lines = LINES.keys()
    both = lines & before.keys() & after.keys()
    if any(spelling.fold(before[name]) != spelling.fold(after[name]) for name in both):
        if "address" in after and not lines.isdisjoint(overwrite):
            before = {name: value for name, value in before.items() if name not in lines}
        else:
            after = {name: value for name, value in after.items() if name not in lines}
    held = {n: v for n, v in before.items() if n not in after or n not in overwrite}
    return held, {name: value for name, value in after.items() if name not in held}


def _places(entity: dict[str, Any]) -> list[dict[str, Any]]:
    return [as_object(as_object(entity.get(ADDRESS)).get(place)) for place in PLACES]


def _holds(entity: dict[str, Any], part: str) -> bool:
    """Tell whether a part of an entity holds something."""
    if part == COUNTRY:
        return bool(home(entity))
    if part != ADDRESS:
        return bool(_first(entity.get(part)))
    keys = (*WIDER, *(key for line in LINES.values() for key in line))
    return any(text(place.get(key)) for place in _places(entity) for key in keys)


def _first(value: Any) -> str:
    """Return the first text of a list of entries, or a preview's only one."""
    if not isinstance(value, list):
        return text(value)
    texts = (text(as_object(entry).get(key)) for entry in value for key in SHOWN)
    return next(filter(None, texts), "")
