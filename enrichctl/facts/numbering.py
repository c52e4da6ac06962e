"""Valid phone numbers, as phonenumbers reads them.

What a number is of follows from its country's numbering plan, which is phonenumbers' own. Its
patterns are put together once for each country, so that a number is held against few of them.

Slow to import: imported where the first number is met.
"""

import re
from functools import cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    PhoneMetadata,
    PhoneNumberDesc,
    PhoneNumberType,
)

from enrichctl.facts import renumbered
from enrichctl.patterns import pattern

phonenumbers.enable_pattern_cache()  # else numbers of many countries compile theirs anew

_INTERNATIONAL = pattern(r"\+[1-9](?:[ ().-]{0,3}[0-9]){6,16}")
_PLUS = frozenset("+\uff0b")
_MARKS = str.maketrans("", "", "+ ().-")
_FIXED_LINE = PhoneNumberType.FIXED_LINE
_MOBILE = PhoneNumberType.MOBILE
_EITHER = PhoneNumberType.FIXED_LINE_OR_MOBILE
_UNKNOWN = PhoneNumberType.UNKNOWN
# What a number is first taken for, in phonenumbers' order: a few are fixed lines as well.
_SPECIAL: dict[str, int] = {
    "premium_rate": PhoneNumberType.PREMIUM_RATE,
    "toll_free": PhoneNumberType.TOLL_FREE,
    "shared_cost": PhoneNumberType.SHARED_COST,
    "voip": PhoneNumberType.VOIP,
    "personal_number": PhoneNumberType.PERSONAL_NUMBER,
    "pager": PhoneNumberType.PAGER,
    "uan": PhoneNumberType.UAN,
    "voicemail": PhoneNumberType.VOICEMAIL,
}


class Phone(NamedTuple):
    """A valid number.

    Attributes:
        e164: The number itself.
        kind: Its ``PhoneNumberType``.
        calling_code: Of its country or countries: 49.
        country: ISO 3166 alpha-2; "001" for numbers of no country.
    """

    e164: str
    kind: int
    calling_code: int
    country: str


def valid(text: str, region: str) -> Phone | None:
    """Return a valid number, else None. ``region`` is the country of one that states none."""
    if not region and _PLUS.isdisjoint(text):
        return None
    if found := split_plain(text):
        return in_plan(*found)
    try:
        number = phonenumbers.parse(text, region.upper() or None)
    except phonenumbers.NumberParseException:
        return None
    return in_plan(number.country_code or 0, phonenumbers.national_significant_number(number))


def in_plan(code: int, national: str) -> Phone | None:
    """Return a number as today's plan of its country has it, None where it is in none."""
    if number := _planned(code, national):
        return number
    today = renumbered.today(code, national)
    return _planned(code, today) if today else None


def _planned(code: int, national: str) -> Phone | None:
    """Return a number if its country's plan has it, else None."""
    country, kind = _in_plan(code, national)
    return None if kind == _UNKNOWN else Phone(f"+{code}{national}", kind, code, country)


def split_plain(text: str) -> tuple[int, str] | None:
    """Divide an international number in which nothing but its marks is left out.

    Calling code and national number are those of ``phonenumbers.parse``, many times as fast. None
    when there may be more to it: letters, an extension, a zero or a prefix after the country's
    calling code.
    """
    if not _INTERNATIONAL.fullmatch(text):
        return None
    digits = text.translate(_MARKS)
    code, prefix = _calling_code(digits[:3])
    national = digits[len(code) :]
    if not code or prefix.match(national):
        return None
    return int(code), national


@cache
def calling_code(region: str) -> str:
    """Return the calling code of a country, "" when it has none."""
    return str(phonenumbers.country_code_for_region(region.upper()) or "")


def is_mobile(number: Phone) -> bool:
    """Tell whether a number can only be a mobile's."""
    return number.kind == _MOBILE


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


def _in_plan(code: int, national: str) -> tuple[str, int]:
    """Return the country of a number and what it is, as ``phonenumbers.number_type`` has it.

    Where countries share a calling code, the first of them counts whose digits it begins with, or
    in whose plan it is. Most numbers are of the first country, and no other plan is read for them.
    """
    for country in COUNTRY_CODE_TO_REGION_CODE.get(code, ()):
        plan = _plan(code, country)
        if plan is None:
            continue
        if plan.leading is None:
            if (kind := plan.kind(national)) != _UNKNOWN:
                return country, kind
        elif plan.leading.match(national):
            return country, plan.kind(national)
    return "", _UNKNOWN


class _Plan:
    """The numbers of one country, as phonenumbers' metadata describe them."""

    def __init__(self, metadata: PhoneMetadata) -> None:
        leading = metadata.leading_digits
        self.leading = None if leading is None else re.compile(leading)
        self._any = pattern(_pattern(metadata.general_desc))
        self._special = [_pattern(getattr(metadata, name)) for name in _SPECIAL]
        self._are_special = pattern("|".join(self._special))
        self._fixed = pattern(_pattern(metadata.fixed_line))
        self._mobile = pattern(_pattern(metadata.mobile))
        self._are_alike = metadata.same_mobile_and_fixed_line_pattern

    def kind(self, national: str) -> int:
        """Return the ``PhoneNumberType`` of a national number."""
        if not self._any.fullmatch(national):
            return _UNKNOWN
        if self._are_special.fullmatch(national):
            found = (re.fullmatch(pattern, national) for pattern in self._special)
            return next(kind for kind, fits in zip(_SPECIAL.values(), found, strict=True) if fits)
        if self._fixed.fullmatch(national):
            is_either = self._are_alike or self._mobile.fullmatch(national)
            return _EITHER if is_either else _FIXED_LINE
        return _MOBILE if not self._are_alike and self._mobile.fullmatch(national) else _UNKNOWN


@cache
def _plan(code: int, country: str) -> _Plan | None:
    metadata = PhoneMetadata.metadata_for_region_or_calling_code(code, country)
    return None if metadata is None else _Plan(metadata)


def _pattern(numbers: PhoneNumberDesc | None) -> str:
    """Return a pattern of some numbers of a plan, their lengths included."""
    if numbers is None or not numbers.national_number_pattern:
        return "(?!)"
    lengths = "|".join(rf"\d{{{length}}}" for length in numbers.possible_length if length > 0)
    if not lengths and numbers.possible_length:
        return "(?!)"
    ahead = rf"(?=(?:{lengths})\Z)" if lengths else ""
    return f"(?:{ahead}(?:{numbers.national_number_pattern}))"
