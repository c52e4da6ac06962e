"""Exact keys: how a cell of the table and what a lead says come together.

Rows are kept in blocks. A block is cheap to tell from a cell, and holds at least the rows with
the value that is looked for; each is then compared in its one spelling.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial

from enrichctl.facts import companies, spelling
from enrichctl.facts.regions import region_of
from enrichctl.fields import Kind, kind_of
from enrichctl.matching import identity
from enrichctl.patterns import pattern

Spell = Callable[[str], str | None]

_SPELL: Mapping[Kind, Spell] = {
    "email": spelling.email,
    "person_url": spelling.profile_url,
    "company_url": spelling.company_url,
    "domain": spelling.domain,
}
_PLAIN_PHONE = pattern(r"['+\d\s().\-]+", re.ASCII)
_NO_DIGIT = pattern(r"\D", re.ASCII)
_TAIL = 7  # digits that are the same however a number is written
_WITH_CODE = range(10, 16)  # digits of a number that is long enough to hold such a tail


def speller(field: str, region: str) -> Spell:
    """Return what gives the one spelling of a field's values, or None for a malformed one."""
    return _SPELL.get(kind_of(field)) or partial(_identified, field, region)


def blocker(field: str, region: str) -> Spell:
    """Return what gives the block of a field's values, None for what cannot be found by it.

    Parsing a phone number costs more than all the rest of a row, so only its end counts here. The
    legal form of a company is no part of its name.
    """
    if field == "company_name":
        return lambda text: companies.block(text) or speller(field, region)(text)
    return partial(_tail, lambda: region) if kind_of(field) == "phone" else speller(field, region)


def block_in(field: str, values: Mapping[str, str], default: str) -> str | None:
    """Return the block of a field of a table's row, None for what cannot be found by it.

    Args:
        field: A key.
        values: Field → text of the row, whose own country its national numbers are of.
        default: ISO 3166 alpha-2 country of rows that tell of none.
    """
    if kind_of(field) == "phone":
        return _tail(lambda: region_of(values, default), values[field])
    return blocker(field, default)(values[field])


def _identified(field: str, region: str, text: str) -> str | None:
    found = identity(((field,),), {field: text}, region)
    return found[1][0] if found else None


def _tail(region: Callable[[], str], text: str) -> str | None:
    if _PLAIN_PHONE.fullmatch(text):
        digits = _NO_DIGIT.sub("", text)
        if len(digits) in _WITH_CODE:
            return digits[-_TAIL:]
    number = spelling.phone(text, region())
    return number and number[-_TAIL:]
