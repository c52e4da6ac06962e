"""Whether two names are one company's.

Neither the legal form nor the way a letter is written makes a company another one. Forms are in
``data/company_forms.txt``.
"""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import NamedTuple
from unicodedata import normalize

from enrichctl.facts.words import latin, lines, spelled_out

_AND = "&"
_ANDS = frozenset({"and", "und", "u", "et", "y", "e", "og", "och", "en", "i", "ja", "ve"})
_LONGEST = 5  # words of a form
_LEAST = 4  # letters of a word that is a name without the form that stands before it


class _Forms(NamedTuple):
    ends: frozenset[str]
    begins: frozenset[str]
    around: frozenset[str]
    doubtful: frozenset[str]
    stuck: tuple[str, ...]
    untelling: frozenset[str]
    like: frozenset[str]
    common: frozenset[str]
    first_words: frozenset[str]
    last_words: frozenset[str]


def same_company(a: str, b: str) -> bool:
    """Tell whether two names have the same words, but for the legal form.

    Case, accents, punctuation, a leading "The" and the word for "and" do not count; ``ü`` is one
    with ``u`` and with ``ue``. A name without words is nobody's.
    """
    return not _spellings(a).isdisjoint(_spellings(b))


def bare(name: str) -> list[str]:
    """Return the words of a company's name without its legal form, as `words.latin` folds them."""
    return list(_bare(name, spelled=False))


def block(name: str) -> str:
    """Return what all spellings of a company's name have in common, "" where it has no words."""
    text = " ".join(word for word in bare(name) if word != _AND)
    for pair in ("ae", "oe", "ue", "aa"):
        text = text.replace(pair, pair[0])
    return text


def has_form(name: str) -> bool:
    """Tell whether a name ends as only a company's does: with its legal form, or as a holding."""
    inner = _unstuck(name)
    if len(inner) < len(normalize("NFKC", name.strip())):
        return True
    words = _words(inner, spelled=False)
    return len(words) > 1 and (words[-1] in _forms().like or bool(_form_at_end(words)))


def is_common(word: str) -> bool:
    """Tell whether a word is in the names of companies of all kinds: Group, Solutions."""
    return word in _forms().common or word in _forms().ends


@lru_cache(1 << 12)
def _spellings(name: str) -> frozenset[tuple[str, ...]]:
    if name.isascii():
        return frozenset(filter(None, [_bare(name, spelled=False)]))
    return frozenset(filter(None, (_bare(name, spelled=spelled) for spelled in (False, True))))


@lru_cache(1 << 12)
def _bare(name: str, *, spelled: bool) -> tuple[str, ...]:
    if not any(map(str.isalnum, name)):
        return ()
    whole = words = _words(_unstuck(name), spelled=spelled)
    while length := _form_at_end(words):
        words = words[:-length]
    words = _without_form_before(words, " ".join(whole[len(words) :]))
    if len(words) > 1 and "the" in (words[0], words[-1]):
        words = words[1:] if words[0] == "the" else words[:-1]
    return tuple(words)


def _unstuck(name: str) -> str:
    """Return a name without the forms that are written without a space."""
    name = name.strip()
    if name.isascii():
        return name
    name = normalize("NFKC", name)
    for form in _forms().stuck:
        if name != form:
            name = name.removeprefix(form).removesuffix(form).strip()
    return name


def _words(name: str, *, spelled: bool) -> list[str]:
    """Return the words of a name; letters that stand alone are one word, as in S. p. A."""
    folded = (spelled_out if spelled else latin)(name.replace("&", " and ").replace("+", " and "))
    words: list[str] = []
    parts = folded.split()
    alone = False
    for place, part in enumerate(parts):
        beside = (*parts[:place][-1:], *parts[place + 1 :][:1])
        single = len(part) == 1 and part.isalpha()
        if part in _ANDS and len(beside) > 1 and not (single and 1 in map(len, beside)):
            words.append(_AND)
            alone = False
        elif single and alone:
            words[-1] += part
        else:
            words.append(part)
            alone = single
    return words


def _form_at_end(words: Sequence[str]) -> int:
    """Return how many words at the end are a form, 0 where they are none or leave no name."""
    if words[-1] not in _forms().last_words and words[-1] != _AND:
        return 0
    for length in range(min(_LONGEST, len(words) - 1), 0, -1):
        if " ".join(words[-length:]) in _forms().ends and _is_name(words[:-length]):
            return length
    # A. G. Barr & Co: the "and" goes with the form.
    return 1 if words[-1] == _AND and _is_name(words[:-1]) else 0


def _without_form_before(words: list[str], ended: str) -> list[str]:
    """Return words without the form before a name; in some countries the end has another."""
    forms = _forms()
    if words[0] not in forms.first_words:
        return words
    for length in range(min(_LONGEST, len(words) - 1), 0, -1):
        before, rest = " ".join(words[:length]), words[length:]
        if f"{before} {ended}" in forms.around and _is_name(rest):
            return rest
        telling = rest[0] not in forms.untelling and sum(map(len, rest)) >= _LEAST
        if before in forms.begins and _is_name(rest) and (telling or before not in forms.doubtful):
            return rest
    return words


def _is_name(words: Iterable[str]) -> bool:
    """Tell whether words are more than forms, articles and "and"."""
    return any(word not in ("the", _AND) and word not in _forms().ends for word in words)


@cache
def _forms() -> _Forms:
    lists: dict[str, list[str]] = {}
    for line in lines("company_forms.txt"):
        kind, _, row = line.partition(": ")
        if kind == "stuck":
            lists[kind] = sorted(normalize("NFKC", row).split(), key=len, reverse=True)
        else:
            found = (latin(form) for form in row.split(","))
            lists.setdefault(kind, []).extend(found)
    return _Forms(
        frozenset(lists["end"]),
        frozenset(lists["begin"]),
        frozenset(lists["around"]),
        frozenset(lists["doubtful"]),
        tuple(lists["stuck"]),
        frozenset(lists["untelling"]),
        frozenset(lists["like"]),
        frozenset(lists["common"]),
        frozenset(form.split()[0] for form in lists["begin"] + lists["around"]),
        frozenset(form.split()[-1] for form in lists["end"]),
    )
