"""Whether two names can be one person's, in whatever way each of them is written.

Case, accents, order, middle names, patronymics, double surnames, particles, titles and degrees,
initials and short forms are differences of writing. Another script is read in Latin letters and
compared by its sound. Two names that are left over after all that are of two people.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from itertools import permutations
from typing import NamedTuple

from enrichctl.facts import names, romanized, short_names
from enrichctl.patterns import pattern

_ASIDE = pattern(r"\s[|\u2013\u2014-]\s.*")  # Jane Doe | CEO
_FORMER = pattern(r"[(\[\"\u201c\u00ab]")  # Jane Doe (Roe), Robert "Bob" Roe
_BETWEEN = pattern(r"[\s\-\u2010\u2011,;/()\[\]\"\u201c\u201d\u00ab\u00bb]+")
_MOST = 5  # words of a name of which every order is tried
_LONG_ENOUGH = 5  # letters in which one that differs is a misspelling, not another name
_EDITS = 0.79  # one letter in five, two in ten
# Endings that a woman's surname adds to her father's or husband's: Novák, Nováková.
_OF_WOMEN = ("a", "ova", "eva", "ina")
_FIRST_AND_LAST = 2


class Likeness(Enum):
    """What two names have in common."""

    SAME = "same"
    SHORT = "short"  # one is part of the other: an initial, or a first or last name alone
    FIRST = "first"  # the first name only: people marry
    OTHER = "other"
    UNKNOWN = "unknown"  # no name, or none that can be compared


class ComparedName(NamedTuple):
    """A name as it is compared: words in Latin letters, lower case.

    Attributes:
        first: Words of the first name, where first and last name are told apart.
        last: Those of the last name.
        words: All of them; in the order as written.
        script: In which it was written; "" is Latin.
    """

    first: tuple[str, ...]
    last: tuple[str, ...]
    words: tuple[str, ...]
    script: str


def name_of(values: Mapping[str, str]) -> ComparedName | None:
    """Return whom a row or an answer names; None where that is nobody."""
    get = values.get
    return _name(get("first_name", ""), get("last_name", ""), get("full_name", ""))


@lru_cache(1 << 10)
def _name(first: str, last: str, full: str) -> ComparedName | None:
    if not (first and last) and full and not _FORMER.search(full):
        apart = names.split(full)
        first, last, full = (apart.first, apart.last, "") if apart else ("", "", full)
    whole = full or f"{first} {last}"
    long = " ".join(word for word in whole.split() if len(word.rstrip(".")) > 1)
    if long and names.join(long, long) is None:  # "n/a", "Test"
        first, last, full = "", "", names.half(long)  # of Maria Test a half is somebody's
        whole = full
    script = romanized.script_of(whole)
    undivided = not (first or last) and romanized.is_undivided(full)
    words = _words(whole, apart=undivided)
    if not words:
        return None
    if undivided:
        return ComparedName(words[1:], words[:1], words, script)  # the family stands first
    return ComparedName(_words(first), _words(last), words, script)


def _words(text: str, *, apart: bool = False) -> tuple[str, ...]:
    """Return the words that tell one person from another: no titles, degrees or particles."""
    parts = _BETWEEN.split(_ASIDE.sub("", text))
    return tuple(
        names.telling([word for part in parts for word in romanized.read(part, apart=apart)])
    )


def compare(one: ComparedName | None, other: ComparedName | None) -> Likeness:
    """Say what two names have in common."""
    if one is None or other is None:
        return Likeness.UNKNOWN
    pair = _Pair(one, other)
    if pair.is_one_in_any_order():
        return Likeness.SAME
    apart = all((one.first, one.last, other.first, other.last))
    found = pair.of_parts() if apart else pair.of_words()
    if found is not Likeness.SAME and romanized.HAN in (one.script, other.script):
        return pair.of_han(found)
    return found


class _Pair:
    """Two names that are compared."""

    def __init__(self, one: ComparedName, other: ComparedName) -> None:
        self.one = one
        self.other = other
        self.across = one.script != other.script and "" in (one.script, other.script)

    def is_one_in_any_order(self) -> bool:
        """Tell whether both have the same letters, whatever is run together: Min-su, Minsu."""
        key = self._sound if self.across else romanized.loose
        if max(len(self.one.words), len(self.other.words)) > _MOST:
            return sorted(map(key, self.one.words)) == sorted(map(key, self.other.words))
        return not _joined(self.one.words, key).isdisjoint(_joined(self.other.words, key))

    def of_parts(self) -> Likeness:
        """Compare first with first and last with last, or crosswise."""
        one, other = self.one, self.other
        straight = self._first(one.first, other.first), self._any(one.last, other.last)
        crossed = self._any(one.first, other.last), self._any(one.last, other.first)
        for parts in (straight, crossed):
            if all(part == "whole" for part in parts):
                return Likeness.SAME
        if self._holds_the_other():
            return Likeness.SAME
        for parts in (straight, crossed):
            if all(parts) and "whole" in parts:
                return Likeness.SHORT
        return Likeness.FIRST if straight[0] == "whole" else Likeness.OTHER

    def of_words(self) -> Likeness:
        """Compare names of which one at least is undivided, or only a part."""
        few, many = sorted((self.one.words, self.other.words), key=len)
        levels = [self._best(word, many) for word in few]
        if "whole" not in levels:
            said = [word for word in few if len(word) > 1]
            return Likeness.OTHER if said else Likeness.UNKNOWN
        if all(levels):
            return Likeness.SAME if levels.count("whole") > 1 else Likeness.SHORT
        if levels.count("whole") > 1:
            return Likeness.SAME
        shared = few[levels.index("whole")]
        return Likeness.FIRST if short_names.is_given(shared) else Likeness.OTHER

    def of_han(self, found: Likeness) -> Likeness:
        """Weigh a difference from a name in Chinese characters: they have many readings.

        Japanese, Korean and Cantonese read them in another way than Mandarin, and many of those
        who bear them go by an English first name abroad.
        """
        if not self.across:
            return found
        written = self.one if self.one.script == romanized.HAN else self.other
        latin = self.other if written is self.one else self.one
        if self._any(written.last or written.words[:1], latin.words):
            return Likeness.UNKNOWN
        western = any(map(short_names.is_common, latin.words))
        readable = romanized.may_be_east_asian(latin.words, western=western)
        return Likeness.UNKNOWN if readable else found

    def _holds_the_other(self) -> bool:
        """Tell whether one name has all words of the other, two at least, wherever divided."""
        few, many = sorted((self.one.words, self.other.words), key=len)
        left = list(many)
        for word in few:
            hit = next((one for one in left if self._alike(word, one) == "whole"), None)
            if hit is None:
                return False
            left.remove(hit)
        return len(few) > 1

    def _first(self, one: Sequence[str], other: Sequence[str]) -> str:
        """Compare first names: by the one that they are called by, or by initials alone."""
        known = [[word for word in part if len(word) > 1] for part in (one, other)]
        if not all(known):
            short, long = (one, other) if not known[0] else (other, one)
            return "initial" if any(word[0] == short[0][0] for word in long) else ""
        if self._alike("".join(one), "".join(other)) == "whole":
            return "whole"
        a, b = known
        if len(a) > 1 and len(b) > 1:  # Anna Maria and Eva Maria share what is nobody's own
            a_called, b_called = self._best(a[0], b), self._best(b[0], a)
            return "whole" if "whole" in (a_called, b_called) else ""
        return "whole" if self._any(a, b) == "whole" else ""

    def _any(self, one: Sequence[str], other: Sequence[str]) -> str:
        """Return how well any word of one part fits any of the other."""
        levels = [self._best(word, other) for word in one]
        if "whole" in levels or self._alike("".join(one), "".join(other)) == "whole":
            return "whole"
        return "initial" if "initial" in levels else ""

    def _best(self, word: str, among: Sequence[str]) -> str:
        levels = {self._alike(word, other) for other in among}
        return next((level for level in ("whole", "initial") if level in levels), "")

    def _alike(self, one: str, other: str) -> str:
        """Return "whole" for one name in two spellings, "initial" where one is only that."""
        if one == other:
            return "whole" if len(one) > 1 else "initial"
        if 1 in (len(one), len(other)):
            return "initial" if one[:1] == other[:1] else ""
        if romanized.loose(one) == romanized.loose(other):
            return "whole"
        if self.across and self._sound(one) == self._sound(other):
            return "whole"
        return "whole" if _is_variant(one, other) else ""

    def _sound(self, word: str) -> str:
        return romanized.sound(word, {self.one.script, self.other.script})


def _joined(words: Sequence[str], key: "romanized.Key") -> frozenset[str]:
    """Return a name run together, in every order of its words."""
    return frozenset(map("".join, permutations(map(key, words))))


@lru_cache(1 << 12)
def _is_variant(one: str, other: str) -> bool:
    """Tell whether two words are one name: a short form, a woman's form, a misspelling."""
    if short_names.are_related(one, other):
        return True
    short, long = sorted((one, other), key=len)
    if short_names.is_given(one) and short_names.is_given(other):
        return False  # Daniel and Daniela are two names
    stem = short[:-1] if short[-1] in "aoyei" else short
    if len(stem) >= _LONG_ENOUGH - 1 and long.removeprefix(stem) in _OF_WOMEN:
        return True
    if len(short) < _LONG_ENOUGH:
        return False
    from rapidfuzz.distance import DamerauLevenshtein  # noqa: PLC0415 - only where names differ

    return any(
        DamerauLevenshtein.normalized_similarity(a, b) > _EDITS
        for a, b in ((one, other), (romanized.loose(one), romanized.loose(other)))
    )


def spelled_in(values: Mapping[str, str]) -> Iterator[tuple[ComparedName, bool]]:
    """Yield the names that a row's or an answer's addresses spell out, and whether surely so.

    ``jane.doe@`` and ``/in/jane-doe-1a2b`` are Jane Doe; ``happy.camper@`` may be nobody's name.
    """
    if (email := values.get("email")) and (spelled := names.from_email(email)):
        yield from _spelled(spelled.first, spelled.last)
    slug = values.get("linkedin_url", "").rstrip("/").rpartition("/in/")[2]
    words = [word for word in slug.lower().split("-") if word.isalpha() and len(word) > 1]
    if "-" in slug and len(words) == _FIRST_AND_LAST:
        yield from _spelled(*words)


def _spelled(first: str, last: str) -> Iterator[tuple[ComparedName, bool]]:
    if name := _name(first, last, ""):
        yield name, any(map(short_names.is_given, name.words))
