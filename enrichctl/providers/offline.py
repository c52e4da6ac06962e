"""What follows from the row itself: no key, no network, no cost.

A guess never overrides a fact. Cells that are filled are not derived again, and nothing is
derived that contradicts one: a phone gives no country to a row that names another.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from enrichctl.facts import countries, domains, mailboxes, names, regions, spelling, titles
from enrichctl.facts.words import plain
from enrichctl.model import Match, Query, Value
from enrichctl.provider import Local

if TYPE_CHECKING:  # slow to import
    from enrichctl.facts.phones import NumberOrigin

_SURE_OF_KIND = {"malformed": 1.0, "disposable": 0.95, "free": 0.95, "role": 0.9, "person": 0.7}
_OF_KIND = {
    kind: (("email_kind", Value(kind, sure, "email")),) for kind, sure in _SURE_OF_KIND.items()
}
_CANONICAL: Mapping[str, Callable[[str], str | None]] = {
    "email": spelling.email,
    "linkedin_url": spelling.profile_url,
}
_PHONES = ("phone", "mobile")
_NORTH_AMERICA = "+1"
_CACHE = 1 << 10  # enough for what repeats; memory must not grow with the file


Facts = Sequence[tuple[str, Value]]
"""What some cells give: field and value, the better ones of a field first."""


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
    rewrites = ("email", "phone", "mobile", "linkedin_url")
    finds = (*rewrites, *default_wants)

    def derive(self, query: Query) -> Match:
        """Return what follows from the row, each value with how sure it is.

        Fields of ``query.overwrite`` come back in canonical form where that differs and is certain.
        """
        inputs = {field: text for field, text in query.inputs.items() if text.strip()}
        wants = frozenset(query.wants) - inputs.keys()
        found: Match = {}
        for gives, facts in _FACTS:
            if not wants.isdisjoint(gives):
                for field, value in facts(inputs, wants, query.region):
                    if field in wants and field not in found:
                        found[field] = value
        if query.overwrite:
            _respell(inputs, query.overwrite, query.region, found)
        return found

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


def _fact(field: str, text: str | None, sure: float, source: str) -> Facts:
    return ((field, Value(text, sure, source)),) if text else ()


def _names(inputs: Mapping[str, str], wants: frozenset[str], region: str) -> Facts:
    del wants, region
    first, last, full = (inputs.get(f, "") for f in ("first_name", "last_name", "full_name"))
    if first and last and not full:
        return _fact("full_name", names.join(first, last), 0.95, "first_name,last_name")
    country = countries.code(inputs.get("country_code") or inputs.get("country", "")) or ""
    email = inputs.get("email", "")
    if full:
        return _names_from_full(full, first, last, names.split(full, country, email))
    if (spelled := names.from_email(email, country)) and (
        plain(first) in {"", plain(spelled.first)} and plain(last) in {"", plain(spelled.last)}
    ):
        first, last = first.strip() or spelled.first, last.strip() or spelled.last
        parts = (("first_name", first), ("last_name", last), ("full_name", f"{first} {last}"))
        return [(field, Value(text, spelled.sure, "email")) for field, text in parts]
    if first and not email:
        return _fact("full_name", names.alone(first), 0.7, "first_name")
    return ()


def _names_from_full(full: str, first: str, last: str, parts: names.Name | None) -> Facts:
    if first or last:
        missing = "last_name" if first else "first_name"
        return _fact(missing, names.rest_of(full, first or last), 0.95, "full_name")
    if not parts:
        return ()
    sure = parts.sure
    return [
        *_fact("first_name", parts.first, sure, "full_name"),
        *_fact("last_name", parts.last, sure, "full_name"),
    ]


def _company(inputs: Mapping[str, str], wants: frozenset[str], region: str) -> Facts:
    del wants, region
    for source, sure in (("company_domain", 1.0), ("website", 0.95)):
        text = inputs.get(source)
        if text and (own := domains.company(text)):
            return _of_company(own, sure, source)
    address = spelling.email(inputs.get("email", ""))
    own = address and domains.company_at(address.rpartition("@")[2])
    return _of_company(own, 0.85, "email") if own else ()


@lru_cache(_CACHE)
def _of_company(own: str, sure: float, source: str) -> Facts:
    return (
        *_fact("company_domain", own, sure, source),
        *_fact("website", f"https://{own}", min(sure, 0.8), source),
        *_fact("company_name", domains.name_in(own), 0.5, source),
    )


def _places(inputs: Mapping[str, str], wants: frozenset[str], region: str) -> Facts:
    stated = "country_code" if inputs.get("country_code") else "country"
    country = inputs.get(stated, "")
    code, sure = countries.code(country) if country else None, 1.0
    if not country:
        stated, sure = "location", 0.9
        code = regions.country_of_location(inputs.get("location", "")) or None
    is_told = bool(code) and stated != "location"
    told, region = (stated, code or "") if is_told else ("", region)
    found = _numbers(inputs, region, told)
    facts = list(_of_country(code, sure, stated)) if code else []
    if code and "timezone" in wants and not any(inputs.get(one) for one in _PHONES):
        from enrichctl.facts.phones import zone_of_country  # noqa: PLC0415 - slow to import

        facts += _fact("timezone", zone_of_country(code), 0.9, stated)
    for source, place, explicit in found[:1]:
        facts.append(("phone_e164", Value(place.e164, 1.0 if explicit else 0.9, source)))
    # A country cell that is not understood may well be another country than the phone's.
    lands = {place.country_code for _, place, _ in found}
    if (country and not code) or len(lands | {code} if code else lands) != 1:
        return facts
    has_town = bool(inputs.get("city") or inputs.get("postal_code"))
    for source, place, explicit in found:
        # North American numbers move house with their owners.
        moves = place.e164.startswith(_NORTH_AMERICA)
        where = place.country_code, "" if has_town else place.region, place.timezone
        facts += _of_number(where, source, explicit, moves)
    return facts


@lru_cache(_CACHE)
def _of_country(code: str, sure: float, source: str) -> Facts:
    return (
        *_fact("country_code", code, sure, source),
        *_fact("country", countries.name(code), sure, source),
    )


@lru_cache(_CACHE)  # far fewer places than numbers
def _of_number(where: tuple[str, str, str], source: str, explicit: bool, moves: bool) -> Facts:
    country_code, region, timezone = where
    return (
        *_of_country(country_code, 0.9 if explicit else 0.6, source),
        *_fact("timezone", timezone, 0.6 if moves else 0.9, source),
        *_fact("region", region, 0.6 if moves else 0.7, source),
    )


def _numbers(
    inputs: Mapping[str, str], region: str, stated: str
) -> list[tuple[str, "NumberOrigin", bool]]:
    """Return the row's valid numbers with where they are from, and whether each states its country.

    Of one that does not, the country is ``region``, which the row has ``stated`` in that cell.
    """
    found: list[tuple[str, NumberOrigin, bool]] = []
    for source in _PHONES:
        text = inputs.get(source)
        if not text:
            continue
        from enrichctl.facts.phones import origin_of  # noqa: PLC0415 - slow to import

        if number := origin_of(text):
            found.append((source, number, True))
        elif region and (number := origin_of(text, region)):
            found.append((f"{source},{stated}" if stated else source, number, False))
    return found


def _title(inputs: Mapping[str, str], wants: frozenset[str], region: str) -> Facts:
    del wants, region
    return _of_title(inputs.get("job_title", ""))


@lru_cache(_CACHE)
def _of_title(text: str) -> Facts:
    return (
        *_fact("seniority", titles.seniority(text), 0.9, "job_title"),
        *_fact("department", titles.department(text), 0.85, "job_title"),
    )


def _email(inputs: Mapping[str, str], wants: frozenset[str], region: str) -> Facts:
    del wants, region
    text = inputs.get("email")
    return _OF_KIND[mailboxes.kind(text)] if text else ()


def _respell(inputs: Mapping[str, str], fields: frozenset[str], region: str, found: Match) -> None:
    """Add the canonical form of cells that may be overwritten, where it differs."""
    for field, text in inputs.items():
        if field not in fields:
            continue
        source = field
        if field in _PHONES:
            stated = "country_code" if inputs.get("country_code") else "country"
            country = inputs.get(stated, "")
            source = f"{field},{stated}" if country and "+" not in text else field
            # What the user has said of rows without a country is no guess; a country that is not
            # understood may well be another one.
            spelled = spelling.phone(text, countries.code(country) or "" if country else region)
        elif field in _CANONICAL:
            spelled = _CANONICAL[field](text)
        else:
            continue
        if spelled and spelled != text:
            found[field] = Value(spelled, 1.0, source)


_FACTS = (
    (("first_name", "last_name", "full_name"), _names),
    (("company_domain", "website", "company_name"), _company),
    (("phone_e164", "country", "country_code", "region", "timezone"), _places),
    (("seniority", "department"), _title),
    (("email_kind",), _email),
)
"""Which fields are looked for together, and what finds them."""
