"""Texts that are no value: ``N/A``, ``-``, ``#REF!``, "no email found", and what no answer can be.

The words are in ``data/no_values.txt``, in the languages in which headers are recognised.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from enrichctl.facts import domains, mailboxes, spelling
from enrichctl.facts.words import lines, plain
from enrichctl.fields import Kind, kind_of
from enrichctl.patterns import pattern

_LETTERS = 4  # by which most texts are told from all that says nothing
_FIRST_WORD = pattern(r"[A-Za-z]+")
_LONGEST = 60  # characters; who writes more says something
_DUMPED = frozenset({"\\N", "\\n", "<na>", "<NA>", "NaT", "nat"})  # PostgreSQL, MySQL, pandas
# Errors of spreadsheets in any language: #REF!, #¡VALOR!, #NAME?; and of those without a mark.
_ERROR = pattern(
    r"#[¡¿]?[^\W\d_]+(?:[/_]?[^\W_]+)*[!?]|#(?:N/?[ABDV]|[IH]/T|GETTING_DATA)[!?]?|Err:\d+",
    re.IGNORECASE,
)
# What mail merge, templates and CRMs leave where they found nothing to put in.
_TAG = pattern(r"\{\{.*\}\}|\$?\{.*\}|\*\|.*\|\*|<<.*>>|%\w+%|\[.*\]|<[^@]*>|\(\)")
_IN_BRACKETS = pattern(r"[\[({<]+([^\[\](){}<>]*)[\])}>]+")
_SAME_DIGIT = pattern(r"(\d)\1{4,}")
# Eight of them in a row are a number in some countries.
_COUNTED = pattern(r"12345(?:6(?:7(?:890?)?)?)?|0123456789")
# A number may have letters in it only where Americans spell a word with its keys.
_NUMBER = pattern(
    r"[+(]?\d(?:(?! [/|] )[\d\s()./\u2010-\u2015\u00a0\u202a-\u202e-])*(?:[A-Z]{4,}[A-Z\d-]*)?"
)
_DATE = pattern(r"\b(?:19|20)\d\d-\d\d?-\d\d?\b")
_DIGITS = range(6, 18)  # the shortest that is dialled whole, and the longest with its country
_MARKS = pattern(r"[\s().+-]")
_PROFILE = pattern(r".*/in/([^/?#]*)/?(?:[?#].*)?", re.IGNORECASE | re.DOTALL)
# LinkedIn's own page for the reader, and what its exports put for those who hide theirs.
_NO_PROFILE = frozenset({"", "me", "unavailable", "headless", "edit"})
_NO_LOCAL = frozenset({"nomail", "noemail", "donotemail"})
_NO_ADDRESS = ("not a ", "not an ")
_ONLY_AT_THEIR_OWN = frozenset({"test", "email", "mail", "example"})  # test@test.com
# Surnames that are markers as well. Only Python writes None, and only SQL and R write capitals.
_ALSO_NAMES = frozenset({"null", "na", "nan", "nil", "no", "brak", "keine", "yok"})
_NAMES = ("first_name", "last_name")
# Who leaves one of these open with a marker may well do so with the next; a title is another thing.
_WHO = frozenset({*_NAMES, "full_name", "company_name", "email"})


class _Language(NamedTuple):
    alone: frozenset[str]
    every: frozenset[str]
    negating: frozenset[str]


class _Starts(NamedTuple):
    """The first words of all that says nothing, and the letters that these begin with."""

    words: frozenset[str]
    letters: frozenset[str]


class _Words(NamedTuple):
    phrases: frozenset[str]
    bracketed: frozenset[str]
    employers: frozenset[str]
    languages: tuple[_Language, ...]


def stated(values: Mapping[str, str]) -> dict[str, str]:
    """Return what a row or an answer really says: its values without what `is_nothing`.

    Some words are a marker in one row and a value in another, which only the rest of it tells:
    Christopher Null, the country code of Namibia, the province of Naples.

    Args:
        values: Field → text.
    """
    starts = _starts().letters
    nothing = {
        name
        for name, text in values.items()
        if not ((key := text[:_LETTERS]).isalpha() and key.lower() not in starts and key.isascii())
        and not _says(text)
        and is_nothing(text, name)
    }
    if not nothing:
        return dict(values)
    kept = {name for name in nothing if _means_it(name, values, nothing)}
    return {name: text for name, text in values.items() if name not in nothing or name in kept}


def places_of_nothing(name: str, texts: Sequence[str]) -> list[int]:
    """Return where the rows of a column stand that `stated` has to look at, whatever it keeps.

    What a column says often is looked at once.
    """
    nothing = {text for text in set(texts) if text and not stated({name: text})}
    return [at for at, text in enumerate(texts) if text in nothing] if nothing else []


def _says(text: str) -> bool:
    """Tell whether it is plain from how a text begins that it says something.

    Most cells do, and so need not be taken apart.
    """
    if not text.isascii():
        return False
    place = text.lower().find("/in/") + 1
    if place:
        text = text[place + 3 :]  # a profile says what stands at its end
    elif (begun := text.lstrip("+(").replace(" ", "")[:2]).isdecimal():
        # Neither one digit over and over nor one after the other.
        repeated = begun[0] == begun[1:] and begun[0] == text[-1]
        return len(begun) > 1 and begun not in ("12", "01") and not repeated
    found = _FIRST_WORD.match(text)
    return found is not None and found[0].lower() not in _starts().words


@lru_cache(1 << 11)  # most values are of few: levels, towns, countries
def could_be(field: str, text: str, email: str = "") -> bool:
    """Tell whether a text that came as a field's value can be one.

    What says nothing, is no address or number, leads to no profile, or names a domain that is
    nobody's fills no cell, so that the next provider is asked.

    Args:
        field: Whose value it would be.
        text: As it came.
        email: The person's, who may work for a company that gives pages away.
    """
    key = text[:_LETTERS]
    plainly = key.isalpha() and key.isascii() and key.lower() not in _starts().letters
    if not plainly and not _says(text) and is_nothing(text, field):
        return False
    fits = _FITTING.get(kind_of(field))
    return fits is None or fits(text, email)


def _is_companys(text: str, email: str) -> bool:
    """Tell whether a domain is a company's, by itself or by who has mail there."""
    if domains.company(text) is not None:
        return True
    own = domains.company(email)
    return own is not None and own == spelling.domain(text)


