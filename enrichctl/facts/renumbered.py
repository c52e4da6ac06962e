"""Numbers of plans that have changed, as today's plan has them, where the change leaves no doubt.

Files hold them for years; a number that nobody can call any more is not left as a fault.
"""

import re
from collections.abc import Callable, Mapping

# Vietnam, 2018: mobiles lost a digit.
_VIETNAM = {
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78", "123": "83", "124": "84",
    "125": "85", "127": "81", "129": "82", "162": "32", "163": "33", "164": "34", "165": "35",
    "166": "36", "167": "37", "168": "38", "169": "39", "186": "56", "188": "58", "199": "59",
}  # fmt: skip
# Ivory Coast, 2021: the second digit of a mobile told its network, which now stands before it.
_IVORY_COAST = dict(zip("0123456789", ("01",) * 4 + ("05",) * 3 + ("07",) * 3, strict=True))


def _starts_over(pattern: str, new: str) -> Callable[[str], str | None]:
    old = re.compile(pattern)
    return lambda national: old.sub(new, national) if old.fullmatch(national) else None


def _vietnam(national: str) -> str | None:
    start = _VIETNAM.get(national[:3])
    return start + national[3:] if start and len(national) == 10 else None  # noqa: PLR2004


def _ivory_coast(national: str) -> str | None:
    mobile = re.fullmatch(r"[0456789]\d{7}", national)
    return _IVORY_COAST[national[1]] + national if mobile else None


_TODAY: Mapping[int, Callable[[str], str | None]] = {
    # Mexico, 2019: no 1 before mobiles, no 044 or 045 to reach one.
    52: _starts_over(r"(?:1|04[45])(\d{10})", r"\1"),
    55: _starts_over(r"([1-9]\d)([689]\d{7})", r"\g<1>9\2"),  # Brazil, 2016: mobiles have nine
    57: _starts_over(r"([1245678]\d{7})", r"60\1"),  # Colombia, 2021: 60 before fixed lines
    84: _vietnam,
    225: _ivory_coast,
    229: _starts_over(r"([24569]\d{7})", r"01\1"),  # Benin, 2024: 01 before all
}


def today(calling_code: int, national: str) -> str | None:
    """Return the national number as it is called today, None where nothing is certain.

    Args:
        calling_code: Of the country: 52.
        national: The digits of the old number behind it, as they stand.
    """
    change = _TODAY.get(calling_code)
    return change(national) if change else None
