"""What a phone number tells of the place it belongs to."""

from functools import cache, lru_cache
from typing import NamedTuple

from enrichctl.facts import spelling
from enrichctl.facts.words import lines


class Place(NamedTuple):
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


@lru_cache(1 << 12)
def place(text: str, region: str = "") -> Place | None:
    """Return where a number belongs, None when it is not valid.

    Args:
        text: As written.
        region: ISO 3166 alpha-2 country of a number that states none.
    """
    number = spelling.parse_phone(text, region)
    if number is None:
        return None
    from phonenumbers import PhoneNumberType, region_code_for_number  # noqa: PLC0415 - slow to import

    country = region_code_for_number(number.parsed) or ""
    # North America tells mobile numbers from fixed lines by nothing but the subscriber's word.
    fixed = number.kind in {PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
    # Its toll-free numbers belong to all its countries, "001" to none.
    shared = number.e164[1] == "1" and number.kind == PhoneNumberType.TOLL_FREE
    return Place(
        number.e164,
        "" if shared or country == "001" else country,
        _region(number.e164[1:]) if fixed else "",
        _timezone(number, fixed=fixed),
    )


def _timezone(number: spelling.Phone, *, fixed: bool) -> str:
    from phonenumbers import timezone  # noqa: PLC0415 - slow to import

    # The look-up by area code alone is quick, and wrong of mobile numbers.
    look_up = (
        timezone.time_zones_for_geographical_number if fixed else timezone.time_zones_for_number
    )
    zones = [zone for zone in look_up(number.parsed) if zone != "Etc/Unknown"]
    return zones[0] if len(zones) == 1 else ""


def _region(digits: str) -> str:
    by_prefix = _regions()
    return next((by_prefix[p] for n in range(7, 2, -1) if (p := digits[:n]) in by_prefix), "")


# The package's own geocoder knows towns too, at 100 MB and half a second for its import.
@cache
def _regions() -> dict[str, str]:
    rows = (line.split("|") for line in lines("phone_regions.txt"))
    return {prefix: region for region, prefixes in rows for prefix in prefixes.split()}
