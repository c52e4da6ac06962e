"""Short, familiar and foreign forms of given names: Bill is William, Sasha is Alexander.

English ones are those of the package nicknames; a list of our own has other languages.
"""

from functools import cache, lru_cache

from enrichctl.facts import nameorder
from enrichctl.facts.words import lines

# What the package has, and nobody would think of.
_NEVER = frozenset(
    map(frozenset, (("bill", "robert"), ("billy", "robert"), ("bill", "fred"),
                    ("bob", "william"), ("sandra", "alexander")))
)  # fmt: skip


def are_related(one: str, other: str) -> bool:
    """Tell whether two given names, in lower-case Latin letters, are forms of one."""
    if not _ours(one).isdisjoint(_ours(other)):
        return True
    if frozenset({one, other}) in _NEVER:
        return False
    if other in _english(one)[0] or one in _english(other)[0]:
        return True
    # Bob and Rob are both Robert.
    return not _wholes(one).isdisjoint(_wholes(other))


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


@lru_cache(1 << 12)
def _english(word: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the short forms of a name, and the names that it is a short form of."""
    short, whole = _nicknames()
    return frozenset(short.get(word, ())), frozenset(whole.get(word, ()))


def _wholes(word: str) -> frozenset[str]:
    """Return the names that a name is a short form of.

    Of two that are listed as short forms of each other the longer is the whole one.
    """
    short, whole = _english(word)
    return frozenset(
        one
        for one in whole
        if (one not in short or len(one) >= len(word)) and frozenset({one, word}) not in _NEVER
    )


@cache
def _nicknames() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    from nicknames import name_triplets  # noqa: PLC0415 - reads a file

    short: dict[str, set[str]] = {}
    whole: dict[str, set[str]] = {}
    for one in name_triplets():
        short.setdefault(one.name1, set()).add(one.name2)
        whole.setdefault(one.name2, set()).add(one.name1)
    return short, whole
