"""First and last name from a full name or an e-mail address, where they can be told apart."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple
from unicodedata import normalize

from enrichctl.facts import countries, mailboxes, spelling
from enrichctl.facts.words import lines, plain

_HONORIFICS = frozenset(
    """mr mrs ms miss mx sir dame lord lady dr drs prof professor rev fr hon capt captain col major
    mme madame mlle mademoiselle m monsieur me maitre herr frau hr fru froken sr sra srta senor
    senora senorita don dona dott dottor dottssa dottore sig signor signora ing dipl mag msc dhr
    mevr mw ir lic arq ingo docteur doktor med jur pan pani graf grafin freiherr freifrau baron hc
    habil diping dipling diplingfh diplkfm diplkffr diplinf mgr bc bca judr mudr mvdr phdr rndr
    thdr""".split()  # noqa: SIM905 - a list to read
)
# Don Draper, but Don José García.
_HONORIFIC_OR_NAME = frozenset({"don", "dona", "pan", "fr", "me", "m", "lady", "baron", "bc"})
_SUFFIXES = frozenset(
    """jr sr ii iii iv junior phd dphil md mba bba msc bsc ma ba meng beng mph mpa jd llm llb llp
    esq cpa cfa acca aca fca pmp cissp cfe frm pe rn dds dvm edd psyd mphil emba obe mbe cbe frsa
    phr sphr shrm dipl ret csm cism cisa gphr ccim fache bsn msn np lcsw pharmd ceng
    csc""".split()  # noqa: SIM905 - a list to read
)
_PARTICLES = frozenset(
    """van von vom zu zum zur der den de del della delle dello di da das do dos du des la le las los
    el al bin bint ibn abu ben ter ten te tot op af av y e i st saint lo het t d san santa
    mac""".split()  # noqa: SIM905 - a list to read
)
# Written with a capital they are as often given names or parts of them: Ben, Al, Santa, Abu, Mac.
_ALSO_GIVEN = frozenset({"ben", "al", "abu", "san", "santa", "saint", "st", "mac", "ten", "do"})
_JOINING = frozenset({"y", "e", "i"})  # the surname before it and the one behind it are one
# Vietnamese families, which stand first at home and last abroad: with three words, nobody knows.
_FAMILY_FIRST = frozenset({"nguyen", "tran", "pham", "huynh", "hoang", "duong", "ngo"})
_NOT_A_PERSON = frozenset(
    """na none null unknown test team department dept desk group company gmbh inc ltd llc corp ag
    sa srl oy ab aps the and und et info kunde customer client account n a contact kontakt lead
    user admin success front new our hello world human resources marketing manager services
    customer solutions consulting accounts payable billing purchasing reception office
    technologies vorname nachname prenom first nicht antworten data protection ext extern
    external""".split()  # noqa: SIM905 - a list to read
)
_ASIDE = re.compile(
    r"\([^)]*\)|\[[^\]]*\]|\"[^\"]*\"|\u201c[^\u201d]*\u201d|\s[|\u2013\u2014-]\s.*"
)
# Latin, Greek and Cyrillic: elsewhere the family stands first, or no space parts the names.
_WESTERN = re.compile(r"[\u0000-\u058f\u1e00-\u1fff]*")
_INITIAL = re.compile(r"\w\.?|(?:\w\.-?)+")
_LETTERS = re.compile(r"[^\W\d_]+")
# Left small among capitals: McDONALD, d'ARC, GROß.
_SMALL = re.compile(r"^(?:Ma?c|[dl]['\u2019])(?=[A-Z]{2})|ß")
_ACRONYM = 4  # letters of CEO and the like
_VOWEL = re.compile(r"[aeiouyåäöøæ]")


class Name(NamedTuple):
    """A name in two parts. ``sure`` is between 0 and 1."""

    first: str
    last: str
    sure: float


@lru_cache(1 << 12)
def split(full: str) -> Name | None:
    """Tell first from last name in a full name; None when it is not clear or not a person.

    Titles, degrees, nicknames and asides are left out. ``Doe, Jane``, ``DOE Jane`` and particles
    (``Ludwig van Beethoven``) are understood. A name wholly in capitals comes back in the usual
    spelling.
    """
    full = _ASIDE.sub(" ", full)
    before, comma, after = full.partition(",")
    given = _bare(after.replace(",", " "))
    words = _bare(before)
    if not words or not _is_sound(words + given) or re.search(r"[\d@&/;_+<>]", full):
        return None
    if comma and given:
        return None if _is_aside(words, given) else _cased(given, words, 0.95)
    if _is_initial(words[-1]):
        return None
    shouted = [_is_shouted(word) for word in words]
    if any(shouted) and not all(map(_is_loud, words)):
        return _by_capitals(words, shouted)
    family_first = len(words) > 2 and plain(words[0]) in _FAMILY_FIRST  # noqa: PLR2004 - see there
    return None if family_first or _is_particle(words[0]) else _by_place(words)


@lru_cache(1 << 12)
def from_email(address: str) -> Name | None:
    """Return the name that a personal address spells out (``jane.doe@``), else None.

    Initials (``j.smith@``), run-together names (``jsmith@``), digits, roles and anything longer
    than a first name, particles and a last name give none.
    """
    canonical = spelling.email(address)
    if canonical is None or mailboxes.kind(canonical) not in {"person", "free"}:
        return None
    local = canonical.partition("@")[0].partition("+")[0]
    first, *rest = re.split(r"[._]", local)
    if not rest or plain(first) in _HONORIFICS - _HONORIFIC_OR_NAME:
        return None
    # A letter between two names is more often a second name's than a particle.
    if not all(word in _PARTICLES and len(word) > 1 for word in rest[:-1]):
        return None
    parts = [first, rest[-1]]
    if not all(_spells_a_name(part) for part in parts):
        return None
    listed = [part.partition("-")[0] in _given() for part in parts]
    if listed == [False, True]:
        return None
    return Name(_proper(first), " ".join(map(_proper, rest)), 0.85 if listed[0] else 0.8)


def telling(words: Sequence[str]) -> list[str]:
    """Return the words, in lower case, that tell one name from another: no titles, no particles.

    Nothing is left out of a name that would be left without two words.
    """
    kept = list(words)
    for idle in (_SUFFIXES, _HONORIFICS, _PARTICLES):
        left = [word for word in kept if word not in idle or len(word) == 1]
        kept = left if len(left) > 1 else kept
    return kept


def join(first: str, last: str) -> str | None:
    """Return a full name, None when the parts are no names (``n/a``, ``Test``)."""
    words = [*first.split(), *last.split()]
    rubbish = {plain(word) for word in words} & _NOT_A_PERSON
    lettered = all(any(map(str.isalpha, part)) for part in (first, last))
    return " ".join(words) if lettered and not rubbish and "/" not in first + last else None


def rest_of(full: str, known: str) -> str | None:
    """Return what a full name says beside the part that is known, None when they disagree."""
    part = plain(known).split()
    if parts := split(full):
        if part == plain(parts.last).split():
            return parts.first
        if part and plain(parts.first).split()[: len(part)] == part:
            return parts.last
    words = _bare(_ASIDE.sub(" ", full))
    words = [word for word in words if plain(word) in part or not _is_initial(word)]
    if not _is_sound(words) or len(set(map(_is_shouted, words))) > 1:
        return None  # Jane Doe CEO
    for size in range(1, len(words)):
        if part == plain(" ".join(words[:size])).split():
            return _spelled(words[size:])
        if part == plain(" ".join(words[-size:])).split():
            return None if _is_particle(words[-size - 1]) else _spelled(words[:-size])
    return None


def _bare(text: str) -> list[str]:
    """Return the words of a name without honorifics before and degrees behind it."""
    words = text.split()
    while len(words) > 1 and _is_honorific(words[0], len(words)):
        words.pop(0)
    while words and plain(words[-1]).replace(" ", "") in _SUFFIXES:
        if len(words) == 2 and words[-1].istitle() and not words[-1].endswith("."):  # noqa: PLR2004
            break  # Jack Ma, not a Master of Arts
        words.pop()
    return words


def _is_honorific(word: str, count: int) -> bool:
    title = plain(word).replace(" ", "")
    if word in {"h.", "c.", "e."}:  # honoris causa
        return True
    return title in _HONORIFICS and (
        title not in _HONORIFIC_OR_NAME or word.endswith(".") or count > 2  # noqa: PLR2004
    )


def _is_sound(words: list[str]) -> bool:
    return all(_is_word(word) and plain(word) not in _NOT_A_PERSON for word in words)


def _is_word(word: str) -> bool:
    letters = re.sub(r"['\u2019.\u2010-]", "", word)
    return letters.isalpha() and bool(_WESTERN.fullmatch(letters))


def _is_shouted(word: str) -> bool:
    """Tell whether a word is in capitals; initials are always, so they say nothing."""
    bare = _SMALL.sub("", word)
    return bare.isupper() and max(map(len, _LETTERS.findall(bare)), default=0) > 1


def _is_initial(word: str) -> bool:
    return bool(_INITIAL.fullmatch(word)) and word[0].isupper()


def _is_particle(word: str) -> bool:
    low = plain(word)
    given = (low in _ALSO_GIVEN and word.istitle()) or _is_initial(word)
    return low in _PARTICLES and not given


def _is_aside(before: list[str], after: list[str]) -> bool:
    """Tell a title, town or company behind a comma from given names: ``Jane Doe, CEO``."""
    if any(map(_is_shouted, after)) and not any(map(_is_shouted, before)):
        return True
    names = [word for word in before if not _is_particle(word)]
    return len(names) > 1 and plain(after[0]).partition(" ")[0] not in _given()


def _by_capitals(words: list[str], shouted: list[bool]) -> Name | None:
    last = [word for word, loud in zip(words, shouted, strict=True) if loud]
    start = shouted.index(True)
    if shouted[start : start + len(last)] != [True] * len(last):
        return None
    if start == 0:
        # JJ Abrams is not of the family of JJ, as NG Wei is of that of NG.
        nickname = all(len(word) < 3 for word in last)  # noqa: PLR2004 - two letters
        return None if nickname else _cased(words[len(last) :], last, 0.9)
    while start > 1 and words[start - 1] in _PARTICLES:
        start -= 1
    listed = all(plain(word).partition(" ")[0] in _given() for word in words[:start])
    if start > 1 and not listed and all(len(word) <= _ACRONYM for word in last):
        return None  # Jane Doe CEO
    if start + len(last) < len(words) and words[-1] not in last:
        return None
    return _cased(words[:start], words[start:], 0.95)


def _by_place(words: list[str]) -> Name | None:
    count = len(words)
    for place in range(1, count - 1):
        if _is_particle(words[place]):
            start = place - (plain(words[place]) in _JOINING)
            return _cased(words[:start], words[start:], 0.9)
    inner = [word for word in words[1:-1] if not _is_initial(word)]
    two_given = bool(inner) and plain(inner[0]).partition(" ")[0] in _given()
    match [words[0], *inner, words[-1]]:
        case [first, last] if count > 1:
            swapped = plain(last) in _given() and plain(first) not in _given()
            return _cased([first], [last], 0.6 if swapped else 0.9)
        case [first, second, last] if two_given:
            return _cased([first, second], [last], 0.75)
        case [first, *surnames] if len(surnames) == 2 and _iberian(first):  # noqa: PLR2004
            return _cased([first], surnames, 0.7)
        case [first, second, *surnames] if len(surnames) == 2 and two_given and _iberian(first):  # noqa: PLR2004
            return _cased([first, second], surnames, 0.75)
    return None


def _iberian(first: str) -> bool:
    return plain(first) in _iberian_names()


def _spells_a_name(part: str) -> bool:
    return (
        len(part) > 1
        and part.replace("-", "").isalpha()
        and not part.startswith("-")
        and bool(_VOWEL.search(part))
        and not mailboxes.is_role(part)
        and part not in _NOT_A_PERSON
        and part not in _PARTICLES
        and countries.code(part) is None
    )


def _cased(first: list[str], last: list[str], sure: float) -> Name | None:
    return Name(_spelled(first), _spelled(last), sure) if first and last else None


def _spelled(words: list[str]) -> str:
    return " ".join(_proper(w) if _is_loud(w) or w.islower() else w for w in words)


def _is_loud(word: str) -> bool:
    return _SMALL.sub("", word).isupper()


def _proper(word: str) -> str:
    """Return one word of a name as it is usually written: ``O'BRIEN`` is O'Brien."""
    if plain(word) in _PARTICLES and not _is_initial(word):
        return word.lower()
    parts = re.split(r"([-\u2010'\u2019])", word.lower())
    cased = normalize("NFC", "".join(part.capitalize() for part in parts))
    cased = cased.replace("i\u0307", "i")  # what Python makes of a Turkish İ
    if _INITIAL.fullmatch(word):
        return word.upper()
    return re.sub(r"\bMc([a-z])", lambda found: f"Mc{found[1].upper()}", cased)


@cache
def _given() -> frozenset[str]:
    return frozenset(" ".join(lines("given_names.txt")).split())


@cache
def _iberian_names() -> frozenset[str]:
    return frozenset(" ".join(lines("iberian_names.txt")).split())
