"""lemlist's enrichments: what was asked, what it finds, when it is done."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal

from enrichctl.sandbox.dice import Dice
from enrichctl.sandbox.lemlist.records import CampaignLead
from enrichctl.sandbox.makeup import Person
from enrichctl.sandbox.world import World

VERBS = ("find_email", "find_phone", "verify", "linkedin_enrichment")
CHARGEABLE = ("deliverable", "risky")  # statuses of an address that is paid for

Input = dict[str, str]


@dataclass(slots=True)
class LemlistSwitches:
    """What can be set of lemlist alone.

    Attributes:
        ticket_seconds: How long an enrichment runs.
        pending_polls: How often it says 202 even when that time is over.
        early_done: How often it then says done with empty data.
        vocabulary: Which of its two vocabularies it answers in.
    """

    ticket_seconds: float = 0.0
    pending_polls: int = 1
    early_done: int = 0
    vocabulary: Literal["flags", "verbs"] = "flags"


@dataclass(slots=True)
class Enrichment:
    """One enrichment.

    Attributes:
        input: What it was told, by lemlist's names.
        verbs: What it was asked.
        found: Verb to what was found; a verb that found nothing has an empty entry.
        done_at: When it is over, by the sandbox's clock.
        polls: How often it was looked at since.
    """

    id: str
    input: Input
    verbs: tuple[str, ...]
    found: dict[str, dict[str, Any]]
    done_at: float
    lead: CampaignLead | None = None
    polls: int = 0


class Enrichments:
    """Every enrichment ever asked for."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.tickets: dict[str, Enrichment] = {}

    def affords(self, each: Iterable[tuple[str, ...]]) -> bool:
        """Tell whether the team can pay for all that is asked, should all of it be found."""
        return self.world.affords("lemlist", *chain.from_iterable(each))

    def start(
        self, inputs: Input, verbs: tuple[str, ...], email: str, lead: CampaignLead | None
    ) -> Enrichment:
        """Start an enrichment of the owner of an address, and charge what it finds."""
        ticket_id = f"enr_{Dice('ticket', len(self.tickets), email, verbs).letters(17)}"
        person = self.world.population.person_at("lemlist", email) if email else None
        found = {verb: _find(verb, inputs, person) for verb in verbs}
        for verb, data in found.items():
            if _is_paid(verb, data):
                self.world.charge("lemlist", verb, lead.id if lead else email, ticket_id)
        done_at = self.world.now() + self.world.switches.of(LemlistSwitches).ticket_seconds
        ticket = Enrichment(ticket_id, inputs, verbs, found, done_at, lead)
        self.tickets[ticket_id] = ticket
        if lead:
            lead.running = ticket_id
            self.settle(lead)
        return ticket

    def settle(self, lead: CampaignLead) -> None:
        """Write what an enrichment found onto its lead, once it is over."""
        ticket = self.tickets.get(lead.running)
        if ticket is None or self.world.now() < ticket.done_at:
            return
        lead.running = ""
        names = {"find_email": "email", "find_phone": "phone"}
        for verb, data in ticket.found.items():
            value = data.get(names.get(verb, ""), "")
            if verb in names and value:
                lead.values[names[verb]] = value
            elif verb in names:
                lead.not_found[verb] = lead.inputs()
            if verb in ("find_email", "verify") and data.get("status"):
                lead.email_status = data["status"]
            if verb == "linkedin_enrichment" and data:
                lead.done.add(verb)
                taken = {"linkedinUrl": data["linkedinUrl"], "jobTitle": data["occupation"]}
                lead.values |= {name: text for name, text in taken.items() if text}

    def shown(self, ticket: Enrichment) -> dict[str, Any] | None:
        """Return what a look at an enrichment shows, None while it is at work."""
        switches = self.world.switches.of(LemlistSwitches)
        if self.world.now() < ticket.done_at:
            return None
        ticket.polls += 1
        if ticket.polls <= switches.pending_polls:
            return None
        early = ticket.polls <= switches.pending_polls + switches.early_done
        speak = _verbs if switches.vocabulary == "verbs" else _flags
        return {
            "enrichmentId": ticket.id,
            "enrichmentStatus": "done",
            "input": ticket.input,
            "data": {} if early else speak(ticket.found),
        }


def _find(verb: str, inputs: Input, person: Person | None) -> dict[str, Any]:
    if verb == "verify":
        return {"status": person.email_status if person else "undeliverable"}
    if person is None:
        return {}
    if verb == "find_email":
        return {"email": person.email, "status": person.email_status}
    if verb == "find_phone":
        return {"phone": person.phone} if person.phone else {}
    profile = person.linkedin_url or inputs.get("linkedinUrl", "")
    if not profile:
        return {}
    return {
        "linkedinUrl": profile,
        "firstName": person.first_name,
        "lastName": person.last_name,
        "locationName": person.location,
        "industry": person.company.industry,
        "companyName": person.company.name,
        "companyDomain": person.company.domain,
        "occupation": person.job_title,
        "tagline": f"{person.job_title} at {person.company.name}".removeprefix(" at "),
        "companyWebsite": person.company.website,
        "companyLinkedin": person.company.linkedin_url,
    }


def _is_paid(verb: str, data: dict[str, Any]) -> bool:
    if verb == "find_email":
        return data.get("status") in CHARGEABLE
    return bool(data)


def _flags(found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Say it as ``GET /enrich/{id}`` documents; ``notFound`` is not to be relied on."""
    data: dict[str, Any] = {}
    for verb in ("find_email", "verify"):
        if verb in found:
            data["email"] = data.get("email", {}) | found[verb]
    if "find_email" in found:
        data["email"]["notFound"] = "email" not in found["find_email"]
    if "find_phone" in found:
        data["phone"] = found["find_phone"] or {"notFound": False}
    if "linkedin_enrichment" in found:
        profile = found["linkedin_enrichment"]
        data["linkedin"] = {k: v for k, v in profile.items() if not k.startswith("companyW")}
        data["linkedin"].pop("companyLinkedin", None)
    return data


def _verbs(found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Say it in the vocabulary of the bulk endpoint and the webhooks."""
    data: dict[str, Any] = {verb: dict(value) for verb, value in found.items()}
    if profile := found.get("linkedin_enrichment"):
        company = {
            "id": Dice("company", profile["companyDomain"]).below(10**8),
            "name": profile["companyName"],
            "linkedinUrl": profile["companyLinkedin"],
            "domain": profile["companyDomain"],
            "website": profile["companyWebsite"],
            "industry": profile["industry"],
        }
        data["linkedin_enrichment"] = {"positionGroups": [{"company": company}]}
    return data
