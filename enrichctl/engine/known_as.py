"""Who a record is to one provider: what that is told of it, and by what it knows it again."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from enrichctl.engine.lead import NOBODY, Identity, Lead
from enrichctl.facts import spelling
from enrichctl.facts.placeholders import usable
from enrichctl.fields import kind_of
from enrichctl.matching import fingerprint_person, identity
from enrichctl.matching.address_conflicts import SHARED
from enrichctl.matching.identity import NAMES
from enrichctl.matching.same_person import is_own_email
from enrichctl.model import Conflicts
from enrichctl.provider import Provider

CANONICAL = frozenset({"email", "phone", "domain", "person_url", "company_url"})


def known_as(
    lead: Lead, provider: Provider, known: Mapping[str, str], assumed: frozenset[str]
) -> Identity:
    """Return who a record is to a provider by some values, and what a plan assumes."""
    region, known = lead.record.region, usable(known)
    shared = _shared(lead, provider, known)
    identified = _assumed(provider, known, region, assumed) or identity(
        provider.needs, known, region, shared
    )
    if identified is None:
        return NOBODY
    names, canonical = identified
    inputs = dict(zip(names, canonical, strict=True))
    for name in (*names, *provider.optional_inputs):
        if name in known and kind_of(name) not in CANONICAL:
            inputs[name] = known[name]
        elif name in known and name not in inputs:
            inputs[name] = spelling.canonical(name, known[name], region)
    person = fingerprint_person(provider.name, names, canonical)
    return Identity(inputs, person, _apart(lead.conflicts, names, inputs))


def _shared(lead: Lead, provider: Provider, known: Mapping[str, str]) -> Collection[str]:
    """Return the fields that may be other people's as well, where that makes a difference.

    It makes one only where a name that is known would be told instead.
    """
    if lead.conflicts.name:
        return SHARED
    if not any(all(map(known.get, need)) for need in _naming(provider.needs)):
        return ()
    return () if is_own_email(known) else ("email",)


@lru_cache(64)  # of each provider
def _naming(needs: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """Return the sets of fields that hold a name."""
    return tuple(need for need in needs if not NAMES.isdisjoint(need))


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
    if conflicts.name and not SHARED.isdisjoint(names) and not NAMES.isdisjoint(inputs):
        return f"namesake {conflicts.name}"  # the word stands in journals
    if not NAMES.issuperset({*names} - {"company_name"}):
        return ""
    if not NAMES.isdisjoint(names):
        return f"in {conflicts.person}" if conflicts.person else ""
    is_told = not {"country", "country_code"}.isdisjoint(inputs)
    return f"in {conflicts.company}" if conflicts.company and is_told else ""
