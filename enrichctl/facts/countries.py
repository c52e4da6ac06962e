"""Countries: from a name in many languages to its ISO 3166 alpha-2 code, and back."""

from functools import cache, lru_cache

from enrichctl.facts.words import lines, plain
from enrichctl.patterns import pattern

_BETWEEN = pattern(r"\s*[()\[\]/,|]\s*|\s+[-\u2013\u2014:]\s+")
_ARTICLES = frozenset({"the", "die", "la", "le", "les", "los", "las"})
_WITHIN_CHINA = frozenset({"HK", "MO", "TW"})
# Said of a cell without a country far more often than of Namibia and Norway.
_NO_ANSWER = frozenset({"na", "NA", "Na", "no", "No"})
_SHORTEST = 2  # signs of a name: \u5fb7\u56fd


@lru_cache(1 << 12)
def code(text: str) -> str | None:
    """Return the alpha-2 code of a country's name or code, None when it is not known.

    Names may be in any language that Unicode's CLDR has; codes alpha-2 or alpha-3. ``NA`` is taken
    for "not available", not Namibia.
    """
    text = text.strip()
    return _code(text) or _composite(text)


def codes() -> frozenset[str]:
    """Return all alpha-2 codes."""
    return frozenset(_names())


def common(text: str) -> str | None:
    """Return the alpha-2 code of a country's code, or of a name in the languages most asked for."""
    if text in _NO_ANSWER:
        return None
    if text.upper() in _names():
        return text.upper()
    return _codes().get(plain(text).removeprefix("the "))


def _code(text: str) -> str | None:
    if (found := common(text)) or text in _NO_ANSWER or len(text) < _SHORTEST:
        return found
    return _rare().get(plain(text))


def _composite(text: str) -> str | None:
    """Read what names a country twice, or back to front: DE - Germany, Bahamas (The).

    All its parts must mean one country: CA - California is none that is meant.
    """
    parts = [part.strip() for part in _BETWEEN.split(text) if part.strip()]
    if len(parts) != 2:  # noqa: PLR2004 - a name and its other form
        return None
    name, other = parts
    if turned := _code(f"{other} {name}"):
        return turned
    if plain(other) in _ARTICLES:
        return _code(name)
    first, second = _code(name), _code(other)
    if first in _WITHIN_CHINA and second == "CN":
        return first
    return first if first == second else None


def name(country_code: str) -> str | None:
    """Return the English name of an alpha-2 code, None when there is no such code."""
    return _names().get(country_code.upper())


@cache
def _names() -> dict[str, str]:
    """Return code → English name."""
    rows = (line.split("|", 2) for line in lines("countries.txt"))
    return {alpha2: english for alpha2, english, _ in rows}


@cache
def _codes() -> dict[str, str]:
    """Return name in the languages most asked for → code."""
    table = {}
    for line in lines("countries.txt"):
        alpha2, english, *names = line.split("|")
        table.update(dict.fromkeys((plain(english).removeprefix("the "), *names), alpha2))
    return table


@cache
def _rare() -> dict[str, str]:
    """Return names in all other languages; read only where somebody writes one."""
    table = {}
    for line in lines("countries_cldr.txt"):
        alpha2, *names = line.split("|")
        table.update(dict.fromkeys(names, alpha2))
    return table