def is_nobodys(field: str, text: str) -> bool:
    """Tell whether a value leads to nobody, so that no provider is told it.

    An address that is malformed or ends as no domain can, a profile that is none, a domain or
    website of nobody in particular: a mailbox provider's, say.
    """
    match kind_of(field):
        case "email":
            return mailboxes.is_malformed(text)
        case "person_url":
            return spelling.profile_url(text) is None
        case "domain" | "url":
            return domains.company(text) is None
    return False


def usable(values: Mapping[str, str]) -> dict[str, str]:
    """Return what a provider may be told of: values without what `is_nobodys`.

    Nor is it told a website of another company than that of the domain next to it.
    """
    without = "website" if names_two_companies(values) else ""
    return {n: text for n, text in values.items() if n != without and not is_nobodys(n, text)}


def names_two_companies(values: Mapping[str, str]) -> bool:
    """Tell whether domain and website of a record are of two companies: the domain counts."""
    domain, website = values.get("company_domain"), values.get("website")
    if not (domain and website):
        return False
    one, other = domains.company(domain), domains.company(website)
    return one is not None and other is not None and one != other


def _could_be_called(text: str) -> bool:
    """Tell whether a text holds a phone number, as anybody may write one."""
    if text[:1] == "+" and text[1:].isdecimal():
        return len(text) - 1 in _DIGITS
    found = _NUMBER.search(text)
    if not found or "@" in text or "://" in text or _DATE.search(text):
        return False
    return sum(map(str.isalnum, found[0])) in _DIGITS


@lru_cache(1 << 11)
def is_nothing(text: str, field: str = "") -> bool:
    """Tell whether a text says that there is no value.

    A value that is merely wrong, such as a malformed address, says something all the same.

    Args:
        text: Of a cell or an answer.
        field: Whose value it would be; some texts are one in one field only.
    """
    text = text.strip()
    if not text or text in _DUMPED:
        return True
    kind = kind_of(field)
    nobodys = _NOBODYS.get(kind, _undecided)(text)
    if nobodys is not None or len(text) > _LONGEST:
        return bool(nobodys)
    words = plain(text)
    if words == "no":  # as a country Norway, or not: see `countries.code`
        return kind not in {"country", "country_code"}
    employer = field == "company_name" and words in _words().employers
    return employer or _is_no_text(text, words)


def _is_no_text(text: str, words: str) -> bool:
    """Tell whether a text that is of no kind in particular says that there is no value."""
    if not words:
        return not any(map(str.isalnum, text))
    if _is_marker(words) or _ERROR.fullmatch(text) or _TAG.fullmatch(text):
        return True
    bracketed = _IN_BRACKETS.fullmatch(text)
    return bracketed is not None and plain(bracketed[1]) in _words().bracketed


