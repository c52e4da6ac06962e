"""Write a sheet's typed cells as the text that a spreadsheet shows for them.

Covers what lists of people hold: dates, leading zeros, phone masks, decimals, percentages.
Anything else is written in full digits, never as ``3.36E+10``, and always without a separator of
thousands: programs put one into years, ids and phone numbers too, and none is part of a value.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from operator import eq, ge, gt, le, lt, ne

from enrichctl.patterns import pattern

_DATE_TOKEN = pattern(
    r'"[^"]*"|\\.|\[[^\]]*\]|AM/PM|y+|m+|d+|h+|s+(?:\.0+)?|.', re.IGNORECASE | re.DOTALL
)
_LITERAL = pattern(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|_.|\*.')
_SECTION = pattern(r'(?:"[^"]*"|\\.|\[[^\]]*\]|[^;])*', re.DOTALL)
_CONDITION = pattern(r"\[(<=|>=|<>|<|>|=)(-?[\d.]+)\]")
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<=": le, ">=": ge, "<>": ne, "<": lt, ">": gt, "=": eq,
}  # fmt: skip
_LOCAL_DATES = {"mm-dd-yy", "m/d/yy", "m/d/yyyy"}  # shown in the reader's own order
_DIGITS = pattern(r"[0#?]")
_NUMBER = pattern(r"[0#?,]*[0#?](?:\.[0#?]+)?")
_SHOWN_DIGITS = 15  # a spreadsheet keeps no more
_EXACT = 1 << 53  # whole numbers below it are exact as floats
_LARGE = 1_000_000  # a whole number from here on is a phone or an id, whatever its decimals
_TOKENS = {
    "yyyy": "%Y", "yy": "%y", "mmmm": "%B", "mmm": "%b", "mm": "%m", "m": "{0.month}",
    "dddd": "%A", "ddd": "%a", "dd": "%d", "d": "{0.day}", "hh": "%H", "h": "{0.hour}",
    "ss": "%S", "s": "{0.second}", "am/pm": "%p",
}  # fmt: skip


def shown(value: object, number_format: str) -> str:
    """Return the text that a spreadsheet shows for a value under a number format."""
    if isinstance(value, str):
        return value if number_format in ("General", "@") else _shown_text(value, number_format)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime | date | time):
        return _shown_date(value, number_format)
    if isinstance(value, int | float):
        return _shown_number(*_section_for(value, number_format))
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return "" if value is None else str(value)


def _shown_text(text: str, number_format: str) -> str:
    """Put a text into the section that is for texts, such as ``"+"@``."""
    sections = _sections(number_format)
    pattern = sections[-1] if len(sections) in (1, 4) else ""
    if "@" not in pattern:
        return text
    bare = _LITERAL.sub(lambda found: found[1] or found[2] or "", pattern)
    return bare.replace("@", text).strip()


def _sections(number_format: str) -> list[str]:
    sections, at = [], 0
    while at <= len(number_format):
        found = _SECTION.match(number_format, at)
        assert found is not None  # noqa: S101 - it matches nothing as well
        sections.append(found[0])
        at = found.end() + 1
    return sections


def _section_for(value: float, number_format: str) -> tuple[float, str]:
    """Return the section of a format that is for a number, and the number as it stands there.

    Sections are for positive numbers, negative ones and zero, or have conditions of their own.
    """
    if ";" not in number_format:
        return value, number_format
    sections = _sections(number_format)
    conditions = [_CONDITION.search(section) for section in sections]
    if any(conditions):
        for section, found in zip(sections, conditions, strict=True):
            if found is None or _COMPARE[found[1]](value, float(found[2])):
                return value, section
        return value, "General"
    if value < 0:
        return -value, sections[1]
    zero = len(sections) > 2 and not value  # noqa: PLR2004 - the third is for it
    return value, sections[2 if zero else 0]


def _shown_date(value: datetime | date | time, number_format: str) -> str:
    pattern = number_format.split(";", 1)[0]
    if pattern.lower() in _LOCAL_DATES or pattern in ("General", "@"):
        midnight = isinstance(value, datetime) and value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat()  # type: ignore[union-attr]
    tokens = [t for t in _DATE_TOKEN.findall(pattern) if not t.startswith("[")]
    twelve = any(token.lower() == "am/pm" for token in tokens)
    out = []
    for place, token in enumerate(tokens):
        word = token.lower()
        if word in ("m", "mm") and _is_minutes(tokens, place):
            out.append(f"{getattr(value, 'minute', 0):0{len(word)}}")
        elif word in ("h", "hh") and twelve:
            out.append(f"{(getattr(value, 'hour', 0) % 12 or 12):0{len(word)}}")
        elif word in _TOKENS:
            form = _TOKENS[word]
            out.append(form.format(value) if form.startswith("{") else value.strftime(form))
        else:
            out.append(token[1:] if token.startswith("\\") else token.strip('"'))
    return "".join(out).strip()


def _is_minutes(tokens: list[str], place: int) -> bool:
    """Tell minutes from months: they stand after hours or before seconds."""
    units = [(i, t[0].lower()) for i, t in enumerate(tokens) if t[0].lower() in "ymdhs"]
    at = next(n for n, (i, _) in enumerate(units) if i == place)
    before = units[at - 1][1] if at else ""
    after = units[at + 1][1] if at + 1 < len(units) else ""
    return before == "h" or after == "s"


def _shown_number(value: float, pattern: str) -> str:
    literals: list[str] = []

    def keep(found: re.Match[str]) -> str:
        literals.append(found[1] or found[2] or found[3] or "")
        return "\0" if literals[-1] else ""

    bare = _LITERAL.sub(keep, pattern)
    numbers = _NUMBER.findall(bare)
    if "general" in bare.lower():
        text = re.sub("general", lambda _: _plain(value), bare, count=1, flags=re.IGNORECASE)
    elif "e" in bare.lower() or not numbers or _is_scaled(bare):  # text, scientific, millions
        return _plain(value)
    elif len(numbers) == 1:
        text = bare.replace(numbers[0], _in_digits(value, numbers[0], percent="%" in bare), 1)
    elif value == int(value) and value >= 0 and not re.search(r"[.,?]", "".join(numbers)):
        text = _in_mask(int(value), bare)
    else:
        return _plain(value)
    for literal in literals:
        text = text.replace("\0", literal, 1)
    return text.strip()


def _is_scaled(bare: str) -> bool:
    """Tell whether a format shows thousands or millions only, as in ``0.0,,"M"``."""
    return re.search(r"[0#?],+(?![0#?,])", bare) is not None


def _exactly(value: float) -> Decimal:
    if isinstance(value, int) or (value == int(value) and abs(value) < _EXACT):
        return Decimal(int(value))
    return Decimal(f"{value:.{_SHOWN_DIGITS}g}")


def _plain(value: float) -> str:
    if isinstance(value, int) or value == int(value):
        return str(int(value))
    return f"{_exactly(value):f}"


def _in_digits(value: float, pattern: str, *, percent: bool) -> str:
    whole, _, decimals = pattern.partition(".")
    number = _exactly(value) * (100 if percent else 1)
    if abs(number) >= _LARGE and number == int(number):
        decimals = ""
    text = f"{number:.{len(decimals)}f}"
    optional = len(decimals) - len(decimals.rstrip("#?"))
    while optional and text.endswith("0"):
        text, optional = text[:-1], optional - 1
    text = text.rstrip(".") if decimals else text
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    head, dot, tail = digits.partition(".")
    return sign + head.zfill(whole.replace(",", "").count("0")) + dot + tail


def _in_mask(value: int, bare: str) -> str:
    """Put digits into a mask such as ``00 00 00 00 00``, from the right."""
    digits = str(value).zfill(bare.count("0") if "#" not in bare else 0)
    places = len(_DIGITS.findall(bare))
    mandatory = [m.group() == "0" for m in _DIGITS.finditer(bare)]
    filled = digits.rjust(places)
    filled = "".join(
        "0" if d == " " and must else d for d, must in zip(filled[-places:], mandatory, strict=True)
    )
    head = digits[:-places] if len(digits) > places else ""
    rest = iter(filled)
    text = _DIGITS.sub(lambda _: next(rest).strip(), bare)
    return head + text
