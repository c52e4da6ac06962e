"""Which domains can exist, and where in them a registration begins: the Public Suffix List."""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Protocol


class _SuffixList(Protocol):
    def privatesuffix(self, domain: str) -> str | None: ...
    def publicsuffix(self, domain: str) -> str | None: ...


def registered(host: str) -> str | None:
    """Return the domain that somebody registered, None for a suffix or what cannot exist."""
    return _suffixes(_top(host)).privatesuffix(host)


def public(host: str) -> str | None:
    """Return the suffix under which names are registered, None where there is none such."""
    return _suffixes(_top(host)).publicsuffix(host)


def _top(host: str) -> str:
    return host.removesuffix(".").rpartition(".")[2].lower()


@lru_cache(1 << 11)  # more than there are; what is written in their place is without end
def _suffixes(top: str) -> _SuffixList:
    """Return the rules for what ends in a top-level domain: reading all takes a tenth of a second.

    Args:
        top: In ASCII, as hosts are.
    """
    from publicsuffixlist import PublicSuffixList, encode_idn  # noqa: PLC0415 - slow

    rules = [rule for name in filter(None, (top, _readable(top))) for rule in _rules(name)]
    # The list would encode each of its rules; the few that are not ASCII suffice.
    rules += [encode_idn(rule) for rule in rules if not rule.isascii()]
    # What the list does not have cannot exist: acme.con.
    suffixes: _SuffixList = PublicSuffixList(rules, accept_unknown=False, accept_encoded_idn=False)
    return suffixes


def _readable(top: str) -> str:
    """Return a top-level domain as the list has it; "" for what stands there as it is."""
    if not top.startswith("xn--"):
        return ""
    try:
        return top.encode("ascii").decode("idna")
    except UnicodeError:
        return ""


def _rules(top: str) -> list[str]:
    """Return the rules for what ends in a top-level domain, as the list has it."""
    # Hosting companies' own suffixes (github.io) are theirs, not countries': a site there has
    # an owner of its own, so they count.
    text = _listed()
    ends = (found.end() for found in re.finditer(rf"{re.escape(top)}(?=\s)", text))
    rules = (text[text.rindex("\n", 0, end) + 1 : end] for end in ends)
    return [
        rule for rule in rules if rule == top or (rule.endswith(f".{top}") and rule[:2] != "//")
    ]


@cache
def _listed() -> str:
    from publicsuffixlist import PSLFILE  # noqa: PLC0415 - slow

    # Kept free for samples, as ours are: example.
    return f"\nexample\n{Path(PSLFILE).read_text('utf-8')}\n"
