"""What a domain tells of the company behind it."""

import re
from functools import cache, lru_cache

from enrichctl.facts import mailboxes, spelling, suffixes
from enrichctl.facts.words import lines
from enrichctl.patterns import pattern

_LEGAL_FORMS = {"gmbh": "GmbH", "inc": "Inc", "ltd": "Ltd", "plc": "PLC"} | {
    form: form.upper()
    for form in ("ab", "ag", "as", "asa", "bv", "llc", "llp", "nv", "oy", "sa", "sarl", "sas")
}
_STAFFED = " +"  # a shared host that people have mail at who work there
_PAGE = pattern(r"\A(?:[a-z]+:)?/*[^/?#]*/*([^/].*|\?.*)?\Z", re.IGNORECASE | re.DOTALL)
_INITIALS = 3  # letters up to which a word without a vowel is a set of initials
_INTERNAL = (
    "arpa",
    "corp",
    "home",
    "internal",
    "intranet",
    "lan",
    "local",
    "localdomain",
    "onion",
    "private",
)
_VOWELS = frozenset("aeiouyäöüåæøéèáàóòíìúù")


@lru_cache(1 << 10)
def company(text: str) -> str | None:
    """Return the domain of the company behind a domain, URL or e-mail, as it was registered.

    ``mail.acme.co.uk`` gives ``acme.co.uk``. None where the domain says nothing of the user's
    employer: free and throw-away mailboxes, social networks, an entry in a directory.
    GitHub employs those who have mail at github.com, not those who have a page there.
    """
    host = spelling.domain(text)
    if host is None or (_is_page(text) and mailboxes.is_listed(host, _listings())):
        return None
    # A page may have an @ in its name: youtube.com/@acme.
    is_mail = host in _staffed() and spelling.email(text) is not None
    return host if is_mail else _own(host)


@lru_cache(1 << 10)  # far fewer than the addresses there
def company_at(host: str) -> str | None:
    """Return `company` of all addresses at a domain, as `spelling.email` spells it."""
    bare = host.removeprefix("www.")
    bare = bare if "." in bare else host
    return bare if bare in _staffed() else _own(bare)


@lru_cache(1 << 10)
def _own(host: str) -> str | None:
    if host.rpartition(".")[2] in _INTERNAL:
        return None  # names of no use outside the company's own network
    own = suffixes.registered(host)
    if own is None or mailboxes.is_public(own) or mailboxes.is_free(host):
        return None
    if mailboxes.is_listed(host, _shared()):  # a page there is not a domain of its own
        return None
    return own


@lru_cache(1 << 10)
def name_in(own: str) -> str | None:
    """Return a guess at a company's name from its own domain: ``acme-corp.co.uk`` is Acme Corp.

    Where words are run together they stay so (``bigcorp.com`` is Bigcorp).
    """
    suffix = suffixes.public(own)
    if not suffix:
        return None
    label = own.removesuffix(f".{suffix}")
    if "xn--" in label:
        import idna  # noqa: PLC0415 - slow to import, rarely needed

        try:
            label = idna.decode(label)
        except idna.IDNAError:
            return None
    words = [word for word in label.split("-") if word]
    if not any(word[0].isalpha() for word in words):
        return None
    return " ".join(_word(word) for word in words)


def _word(word: str) -> str:
    if word in _LEGAL_FORMS:
        return _LEGAL_FORMS[word]
    if len(word) <= _INITIALS and not _VOWELS & set(word):
        return word.upper()
    return word[0].upper() + word[1:]


def _is_page(text: str) -> bool:
    """Tell whether a text is the address of a page below a site's first one."""
    found = _PAGE.search(text.strip())
    return bool(found and found[1])


@cache
def _listings() -> frozenset[str]:
    return frozenset(lines("listings.txt"))


@cache
def _shared() -> frozenset[str]:
    return frozenset(line.removesuffix(_STAFFED) for line in lines("shared_hosts.txt"))


@cache
def _staffed() -> frozenset[str]:
    hosts = (line for line in lines("shared_hosts.txt") if line.endswith(_STAFFED))
    return frozenset(host.removesuffix(_STAFFED) for host in hosts)
