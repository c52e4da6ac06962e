"""Writes ``facts/data/countries_cldr.txt``: how countries are called in some eighty languages.

Run by hand when the names change, with Babel, which brings Unicode's CLDR::

    pip install babel && python tests/country_names.py

Of each country the names that mean no other one in any language, folded as they are looked up. What
``countries.txt`` knows is left out.
"""

import sys
from collections import defaultdict
from pathlib import Path

from babel import Locale, __version__  # type: ignore[import-not-found]
from babel.localedata import locale_identifiers  # type: ignore[import-not-found]

from enrichctl.facts import countries
from enrichctl.facts.words import plain

HEAD = """\
# ISO 3166 alpha-2 code and the country's names in other languages, folded; separated by "|".
# Unicode CLDR, (c) 1991-2026 Unicode, Inc., Unicode License v3
# (https://www.unicode.org/license.txt), by Babel {}. Made by tests/country_names.py.
"""
LANGUAGES = frozenset(
    """af am ar as az be bg bn bs ca cs cy da de el en es et eu fa fi fil fr ga gl gu he hi hr hu hy
    id is it ja ka kk km kn ko ky lo lt lv mk ml mn mr ms mt my nb ne nl nn or pa pl ps pt ro ru si
    sk sl so sq sr sv sw ta te th tk tr uk ur uz vi yue zh zu""".split()  # noqa: SIM905 - a list
)
SHORTEST = 4  # letters of a Latin name; fewer are codes, and words of other languages


def names() -> dict[str, set[str]]:
    """Return folded name → codes of the countries that are called so in some language."""
    found: dict[str, set[str]] = defaultdict(set)
    known = countries.codes()
    for identifier in locale_identifiers():
        if identifier.partition("_")[0] not in LANGUAGES:
            continue
        for code, name in Locale.parse(identifier).territories.items():
            if code in known and (folded := plain(name)):
                found[folded].add(code)
    return found


def main() -> int:
    """Write the file, and say what was left out because it means two countries."""
    by_code: dict[str, list[str]] = defaultdict(list)
    for name, codes in names().items():
        if len(codes) > 1 or (name.isascii() and len(name) < SHORTEST):
            print(f"left out: {name} ({', '.join(sorted(codes))})", file=sys.stderr)  # noqa: T201
        elif countries.common(name) is None:
            by_code[next(iter(codes))].append(name)
    lines = ["|".join((code, *sorted(by_code[code]))) for code in sorted(by_code)]
    path = Path(countries.__file__).parent / "data" / "countries_cldr.txt"
    path.write_text(HEAD.format(__version__) + "\n".join(lines) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