def _means_it(name: str, values: Mapping[str, str], nothing: set[str]) -> bool:
    """Tell whether a word that is mostly a marker is a value here."""
    text = values[name].strip()
    if name in _NAMES:
        other = values.get(_NAMES[name == _NAMES[0]], "").strip()
        shouted = text.isupper() and other.isupper() and text != "NA"
        return (
            nothing.isdisjoint(_WHO - {name})
            and bool(other)
            and text.casefold() in _ALSO_NAMES
            and text != "NaN"
            and (text.istitle() or shouted)
        )
    if text != "NA":
        return False
    country = plain(values.get("country", ""))
    if name == "country_code":
        return country == "namibia"
    italian = {country, values.get("country_code", "").casefold()} & {"italy", "italia", "it"}
    return name == "region" and bool(italian)


def _undecided(_: str) -> bool | None:
    return None


def _nobodys_address(text: str) -> bool | None:
    local, at, host = text.casefold().rpartition("@")
    if not at:
        # Who writes "not an e-mail" says that what stood there is wrong, not that nothing did.
        return False if plain(text).startswith(_NO_ADDRESS) else None
    bare = plain(local).replace(" ", "")
    if bare in _NO_LOCAL or not bare:
        return True
    if bare in _ONLY_AT_THEIR_OWN:
        return host.partition(".")[0] == bare
    # At a domain that says something it may be a person's initials, or a mailbox of that name.
    return _is_marker(plain(host.partition(".")[0])) and _is_marker(plain(local))


def _nobodys_number(text: str) -> bool | None:
    digits = _MARKS.sub("", text)
    if not digits.isdecimal():
        return None
    return bool(_SAME_DIGIT.fullmatch(digits) or _COUNTED.fullmatch(digits))


def _nobodys_profile(text: str) -> bool | None:
    found = _PROFILE.fullmatch(text)
    if not found:
        return None
    return found[1].lower() in _NO_PROFILE or _is_marker(plain(found[1]))


_NOBODYS: Mapping[Kind, Callable[[str], bool | None]] = {
    "email": _nobodys_address,
    "phone": _nobodys_number,
    "person_url": _nobodys_profile,
}
"""Tell of an address, a number, a profile whether it is nobody's; None of any other text."""

_FITTING: Mapping[Kind, Callable[[str, str], bool]] = {
    "email": lambda text, _: not mailboxes.is_malformed(text),
    "phone": lambda text, _: _could_be_called(text),
    "person_url": lambda text, _: spelling.profile_url(text) is not None,
    "domain": _is_companys,
}
"""Tell of a text and the person's e-mail whether the text can be a value of its kind."""


@lru_cache(1 << 12)
def _is_marker(words: str) -> bool:
    """Tell whether plain words say that there is nothing."""
    table = _words()
    if words in table.phrases:
        return True
    parts = frozenset(words.split())
    if len(parts) == 1 and parts <= table.phrases:
        return True  # null null
    return any(
        parts <= language.every
        and (
            not parts.isdisjoint(language.alone)
            or (len(parts) > 1 and not parts.isdisjoint(language.negating))
        )
        for language in table.languages
    )


@cache
def _words() -> _Words:
    lists: dict[str, set[str]] = {"phrase": set(), "bracketed": set(), "employer": set()}
    languages = []
    for line in lines("no_values.txt"):
        name, _, rest = line.partition(": ")
        if name in lists:
            lists[name].update(map(plain, rest.split(",")))
            continue
        alone, negating, others = (
            frozenset(map(plain, part.split(","))) for part in rest.split("|")
        )
        languages.append(_Language(alone, alone | negating | others, negating))
    return _Words(
        frozenset(lists["phrase"]),
        frozenset(lists["bracketed"]),
        frozenset(lists["employer"]),
        tuple(languages),
    )


@cache
def _starts() -> _Starts:
    table = _words()
    every = {*_DUMPED, *_NO_PROFILE, *_NO_LOCAL, *_ONLY_AT_THEIR_OWN, "err", "do", "no"}
    every.update(table.phrases, table.bracketed, table.employers)
    for language in table.languages:
        every |= language.every
    words = {found[0].lower() for text in every if (found := _FIRST_WORD.match(text))}
    # What stands before a profile's own name is looked through for it.
    return _Starts(
        frozenset(words),
        frozenset(word[:_LETTERS] for word in (*words, "https", "www", "linkedin")),
    )
