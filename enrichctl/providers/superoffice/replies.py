"""What SuperOffice's carriers hold: the entity of a company as stored, and a preview of one."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from enrichctl.facts import countries, spelling
from enrichctl.json_values import as_object, objects, text
from enrichctl.providers.superoffice.address import PLACES, WIDER, address_part

# A GET on an agent explains it and does nothing: https://docs.superoffice.com/en/api/web-services
AGENT = "/api/v1/Agents/Contact"
ID, NAME, DELETED = "ContactId", "Name", "Deleted"
ADDRESS, DOMAINS = "Address", "Domains"
# Field → its lines in an address.
LINES = {"address": ("Address1", "Address2", "Address3"), "city": ("City",),
         "postal_code": ("Zipcode",)}  # fmt: skip
# Field → what an entity calls it, what a preview calls it.
REACHED_BY = {"phone": ("Phones", "DirectPhone"), "email": ("Emails", "EmailAddress"),
              "website": ("Urls", "URL")}  # fmt: skip
SHOWN = ("Value", "StrippedValue")  # of an entry of Phones, Emails and Urls, best first
COUNTRY, COUNTRY_ID, ISO2 = "Country", "CountryId", "TwoLetterISOCountry"
# "address, phone number, and email": all that an enrichment is documented to update.
BOUGHT = frozenset({*LINES, "phone", "email"})
# Part of an entity → the field for which it is replaced.
PARTS = {COUNTRY: "country_code"} | {keys[0]: field for field, keys in REACHED_BY.items()}
# What an entity consists of, for those that SuperOffice finds fault with: others are not shown.
PROPERTIES = frozenset({
    "ContactId", "Name", "Department", "OrgNr", "Number1", "Number2", "Emails", "Interests", "Urls",
    "Phones", "Faxes", "Description", "Associate", "Business", "Category", "Country", "Persons",
    "NoMailing", "Kananame", "Xstop", "GroupId", "SupportAssociate", "TicketPriority",
    "CustomerLanguage", "Deleted", "SupportPerson", "Address", "Source", "BounceEmails", "Domains",
    "UserDefinedFields", "ExtraFields", "CustomFields",
})  # fmt: skip

Fields = dict[str, str]


def values(entity: dict[str, Any]) -> Fields:
    """Return the fields of an entity or a preview that hold something."""
    return settled({}, entity, frozenset())[1]


def home(entity: dict[str, Any]) -> str:
    """Return the code of a company's country as SuperOffice has it, "" when it has none."""
    return text(as_object(entity.get(COUNTRY)).get(ISO2))


def home_id(entity: dict[str, Any]) -> Any:
    """Return SuperOffice's own number of a company's country, None when it has none."""
    return as_object(entity.get(COUNTRY)).get(COUNTRY_ID) or None


def with_website_of(preview: dict[str, Any], entity: dict[str, Any]) -> dict[str, Any]:
    """Return an entity with the web address that a preview shows, where it shows one.

    An enrichment is not documented to bring any: what came with it is not looked at.
    """
    entities, shown = REACHED_BY["website"]
    url = text(preview.get(shown))
    if not url:
        return entity
    return entity | {entities: [{"Value": url, "StrippedValue": url, "Description": ""}]}


