"""Whether two rows name the same person at the same company, and how surely."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from enrichctl.facts import companies, countries, names, spelling
from enrichctl.facts.words import latin, spelled_out

_SHORTER = 0.95  # one name has a word more: Anna and Anna Maria
_FIRST, _LAST = 0, 1
_OTHER = 0.8  # last names less alike than this are not one name spelled in two ways


class NameParts(NamedTuple):
    """A name in two parts, as it is compared: in the letters of English.

    Attributes:
        first: Without accents: Jørgen is jorgen.
        last: The same.
        other: First and last with umlauts and their like written out: joergen.
    """

    first: str
    last: str
    other: tuple[str, str]


def person_of(values: Mapping[str, str]) -> NameParts | None:
    """Return whom a row names, None where first and last name cannot be told."""
    first, last = values.get("first_name", ""), values.get("last_name", "")
    if not (first and last):
        country = countries.code(values.get("country_code") or values.get("country", "")) or ""
        email = values.get("email", "")
        if found := names.split(values.get("full_name", ""), country, email):
            first, last = found.first, found.last
    if not ((given := latin(first)) and (family := latin(last))):
        return None
    return NameParts(given, family, (spelled_out(first), spelled_out(last)))


def blocks_of(values: Mapping[str, str]) -> Iterator[str]:
    """Yield the blocks that hold the people of a row's company with such a last name."""
    person = person_of(values)
    if person is None:
        return
    initial = person.last[0]
    if domain := spelling.domain(values.get("company_domain", "")):
        yield f"{initial}@{domain}"
    if company := companies.block(values.get("company_name", "")):
        yield f"{initial} {company}"


def score(one: NameParts, other: NameParts) -> float:
    """Return how surely two names are one person's, from 0 to 1: that of the weaker part."""
    return min(_alike(one, other, part) for part in (_FIRST, _LAST))


def same_company(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Tell whether two rows are of one company; the domain decides where both have one.

    Companies of one name in two countries are two.
    """
    a, b = (spelling.domain(row.get("company_domain", "")) for row in (one, other))
    if a and b:
        return a == b
    c, d = (
        countries.code(row.get("country_code") or row.get("country", "")) for row in (one, other)
    )
    if c and d and c != d:
        return False
    return companies.same_company(one.get("company_name", ""), other.get("company_name", ""))


def contradict(one: Mapping[str, str], other: Mapping[str, str], *, own: bool) -> bool:
    """Tell whether two rows that share a key name different people.

    Args:
        one: A row.
        other: Another one.
        own: Whether the key is one person's own, so that any name in common is enough: people
            marry. Otherwise, as with a phone, last names must be alike.
    """
    a, b = person_of(one), person_of(other)
    if a is None or b is None or _alike(a, b, _LAST) >= _OTHER:
        return False
    return not own or set(" ".join(a[:2]).split()).isdisjoint(" ".join(b[:2]).split())


def _alike(a: NameParts, b: NameParts, part: int) -> float:
    """Return how surely one part of two names is the same, from 0 to 1."""
    one, other = ((a.first, b.first), (a.last, b.last))[part]
    if not {one, a.other[part]}.isdisjoint((other, b.other[part])):
        return 1.0
    few, many = sorted((set(one.split()), set(other.split())), key=len)
    if few < many:
        return _SHORTER
    from rapidfuzz import fuzz  # noqa: PLC0415 - only where names differ

    return fuzz.ratio(one, other) / 100
