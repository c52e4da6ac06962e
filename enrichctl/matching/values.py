"""Looks at a column's values: could they be what its header says?"""

import re
from collections.abc import Callable, Mapping, Sequence

from enrichctl import aliases
from enrichctl.facts import spelling
from enrichctl.fields import kind_of
from enrichctl.patterns import pattern

Check = Callable[[str], bool]

_BETWEEN = pattern(r"\s*(?::::|[;,|\n]|\s/\s|\s)\s*")
_TRUE = frozenset({"true", "t", "yes", "y", "1", "x", "wahr", "ja", "vrai", "oui", "sí", "si"})
_FALSE = frozenset({"false", "f", "no", "n", "0", "falsch", "nein", "faux", "non", "nej"})
_DATE = pattern(r"\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b")
# Written with a plus, a leading zero, brackets, or in groups as Americans write them.
_PHONE = pattern(r"(?:\+|00?[1-9]|\(\d)[\d\s()./-]{5,}|1?[-. ]?\d{3}[-. ]\d{3}[-. ]\d{4}", re.ASCII)
_STATUSES = {"deliverable", "catch_all", "risky", "undeliverable", "unknown"}


def mostly(check: Check, values: Sequence[str]) -> bool:
    """Tell whether a check holds for at least half of the values, and for one at least."""
    return bool(values) and 2 * sum(map(check, values)) >= len(values)


def values_fit(name: str, values: Sequence[str]) -> bool:
    """Tell whether a column's values could be those of a field; no values contradict nothing."""
    check = _FIELD_CHECKS.get(name) or _KIND_CHECKS.get(kind_of(name), lambda _: True)
    return not values or mostly(check, values)


def is_code(text: str) -> bool:
    """Tell whether a country is given by its two-letter code."""
    return bool(re.fullmatch(r"[A-Za-z]{2}", text))


def is_bare_domain(text: str) -> bool:
    """Tell whether a website is given as a domain only: no scheme, no path."""
    return spelling.domain(text) is not None and not re.search(r"[/@]|^www\.", text.lower())


def is_lead_link(text: str) -> bool:
    """Tell whether a link leads to somebody in Sales Navigator, by a number that it alone knows."""
    return bool(re.search(r"linkedin\.com/sales/(?:lead|people)/", text.lower()))


def is_id(prefix: str) -> Check:
    """Return a check for ids that begin so."""
    return lambda text: text.startswith(prefix)


def tokens(text: str) -> list[str]:
    """Return a name's words, folded."""
    words = (aliases.fold(word) for word in re.split(r"[\s.,_@+-]+", text))
    return [word for word in words if word]


def names_the_owner(name: str, email: str) -> bool:
    """Tell whether an address's local part holds a word of a name."""
    local = aliases.fold(email.partition("@")[0])
    return any(word in local for word in tokens(name) if len(word) > 2)  # noqa: PLR2004 - initials


def names_the_domain(name: str, email: str) -> bool:
    """Tell whether an address's domain begins like a name, as a company's would."""
    domain, first = aliases.fold(email.rpartition("@")[2]), next(iter(tokens(name)), "")
    return len(first) > 2 and domain.startswith(first)  # noqa: PLR2004 - initials


def _is_phone(text: str) -> bool:
    if re.fullmatch(r"\d[\d.,]*E\+?\d+", text):  # a number that a spreadsheet has rounded
        return True
    digits = sum(c.isdigit() for c in text)
    return digits >= 6 and sum(c.isalpha() for c in text) <= 4  # noqa: PLR2004 - "ext."


def _is_website(text: str) -> bool:
    host = spelling.domain(text)
    return host is not None and "@" not in text and not host.endswith("linkedin.com")


def _is_title(text: str) -> bool:
    words = tokens(text)
    return (
        _is_text(text)
        and not all(word in aliases.SALUTATIONS for word in words)
        and not (len(words) == 1 and words[0] in aliases.ROLES)
    )


def is_true(text: str) -> bool:
    """Tell whether a cell says yes, as exports write it."""
    return text.casefold() in _TRUE


def _is_company(text: str) -> bool:
    """Tell whether a text could name a company: not a number, a yes or no, an address, a link."""
    bare = text.casefold()
    if bare in _TRUE or bare in _FALSE or re.fullmatch(r"[\d\s.,/#-]+", text):
        return False
    return spelling.email(text) is None and "://" not in text


def holds_email(text: str) -> bool:
    """Tell whether a cell holds an e-mail address, or several."""
    if "@" not in text:
        return False
    return any(spelling.email(part) is not None for part in several(text))


def several(text: str) -> list[str]:
    """Return the addresses of a cell: Google joins them by ``:::``, people by commas."""
    parts = (part.strip(" <>") for part in _BETWEEN.split(text))
    return [part for part in parts if part]


def is_phone_number(text: str) -> bool:
    """Tell whether a text can be nothing else than a phone number: no id, date or amount."""
    if _DATE.match(text) or not _PHONE.fullmatch(text):
        return False
    return 7 <= sum(map(str.isdigit, text)) <= 15  # noqa: PLR2004 - E.164, and the shortest


def is_profile(text: str) -> bool:
    """Tell whether a text is a person's profile."""
    return spelling.profile_url(text) is not None


def _is_text(text: str) -> bool:
    return spelling.email(text) is None and "://" not in text and any(c.isalpha() for c in text)


_KIND_CHECKS: Mapping[str, Check] = {
    "email": lambda text: text.find("@") > 0,  # a malformed one is one as well
    "phone": _is_phone,
    "person_url": lambda text: spelling.profile_url(text) is not None,
    "company_url": lambda text: spelling.company_url(text) is not None,
    "url": _is_website,
    "domain": _is_website,
    "country": _is_text,
    "country_code": is_code,
    "number": lambda text: text.replace(".0", "").strip().isdigit(),
}
_FIELD_CHECKS: Mapping[str, Check] = {
    "first_name": _is_text,
    "last_name": _is_text,
    "full_name": _is_text,
    "job_title": _is_title,
    "company_name": _is_company,
    "email_status": lambda text: text.lower() in _STATUSES,
    "city": _is_text,
}
