"""The words of a job title, each with the part it plays: role, modifier, subject, preposition.

The vocabulary is ``data/titles_seniority.txt``, whose head tells its form.
"""

from functools import cache, lru_cache
from typing import NamedTuple
from unicodedata import combining, normalize

from enrichctl.facts.words import lines
from enrichctl.patterns import pattern

_GENDER = pattern(
    r"\(\s*(?:[mwfdxhgia][\s/|,]*)+\)|[:*/_·]-?(?:in|innen|rice|trice|euse|ne|e|a|o)\b"
    r"|\((?:in|e|a|ne|rice|trice|euse)\)"
)
_ONE_LETTER = str.maketrans(
    {"æ": "a", "ø": "o", "œ": "o", "ð": "d", "þ": "th", "ł": "l", "\u0131": "i", "đ": "d"}
    | dict.fromkeys("\u2018\u2019\u00b4", "'")
)
_RETIRED = pattern(r"\b(?:a\.\s?d|i\.\s?r)\.")  # außer Dienst, im Ruhestand
_INITIALS = pattern(r"\b([^\W\d_])\.\s?(?=[^\W\d_]\b)")  # C.E.O.
_PAIR = pattern(r"\b([^\W\d_])&([^\W\d_])\b")  # R&D
_POSSESSIVE = pattern(r"(?<=\w)'s\b|(?<=s)'(?=\s)")
_DASH = pattern(r"\s-+\s|[\u2013\u2014]")
_TOKEN = pattern(r"[^\W_]+(?:_[^\W_]+)?|'s|[,:()\[\]&/+|;•·\n@]")
_SIGNS = {
    **dict.fromkeys(",:()[]", "comma"), **dict.fromkeys("&/+", "and"), "@": "preposition",
    **dict.fromkeys("|;•·\n", "end"), "now": "end", "currently": "end", "'s": "possessive",
}  # fmt: skip
_WILD = 4  # letters of a stem or an ending that stands for many words
_OFFICER = 8  # words between chief and officer


class Mark(NamedTuple):
    """A phrase of a title.

    Attributes:
        kind: The part it plays (`data/titles_seniority.txt`), or unknown, comma, and, end,
            possessive.
        level: That it names, "" for none.
        text: Its folded words.
    """

    kind: str
    level: str
    text: str


class _Vocabulary(NamedTuple):
    """Phrases by their first word, the longest first, and how many of their words they take.

    Stems and endings stand by four letters.
    """

    phrases: dict[str, list[tuple[tuple[str, ...], int, str, str]]]
    stems: dict[str, list[tuple[str, str, str]]]
    endings: dict[str, list[tuple[str, str, str]]]
    sets: dict[str, frozenset[str]]


def fold(text: str) -> str:
    """Return a text without case and accents; ``ä``, ``ae`` and ``a`` are one in it."""
    text = text.casefold()
    if not text.isascii():
        decomposed = normalize("NFKD", text)
        text = "".join(c for c in decomposed if not combining(c)).translate(_ONE_LETTER)
    return text.replace("ae", "a").replace("oe", "o").replace("ue", "u")


@lru_cache(1 << 10)
def marks(title: str) -> tuple[Mark, ...]:
    """Return the phrases of a title, in order."""
    text = _GENDER.sub(" ", fold(title))
    if "." in text:
        text = _INITIALS.sub(r"\1", _RETIRED.sub(" retired ", text))
    if "&" in text:
        text = _PAIR.sub(r"\1_\2", text)
    if "'" in text:
        text = _POSSESSIVE.sub(" 's ", text)
    words = _TOKEN.findall(_DASH.sub(",", text))
    found = []
    place = 0
    while place < len(words):
        mark, length = _at(words, place)
        found.append(mark)
        place += length
    return tuple(found)


def among(name: str) -> frozenset[str]:
    """Return the words of a list of the vocabulary, such as ``before owner``."""
    return _vocabulary().sets[name]


def _at(words: list[str], place: int) -> tuple[Mark, int]:
    """Return the longest phrase that begins at a word, and its length in words."""
    word = words[place]
    if sign := _SIGNS.get(word):
        return Mark(sign, "", word), 1
    if word in ("chief", "cheif") and (length := _officer(words, place)):
        return Mark("level", "c_level", " ".join(words[place : place + length])), length
    for phrase, taken, kind, level in _vocabulary().phrases.get(word, ()):
        length = len(phrase)
        if length == 1 or tuple(words[place : place + length]) == phrase:
            return Mark(kind, level, " ".join(phrase[:taken])), taken
    return _single(word), 1


def _officer(words: list[str], place: int) -> int:
    """Return how many words a Chief Something Officer has, 0 where it is none of a company's."""
    for end in range(place + 1, min(len(words), place + _OFFICER)):
        word = words[end]
        if word == "officer":
            return end + 1 - place if end > place + 1 else 0
        if word not in "&/,-" and word not in among("officer"):
            return 0
    return 0


@lru_cache(1 << 12)
def _single(word: str) -> Mark:
    """Return what a word is that no phrase begins with."""
    table = _vocabulary()
    for stem, kind, level in table.stems.get(word[:_WILD], ()):
        if word.startswith(stem):
            return Mark(kind, level, word)
    for ending, kind, level in table.endings.get(word[-_WILD:], ()):
        if word.endswith(ending):
            return Mark(kind, level, word)
    return Mark("unknown", "", word.replace("_", " "))


@cache
def _vocabulary() -> _Vocabulary:
    table = _Vocabulary({}, {}, {}, {})
    for line in lines("titles_seniority.txt"):
        head, _, row = line.partition(": ")
        kind, _, level = head.partition(" ")
        named = [phrase.strip() for phrase in fold(row).split(",")]
        if kind in ("before", "officer", "bodies"):
            table.sets[head] = frozenset(named)
            continue
        for phrase in named:
            if phrase.endswith("*"):
                table.stems.setdefault(phrase[:_WILD], []).append((phrase[:-1], kind, level))
            elif phrase.startswith("*"):
                table.endings.setdefault(phrase[-_WILD:], []).append((phrase[1:], kind, level))
            else:
                words = tuple(phrase.replace("(", "").replace(")", "").split())
                taken = len(phrase.partition(" (")[0].split())
                table.phrases.setdefault(words[0], []).append((words, taken, kind, level))
    for longest in table.phrases.values():
        longest.sort(key=lambda entry: -len(entry[0]))
    for some in (table.stems, table.endings):
        for wild in some.values():
            wild.sort(key=lambda entry: -len(entry[0]))
    return table
