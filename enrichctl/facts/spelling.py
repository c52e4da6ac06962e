"""One spelling for every way of writing a value, to compare values and to tell people apart.

All functions are pure and cached. Heavy libraries are imported on first use, so that a command
that compares nothing does not wait for them.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING
from unicodedata import normalize
from urllib.parse import quote, unquote

from enrichctl.facts import countries
from enrichctl.fields import Kind, kind_of
from enrichctl.patterns import pattern

if TYPE_CHECKING:  # slow to import
    from enrichctl.facts.numbering import Phone

_CACHE = 1 << 12  # enough for what repeats; memory must not grow with the file
_LONGEST = 254  # characters of an address: RFC 5321 section 4.5.3.1.3

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = pattern(rf"(?=.{{4,253}}\Z)(?:{_LABEL}\.)+(?=[a-z]){_LABEL}(?<=[^.]{{2}})")
_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = pattern(rf"{_ATOM}(?:\.{_ATOM})*")
_LONGEST_LOCAL = 64  # characters before the @: RFC 5321 section 4.5.3.1.1
_IN_BRACKETS = pattern(r"[^<>]*<([^<>]*)>\s*")
_MAILTO = pattern(r"mailto:([^?]*)(?:\?.*)?", re.IGNORECASE | re.DOTALL)
_URL = pattern(
    r"(?:(?:[a-z][a-z0-9+.-]*:)?//|https?:/|mailto:)?([^/?#]*)([^?#]*)(\?[^#]*)?.*",
    re.IGNORECASE | re.DOTALL,
)
_PORT = pattern(r":\d*\Z")
_LINKEDIN = pattern(
    r"(?:https?://)?(?:[a-z0-9-]+\.)?linkedin\.com/(?:mwlite/|comm/|m/)?"
    r"(in|company)/([^/?#\s]+)(?:[/?#].*)?",
    re.IGNORECASE | re.DOTALL,
)
# Sales Navigator's and the API's member ids stand where the public name does; their case counts.
_MEMBER_ID = pattern(r"A[CDE][a-zA-Z]AA[\w-]{20,}")
_NO_PROFILE = frozenset(
    {"", "unavailable", "null", "none", "undefined", "unknown", "n-a", "na", "not-found", "nan"}
)
_ZEROS_FOR_PLUS = pattern(r"(?:tel:)?\s*\(?00(?=\s*[1-9])", re.IGNORECASE)
# Tables with gaps write whole numbers as 33612345678.0; the zero would count as a digit.
_AS_FLOAT = pattern(r"(\+?\d+)\.0+")
_FEWEST_DIGITS = 6  # of a number that can stand alone
_LONGEST_NATIONAL = 10  # digits of a mobile without its country
_NEXT_NUMBER = pattern(
    r"\s*(?:[;|\n]|\s:{2,3}\s|\s/\s|,\s|\s(?:or|oder|ou|o|und|and|et|y)\s|/(?=\s*[+0]))\s*"
)
# A word behind a number, unless it says that an extension follows.
_WORD = pattern(r"\s*[\[(,-]?\s*(?!ext|x\b|durchwahl|poste|anexo)[^\W\d_]{2,}", re.IGNORECASE)
# "9-17", "(9-17)", "24h", "2. Stock", "/-12" behind a number.
_HOURS = pattern(r"[\s(]+\d{1,2}(?:\s*[-\u2013]\s*\d{1,2}|\.)[.)]*\s*\Z")
_MORE = pattern(
    r"\s*/\s*-?\d+\s*\Z|[\s(]+\d{1,2}\s*[-\u2013]\s*\d{1,2}\)?\s*\Z|\s+\d{1,2}\s?h\b.*\Z|\s*\(\d{1,2}\)\s*\Z"
)
_ISO_DATE = pattern(r"(?:19|20)\d\d-[01]\d-[0-3]\d(?:[ T].*)?")  # what spreadsheets make of some
_DOTS = str.maketrans("\u00b7\u2022\u2219\u30fb", "    ")  # between groups of digits
# Hours, a zero to leave out, a float's end, two numbers side by side.
_MAY_MEAN_MORE = pattern(r"-|\(0\)|\.0+\Z|[0-9]{6} [0-9]{6}")
_ITALIAN_ZERO = pattern(r"(?:\+|00)\s*39[\s.-]*\(0\)")
_ITALIAN_MOBILE = len("+393471234567")
_SPACE = pattern(r"\s+")


def fold(text: str) -> str:
    """Return text without what a reader does not see: case, doubled spaces, Unicode form."""
    folded = normalize("NFC", normalize("NFC", text).casefold())
    return _SPACE.sub(" ", folded).strip()


@lru_cache(_CACHE)
def email(text: str) -> str | None:
    """Return an address in lower case with its domain in ASCII, or None when it is malformed.

    ``Jane <jane@acme.com>`` and ``mailto:`` are understood; ``+`` tags are kept. An address may
    be well-formed and still not exist. Addresses in quotes and on IP numbers count as malformed.
    """
    text = text.strip()
    if text.endswith(">") and (found := _IN_BRACKETS.fullmatch(text)):
        text = found[1].strip()
    if ":" in text and (found := _MAILTO.fullmatch(text)):
        text = unquote(found[1]).strip()
    text = text.lower() if text.isascii() else normalize("NFC", normalize("NFC", text).lower())
    local, at, host = text.rpartition("@")
    if not at:
        return None
    ascii_host = _ascii(host)
    if ascii_host is None:
        return None
    if local.isascii():
        short = len(local) <= _LONGEST_LOCAL and len(local) + len(ascii_host) < _LONGEST
        sound = short and _LOCAL.fullmatch(local) is not None
        return f"{local}@{ascii_host}" if sound else None
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - rare

    try:
        validate_email(f"{local}@mail.com", check_deliverability=False, strict=True)
    except EmailNotValidError:
        return None
    return f"{local}@{ascii_host}"


@lru_cache(_CACHE)
def domain(text: str) -> str | None:
    """Return the host of a domain, URL or e-mail in lower-case ASCII, without ``www.``.

    None when there is no host with a dot, or when it is an IP number.
    """
    text = text.strip()
    found = _URL.fullmatch(text)
    if not found:
        return None
    host = found[1].rpartition("@")[2]
    ascii_host = _ascii(_PORT.sub("", host).removesuffix(".").lower())
    if ascii_host is None:
        return None
    bare = ascii_host.removeprefix("www.")
    return bare if "." in bare else ascii_host


@lru_cache(_CACHE)
def profile_url(text: str) -> str | None:
    """Return a LinkedIn member's page as ``https://www.linkedin.com/in/name``, else None."""
    return _linkedin(text, "in")


