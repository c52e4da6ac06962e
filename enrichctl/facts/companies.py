"""Whether two names are one company's."""

import re

from enrichctl.aliases import COMPANY_FORMS
from enrichctl.facts.words import plain

# Acme Holding and the Acme that it holds are two companies.
_LEGAL_FORMS = COMPANY_FORMS - {"group", "holding", "holdings"} | {"kb", "hb", "ks", "ans", "publ"}
_INNER_MARK = re.compile(r"(?<=\w)[./](?=\w)")  # A/S, S.p.A.


def same_company(a: str, b: str) -> bool:
    """Tell whether two names have the same words, but for the legal form at their end.

    Case, accents and punctuation do not count. A name without words is nobody's.
    """
    words = bare(a)
    return bool(words) and words == bare(b)


def bare(name: str) -> list[str]:
    """Return the words of a company's name without its legal form."""
    words = plain(_INNER_MARK.sub("", name)).split()
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words.pop()
    return words
