"""Who a record is to one provider: what that is told of it, and by what it knows it again."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache

from enrichctl.conflicts import NO_CONFLICTS, Conflicts
from enrichctl.engine.lead import NOBODY, Identity, Lead
from enrichctl.facts import spelling
from enrichctl.facts.placeholders import usable
from enrichctl.fields import kind_of
from enrichctl.journal import subject_key
from enrichctl.matching import fingerprint_person, identity
from enrichctl.matching.address_conflicts import all_taken
from enrichctl.matching.identity import NAMES, tells_who
from enrichctl.matching.same_person import is_own_email
from enrichctl.provider import Provider

OWN = ("email", "linkedin_url")  # addresses that are mostly one person's
CANONICAL = frozenset({"email", "phone", "domain", "person_url", "company_url"})


def known_as(
    lead: Lead,
    provider: Provider,
    known: Mapping[str, str],
    assumed: frozenset[str],
    conflicts: Conflicts | None = None,
) -> Identity:
    """Return who a record is to a provider by some values, and what a plan assumes.

    Its ``conflicts`` with other rows are those of the record by default.
    """
    region, known, conflicts = lead.record.region, usable(known), conflicts or lead.conflicts
    identified = _assumed(provider, known, region, assumed) or identity(
        provider.needs, known, region, _shared(provider, known, conflicts)
    )
    if identified is None:
        return NOBODY
    return _identity(provider, known, region, conflicts, identified)


def also_known_as(
    lead: Lead, provider: Provider, known: Mapping[str, str], who: Identity
) -> Iterator[Identity]:
    """Yield who else a record may have been to a provider when other rows stood around it.

    Of somebody who is known by an id, or of a company, that is the same in any neighbourhood, but
    for what tells the rows of one name apart.
    """
    region, known = lead.record.region, usable(known)
    taken = all_taken(lead.record.values)
    for need in provider.needs:
        if need != who.key and not (is_of_person(need) and is_of_person(who.key)):
            continue
        identified = identity([need], known, region)
        if identified is None:
            continue
        for conflicts in (NO_CONFLICTS, taken):
            yield _identity(provider, known, region, conflicts, identified)


def own_addresses(values: Mapping[str, str]) -> frozenset[bytes]:
    """Return fingerprints of the addresses of a row that are mostly one person's."""
    stated = (name for name in OWN if values.get(name))
    return frozenset(subject_key(spelling.canonical(name, values[name])) for name in stated)


def is_of_person(names: Sequence[str]) -> bool:
    """Tell whether fields hold a name or an address of a person, and no id."""
    kinds = {kind_of(name) for name in names}
    return "id" not in kinds and (tells_who(names) or kinds == {"phone"})


def _identity(
    provider: Provider,
    known: Mapping[str, str],
    region: str,
    conflicts: Conflicts,
    identified: tuple[tuple[str, ...], tuple[str, ...]],
) -> Identity:
    """Return who a record is by the fields that identify it, and what a provider is told of it."""
    names, canonical = identified
    inputs = dict(zip(names, canonical, strict=True))
    for name in (*names, *provider.optional_inputs):
        if name in known and kind_of(name) not in CANONICAL:
            inputs[name] = known[name]
        elif name in known and name not in inputs:
            inputs[name] = spelling.canonical(name, known[name], region)
    person = fingerprint_person(provider.name, names, canonical)
    apart, is_disputed = _apart(conflicts, names, inputs), conflicts.touches(names)
    return Identity(inputs, person, apart, names, is_disputed)


def _shared(provider: Provider, known: Mapping[str, str], conflicts: Conflicts) -> Collection[str]:
    """Return the fields that may be other people's as well, where that makes a difference.

    What is somebody else's too is no reason to doubt the rest: a shared phone takes away the
    phone. An e-mail that may be another's matters only where something else would be told instead.
    """
    shared = conflicts.addresses.split()
    if any(all(map(known.get, need)) for need in _instead(provider.needs)):
        return shared if is_own_email(known) else [*shared, "email"]
    return shared


@lru_cache(64)  # of each provider
def _instead(needs: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """Return the sets of fields that are told instead of an e-mail of many: a name, a phone."""
    return tuple(n for n in needs if not NAMES.isdisjoint(n) or {*map(kind_of, n)} == {"phone"})


def _assumed(
    provider: Provider, known: Mapping[str, str], region: str, assumed: frozenset[str]
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return by what a record may be known to a provider once others have answered.

    It is somebody of whom the journal knows nothing, told apart by all that is known by now.
    None where it makes no difference.
    """
    for names in provider.needs if assumed else ():
        certain = [name for name in names if name not in assumed]
        if identity([certain], known, region) is None:
            continue
        if len(certain) == len(names):
            return None
        others = (name for need in provider.needs for name in need if name in known)
        every = tuple(dict.fromkeys((*names, *others)))
        values = [spelling.canonical(name, known.get(name, ""), region) for name in every]
        return (*every, ""), (*values, "")  # the blank one makes it nobody in the journal
    return None


def _apart(conflicts: Conflicts, names: Sequence[str], inputs: Mapping[str, str]) -> str:
    """Return a word that tells a record from others of the same address or name; "" for none.

    An address that is somebody else's as well is another question where the name is told. A name
    and a company are where an earlier record has them in another country, and a company alone is
    where the country is told.
    """
    if (word := conflicts.apart(names)) and not NAMES.isdisjoint(inputs):
        return f"namesake {word}"  # as it stands in journals
    if not NAMES.issuperset({*names} - {"company_name"}):
        return ""
    if not NAMES.isdisjoint(names):
        return f"in {conflicts.person}" if conflicts.person else ""
    is_told = not {"country", "country_code"}.isdisjoint(inputs)
    return f"in {conflicts.company}" if conflicts.company and is_told else ""
