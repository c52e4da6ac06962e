"""Whether two rows name the same person at the same company, and how surely."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from enrichctl.facts import companies, countries, names, spelling
from enrichctl.facts.words import plain

_SHORTER = 0.95  # one name has a word more: Anna and Anna Maria
_OTHER = 0.8  # last names less alike than this are not one name spelled in two ways


class Person(NamedTuple):
    """A name in two parts, as it is compared."""

    first: str
    last: str


def person_of(values: Mapping[str, str]) -> Person | None:
    """Return whom a row names, None where first and last name cannot be told."""
    first, last = values.get("first_name", ""), values.get("last_name", "")
    if not (first and last):
        country = countries.code(values.get("country_code") or values.get("country", "")) or ""
        email = values.get("email", "")
        if found := names.split(values.get("full_name", ""), country, email):
            first, last = found.first, found.last
    person = Person(plain(first), plain(last))
    return person if all(person) else None


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


def score(one: Person, other: Person) -> float:
    """Return how surely two names are one person's, from 0 to 1: that of the weaker part."""
    return min(_alike(one.first, other.first), _alike(one.last, other.last))


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
    if a is None or b is None or _alike(a.last, b.last) >= _OTHER:
        return False
    return not own or set(" ".join(a).split()).isdisjoint(" ".join(b).split())


def _alike(one: str, other: str) -> float:
    if one == other:
        return 1.0
    a, b = set(one.split()), set(other.split())
    if a < b or b < a:
        return _SHORTER
    from rapidfuzz import fuzz  # noqa: PLC0415 - only where names differ

    return fuzz.ratio(one, other) / 100
