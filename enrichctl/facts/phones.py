"""What a phone number tells of the place it belongs to.

Slow to import: imported where the first number is met.
"""

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    PhoneNumberType,
    country_code_for_region,
    is_number_type_geographical,
)
from phonenumbers.tzdata import TIMEZONE_DATA

from enrichctl.facts import spelling
from enrichctl.facts.words import lines

_AREA = 4  # digits of a North American area code with its calling code
# North America tells mobile numbers from fixed lines by nothing but the subscriber's word.
_FIXED = frozenset({PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
# Of North America and of Russia with Kazakhstan: what a number of theirs tells of no one country.
_SHARED_PLANS = frozenset({1, 7})
_SHARED = frozenset(
    {PhoneNumberType.TOLL_FREE, PhoneNumberType.PREMIUM_RATE, PhoneNumberType.PERSONAL_NUMBER}
)
# The package gives these the zone of another country, whose summer time is not always theirs.
_ZONES = {
    "BY": "Europe/Minsk", "DZ": "Africa/Algiers", "EE": "Europe/Tallinn", "EH": "Africa/El_Aaiun",
    "GW": "Africa/Bissau", "KP": "Asia/Pyongyang", "LR": "Africa/Monrovia", "LT": "Europe/Vilnius",
    "LV": "Europe/Riga", "LY": "Africa/Tripoli", "MA": "Africa/Casablanca", "MO": "Asia/Macau",
    "NI": "America/Managua", "PS": "", "SS": "Africa/Juba", "IE": "Europe/Dublin",
}  # fmt: skip
# Names that the package still has, and what they are called today.
_TODAY = {
    "Africa/Asmera": "Africa/Asmara", "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "America/Godthab": "America/Nuuk", "Asia/Calcutta": "Asia/Kolkata",
    "Asia/Dacca": "Asia/Dhaka", "Asia/Katmandu": "Asia/Kathmandu", "Asia/Macao": "Asia/Macau",
    "Asia/Rangoon": "Asia/Yangon", "Asia/Saigon": "Asia/Ho_Chi_Minh",
    "Asia/Thimbu": "Asia/Thimphu", "Asia/Ulan_Bator": "Asia/Ulaanbaatar",
    "Atlantic/Faeroe": "Atlantic/Faroe", "Europe/Kiev": "Europe/Kyiv",
    "Pacific/Enderbury": "Pacific/Kanton", "Pacific/Ponape": "Pacific/Pohnpei",
    "Pacific/Truk": "Pacific/Chuuk",
}  # fmt: skip
# Countries of one time whose calling code they share with another.
_ONE_ZONE = {
    "AX": "Europe/Mariehamn", "BL": "America/St_Barthelemy", "BQ": "America/Kralendijk",
    "CC": "Indian/Cocos", "CW": "America/Curacao", "CX": "Indian/Christmas",
    "FI": "Europe/Helsinki", "GB": "Europe/London", "GG": "Europe/Guernsey",
    "GP": "America/Guadeloupe", "IM": "Europe/Isle_of_Man", "IT": "Europe/Rome",
    "JE": "Europe/Jersey", "MF": "America/Marigot", "NO": "Europe/Oslo", "RE": "Indian/Reunion",
    "SJ": "Arctic/Longyearbyen", "VA": "Europe/Vatican", "YT": "Indian/Mayotte",
}  # fmt: skip


class NumberOrigin(NamedTuple):
    """Where a number belongs; "" for what it does not determine.

    Attributes:
        e164: The number itself.
        country_code: ISO 3166 alpha-2; "" for numbers of no country, such as satellite phones.
        region: State or province of a fixed line, in English.
        timezone: IANA name, only where the whole range of the number shares one.
    """

    e164: str
    country_code: str
    region: str
    timezone: str


@lru_cache(1 << 10)
def origin_of(text: str, region: str = "") -> NumberOrigin | None:
    """Return where a number belongs, None when it is not valid.

    Args:
        text: As written.
        region: ISO 3166 alpha-2 country of a number that states none.
    """
    number = spelling.parse_phone(text, region)
    if number is None:
        return None
    e164, kind, calling_code, country = number
    shared = calling_code in _SHARED_PLANS and kind in _SHARED
    # Mobile numbers without an area code tell no more than their country's time.
    geographical = is_number_type_geographical(kind, calling_code)
    return NumberOrigin(
        e164,
        "" if shared or country == "001" else country,  # "001" is no country's
        _region(e164[1:]) if kind in _FIXED or geographical else "",
        _timezone_of(country, e164[1:] if geographical else str(calling_code)),
    )


def _timezone_of(country: str, digits: str) -> str:
    zone = _ZONES.get(country, _ONE_ZONE.get(country))
    return _timezone(digits) if zone is None else zone


def _timezone(digits: str) -> str:
    ours, theirs = _zones(), _their_zones()
    known, better = theirs.find(digits), ours.find(digits)
    if better and len(better) >= len(known):
        return ours.values[better]
    return theirs.values.get(known, "")


@cache
def _their_zones() -> "_Prefixes":
    """Return the zones that the package has, "" for prefixes of which it knows none or several."""
    spanning = _spanning()
    alone = {
        prefix: zones[0] if len(zones) == 1 and prefix not in spanning else ""
        for prefix, zones in TIMEZONE_DATA.items()
    }
    return _Prefixes((prefix, _TODAY.get(zone, zone)) for prefix, zone in alone.items())


@cache
def _spanning() -> frozenset[str]:
    """Return the North American area codes of which the package knows towns in another zone.

    It has its zone of most towns there for all of the area; of a town it does not list, that is
    a guess.
    """
    areas = {prefix: zones for prefix, zones in TIMEZONE_DATA.items() if len(prefix) == _AREA}
    towns = ((p[:_AREA], zones) for p, zones in TIMEZONE_DATA.items() if p[0] == "1")
    return frozenset(area for area, zones in towns if area in areas and zones != areas[area])


@cache
def _zones() -> "_Prefixes":
    """Return zones that the package has by the clock of a capital, or does not know to differ."""
    return _listed("phone_zones.txt")


@cache
def zone_of_country(country_code: str) -> str:
    """Return the time zone of a country that has only one, "" for others."""
    if zone := _ZONES.get(country_code) or _ONE_ZONE.get(country_code):
        return zone
    code = country_code_for_region(country_code)
    alone = code and len(COUNTRY_CODE_TO_REGION_CODE.get(code, ())) == 1
    return _timezone(str(code)) if alone else ""


def _region(digits: str) -> str:
    regions = _regions()
    return regions.values.get(regions.find(digits), "")


# The package's own geocoder knows towns too, at 100 MB and half a second for its import.
@cache
def _regions() -> "_Prefixes":
    return _listed("phone_regions.txt")


def _listed(name: str) -> "_Prefixes":
    rows = (line.split("|") for line in lines(name))
    return _Prefixes((prefix, text) for text, prefixes in rows for prefix in prefixes.split())


class _Prefixes:
    """What the first digits of numbers tell.

    Attributes:
        values: Prefix → what it tells.
    """

    def __init__(self, values: Iterable[tuple[str, str]]) -> None:
        self.values = dict(values)
        self._longer = {p[:size] for p in self.values for size in range(1, len(p))}

    def find(self, digits: str) -> str:
        """Return the longest beginning of a number that is listed, "" when none is."""
        found, values, longer = "", self.values, self._longer
        for size in range(1, len(digits) + 1):
            start = digits[:size]
            if start in values:
                found = start
            if start not in longer:
                break
        return found
