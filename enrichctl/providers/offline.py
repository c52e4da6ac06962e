"""What follows from the row itself: no key, no network, no cost.

A guess never overrides a fact. Cells that are filled are not derived again, and nothing is
derived that contradicts one: a phone gives no country to a row that names another.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from enrichctl.facts import countries, domains, mailboxes, names, regions, spelling, titles
from enrichctl.facts.words import plain
from enrichctl.model import Match, Query, Value
from enrichctl.provider import Local

if TYPE_CHECKING:  # slow to import
    from enrichctl.facts.phones import NumberOrigin

_SURE_OF_KIND = {"malformed": 1.0, "disposable": 0.95, "free": 0.95, "role": 0.9, "person": 0.7}
_CANONICAL: Mapping[str, Callable[[str], str | None]] = {
    "email": spelling.email,
    "linkedin_url": spelling.profile_url,
}
_PHONES = ("phone", "mobile")
_NORTH_AMERICA = "+1"


@dataclass(slots=True)
class _Lead:
    """One row, what is wanted of it, and what has been found so far."""

    inputs: Mapping[str, str]
    wants: frozenset[str]
    region: str
    found: Match

    def wanted(self, *fields: str) -> bool:
        return not self.wants.isdisjoint(fields)

    def give(self, field: str, text: str | None, sure: float, source: str) -> None:
        if text and field in self.wants and field not in self.found:
            self.found[field] = Value(text, sure, source)


class Offline(Local):
    """Derives facts from the cells of a row."""

    name = "offline"
    title = "Offline"
    portable = True
    about = ()  # it says nothing but what the row says
    needs = (
        ("email",),
        ("full_name",),
        ("first_name", "last_name"),
        ("phone",),
        ("mobile",),
        ("job_title",),
        ("country",),
        ("country_code",),
        ("company_domain",),
        ("website",),
        ("linkedin_url",),
    )
    uses = (
        "email", "first_name", "last_name", "full_name", "job_title", "phone", "mobile",
        "linkedin_url", "company_domain", "website", "location", "city", "postal_code",
        "country", "country_code",
    )  # fmt: skip
    default_wants = (
        "first_name", "last_name", "full_name", "seniority", "department", "company_name",
        "company_domain", "website", "region", "country", "country_code", "timezone",
        "email_kind", "phone_e164",
    )  # fmt: skip
    finds = ("email", "phone", "mobile", "linkedin_url", *default_wants)

    def derive(self, query: Query) -> Match:
        """Return what follows from the row, each value with how sure it is.

        Fields of ``query.overwrite`` come back in canonical form where that differs and is certain.
        """
        inputs = {field: text for field, text in query.inputs.items() if text.strip()}
        lead = _Lead(inputs, frozenset(query.wants) - inputs.keys(), query.region, {})
        for derive in (_names, _company, _places, _title, _email):
            derive(lead)
        _respell(lead, query.overwrite)
        return lead.found

    def unfound(self, query: Query) -> Mapping[str, str]:
        """See `Local.unfound`: of a number without a country, why it has none."""
        inputs = query.inputs
        texts = [text for name in _PHONES if (text := inputs.get(name))]
        if not texts or "phone_e164" not in query.wants:
            return {}
        stated = inputs.get("country_code") or inputs.get("country", "")
        if any("+" in text for text in texts) or countries.code(stated):
            return {"phone_e164": "it is no number of the plan of its country as it is today"}
        return {"phone_e164": why} if (why := regions.doubt(inputs)) else {}


def _names(lead: _Lead) -> None:
    if not lead.wanted("first_name", "last_name", "full_name"):
        return
    inputs = lead.inputs
    country = countries.code(inputs.get("country_code") or inputs.get("country", "")) or ""
    first, last, full = (inputs.get(f, "") for f in ("first_name", "last_name", "full_name"))
    if full:
        parts = names.split(full, country, inputs.get("email", ""))
        _names_from_full(lead, full, first, last, parts)
    elif first and last:
        lead.give("full_name", names.join(first, last), 0.95, "first_name,last_name")
    elif (spelled := names.from_email(inputs.get("email", ""), country)) and (
        plain(first) in {"", plain(spelled.first)} and plain(last) in {"", plain(spelled.last)}
    ):
        first, last = first.strip() or spelled.first, last.strip() or spelled.last
        for field, text in (
            ("first_name", first),
            ("last_name", last),
            ("full_name", f"{first} {last}"),
        ):
            lead.give(field, text, spelled.sure, "email")
    elif first and not inputs.get("email"):
        lead.give("full_name", names.alone(first), 0.7, "first_name")


def _names_from_full(
    lead: _Lead, full: str, first: str, last: str, parts: names.Name | None
) -> None:
    if first or last:
        missing = "last_name" if first else "first_name"
        lead.give(missing, names.rest_of(full, first or last), 0.95, "full_name")
    elif parts:
        lead.give("first_name", parts.first, parts.sure, "full_name")
        lead.give("last_name", parts.last, parts.sure, "full_name")


def _company(lead: _Lead) -> None:
    if not lead.wanted("company_domain", "website", "company_name"):
        return
    for source, sure in (("company_domain", 1.0), ("website", 0.95), ("email", 0.85)):
        text = lead.inputs.get(source, "")
        if source == "email":
            text = spelling.email(text) or ""
        if text and (own := domains.company(text)):
            lead.give("company_domain", own, sure, source)
            lead.give("website", f"https://{own}", min(sure, 0.8), source)
            lead.give("company_name", domains.company_name(text), 0.5, source)
            return


def _places(lead: _Lead) -> None:
    if not lead.wanted("phone_e164", "country", "country_code", "region", "timezone"):
        return
    inputs = lead.inputs
    stated = "country_code" if inputs.get("country_code") else "country"
    code, sure = countries.code(inputs.get(stated, "")), 1.0
    if not (inputs.get("country") or inputs.get("country_code")):
        stated, sure = "location", 0.9
        code = regions.country_of_location(inputs.get("location", "")) or None
    if code:
        lead.give("country_code", code, sure, stated)
        lead.give("country", countries.name(code), sure, stated)
        if lead.wanted("timezone") and not any(inputs.get(one) for one in _PHONES):
            from enrichctl.facts.phones import zone_of_country  # noqa: PLC0415 - slow to import

            lead.give("timezone", zone_of_country(code), 0.9, stated)
    found = list(_numbers(lead, lead.region if stated == "location" else code or lead.region))
    for source, place, explicit in found[:1]:
        lead.give("phone_e164", place.e164, 1.0 if explicit else 0.9, source)
    # A country cell that is not understood may well be another country than the phone's.
    unread = not code and (inputs.get("country") or inputs.get("country_code"))
    if unread or len({place.country_code for _, place, _ in found} | ({code} - {None})) != 1:
        return
    for source, place, explicit in found:
        sure = 0.9 if explicit else 0.6
        lead.give("country_code", place.country_code, sure, source)
        lead.give("country", countries.name(place.country_code), sure, source)
        # North American numbers move house with their owners.
        moves = place.e164.startswith(_NORTH_AMERICA)
        lead.give("timezone", place.timezone, 0.6 if moves else 0.9, source)
        if not inputs.get("city") and not inputs.get("postal_code"):
            lead.give("region", place.region, 0.6 if moves else 0.7, source)


def _numbers(lead: _Lead, region: str) -> Iterator[tuple[str, "NumberOrigin", bool]]:
    """Yield the row's valid numbers, and whether each states its country itself."""
    from enrichctl.facts import phones  # noqa: PLC0415 - slow to import

    for source in _PHONES:
        text = lead.inputs.get(source)
        if not text:
            continue
        if place := phones.place(text):
            yield source, place, True
        elif region and (place := phones.place(text, region)):
            yield source, place, False


def _title(lead: _Lead) -> None:
    text = lead.inputs.get("job_title", "")
    if lead.wanted("seniority"):
        lead.give("seniority", titles.seniority(text), 0.9, "job_title")
    if lead.wanted("department"):
        lead.give("department", titles.department(text), 0.85, "job_title")


def _email(lead: _Lead) -> None:
    if lead.wanted("email_kind") and (text := lead.inputs.get("email")):
        kind = mailboxes.kind(text)
        lead.give("email_kind", kind, _SURE_OF_KIND[kind], "email")


def _respell(lead: _Lead, fields: frozenset[str]) -> None:
    for field, text in lead.inputs.items():
        if field not in fields:
            continue
        if field in _PHONES:
            country = lead.inputs.get("country_code") or lead.inputs.get("country", "")
            # What the user has said of rows without a country is no guess; a country that is not
            # understood may well be another one.
            region = countries.code(country) or "" if country else lead.region
            spelled = spelling.phone(text, region)
        elif field in _CANONICAL:
            spelled = _CANONICAL[field](text)
        else:
            continue
        if spelled and spelled != text:
            lead.found[field] = Value(spelled, 1.0, field)
