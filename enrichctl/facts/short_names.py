"""Short, familiar and foreign forms of given names: Bill is William, Sasha is Alexander.

English ones are those of the package nicknames; a list of our own has other languages.
"""

from functools import cache

from enrichctl.facts import nameorder
from enrichctl.facts.words import lines

# What the package has, and nobody would think of.
_NEVER = frozenset({frozenset({"bill", "robert"}), frozenset({"bill", "fred"})})


def are_related(one: str, other: str) -> bool:
    """Tell whether two given names, in lower-case Latin letters, are forms of one."""
    if not _ours(one).isdisjoint(_ours(other)):
        return True
    if frozenset({one, other}) in _NEVER:
        return False
    from_one, from_other = _english(one), _english(other)
    if one in from_other[0] or other in from_one[0]:
        return True
    # Bob and Rob are both Robert.
    return not from_one[1].isdisjoint(from_other[1])


def is_given(word: str) -> bool:
    """Tell whether a word in lower-case Latin letters is a given name, whole or short."""
    return is_common(word) or bool(_ours(word))


def is_common(word: str) -> bool:
    """Tell whether a word in lower-case Latin letters is mostly a given name."""
    return nameorder.is_given(word)


def _ours(word: str) -> frozenset[int]:
    """Return the lines of our list on which a name stands."""
    return _groups().get(word, frozenset())


@cache
def _groups() -> dict[str, frozenset[int]]:
    found: dict[str, frozenset[int]] = {}
    for number, line in enumerate(lines("short_names.txt")):
        for word in line.split():
            found[word] = found.get(word, frozenset()) | {number}
    return found


@cache
def _english(word: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the short forms of a name, and the names that it is a short form of."""
    short, whole = _nicknames()
    return frozenset(short.get(word, ())), frozenset(whole.get(word, ()))


@cache
def _nicknames() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    from nicknames import name_triplets  # noqa: PLC0415 - reads a file

    short: dict[str, set[str]] = {}
    whole: dict[str, set[str]] = {}
    for one in name_triplets():
        short.setdefault(one.name1, set()).add(one.name2)
        whole.setdefault(one.name2, set()).add(one.name1)
    return short, whole
