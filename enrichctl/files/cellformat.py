"""Write a sheet's typed cells as the text that a spreadsheet shows for them.

Covers what lists of people hold: dates, leading zeros, phone masks, decimals, percentages,
thousands. Anything else is written in full digits, never as ``3.36E+10``.
"""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

_DATE_TOKEN = re.compile(
    r'"[^"]*"|\\.|\[[^\]]*\]|AM/PM|y+|m+|d+|h+|s+(?:\.0+)?|.', re.IGNORECASE | re.DOTALL
)
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|_.|\*.')
_LOCAL_DATES = {"mm-dd-yy", "m/d/yy", "m/d/yyyy"}  # shown in the reader's own order
_DIGITS = re.compile(r"[0#?]")
_NUMBER = re.compile(r"[0#?,]*[0#?](?:\.[0#?]+)?")
_SHOWN_DIGITS = 15  # a spreadsheet keeps no more
_TOKENS = {
    "yyyy": "%Y", "yy": "%y", "mmmm": "%B", "mmm": "%b", "mm": "%m", "m": "{0.month}",
    "dddd": "%A", "ddd": "%a", "dd": "%d", "d": "{0.day}", "hh": "%H", "h": "{0.hour}",
    "ss": "%S", "s": "{0.second}", "am/pm": "%p",
}  # fmt: skip


def shown(value: object, number_format: str) -> str:
    """Return the text that a spreadsheet shows for a value under a number format."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime | date | time):
        return _shown_date(value, number_format)
    if isinstance(value, int | float):
        return _shown_number(value, number_format.split(";", 1)[0])
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return "" if value is None else str(value)


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
    if "e" in bare.lower() or not numbers:  # General, text and scientific
        return _plain(value)
    if len(numbers) == 1:
        text = bare.replace(numbers[0], _in_digits(value, numbers[0], percent="%" in bare), 1)
    elif value == int(value) and value >= 0 and not re.search(r"[.,]", "".join(numbers)):
        text = _in_mask(int(value), bare)
    else:
        return _plain(value)
    for literal in literals:
        text = text.replace("\0", literal, 1)
    return text.strip()


def _plain(value: float) -> str:
    if isinstance(value, int) or value == int(value):
        return str(int(value))
    return f"{Decimal(f'{value:.{_SHOWN_DIGITS}g}'):f}"


def _in_digits(value: float, pattern: str, *, percent: bool) -> str:
    whole, _, decimals = pattern.partition(".")
    number = Decimal(f"{value:.{_SHOWN_DIGITS}g}") * (100 if percent else 1)
    grouping = "," if "," in whole.rstrip(",") else ""
    text = f"{number:{grouping}.{len(decimals)}f}"
    optional = len(decimals) - len(decimals.rstrip("#?"))
    while optional and text.endswith("0"):
        text, optional = text[:-1], optional - 1
    text = text.rstrip(".") if decimals else text
    least = whole.count("0")
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    if not grouping:
        head, dot, tail = digits.partition(".")
        digits = head.zfill(least) + dot + tail
    return sign + digits


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
