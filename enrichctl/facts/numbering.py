"""Valid phone numbers, as phonenumbers reads them.

Slow to import: imported where the first number is met.
"""

import re
from functools import cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumber, PhoneNumberType

from enrichctl.facts import renumbered

phonenumbers.enable_pattern_cache()  # else numbers of many countries compile theirs anew

_INTERNATIONAL = re.compile(r"\+[1-9](?:[ ().-]{0,3}[0-9]){6,16}")
_PLUS = frozenset("+\uff0b")
_MARKS = str.maketrans("", "", "+ ().-")


class Phone(NamedTuple):
    """A valid number: in E.164, its ``PhoneNumberType``, and as phonenumbers parsed it."""

    e164: str
    kind: int
    parsed: PhoneNumber


def valid(text: str, region: str) -> Phone | None:
    """Return a valid number, else None. ``region`` is the country of one that states none."""
    if not region and _PLUS.isdisjoint(text):
        return None
    number = plain(text)
    if number is None:
        try:
            number = phonenumbers.parse(text, region.upper() or None)
        except phonenumbers.NumberParseException:
            return None
    kind = phonenumbers.number_type(number)
    if kind == PhoneNumberType.UNKNOWN:  # the same as not valid
        number = _renumbered(number)
        kind = phonenumbers.number_type(number)
        if kind == PhoneNumberType.UNKNOWN:
            return None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Phone(e164, kind, number)


def _renumbered(number: PhoneNumber) -> PhoneNumber:
    """Return a number of a plan that has changed as it is today; others as they are."""
    code = number.country_code or 0
    national = renumbered.today(code, phonenumbers.national_significant_number(number))
    if national is None:
        return number
    zeros = len(national) - len(national.lstrip("0"))
    return PhoneNumber(
        code, int(national), italian_leading_zero=zeros > 0 or None,
        number_of_leading_zeros=zeros if zeros > 1 else None,
    )  # fmt: skip


def plain(text: str) -> PhoneNumber | None:
    """Parse an international number in which nothing but its marks is left out.

    That is what ``phonenumbers.parse`` gives, many times as fast. None when there may be more to
    it: letters, an extension, a zero or a prefix after the country's calling code.
    """
    if not _INTERNATIONAL.fullmatch(text):
        return None
    digits = text.translate(_MARKS)
    code, prefix = _calling_code(digits[:3])
    national = digits[len(code) :]
    if not code or prefix.match(national):
        return None
    return PhoneNumber(int(code), int(national))


@cache
def calling_code(region: str) -> str:
    """Return the calling code of a country, "" when it has none."""
    return str(phonenumbers.country_code_for_region(region.upper()) or "")


def is_mobile(number: Phone) -> bool:
    """Tell whether a number can only be a mobile's."""
    return number.kind == PhoneNumberType.MOBILE


@cache
def _calling_code(start: str) -> tuple[str, re.Pattern[str]]:
    """Return the calling code that digits begin with, "" when there is none.

    The pattern finds what may stand between it and the number proper.
    """
    for size in (1, 2, 3):
        code = int(start[:size])
        if regions := COUNTRY_CODE_TO_REGION_CODE.get(code):
            metadata = PhoneMetadata.metadata_for_region_or_calling_code(code, regions[0])
            prefix = metadata and metadata.national_prefix_for_parsing
            return start[:size], re.compile(f"0|{prefix}" if prefix else "0")
    return "", re.compile("")
