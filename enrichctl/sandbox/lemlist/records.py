"""The leads and contacts of the lemlist team."""

from dataclasses import dataclass, field
from typing import Any

from enrichctl.sandbox.dice import Dice
from enrichctl.sandbox.makeup import Person
from enrichctl.sandbox.population import STRANGERS_KEPT, Population, is_mail

# Of the fixed population, by place:
TWICE_EVERY = 6  # in two campaigns
NO_EMAIL_EVERY = 8  # a lead without an address
REVIEWED_EVERY = 11  # reviewed, so no longer enriched
GRAVEYARD_EVERY = 13  # unsubscribed: in the graveyard
CAMPAIGNS = ("cam_SandboxSpring0001", "cam_SandboxAutumn0002")
SHOWN = ("email", "firstName", "lastName", "companyName", "companyDomain", "jobTitle")
TEAM, USER = "tea_Sandbox0000000001", "usr_Sandbox0000000001"
SINCE = "2025-04-01T07:00:00.000Z"


@dataclass(slots=True)
class CampaignLead:
    """A person's copy inside one campaign.

    Attributes:
        person: Address of who it really is.
        values: What the lead holds, by lemlist's names.
        done: Verbs that an enrichment has filled already.
        not_found: Verbs that found nothing, with the inputs of that time.
        running: Id of the enrichment at work, "" when none is.
    """

    id: str
    contact_id: str
    campaign_id: str
    person: str
    values: dict[str, str]
    status: str = "review"
    email_status: str = ""
    graveyard: bool = False
    reviewed: bool = False
    done: set[str] = field(default_factory=set)
    not_found: dict[str, tuple[str, ...]] = field(default_factory=dict)
    running: str = ""

    def inputs(self) -> tuple[str, ...]:
        """Return what decides whether the same search would find nothing again."""
        names = ("linkedinUrl", "firstName", "lastName", "companyName", "companyDomain")
        return tuple(self.values.get(name, "") for name in names)

    def has(self, verb: str) -> bool:
        """Tell whether the data of a verb is there already."""
        return {
            "find_email": bool(self.values.get("email")),
            "find_phone": bool(self.values.get("phone")),
            "verify": bool(self.email_status),
            "linkedin_enrichment": verb in self.done,
        }[verb]

    def shown(self) -> dict[str, Any]:
        """Return the lead as the older form shows it: no phone, no profile."""
        return {
            "_id": self.id,
            **{name: value for name, value in self.values.items() if name in SHOWN},
            "isPaused": False,
            "campaignId": self.campaign_id,
            "contactId": self.contact_id,
            "emailStatus": self.email_status or "unverified",
        }

    def shown_v2(self) -> dict[str, Any]:
        """Return the lead as version 2 shows it."""
        return {
            "_id": self.id,
            "updatedAt": SINCE,
            "isPaused": False,
            "state": "scanned",
            "status": "scanning" if self.running else self.status,
            "personalized": False,
            "source": "api",
            "variables": dict(self.values),
            "contactId": self.contact_id,
            "enrichment": {"emailStatus": self.email_status} if self.email_status else {},
            "campaign": {"id": self.campaign_id, "name": "Sandbox", "status": "running"},
            "sendingUser": {},
        }


class Leads:
    """What the team holds. Strangers get a lead when somebody looks for them."""

    def __init__(self, population: Population) -> None:
        self.population = population
        self.leads: dict[str, CampaignLead] = {}
        self._emails: dict[str, list[str]] = {}
        self._contacts: dict[str, str] = {}  # contact id → address
        for place, person in enumerate(population.people.values()):
            self._add(person, CAMPAIGNS[0], person.lemlist_lead_id, place)
            if place % TWICE_EVERY == 0:
                twin = f"lea_{Dice('twin', person.email).letters(17)}"
                self._add(person, CAMPAIGNS[1], twin, place)

    def _add(self, person: Person, campaign: str, lead_id: str, place: int) -> None:
        values = {
            "email": person.email,
            "firstName": person.first_name,
            "lastName": person.last_name,
            "companyName": person.company.name,
            "companyDomain": person.company.domain,
        }
        if Dice("lead", person.email).chance(0.5):
            values["linkedinUrl"] = person.linkedin_url
        if place % NO_EMAIL_EVERY == 1:
            del values["email"]
        lead = CampaignLead(lead_id, person.lemlist_contact_id, campaign, person.email, values)
        lead.reviewed = place % REVIEWED_EVERY == 2  # noqa: PLR2004 - apart from the others
        lead.graveyard = place % GRAVEYARD_EVERY == 3  # noqa: PLR2004 - apart from the others
        lead.status = "running" if lead.reviewed else "review"
        self.leads[lead_id] = lead
        self._emails.setdefault(person.email, []).append(lead_id)
        self._contacts[person.lemlist_contact_id] = person.email

    def by_email(self, email: str) -> list[CampaignLead]:
        """Return the leads that hold an address, one for each campaign."""
        email = email.strip().lower()
        stranger = is_mail(email) and email not in self._emails
        if stranger and Dice("lemlist", email).chance(STRANGERS_KEPT):
            person = self.population.anybody(email)
            self._add(person, CAMPAIGNS[0], person.lemlist_lead_id, 0)
        found = [self.leads[lead_id] for lead_id in self._emails.get(email, ())]
        return [lead for lead in found if lead.values.get("email")]

    def contacts(self) -> list[dict[str, Any]]:
        """Return every contact."""
        return [self._contact(self._emails[email]) for email in self._contacts.values()]

    def contact(self, id_or_email: str) -> dict[str, Any] | None:
        """Return one contact, None when there is no such."""
        if email := self._contacts.get(id_or_email):
            return self._contact(self._emails[email])
        found = self.by_email(id_or_email) if "@" in id_or_email else []
        return self._contact([lead.id for lead in found]) if found else None

    def _contact(self, lead_ids: list[str]) -> dict[str, Any]:
        copies = [self.leads[lead_id] for lead_id in lead_ids]
        values = dict(copies[0].values)
        contact = {
            "_id": copies[0].contact_id,
            "teamId": TEAM,
            "fullName": f"{values['firstName']} {values['lastName']}",
            "fields": {k: v for k, v in values.items() if k != "email"},
            "campaigns": [
                {
                    "campaignId": lead.campaign_id,
                    "campaignState": "running",
                    "leadState": lead.status,
                    "leadId": lead.id,
                }
                for lead in copies
            ],
            "ownerId": USER,
            "createdAt": SINCE,
            "createdBy": USER,
            "unsubscribed": copies[0].graveyard,
            "fieldRejections": [],
        }
        return contact | ({"email": values["email"]} if "email" in values else {})