def kept(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return of both what is read again, and shows the difference."""
    parts = (
        ID,
        NAME,
        DOMAINS,
        ADDRESS,
        COUNTRY,
        *(key for keys in REACHED_BY.values() for key in keys),
    )
    return {
        moment: {key: entity[key] for key in parts if key in entity}
        for moment, entity in (("before", before), ("after", after))
    }


def merged(
    before: dict[str, Any], after: dict[str, Any], overwrite: AbstractSet[str]
) -> dict[str, Any]:
    """Return the entity to save: as it was held, but for what was blank or may be replaced.

    Documented of an enrichment are address, phone and e-mail: whatever else it may have changed is
    not saved, and nothing is replaced by a blank. What `settled` calls found is what is saved.
    """
    found = values(after)
    taken = {
        part: after[part]
        for part, field in PARTS.items()
        if (_holds(after, part) if not _holds(before, part) else field in found.keys() & overwrite)
    }
    addresses = dict(_addresses(before, after, overwrite))
    if addresses:
        taken[ADDRESS] = as_object(before.get(ADDRESS)) | addresses
    return before | taken


def lost(entity: dict[str, Any], before: dict[str, Any], saved: dict[str, Any]) -> list[str]:
    """Return the fields that an entity was saved with and of which nothing came back."""
    shown = values(saved).keys()
    return [field for field in settled(before, entity, frozenset())[1] if field not in shown]


def settled(
    before: dict[str, Any], after: dict[str, Any], overwrite: AbstractSet[str]
) -> tuple[Fields, Fields]:
    """Return the fields that stand as they were held, and those that are as enriched.

    Of the two addresses the one that is whole is shown, the street's before the postal one.
    """
    held, found = _settled(_reached(before), _reached(after), overwrite)
    places = (settled_lines(_lines(before, n), _lines(after, n), overwrite) for n in PLACES)
    old, new = max(places, key=lambda pair: ("address" in pair[0] | pair[1], any(pair)))
    return held | old, found | new


def settled_lines(
    before: Fields, after: Fields, overwrite: AbstractSet[str]
) -> tuple[Fields, Fields]:
    """Return what stands and what is found of one address: of two, no third one is made."""
    both = before.keys() & after.keys()
    if any(spelling.fold(before[name]) != spelling.fold(after[name]) for name in both):
        if "address" in after and not LINES.keys().isdisjoint(overwrite):
            before = {}
        else:
            after = {}
    return _settled(before, after, overwrite)


def _settled(before: Fields, after: Fields, overwrite: AbstractSet[str]) -> tuple[Fields, Fields]:
    held = {n: v for n, v in before.items() if n not in after or n not in overwrite}
    return held, {name: value for name, value in after.items() if name not in held}


def _addresses(
    before: dict[str, Any], after: dict[str, Any], overwrite: AbstractSet[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each of the two addresses to which something is added, in its structured form.

    "You only need to modify one of the two [forms] for the change to be registered": the
    localized form goes back as it came.
    """
    for name in PLACES:
        old, new = address_part(before, name), address_part(after, name)
        held, found = settled_lines(_lines(before, name), _lines(after, name), overwrite)
        keys = [key for field in found for key in LINES[field]]
        if found and not held:  # the whole of it, so that no line of another is left
            keys = [*(key for lines in LINES.values() for key in lines), *WIDER]
        if any(text(new.get(key)) != text(old.get(key)) for key in keys):
            yield name, old | {key: new.get(key) or "" for key in keys}


def _reached(entity: dict[str, Any]) -> Fields:
    """Return how a company is reached, and where in the world it is."""
    found = {
        field: next(filter(None, (_first(entity.get(key)) for key in keys)), "")
        for field, keys in REACHED_BY.items()
    }
    code = home(entity).upper()
    found |= {"country_code": code, "country": countries.name(code) or ""}
    return {field: value for field, value in found.items() if value}


def _lines(entity: Mapping[str, Any], name: str) -> Fields:
    """Return the fields of one of the two addresses."""
    whole = address_part(entity, name)
    found = {field: text([whole.get(key) for key in keys]) for field, keys in LINES.items()}
    return {field: value for field, value in found.items() if value}


def _holds(entity: dict[str, Any], part: str) -> bool:
    """Tell whether a part of an entity holds something."""
    return bool(home(entity) if part == COUNTRY else _first(entity.get(part)))


def _first(value: Any) -> str:
    """Return the first text of a list of entries, or a preview's only one."""
    if not isinstance(value, list):
        return text(value)
    texts = (text(entry.get(key)) for entry in objects(value) for key in SHOWN)
    return next(filter(None, texts), "")
