"""Says what a column that is only called "Name" holds: a person's name, part of it, or a company's.

In French and German "Nom" and "Name" next to a first name are the last name; in Spanish, Italian
and Portuguese "Nombre" and "Nome" next to a last name are the first.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from enrichctl.facts.companies import has_form
from enrichctl.facts.nameorder import is_given
from enrichctl.facts.words import plain
from enrichctl.matching import values as look

_OF_PEOPLE = ("job_title", "seniority", "department", "linkedin_url", "mobile")
_OF_COMPANIES = (
    "company_domain", "website", "industry", "company_size", "company_linkedin_url",
    "founded_year", "company_description",
)  # fmt: skip
_WORDS = range(2, 4)
_MOST = 2 / 3  # a column of companies has fewer names that begin like a person's
_MANY = 1 / 3  # a column of people has fewer names that end like a company's


class Guess(NamedTuple):
    """A column that could hold a field; a lower rank is better, a blank one is the last resort."""

    field: str
    place: int
    rank: float
    blank: bool


def guess_name(
    place: int, found: Mapping[str, int], rows: Sequence[Sequence[str]]
) -> tuple[str, ...]:
    """Return the field that a column called a name holds; two when it cannot be told."""
    if "first_name" in found and "last_name" in found:
        if _holds(place, found["last_name"], rows):
            return ("full_name",)
        return () if "company_name" in found else ("company_name",)
    if "first_name" in found:
        return ("full_name",) if _holds(place, found["first_name"], rows) else ("last_name",)
    if "last_name" in found:
        return ("full_name",) if _holds(place, found["last_name"], rows) else ("first_name",)
    if "company_name" in found:
        return ("full_name",)
    return _person_or_company(place, found, rows)


def _person_or_company(
    place: int, found: Mapping[str, int], rows: Sequence[Sequence[str]]
) -> tuple[str, ...]:
    names = [row[place] for row in rows if place < len(row) and row[place]]
    if names and sum(map(has_form, names)) > _MANY * len(names):
        return ("company_name",)
    if "email" in found:
        pairs = _pairs(place, found["email"], rows)
        people = sum(look.names_the_owner(name, email) for name, email in pairs)
        companies = sum(look.names_the_domain(name, email) for name, email in pairs)
        if max(people, companies) * 2 >= len(pairs) > 0 and people != companies:
            return ("full_name",) if people > companies else ("company_name",)
    if any(name in found for name in _OF_PEOPLE) or _are_people(names):
        return ("full_name",)
    if any(name in found for name in _OF_COMPANIES) and "email" not in found:
        return ("company_name",)
    return ("full_name", "company_name")


def _are_people(names: Sequence[str]) -> bool:
    """Tell whether most names are of two or three words, a given name among them."""
    words = [plain(name).split() for name in names]
    people = [one for one in words if len(one) in _WORDS and any(map(is_given, one))]
    return len(people) > _MOST * len(names)


def _holds(place: int, part: int, rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether a column mostly holds the other's value and more, as a full name does."""
    pairs = _pairs(place, part, rows)
    held = [name for name, piece in pairs if set(look.tokens(piece)) < set(look.tokens(name))]
    return len(held) * 2 >= len(pairs) > 0


def _pairs(one: int, other: int, rows: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """Return the cells of two columns where both are filled."""
    width = max(one, other)
    both = [(row[one], row[other]) for row in rows if width < len(row)]
    return [(a, b) for a, b in both if a and b]
