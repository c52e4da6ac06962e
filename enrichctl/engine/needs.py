"""What a provider would have to be told before it can be asked, and is not known of a record."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from enrichctl.engine.lead import Identity, Lead
from enrichctl.engine.tried import Tried
from enrichctl.facts.placeholders import usable
from enrichctl.fields import kind_of
from enrichctl.matching import identity
from enrichctl.model import Outcome, Query
from enrichctl.provider import Provider
from enrichctl.reasons import UNUSABLE

NAMED = 3  # fields that are named one by one
MADE = frozenset({"full_name", "first_name", "last_name", "company_domain"})  # by `offline`
Needs = Mapping[str, Sequence[Sequence[str]]]
"""Wanted field → sets of fields, any one of which a provider takes to look for it."""


def beyond(needs: Needs, inputs: Collection[str]) -> dict[str, Sequence[Sequence[str]]]:
    """Return what is needed still once more is told."""
    return {
        name: ways
        for name, ways in needs.items()
        if not any(set(way).issubset(inputs) for way in ways)
    }


def lacking(lead: Lead, provider: Provider, who: Identity, query: Query, *, along: bool) -> Needs:
    """Return what a provider needs before it can be asked a query about somebody.

    A plan takes it to be told what is assumed, and ``along`` what may come along.
    """
    needs = provider.takes_more(query)
    if not needs or not who.person:
        return needs
    assumed = lead.assumed | lead.may_come if along else lead.assumed
    return beyond(needs, {*who.inputs, *assumed})


def note_needs(lead: Lead, provider: Provider, needs: Needs) -> None:
    """Note once why a provider is not asked."""
    why = needs_in_words(provider, needs, lead.known_or_held(), lead.record.region)
    tried = Tried(provider.name, Outcome.DECLINED, reason=why, needs=tuple(needs))
    if why and tried not in lead.tried:
        lead.note(tried)


def needs_in_words(provider: Provider, needs: Needs, known: Mapping[str, str], region: str) -> str:
    """Return what a provider needs of a record, by the smallest sets for each field.

    Args:
        provider: Who cannot be asked.
        needs: What it takes to ask it.
        known: What is known of the record.
        region: Country of phone numbers that state none.
    """
    said: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    may_be_told = usable(known)
    for name, ways in needs.items():
        found = _smallest(ways, may_be_told, region)
        # By what identifies a lead not every field may be found: what most files have is said, and
        # what makes something of what this record has.
        if ways == provider.needs:
            begun = _completed(ways, may_be_told)
            found = tuple(names for at, names in enumerate(found) if not at or names in begun)
        said.setdefault(found, []).append(name)
    makes = {
        name: f" (offline makes it of {' and '.join(source)})"
        for name, source in _made(said, known, region).items()
    }
    parts = [
        (_in_words(needed, known, makes), _for(names)) for needed, names in said.items() if needed
    ]
    named = [words + fields for words, fields in parts if fields]
    rest = "for the rest, " if named else ""
    lacks = [*named, *(f"{rest}{words}" for words, fields in parts if not fields)]
    return f"{provider.name} needs {'; '.join(lacks)}" if lacks else ""


def _in_words(
    needed: Sequence[Sequence[str]], known: Mapping[str, str], makes: Mapping[str, str]
) -> str:
    """Say which sets of fields would do; one that holds what nobody can be told says so."""
    return " or ".join(
        " and ".join(one + (UNUSABLE if one in known else makes.get(one, "")) for one in need)
        for need in needed
    )


def _completed(
    ways: Sequence[Sequence[str]], known: Mapping[str, str]
) -> frozenset[tuple[str, ...]]:
    """Return what is missing of the sets of which something is there."""
    missing = ((way, tuple(name for name in way if name not in known)) for way in ways)
    return frozenset(names for way, names in missing if names and len(names) < len(way))


def _made(
    needed: Iterable[Iterable[Sequence[str]]], known: Mapping[str, str], region: str
) -> dict[str, list[str]]:
    """Return the fields among these that cost nothing → what they are made of.

    Where `offline` was asked first they are there already.
    """
    names = {name for ways in needed for way in ways for name in way if name not in known}
    wants = tuple(sorted(names.intersection(MADE)))
    if not wants:
        return {}
    from enrichctl.providers.offline import Offline  # noqa: PLC0415 - few records need it

    offline = Offline()
    told = {name: text for name, text in known.items() if name in offline.uses}
    found = offline.derive(Query(told, wants, frozenset(), None, region))
    return {name: one.source.split(",") for name, one in found.items() if one.source}


def _smallest(
    ways: Sequence[Sequence[str]], known: Mapping[str, str], region: str
) -> tuple[tuple[str, ...], ...]:
    """Return the sets of the fewest fields that are missing, the cheapest to come by first.

    That is what a row's other cells tell before a profile, which has to be found or bought. A
    vendor's own id is needed only where nothing else does.
    """
    missing = [
        tuple(name for name in way if identity([(name,)], known, region) is None) for way in ways
    ]

    def rank(names: tuple[str, ...]) -> tuple[bool, int]:
        return any(kind_of(n) == "id" for n in names), len(names)

    least = min(map(rank, missing), default=None)
    found = dict.fromkeys(names for names in missing if names and rank(names) == least)
    return tuple(sorted(found, key=lambda names: any(kind_of(n) == "person_url" for n in names)))


def _for(names: Sequence[str]) -> str:
    """Name the fields where they are few; how many others a record lacks would divide its kind."""
    if len(names) > NAMED:
        return ""
    return " for " + ", ".join(f"{'an' if name[0] in 'aeio' else 'a'} {name}" for name in names)
