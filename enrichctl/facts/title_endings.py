"""Job titles in Chinese, Japanese and Korean, whose last signs say what somebody is.

The words are in ``data/titles_east.txt``.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple
from unicodedata import normalize

from enrichctl.facts.words import lines
from enrichctl.patterns import pattern

# Compiled where a title has such signs: it takes as long as a hundred titles.
_EASTERN = r"[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
_BETWEEN = pattern(r"[兼、・·,;|/&+()\[\]\n]|\s(?:및|겸|和|及)\s")
_LONGEST = 12  # signs of an ending


class Role(NamedTuple):
    """One role of a title.

    Attributes:
        text: As it is written, where it is not Chinese, Japanese or Korean.
        level: That it names, "" for none.
        department: The same.
    """

    text: str
    level: str = ""
    department: str = ""


class _Words(NamedTuple):
    endings: dict[str, str]
    beginnings: dict[str, str]
    departments: list[tuple[str, str]]


def is_eastern(title: str) -> bool:
    """Tell whether a title has a sign of these languages."""
    return not title.isascii() and re.search(_EASTERN, title) is not None


@lru_cache(1 << 10)
def pieces(title: str) -> tuple[Role, ...]:
    """Return the roles of a title; those in Latin letters are left to be read."""
    return tuple(_pieces(normalize("NFKC", title)))


def _pieces(title: str) -> Iterator[Role]:
    for part in filter(None, map(str.strip, _BETWEEN.split(title))):
        if not re.search(_EASTERN, part[-1]):
            yield Role(re.sub(_EASTERN, " ", part))
            continue
        role = "".join(part.split())
        began = next(
            (how for word, how in _words().beginnings.items() if role.startswith(word)), ""
        )
        if began in ("past", "future"):
            continue
        level = _ending(role)
        if level == "for":
            yield Role("", "entry")
            continue
        level = level.strip("-") or began
        yield Role("", level, _department(role, level))


def _ending(role: str) -> str:
    endings = _words().endings
    for length in range(min(_LONGEST, len(role)), 0, -1):
        if level := endings.get(role[-length:]):
            return level
    return ""


def _department(role: str, level: str) -> str:
    found = [name for word, name in _words().departments if word in role]
    named = [name for name in found if name != "executive"]
    if named:
        return named[0]
    return "executive" if found and level in ("c_level", "founder", "owner") else ""


@cache
def _words() -> _Words:
    table = _Words({}, {}, [])
    for line in lines("titles_east.txt"):
        head, _, row = line.partition(": ")
        kind, _, meaning = head.partition(" ")
        for word in normalize("NFKC", row).split():
            if kind == "end":
                table.endings.setdefault(word, meaning)
            elif kind == "begin":
                table.beginnings[word] = meaning
            else:
                table.departments.append((word, meaning))
    return table
