"""The verification of e-mail addresses: one provider is asked whether mail arrives there.

It is a turn on the route like any other, and its question goes through the same journal, lane and
budget. Only whom it is about differs: an address, whoever's that is, so that two records with one
address are one question.
"""

from collections.abc import Sequence
from datetime import datetime

from enrichctl.engine.acceptance import NOTHING_ACCEPTED, Accepted
from enrichctl.engine.lead import NOBODY, Identity, Lead
from enrichctl.engine.question import Route, Rules, Step
from enrichctl.engine.takeable import SURE
from enrichctl.facts import spelling
from enrichctl.facts.placeholders import usable
from enrichctl.matching.identity import fingerprint_person, identity
from enrichctl.model import UNDELIVERABLE, Match, Provenance, Query
from enrichctl.provider import EMAIL, VERDICT, Provider
from enrichctl.reasons import said_by


def with_verification(
    route: Route, steps: Sequence[Step], rules: Rules
) -> tuple[Route, frozenset[int]]:
    """Return a route with the turns of the verifier in it, and which of its turns those are.

    The last turn is about the final address of a record, whoever gave it. Where each address is
    verified before another provider is asked for one, it has a turn after all who are asked.
    """
    verifier = next((step for step in steps if step.verifies), None)
    if verifier is None or not rules.verify:
        return route, frozenset()
    longer: Route = []
    turns = set()
    for step, wants in route:
        longer.append((step, wants))
        if rules.verify == "each" and EMAIL in wants:
            turns.add(len(longer))
            longer.append((verifier, (VERDICT,)))
    turns.add(len(longer))
    longer.append((verifier, (VERDICT,)))
    return longer, frozenset(turns)


def address_of(lead: Lead, rules: Rules, *, is_last: bool) -> str | None:
    """Return the address of a record to verify by now: "" for none, None where nobody knows yet.

    Args:
        lead: The record.
        rules: What the user asked for.
        is_last: Nobody is asked for an e-mail any more.
    """
    found = lead.filled.get(EMAIL, "")
    each = rules.verify == "each"
    if lead.is_settled(found) or (EMAIL in lead.awaiting and not found):
        return ""
    if EMAIL in lead.assumed and not (each and is_last):
        return None
    if not found and is_last:
        found = lead.record.values.get(EMAIL, "")
        found = "" if lead.is_settled(found) else found
    return found


def known_by_address(
    provider: Provider, lead: Lead, address: str | None, telling: Sequence[str]
) -> Identity:
    """Return who a record is to the verifier: an address, whoever's it is.

    In a plan it may be one that nobody knows yet. It is told apart by the turn, and by all that
    those may be told who find it: of two records that are one person to them it is the same.

    Args:
        provider: The verifier.
        lead: The record.
        address: Its address; "" for none, None where nobody knows it yet.
        telling: What the providers may be told to find it.
    """
    if address is None:
        known, region = usable(lead.record.values), lead.record.region
        names = tuple([name for name in telling if name in known])
        values = [spelling.canonical(name, known[name], region) for name in names]
        turn = str(lead.step_index)
        person = fingerprint_person(provider.name, (EMAIL, "", *names), ("", turn, *values))
        return Identity({EMAIL: "", "": ""}, person)
    told = identity([(EMAIL,)], usable({EMAIL: address})) if address else None
    if told is None:
        return NOBODY
    return Identity({EMAIL: told[1][0]}, fingerprint_person(provider.name, *told))


def is_about_another(match: Match, query: Query) -> bool:
    """Tell whether a verifier answers about another address than it was asked about."""
    said = match.get(EMAIL)
    return said is not None and spelling.canonical(EMAIL, said.text) != query.inputs[EMAIL]


def accept_verdict(
    lead: Lead, provider: Provider, query: Query, match: Match, rules: Rules, at: datetime
) -> Accepted:
    """Take what the verifier says of an address; give up one that it calls undeliverable.

    It is given up only where another may be found in its place, and never where it stood in the
    row. All other words leave it where it is: what cannot be told for certain is no reason to pay
    somebody else, nor to lose an address.
    """
    verdict, address = match.get(VERDICT), query.inputs[EMAIL]
    is_there = spelling.canonical(EMAIL, lead.text(EMAIL)) == address
    if verdict is None or not (verdict.text and is_there):
        return NOTHING_ACCEPTED
    if is_about_another(match, query):
        why = f"{provider.name} answers about another address"
        return Accepted((), reason=why, cause=why)
    sure = SURE if verdict.confidence is None else verdict.confidence
    if sure < rules.min_confidence:
        return NOTHING_ACCEPTED
    if rules.verify == "each" and verdict.text == UNDELIVERABLE and EMAIL in lead.filled:
        finder = lead.origin[EMAIL].provider
        lead.reject_email(provider.name)
        why = said_by(provider.name, f"the address that {finder} found is undeliverable")
        return Accepted((), reason=why, cause=why)
    before = lead.record.values.get(VERDICT, "")
    origin = Provenance(provider.name, verdict.source, verdict.confidence, at, before)
    lead.note_verdict(VERDICT, verdict.text, origin)
    return Accepted((VERDICT,))
