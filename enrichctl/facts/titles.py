"""Seniority and department from a job title: those of the person, not of whom they work for.

What is read in a title's words is in `title_grammar`, and in `title_endings` for Chinese, Japanese
and Korean; the words are in ``data/titles_*.txt``. They match whole words without case and accents.
Titles that tell no level or department for certain give none: a wrong one is worse.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from enrichctl.facts import title_endings, title_grammar
from enrichctl.facts.title_words import fold
from enrichctl.facts.words import lines
from enrichctl.patterns import pattern

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
_AT_THE_TOP = frozenset(SENIORITIES[: SENIORITIES.index("manager")])
_WORD = pattern(r"\S+")
_NOT_WORD = pattern(r"[\W_]+")


@lru_cache(1 << 12)
def seniority(title: str) -> str | None:
    """Return the highest level that the person has by a title (`SENIORITIES`), None for none.

    A product manager counts as a manager, as in most CRMs; an assistant to the CEO does not
    count as one.
    """
    found = set(_levels(title))
    return next((level for level in SENIORITIES if level in found), None)


@lru_cache(1 << 12)
def department(title: str) -> str | None:
    """Return the first department that a title names (`DEPARTMENTS`), None when it names none."""
    last = None
    for level, name in _departments(title):
        if name != "executive":
            return name
        if level in _AT_THE_TOP:
            last = name
    return last


def _levels(title: str) -> Iterator[str]:
    if not title_endings.is_eastern(title):
        yield from (clause.level for clause in title_grammar.clauses(title))
        return
    for piece in title_endings.pieces(title):
        yield from _levels(piece.text) if piece.text else (piece.level,)


def _departments(title: str) -> Iterator[tuple[str, str]]:
    """Yield the departments that a title names, each with the level it is named at."""
    if not title_endings.is_eastern(title):
        for clause in title_grammar.clauses(title):
            for name in _found(clause.own):
                if name != _NOTHING:
                    yield clause.level, name
        return
    for piece in title_endings.pieces(title):
        if piece.text:
            yield from _departments(piece.text)
        elif piece.department:
            yield piece.level, piece.department


class _Phrase(NamedTuple):
    rank: int
    folded: str
    meaning: str


@cache  # a title meets few of thousands of phrases: the others are never compiled
def _compiled(folded: str) -> re.Pattern[str]:
    words = (part.split("*") for part in folded.split())
    return re.compile(" ".join(r"[^\W_]*".join(map(_words, word)) for word in words) + r"\b")


def _found(words: str) -> list[str]:
    """Return what the phrases of folded words mean, in their order, no word counted twice."""
    phrases = _table()
    meanings = []
    end = 0
    for word in _WORD.finditer(words):
        if word.start() < end:
            continue
        candidates = [phrase for key in _keys(word[0]) for phrase in phrases.get(key, ())]
        for phrase in sorted(candidates):
            if found := _compiled(phrase.folded).match(words, word.start()):
                meanings.append(phrase.meaning)
                end = found.end()
                break
    return meanings


def _keys(word: str) -> tuple[str, str, str]:
    """Return under which keys phrases stand that can begin with a word."""
    return word, f"{word[:3]}*", f"*{word[-3:]}"


def _words(folded: str) -> str:
    return folded if folded.isalnum() else " ".join(_NOT_WORD.sub(" ", folded).split())


@cache
def _table() -> dict[str, list[_Phrase]]:
    """Read a table, its phrases by the key of their first word, the most specific ranked first."""
    meanings: dict[str, tuple[str, str]] = {}
    for line in lines("titles_departments.txt"):
        meaning, _, row = line.partition(":")
        for phrase, folded in zip(row.split(","), fold(row).split(","), strict=True):
            meanings.setdefault(phrase.strip(), (folded.strip(), meaning))
    table: dict[str, list[_Phrase]] = defaultdict(list)
    for rank, phrase in enumerate(sorted(meanings, key=lambda p: -len(p.replace("*", "")))):
        folded, meaning = meanings[phrase]
        before, *after = map(_words, folded.partition(" ")[0].split("*"))
        key = before if not after else f"{before[:3]}*" if before else f"*{after[0][-3:]}"
        table[key].append(_Phrase(rank, folded, meaning))
    return dict(table)
