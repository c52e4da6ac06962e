"""Seniority and department from a job title in English, German, French, Spanish or Nordic.

The words are in ``data/titles_seniority.txt`` and ``data/titles_departments.txt``. They match
whole words of a title in lower case without accents; ``ä``, ``ae`` and ``a`` are one, so are
``ø``, ``oe`` and ``o``. Titles that name no level or no department give none.
"""

import re
from collections import defaultdict
from functools import cache, lru_cache
from typing import NamedTuple

from enrichctl.facts.words import lines, plain

SENIORITIES = (
    "owner", "founder", "c_level", "partner", "vp", "head", "director", "manager", "senior",
    "entry", "intern",
)  # fmt: skip
"""From the highest to the lowest."""

DEPARTMENTS = (
    "executive", "sales", "marketing", "engineering", "product", "design", "finance", "hr",
    "legal", "operations", "it", "support", "data", "research", "education", "medical",
)  # fmt: skip

_NOTHING = "-"
_GENDER = re.compile(
    r"\(\s*(?:[mwfdxhgia][\s/|,]*)+\)|[:*/_·]-?(?:in|innen|rice|trice|euse|ne|e|a|o)\b"
    r"|\((?:in|e|a|ne|rice|trice|euse)\)",
    re.IGNORECASE,
)
_WORD = re.compile(r"\S+")
_ONE_LETTER = str.maketrans({"æ": "a", "ø": "o", "œ": "o", "ð": "d", "þ": "th", "ł": "l"})


@lru_cache(1 << 12)
def seniority(title: str) -> str | None:
    """Return the highest level that a title names (`SENIORITIES`), None when it names none.

    A product manager counts as a manager, as in most CRMs; an assistant to the CEO does not
    count as one.
    """
    found = set(_found(title, "titles_seniority.txt"))
    return next((level for level in SENIORITIES if level in found), None)


@lru_cache(1 << 12)
def department(title: str) -> str | None:
    """Return the first department that a title names (`DEPARTMENTS`), None when it names none."""
    found = _found(title, "titles_departments.txt")
    named = [name for name in found if name != _NOTHING]
    return next((name for name in named if name != "executive"), named[0] if named else None)


class _Phrase(NamedTuple):
    rank: int
    pattern: str
    meaning: str


@cache  # a title meets few of thousands of phrases: the others are never compiled
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _found(title: str, table: str) -> list[str]:
    """Return what the phrases of a title mean, in its order, no word counted twice."""
    phrases = _table(table)
    words = _without_gender(title)
    meanings = []
    end = 0
    for word in _WORD.finditer(words):
        if word.start() < end:
            continue
        candidates = [phrase for key in _keys(word[0]) for phrase in phrases.get(key, ())]
        for phrase in sorted(candidates):
            if found := _compiled(phrase.pattern).match(words, word.start()):
                meanings.append(phrase.meaning)
                end = found.end()
                break
    return meanings


@lru_cache(1 << 10)
def _without_gender(title: str) -> str:
    return _words(_GENDER.sub("", title))


def _keys(word: str) -> tuple[str, str, str]:
    """Return under which keys phrases stand that can begin with a word."""
    return word, f"{word[:3]}*", f"*{word[-3:]}"


def _words(text: str) -> str:
    folded = plain(text).translate(_ONE_LETTER)
    return folded.replace("ae", "a").replace("oe", "o").replace("ue", "u")


@cache
def _table(name: str) -> dict[str, list[_Phrase]]:
    """Read a table, its phrases by the key of their first word, the most specific ranked first."""
    meanings: dict[str, str] = {}
    for line in lines(name):
        meaning, _, row = line.partition(":")
        for phrase in row.split(","):
            meanings.setdefault(phrase.strip(), meaning)
    table: dict[str, list[_Phrase]] = defaultdict(list)
    for rank, phrase in enumerate(sorted(meanings, key=lambda p: -len(p.replace("*", "")))):
        words = [part.split("*") for part in phrase.rstrip(">").split()]
        spelled = " ".join(r"[^\W_]*".join(map(_words, word)) for word in words)
        pattern = spelled + (r"\b.*" if phrase.endswith(">") else r"\b")
        before, *after = map(_words, words[0])
        key = before if not after else f"{before[:3]}*" if before else f"*{after[0][-3:]}"
        table[key].append(_Phrase(rank, pattern, meanings[phrase]))
    return dict(table)
