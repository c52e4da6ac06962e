"""The words of a name: which belong to it, which stand before and behind it, which are none.

The words are in ``data/words_about_names.txt``.
"""

import re
from functools import cache
from unicodedata import category, normalize

from enrichctl.facts.words import lines, plain
from enrichctl.patterns import pattern

_ASIDE = pattern(
    r"\([^)]*\)|\[[^\]]*\]|\"[^\"]*\"|\u201c[^\u201d]*\u201d"
    r"|(?<!\w)['\u2018][^'\u2019]*['\u2019](?!\w)|\s[|\u2013\u2014-]\s.*"
)
# Latin, Greek, Cyrillic and Armenian; Hebrew, Arabic, Devanagari, Thai and Georgian. Elsewhere
# the family stands first, or no space parts the names.
_PARTED = pattern(r"[\u0000-\u06ff\u0900-\u097f\u0e00-\u0e7f\u10a0-\u10ff\u1e00-\u1fff]*")
_INITIAL = pattern(r"\w\.?|(?:\w\.-?)+")
_LETTERS = pattern(r"[^\W\d_]+")
# Left small among capitals: McDONALD, d'ARC, GROß.
_SMALL = pattern(r"^(?:Ma?c|[dl]['\u2019])(?=[A-Z]{2})|ß")
# Written with a capital they are as often given names or parts of them: Ben, Al, Santa, Abu, Mac.
_ALSO_GIVEN = frozenset({"ben", "al", "abu", "san", "santa", "saint", "st", "mac", "ten", "do"})
_HONORIS_CAUSA = frozenset({"h.", "c.", "e.", "h.c."})
# Before the last word these are rarely names: Olivia St. John, Ahmed Al Falasi, Niamh Ní Bhriain.
_JOINS = frozenset({"st", "al", "abu", "mac", "mc", "vanden", "vander", "vande"})
_IRISH = frozenset({"Ní", "Nic", "Ó", "Uí", "Mhic"})
_SONS = frozenset({"IL", "MA", "DZ", "TN"})  # where Ben is more often "son of" than a name
_ARTICLES = frozenset({"le", "la", "les"})  # first in a French family's name: Le Gall
_DECORATION = pattern(r"[\U0001f3fb-\U0001f3ff\u200d\ufe0e\ufe0f]")
_ENGINEER = "DI"  # in Austria; elsewhere it is a particle
_MR = frozenset({"m", "sig", "sr"})  # before a family's name alone it may be an initial


@cache
def listed(name: str) -> frozenset[str]:
    """Return the words of one of the lists."""
    rows = (line.partition(": ") for line in lines("words_about_names.txt"))
    return frozenset(word for key, _, row in rows if key == name for word in row.split())


def without_asides(text: str) -> str:
    """Return a name without what is in brackets or quotes, or behind a dash, and emoji."""
    text = _ASIDE.sub(" ", text)
    if text.isascii():
        return text
    return "".join(" " if category(c) == "So" else c for c in _DECORATION.sub("", text))


def bare(text: str) -> list[str]:
    """Return the words of a name without titles before and degrees behind it."""
    words = text.split()
    while len(words) > 1 and _is_title(words[0], words[1:]):
        words.pop(0)
    while len(words) > 1 and is_degree(words[-1]):
        if len(words) == 2 and words[-1].istitle() and not words[-1].endswith("."):  # noqa: PLR2004
            break  # Jack Ma, not a Master of Arts
        words.pop()
    return words


def is_degree(word: str) -> bool:
    """Tell whether a word is a degree, an order or a generation: PhD, OBE, Jr."""
    return plain(word).replace(" ", "") in listed("degree")


def _is_title(word: str, rest: list[str]) -> bool:
    if word in _HONORIS_CAUSA or (word.islower() and word.endswith(".") and len(word) > 2):  # noqa: PLR2004
        return True  # rer. nat.
    if word == _ENGINEER and not is_shouted(rest[0]):
        return True
    low = plain(word).replace(" ", "")
    if low in listed("before"):
        return plain(rest[0]).replace(" ", "") in listed("title") | listed("before")
    if low not in listed("title") and not _is_compound_title(word):
        return False
    names = [other for other in rest if not is_degree(other)]
    whole = len(names) > 1
    if low in _MR and not is_shouted(word) and not (len(low) > 1 and word.endswith(".")):
        return whole and not any(map(is_initial, names[:1]))
    return low not in listed("either") or whole or (word.endswith(".") and len(low) > 1)


def _is_compound_title(word: str) -> bool:
    """Tell whether a word is made of titles: Lt.Gov., Dipl.-Ing."""
    parts = plain(word).split()
    return len(parts) > 1 and all(part in listed("title") for part in parts)


def is_sound(words: list[str]) -> bool:
    """Tell whether words can be those of a person's name."""
    nobody = listed("nobody")
    for place, word in enumerate(words):
        if not _is_word(word):
            return False
        if place and word == "und" and all(map(is_particle, words[place - 1 : place + 2 : 2])):
            continue  # von und zu
        if plain(word) in nobody and not (plain(word) in listed("family") and _is_titled(word)):
            return False
    return bool(words)


def _is_titled(word: str) -> bool:
    return word[:1].isupper() and not word[1:].isupper()


def _is_word(word: str) -> bool:
    letters = re.sub(r"['\u2019.\u2010-]", "", word)
    bare_letters = "".join(c for c in letters if not category(c).startswith("M"))
    return bare_letters.isalpha() and bool(_PARTED.fullmatch(letters))


def is_shouted(word: str) -> bool:
    """Tell whether a word is in capitals; initials are always, so they say nothing."""
    alone = _SMALL.sub("", word)
    return alone.isupper() and max(map(len, _LETTERS.findall(alone)), default=0) > 1


def is_loud(word: str) -> bool:
    """Tell whether no letter of a word is small."""
    return _SMALL.sub("", word).isupper()


def is_initial(word: str) -> bool:
    """Tell whether a word is one or more initials."""
    return bool(_INITIAL.fullmatch(word)) and word[0].isupper()


def is_particle(word: str) -> bool:
    """Tell whether a word joins a family's name: van, de, bin."""
    low = plain(word)
    given = (low in _ALSO_GIVEN and word.istitle()) or is_initial(word)
    return low in listed("particle") and not given


def joins(word: str, country: str) -> bool:
    """Tell whether a word between two names belongs to the second, a family's."""
    low = plain(word)
    return (
        is_particle(word)
        or (low in _JOINS and not is_loud(word))
        or word in _IRISH
        or (low == "ben" and country in _SONS)
    )


def spelled(words: list[str]) -> str:
    """Return words in the usual spelling, where they are all in capitals or all small."""
    if len(words) > 1 and is_loud(words[0]) and plain(words[0]) in _ARTICLES:
        return " ".join([words[0].capitalize(), *map(_usual, words[1:])])
    return " ".join(map(_usual, words))


def _usual(word: str) -> str:
    if word == "und":
        return word
    return proper(word) if is_loud(word) or word.islower() else word


def proper(word: str) -> str:
    """Return one word of a name as it is usually written: ``O'BRIEN`` is O'Brien."""
    if plain(word) in listed("particle") and not is_initial(word):
        return word.lower()
    parts = re.split(r"([-\u2010'\u2019])", word.lower())
    cased = normalize("NFC", "".join(part.capitalize() for part in parts))
    cased = cased.replace("i\u0307", "i")  # what Python makes of a Turkish İ
    if _INITIAL.fullmatch(word):
        return word.upper()
    return re.sub(r"\bMc([a-z])", lambda found: f"Mc{found[1].upper()}", cased)