@lru_cache(_CACHE)
def company_url(text: str) -> str | None:
    """Return a LinkedIn company page as ``https://www.linkedin.com/company/name``, else None."""
    return _linkedin(text, "company")


def phone(text: str, region: str = "") -> str | None:
    """Return a valid number in E.164 without its extension, else None.

    Args:
        text: As written. A number that a spreadsheet has rounded (``3.36E+10``) is lost: None.
        region: ISO 3166 alpha-2 country of a number that states none.
    """
    number = parse_phone(text, region)
    return number and number.e164


@lru_cache(1 << 10)
def parse_phone(text: str, region: str = "") -> "Phone | None":
    """Return a valid number with what its parts say, else None."""
    from enrichctl.facts.numbering import in_plan, split_plain, valid  # noqa: PLC0415 - slow to import

    # As most are: there is nothing in it to leave out.
    if (parts := split_plain(text)) and not _MAY_MEAN_MORE.search(text):
        return in_plan(*parts)
    text = text.strip().lstrip("'\u2019`").lstrip().translate(_DOTS)
    if _ISO_DATE.fullmatch(text):
        return None
    if found := _AS_FLOAT.fullmatch(text):
        text = found[1]
    text = _without_words(text, region)
    found = _ZEROS_FOR_PLUS.match(text)
    if found and (number := valid("+" + text[found.end() :], "")):
        return number
    number = (
        _without_zero(text)
        or _without_more(text, region)
        or valid(text, region)
        or (valid(text.replace("(0)", ""), region) if "(0)" in text else None)
    )
    return _with_its_plus(text, region, number) or number


def _without_zero(text: str) -> "Phone | None":
    """Return the mobile that is meant by +39 (0) 347 1234567: Italian ones have no zero.

    Italian fixed lines do have one, and in other countries it makes no difference.
    """
    from enrichctl.facts.numbering import is_mobile, valid  # noqa: PLC0415 - slow to import

    found = _ITALIAN_ZERO.match(text)
    if found is None:
        return None
    number = valid(f"+39{text[found.end() :]}", "")
    return number if number and is_mobile(number) and len(number.e164) == _ITALIAN_MOBILE else None


