"""Tells records apart: which values identify a person, and a fingerprint of them."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b

from enrichctl.facts import domains, spelling
from enrichctl.fields import FIELDS, kind_of

NAMES = frozenset({"full_name", "first_name", "last_name"})
OF_ONE = frozenset({"email", "person_url"})  # kinds of addresses that are mostly one person's


def tells_people_apart() -> tuple[tuple[str, ...], ...]:
    """Return sets of fields that tell people apart before any provider is asked, best first."""
    ids = ((f.name,) for f in FIELDS.values() if f.kind == "id" and f.about == "person")
    return (
        ("email",), ("linkedin_url",), *ids, ("phone",), ("mobile",),
        ("full_name", "company_name"), ("first_name", "last_name", "company_name"),
        ("first_name", "last_name"), ("full_name",), ("company_domain",),
        ("company_name", "country_code"), ("company_name", "country"), ("company_name",),
    )  # fmt: skip


def identity(
    needs: Sequence[Sequence[str]],
    values: Mapping[str, str],
    region: str = "",
    shared: Collection[str] = (),
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return what identifies a record to a provider: field names and canonical values.

    Args:
        needs: Sets of fields, any one of which identifies, best first.
        values: Canonical field → text of the cell.
        region: ISO 3166 alpha-2 country of phone numbers that state none.
        shared: Fields whose values here may be other people's as well, as a phone may be.

    Returns:
        The first set of which all fields are there and well-formed, or None. A phone, or what is
        shared, identifies alone only where no set does that holds a name or an address of one's
        own: whether others have the same phone cannot be told from their rows alone.
    """
    fallback = None
    for names in needs:
        if not all(map(values.get, names)):
            continue
        found = [
            None if _is_half(name, values[name]) else _well_formed(name, values[name], region)
            for name in names
        ]
        if not all(found):
            continue
        whole = tuple(names), tuple(value or "" for value in found)
        if all(name in shared or kind_of(name) == "phone" for name in names):
            fallback = fallback or whole
        elif fallback is None or tells_who(names):
            return whole
    return fallback


def tells_who(names: Collection[str]) -> bool:
    """Tell whether a set of fields holds a name, or an address that is mostly one person's own."""
    return not NAMES.isdisjoint(names) or any(kind_of(name) in OF_ONE for name in names)


def fingerprint_person(provider: str, names: Sequence[str], values: Sequence[str]) -> bytes:
    """Return 16 bytes that stand for a person at a provider, in place of the values themselves."""
    told = _key_of(provider, tuple(names)) + b"".join(map(_measured, values))
    return blake2b(told, digest_size=16, person=b"enrichctl/person").digest()


@lru_cache(64)  # a file is told apart by few
def _key_of(provider: str, names: tuple[str, ...]) -> bytes:
    return b"".join(map(_measured, (provider, *names)))


def _measured(part: str) -> bytes:
    """Return a part with its length, which keeps "ab", "c" from "a", "bc"."""
    text = part.encode("utf-8", "surrogatepass")
    return len(text).to_bytes(4) + text


def _is_half(name: str, text: str) -> bool:
    """Tell whether a full name is only a first name; other scripts need no space in a whole one."""
    return name == "full_name" and text.isascii() and len(text.split()) == 1


def _well_formed(name: str, text: str, region: str) -> str | None:
    """Return the canonical spelling of a value, or None when it cannot be one of its kind."""
    match kind_of(name):
        case "email":
            return spelling.email(text)
        case "phone":
            return spelling.phone(text, region)
        case "person_url":
            return spelling.profile_url(text)
        case "company_url":
            return spelling.company_url(text)
        case "domain" | "url" if domains.company(text) is None:
            return None  # a mailbox provider's, a social network's: nobody's company
        case _:
            return spelling.canonical(name, text.strip(), region) or None
