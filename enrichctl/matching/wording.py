"""Reads a header: which field it names, whose, and which of several.

Exports put headers together: ``Person - Email - Work``, ``E-mail 2 - Value``, ``Business City``,
``Organização - Nome``. What is listed as a whole counts as it stands; of any other header the words
that say whose and which are taken off until the rest is listed.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from enrichctl import aliases
from enrichctl.fields import OF_COMPANIES
from enrichctl.patterns import pattern

_PARTS = pattern(r"[^\W\d_]+|\d+")
_CAMEL = pattern(r"(?<=[^\W\d_a-z])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])")
_ALTERNATIVES = pattern(r"\s*/\s*")
_WORK, _PERSON, _SECOND, _OTHER, _HOME, _NEXT_BEST = -0.5, 0.2, 100, 200, 300, 1000
_LONGEST = 8  # words; what has more is a sentence
_ASKS = frozenset({"is", "has", "ist", "hat", "czy"})  # a yes or no
_OF_THE_PERSON = frozenset({"job_title", "department", "seniority", "email", "linkedin_url"})
_PARTS_OF_NAMES = frozenset({"first_name", "last_name", "full_name"})


class HeaderMeaning(NamedTuple):
    """What a header may mean.

    Attributes:
        field: The field that it names; "name" where it may be a person's or a company's.
        rank: A lower one is preferred to others of the field.
        company: It says that it is about the company.
        private: It says that it is a private address or number.
    """

    field: str
    rank: float
    company: bool = False
    private: bool = False


def words_of(header: str) -> list[str]:
    """Return the words of a header, folded, its numbers among them."""
    spaced = _CAMEL.sub(
        " ", header.replace("'", " ").replace("\N{RIGHT SINGLE QUOTATION MARK}", " ")
    )
    return [aliases.fold(word) for word in _PARTS.findall(spaced)]


def is_of_others(header: str) -> bool:
    """Tell whether a header is about somebody who is not the lead, or about a fax."""
    return not aliases.words("others").isdisjoint(words_of(header))


@cache
def read(header: str, *, company: bool = False) -> HeaderMeaning | None:
    """Return what a header means; None when it is not known.

    Args:
        header: As it stands.
        company: Whether it stands among the columns of the company.
    """
    if hit := _listed(aliases.fold(header)):
        return _whole(header, *hit, company=company)
    alternatives = [_listed(aliases.fold(part)) for part in _ALTERNATIVES.split(header)]
    if len(alternatives) > 1 and all(alternatives):
        # "Company / Account" names one field twice, "Name / Company" two.
        fields = {one[0] for one in alternatives if one}
        return HeaderMeaning(*alternatives[0]) if len(fields) == 1 and alternatives[0] else None
    parts = words_of(header)
    if not 0 < len(parts) <= _LONGEST or parts[0] in _ASKS or is_of_others(header):
        return None
    rank = 0.0
    numbers = [int(part[:4]) for part in parts if part.isdecimal()]
    rank += _SECOND * (max(numbers) - 1) if numbers and max(numbers) > 1 else 0
    rest = [part for part in parts if not part.isdecimal()]
    return _without(rest, rank, company=company)


def _listed(key: str) -> tuple[str, float] | None:
    if key in aliases.NAMES:
        return "name", 0
    return aliases.header_aliases().get(key) or aliases.known_of_companies().get(key)


def _whole(header: str, name: str, rank: float, *, company: bool) -> HeaderMeaning | None:
    """Return what a header means that is listed as it stands."""
    weight, private = _which(words_of(header))
    if company:
        return _of_company(name, rank + weight, private=private)
    return HeaderMeaning(name, rank + weight, private=private)


def _which(parts: Sequence[str]) -> tuple[float, bool]:
    """Return what the words that say which of several add to a rank, and whether it is private."""
    home, other, work = (
        not aliases.words(kind).isdisjoint(parts) for kind in ("home", "other", "work")
    )
    return _HOME * home + _OTHER * other + _WORK * work, home


def _without(parts: Sequence[str], rank: float, *, company: bool) -> HeaderMeaning | None:
    """Take off the words that say whose and which until the rest is listed."""
    rest = list(parts)
    said: set[str] = set()
    rank += _which(rest)[0]
    for kind in ("filler", "work", "home", "other"):
        if hit := _listed("".join(rest)):
            return _reading(hit, rank, parts, said, company=company)
        words = aliases.words(kind)
        rest = [part for part in rest if part not in words] or rest
    for kind in ("lead", "person", "address", "address", "company", "mobile"):
        if hit := _listed("".join(rest)):
            return _reading(hit, rank, parts, said, company=company)
        words = aliases.words(kind)
        # "Address" names a part of one that follows; at the end it is the address.
        among = rest[:-1] if kind == "address" else rest
        at = next((i for i, part in enumerate(among) if part in words), None)
        if at is not None and len(rest) > 1:
            del rest[at]
            said.add(kind)
            rank += _PERSON if kind in ("person", "lead") else 0
    hit = _listed("".join(rest))
    return _reading(hit, rank, parts, said, company=company) if hit else None


def _reading(
    hit: tuple[str, float], rank: float, parts: Sequence[str], said: set[str], *, company: bool
) -> HeaderMeaning | None:
    name, base = hit
    if name == "phone" and "mobile" in said:
        name = "mobile"
    elif "mobile" in said:
        return None
    if "lead" in said and name == "job_title":
        return None  # the title of a deal
    if name == "name" and "person" in said:
        name = "full_name"
    if name == "name" and "lead" in said:
        return None
    private = _which(parts)[1]
    if company or "company" in said:
        return _of_company(name, base + rank, private=private)
    return HeaderMeaning(name, base + rank, private=private)


def _of_company(name: str, rank: float, *, private: bool) -> HeaderMeaning | None:
    """Return what a header means that is said to be about the company."""
    if name == "name":
        return HeaderMeaning("company_name", rank, company=True)
    if name == "linkedin_url":
        return HeaderMeaning("company_linkedin_url", rank, company=True)
    if name in _PARTS_OF_NAMES or name == "email":
        return None
    if name in OF_COMPANIES or name in _OF_THE_PERSON:
        return HeaderMeaning(name, rank, company=True, private=private)
    return HeaderMeaning(name, rank + _NEXT_BEST, company=True)