def _without_words(text: str, region: str) -> str:
    """Return the first number of a text, without the words and numbers behind it."""
    from enrichctl.facts.numbering import valid  # noqa: PLC0415 - slow to import

    first, *others = _NEXT_NUMBER.split(text)
    if others and sum(map(str.isdigit, first)) >= _FEWEST_DIGITS:
        # What begins neither with a zero nor a plus may be the rest of it: +43 (0)664 / 12 34 56.
        apart = others[0][:1] in {"", "0", "+"} or not others[0][0].isdigit()
        text = first if apart or valid(first, region) else text
    found = _WORD.search(text, 1)
    if found and sum(map(str.isdigit, text[: found.start()])) >= _FEWEST_DIGITS:
        return _HOURS.sub("", text[: found.start()])
    return text


def _without_more(text: str, region: str) -> "Phone | None":
    """Return the number before hours, floors and extensions of others, where it is one by itself.

    Plans that allow numbers of many lengths would take their digits for a part of it.
    """
    from enrichctl.facts.numbering import valid  # noqa: PLC0415 - slow to import

    if found := _MORE.search(text):
        return valid(text[: found.start()], region)
    *before, one, other = text.split(" ") if text.count(" ") else ["", "", ""]
    twice = len(one) == len(other) >= _FEWEST_DIGITS and one.isdecimal() and other.isdecimal()
    return valid(" ".join([*before, one]), region) if twice else None


def _with_its_plus(text: str, region: str, number: "Phone | None") -> "Phone | None":
    """Return the number meant by digits that begin with the country's own calling code.

    Spreadsheets eat the plus of +49 171 2345678. Where the digits are a mobile of the country as
    they stand, nothing is missing.
    """
    from enrichctl.facts.numbering import calling_code, is_mobile, valid  # noqa: PLC0415 - slow

    digits = re.sub(r"\D", "", text.replace("(0)", ""))
    code = calling_code(region) if region and "+" not in text else ""
    if not code or not digits.startswith(code):
        return None
    if number is not None and is_mobile(number) and len(digits) <= _LONGEST_NATIONAL:
        return None
    return valid("+" + digits, "")


def same(kind: Kind, a: str, b: str, region: str = "") -> bool:
    """Tell whether two spellings mean the same value."""
    return a == b or _canonical(kind, a, region) == _canonical(kind, b, region)


def canonical(field_name: str, text: str, region: str = "") -> str:
    """Return the one spelling of a field's value; ids as they are.

    What is not understood (a malformed e-mail, an unknown country) comes back folded.
    """
    return _canonical(kind_of(field_name), text, region)


def _canonical(kind: Kind, text: str, region: str) -> str:
    if kind == "id":
        return text
    if kind == "phone":
        return phone(text, region) or fold(text)
    spell = _SPELL.get(kind)
    return (spell and spell(text)) or fold(text)


def _number(text: str) -> str:
    return re.sub(r"[.,]0+\Z", "", fold(text))


def _country(text: str) -> str | None:
    return countries.name(countries.code(text) or "")


def _url(text: str) -> str | None:
    host = domain(text)
    found = _URL.fullmatch(text.strip())
    if host is None or found is None:
        return None
    return f"https://{host}{found[2].rstrip('/')}{found[3] or ''}"


_SPELL: Mapping[Kind, Callable[[str], str | None]] = {
    "email": email,
    "person_url": profile_url,
    "company_url": company_url,
    "url": _url,
    "domain": domain,
    "country": _country,
    "country_code": countries.code,
    "number": _number,
}


@lru_cache(_CACHE)  # far fewer than the addresses there
def _ascii(host: str) -> str | None:
    """Return a well-formed host in ASCII, else None."""
    if not host.isascii():
        import idna  # noqa: PLC0415 - slow to import, rarely needed

        try:
            host = idna.encode(host, uts46=True, transitional=False).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    return host if _HOST.fullmatch(host) else None


def _linkedin(text: str, what: str) -> str | None:
    found = _LINKEDIN.fullmatch(text.strip())
    if not found or found[1].lower() != what:
        return None
    slug = normalize("NFC", unquote(found[2]))
    if not _MEMBER_ID.fullmatch(slug):
        slug = normalize("NFC", slug.lower())
    slug = slug.rstrip(",;.")
    if re.search(r"[/?#\s\x00-\x1f\ufffd]", slug) or slug in _NO_PROFILE:
        return None
    return f"https://www.linkedin.com/{what}/{quote(slug, safe='')}"
