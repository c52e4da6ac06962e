"""Which domains can exist, and where in them a registration begins: the Public Suffix List."""

from functools import cache
from pathlib import Path
from typing import Protocol


class _SuffixList(Protocol):
    def privatesuffix(self, domain: str) -> str | None: ...
    def publicsuffix(self, domain: str) -> str | None: ...


def registered(host: str) -> str | None:
    """Return the domain that somebody registered, None for a suffix or what cannot exist."""
    return _suffixes().privatesuffix(host)


def public(host: str) -> str | None:
    """Return the suffix under which names are registered, None where there is none such."""
    return _suffixes().publicsuffix(host)


@cache
def _suffixes() -> _SuffixList:
    from publicsuffixlist import PSLFILE, PublicSuffixList, encode_idn  # noqa: PLC0415 - slow

    # Hosting companies' own suffixes (github.io) are theirs, not countries': a site there has
    # an owner of its own, so they count.
    rules = Path(PSLFILE).read_text("utf-8").splitlines()
    # The list would encode each of its ten thousand rules; the few that are not ASCII suffice.
    rules += [encode_idn(r) for r in rules if not r.isascii() and not r.startswith("//")]
    rules.append("example")  # kept free for samples and rehearsals, as ours are
    # What the list does not have cannot exist: acme.con.
    suffixes: _SuffixList = PublicSuffixList(rules, accept_unknown=False, accept_encoded_idn=False)
    return suffixes
