"""lemlist as its documentation describes it: https://developer.lemlist.com ."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from enrichctl.sandbox.exchange import VendorReply, VendorRequest, json_reply, text_reply
from enrichctl.sandbox.lemlist.records import SINCE, TEAM, USER, CampaignLead, Leads
from enrichctl.sandbox.lemlist.requests import INPUTS, bulk_error, flagged, lacking
from enrichctl.sandbox.lemlist.tickets import Enrichments, LemlistSwitches
from enrichctl.sandbox.switches import Terms
from enrichctl.sandbox.vendor import Route, Vendor
from enrichctl.sandbox.world import World

MOST_IDS, MOST_LIMIT = 100, 500
SHORTEST_SEARCH = 2
CET = timezone(timedelta(hours=1))
NOTHING_ASKED = (
    "No enrichment requested (findEmail, findPhone, linkedinEnrichment or verifyEmail required)"
)
ALREADY = "Enrichment skipped: contact already has the requested data or was recently enriched"
UNAUTHORIZED = "The authentication you supplied is incorrect"


class LemlistVendor(Vendor):
    """lemlist: leads in campaigns, and enrichments that are asked for now and read later."""

    name = "lemlist"
    terms = Terms(
        key="lemlist_sandbox",
        prices={
            "find_email": Decimal(5),
            "find_phone": Decimal(20),
            "verify": Decimal(1),
            "linkedin_enrichment": Decimal(2),
        },
        windows=((20, 2),),
        credits=Decimal(5000),
        own=LemlistSwitches,
    )

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.leads = Leads(world.population)
        self.tickets = Enrichments(world)

    def routes(self) -> list[Route]:
        """List what can be asked."""
        return [
            ("POST", "/leads/([^/]+)/enrich", self.enrich_lead),
            ("POST", "/enrich", self.enrich_data),
            ("POST", "/v2/enrichments/bulk", self.bulk),
            ("GET", "/enrich/([^/]+)", self.result),
            ("GET", "/leads", self.lead),
            ("GET", "/leads/([^/]+)", self.leads_of),
            ("PATCH", "/campaigns/([^/]+)/leads/([^/]+)", self.change),
            ("GET", "/contacts", self.contacts),
            ("GET", "/contacts/([^/]+)", self.contact),
            ("GET", "/team", self.team),
            ("GET", "/team/credits", self.credits),
        ]

    def login_refused(self, request: VendorRequest) -> VendorReply | None:
        """Refuse a missing key with 400, a wrong one with 401; the user must be empty."""
        if not request.headers.get("authorization"):
            return text_reply("No API key provided", 400)
        good = request.basic() == ("", self.world.switches.keys[self.name])
        return None if good else self.refuse("login", request)

    def refuse(self, why: str, request: VendorRequest) -> VendorReply:  # noqa: ARG002 - the same for all
        """Say no, in plain text."""
        if why == "login":
            return text_reply(UNAUTHORIZED, 401)
        if why == "credits":
            return text_reply("Insufficient credits", 402)
        reply = text_reply("Too many requests", 429)
        reply.headers["X-RateLimit-Remaining"] = "0"
        return reply

    def not_found(self, request: VendorRequest, *, known_path: bool) -> VendorReply:  # noqa: ARG002 - as above
        """Answer a path that does not exist, or not for this method."""
        return text_reply("Method not allowed", 405) if known_path else text_reply("Not found", 404)

    def stamp(self, reply: VendorReply, request: VendorRequest) -> None:
        """Add the rate headers: on every answer, with the reset as a JavaScript date."""
        windows = self.windows(request)
        if windows:
            now, window = self.world.now(), windows[0]
            reset = datetime.fromtimestamp(now + window.reset(now), UTC).astimezone(CET)
            rate = {
                "Retry-After": str(max(1, round(window.seconds))),
                "X-RateLimit-Limit": str(window.limit),
                "X-RateLimit-Remaining": str(window.left(now)),
                "X-RateLimit-Reset": f"{reset:%a %b %d %Y %H:%M:%S} GMT+0100 "
                "(Central European Standard Time)",
            }
            reply.headers = rate | reply.headers

    def enrich_lead(self, request: VendorRequest, lead_id: str) -> VendorReply:
        """Start an enrichment that is written onto a lead."""
        lead, verbs = self.leads.leads.get(lead_id), flagged(request)
        if lead is None:
            return json_reply({"error": "Lead not found", "code": "LEAD_NOT_FOUND"}, 404)
        if not verbs:
            return text_reply(NOTHING_ASKED, 400)
        self.tickets.settle(lead)
        if closed := _closed(lead):
            return closed
        force = request.query.get("force") == "true"
        left = tuple(
            verb
            for verb in verbs
            if (force or not lead.has(verb)) and lead.not_found.get(verb) != lead.inputs()
        )
        if not left:
            return json_reply({"error": ALREADY, "code": "ALREADY_ENRICHED"}, 409)
        if not self.tickets.affords([left]):
            return self.refuse("credits", request)
        ticket = self.tickets.start(dict(lead.values), left, lead.person, lead)
        return json_reply({"id": ticket.id})

    def enrich_data(self, request: VendorRequest) -> VendorReply:
        """Start an enrichment of the person described; nothing is written."""
        verbs = flagged(request)
        if not verbs:
            return text_reply(NOTHING_ASKED, 400)
        inputs = {name: request.query[name] for name in INPUTS if request.query.get(name)}
        if any(lacking(verb, inputs) for verb in verbs):
            return text_reply("Bad request", 400)
        if not self.tickets.affords([verbs]):
            return self.refuse("credits", request)
        return json_reply({"id": self.tickets.start(inputs, verbs, self._who(inputs), None).id})

    def bulk(self, request: VendorRequest) -> VendorReply:
        """Start many enrichments; each is accepted or refused for itself."""
        items = request.json()
        if code := bulk_error(items):
            return json_reply({"error": code}, 400)
        inputs = [{k: v for k, v in item.get("input", {}).items() if v} for item in items]
        verbs = [tuple(dict.fromkeys(item["enrichmentRequests"])) for item in items]
        pairs = list(zip(inputs, verbs, strict=True))
        refused = [next((c for v in asked if (c := lacking(v, t))), "") for t, asked in pairs]
        if not self.tickets.affords([v for v, no in zip(verbs, refused, strict=True) if not no]):
            return self.refuse("credits", request)
        answers: list[dict[str, Any]] = []
        for item, (given, asked), no in zip(items, pairs, refused, strict=True):
            tag = {"metadata": item["metadata"]} if "metadata" in item else {}
            if no:
                answers.append({"error": no} | tag)
            else:
                ticket = self.tickets.start(given, asked, self._who(given), None)
                answers.append({"id": ticket.id} | tag)
        return json_reply(answers)

    def _who(self, inputs: dict[str, str]) -> str:
        return self.world.population.email_of(
            email=inputs.get("email", ""),
            profile=inputs.get("linkedinUrl", ""),
            first=inputs.get("firstName", ""),
            last=inputs.get("lastName", ""),
            at=inputs.get("companyDomain", "") or inputs.get("companyName", ""),
        )

    def result(self, request: VendorRequest, ticket_id: str) -> VendorReply:  # noqa: ARG002 - a route
        """Show an enrichment: 202 until it is done."""
        ticket = self.tickets.tickets.get(ticket_id)
        if ticket is None:
            return text_reply("Enrichment not found", 404)
        if ticket.lead:
            self.tickets.settle(ticket.lead)
        shown = self.tickets.shown(ticket)
        if shown is None:
            at_work = {"enrichmentId": ticket.id, "enrichmentStatus": "in-progress"}
            return json_reply(at_work, 202)
        return json_reply(shown)

    def lead(self, request: VendorRequest) -> VendorReply:
        """Show one lead by address, or by id."""
        email, lead_id = request.query.get("email"), request.query.get("id", "")
        found = self.leads.by_email(email) if email else [self.leads.leads.get(lead_id)]
        if not found or found[0] is None:
            return text_reply("Lead not found", 404)
        return json_reply(self._settled(found[0]).shown())

    def leads_of(self, request: VendorRequest, email: str) -> VendorReply:
        """Show an address's lead in each campaign; without version=v2, the older form of one."""
        found = [self._settled(lead) for lead in self.leads.by_email(unquote(email))]
        if not found:
            return text_reply("Lead not found", 404)
        if request.query.get("version") != "v2":
            return json_reply(found[0].shown())
        return json_reply([lead.shown_v2() for lead in found])

    def _settled(self, lead: CampaignLead) -> CampaignLead:
        self.tickets.settle(lead)
        return lead

    def change(self, request: VendorRequest, campaign_id: str, lead_id: str) -> VendorReply:
        """Change a lead, unless it is in the graveyard."""
        lead, changes = self.leads.leads.get(lead_id), request.json()
        if lead is None or lead.campaign_id != campaign_id:
            return text_reply("Lead not found", 404)
        if lead.graveyard:
            return text_reply("Lead in graveyard", 500)
        if not isinstance(changes, dict):
            return text_reply("Bad request", 400)
        lead.values |= {str(name): str(value) for name, value in changes.items()}
        return json_reply(lead.shown())

    def contacts(self, request: VendorRequest) -> VendorReply:
        """List contacts: a bare array for given ones, an envelope otherwise."""
        query = request.query
        if wanted := query.get("idsOrEmails"):
            each = [one.strip() for one in wanted.split(",")]
            if len(each) > MOST_IDS:
                return text_reply("Bad request", 400)
            return json_reply([one for name in each if (one := self.leads.contact(name))])
        search = query.get("search", "")
        if "search" in query and len(search) < SHORTEST_SEARCH:
            return text_reply("Search query must be at least 2 characters", 400)
        try:
            limit, offset = int(query.get("limit", 100)), int(query.get("offset", 0))
        except ValueError:
            return text_reply("Bad request", 400)
        if not 1 <= limit <= MOST_LIMIT or offset < 0:
            return text_reply("Bad request", 400)
        if "email" in query:
            exact = self.leads.contact(query["email"])
            found = [exact] if exact else []
        else:
            wanted = search.lower()
            found = [one for one in self.leads.contacts() if wanted in _words(one)]
        page = found[offset : offset + limit]
        return json_reply({"data": page, "total": len(found), "limit": limit, "offset": offset})

    def contact(self, request: VendorRequest, id_or_email: str) -> VendorReply:  # noqa: ARG002 - a route
        """Show one contact."""
        found = self.leads.contact(unquote(id_or_email))
        return json_reply(found) if found else text_reply("Contact not found", 404)

    def team(self, request: VendorRequest) -> VendorReply:
        """Show the key's team."""
        team: dict[str, Any] = {
            "_id": TEAM,
            "name": "Sandbox",
            "userIds": [USER],
            "createdBy": USER,
            "createdAt": SINCE,
            "hooks": [],
            "slackWebhook": {"url": "https://hooks.example/secret", "failCounter": 0},
            "beta": [],
            "invitedUsers": [],
        }
        if request.query.get("version") == "v2":
            user = {"userId": USER, "name": "Sandy Box", "email": "ops@sandbox.test"}
            team["users"] = [user | {"role": "admin"}]
        return json_reply(team)

    def credits(self, request: VendorRequest) -> VendorReply:  # noqa: ARG002 - a route
        """Show what the team has left."""
        number = self.world.whole_credits(self.name)
        remaining = {"total": number, "freemium": 0, "subscription": number, "gifted": 0, "paid": 0}
        return json_reply({"credits": number, "details": {"remaining": remaining}})


def _closed(lead: CampaignLead) -> VendorReply | None:
    """Return why a lead is not enriched whatever is asked, None when it may be."""
    if lead.reviewed:
        return json_reply({"error": "lemrich is not available for lead reviewed"}, 400)
    if lead.graveyard:
        return json_reply({"error": "Failed to enrich lead"}, 500)
    if lead.running:
        return json_reply({"error": "lead is already being enriched"}, 409)
    return None


def _words(contact: dict[str, Any]) -> str:
    return f"{contact['fullName']} {contact.get('email', '')}".lower()
