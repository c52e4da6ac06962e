"""lemlist: people by lead, profile URL, e-mail, or name and company; asked now, answered later.

https://developer.lemlist.com/api-reference/endpoints/enrich/enrich-lead, likewise
/bulk-enrich-data and /get-enrichment-result
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from enrichctl.errors import (
    BadRecord,
    BadReply,
    Declined,
    EnrichctlError,
    LoginRefused,
    Miss,
    NotYet,
    RecordError,
    Unconfirmed,
)
from enrichctl.facts import spelling
from enrichctl.model import Answer, Credits, Match, Query, Rate, Throttled, Value
from enrichctl.provider import API_KEY, Connection, Login, Price, Queue, Ticket, decimal, text
from enrichctl.transport import Api, BasicAuth, Reply, retry_after, segment
from enrichctl.transport.replies import http_date, until

# Field → what lemlist calls it: as input, in a lead, in a profile, in a profile's employer.
PERSON = {
    "linkedin_url": "linkedinUrl", "first_name": "firstName", "last_name": "lastName",
    "company_name": "companyName", "company_domain": "companyDomain",
}  # fmt: skip
INPUT = PERSON | {"email": "email", "job_title": "jobTitle"}
NUMBER = {"phone": "phone"}
LEAD = INPUT | NUMBER | {"email_status": "emailStatus"}
ADDRESS = {"email": INPUT["email"], "email_status": "status"}
PROFILE = PERSON | {"job_title": "occupation", "location": "locationName", "industry": "industry"}
COMPANY = {
    "company_name": "name", "company_domain": "domain", "industry": "industry",
    "website": "website", "company_linkedin_url": "linkedinUrl",
}  # fmt: skip
PROFILE_FIELDS = tuple(PROFILE | COMPANY)
# What is sold → how a lead is asked for it, and how a bulk request is.
FLAGS = {
    "email": "findEmail", "phone": "findPhone", "email_status": "verifyEmail",
    "profile": "linkedinEnrichment",
}  # fmt: skip
VERBS = {
    "email": "find_email", "phone": "find_phone", "email_status": "verify",
    "profile": "linkedin_enrichment",
}  # fmt: skip
# What is sold → sets of fields, one of which a bulk request must tell; a lead needs to tell none.
NAMES = ("first_name", "last_name")
TAKES: dict[str, tuple[tuple[str, ...], ...]] = {
    "email": (("linkedin_url",), (*NAMES, "company_name", "company_domain")),
    "phone": (("linkedin_url",),),
    "email_status": (("email",),),
    "profile": (
        ("linkedin_url",), ("email",), (*NAMES, "company_name"), (*NAMES, "company_domain"),
    ),
}  # fmt: skip
# A result's keys → what they hold. There are two vocabularies: the page of the result shows the
# first of each kind, that of /enrich-data and the webhooks the others.
RESULT = {
    "email": ADDRESS, VERBS["email"]: ADDRESS, VERBS["email_status"]: ADDRESS,
    "phone": NUMBER, VERBS["phone"]: NUMBER,
    "linkedin": PROFILE, VERBS["profile"]: PROFILE,
}  # fmt: skip
LEAD_ID, DATA, TAG = "_id", "data", "metadata"
STATUS, DONE, NOT_FOUND = "enrichmentStatus", "done", "not-found"
VERDICTS = ("deliverable", "risky", "undeliverable")
NEVER_VERIFIED = "unverified"  # a lead's e-mail status before its first verification
# lemlist's own words, a code or a text, where they tell more than the HTTP status.
LOGIN_TROUBLE = {
    "No API key provided", "No user found for this API key",  # 400 and 404, not 401
    "User linked to this API key is blocked", "UNAUTHORIZED_WORKFLOW_REQUESTED",
}  # fmt: skip
UNKNOWN_LEAD = "unknown to this lemlist team (404)"
REJECTED = {
    "LEAD_NOT_FOUND": UNKNOWN_LEAD, "Lead not found": UNKNOWN_LEAD,
    "CONTACT_NOT_FOUND": "the lead has no contact in this lemlist team (404)",
    "Enrichment not found": "lemlist no longer knows the enrichment (404)",
    "lemrich is not available for lead reviewed": "lemlist enriches no lead once it is reviewed",
    "Lead in graveyard": "the lead is unsubscribed, in lemlist's graveyard",  # a 500, yet final
}  # fmt: skip
WELL_FORMED: dict[str, Callable[[str], str | None]] = {
    "email": spelling.email, "linkedin_url": spelling.profile_url,
    "company_domain": spelling.domain,
}  # fmt: skip


class Lemlist(Queue):
    """lemlist enriches the leads of its campaigns, or in bulk whoever it is told about."""

    name = "lemlist"
    title = "lemlist"
    docs = "https://developer.lemlist.com/api-reference/endpoints/enrich/enrich-lead"
    login = (API_KEY,)
    needs = (
        ("lemlist.lead_id",),
        ("linkedin_url",),
        ("email",),
        (*NAMES, "company_name", "company_domain"),
        (*NAMES, "company_name"),
        (*NAMES, "company_domain"),
    )
    hints = tuple(INPUT)
    uses = ("lemlist.lead_id", *INPUT)
    finds = ("email", "phone", "email_status", *PROFILE_FIELDS)
    default_wants = ("email", *PROFILE)
    writes = "stores what it finds in your lemlist leads"
    # https://help.lemlist.com/en/articles/8944295: a profile is 1 or 2, its revisions disagree.
    price = Price(
        "match",
        items={"email": Credits(5), "phone": Credits(20), "email_status": Credits(1),
               "profile": Credits(2)},
        sold_as=dict.fromkeys(PROFILE_FIELDS, "profile"),
    )  # fmt: skip
    rates = (Rate(20, 2),)
    timeout = 60.0
    batch_max = 500

    def __init__(self) -> None:
        self._seen_empty: set[str] = set()  # tickets still open: never more than the engine holds

    def connect(self, login: Login) -> Connection:
        """See `Remote.connect`. The user is empty, the key is the password."""
        key = login.get(API_KEY.name)
        return Connection(
            login.base_url or "https://api.lemlist.com/api",
            BasicAuth("", key),
            sha256(key.encode()).hexdigest()[:16],
        )

    def explain(self, reply: Reply) -> EnrichctlError | Throttled | None:
        """See `Remote.explain`: most refusals are plain text, whatever their Content-Type."""
        said, status = _said(reply), reply.status
        if said in LOGIN_TROUBLE:
            again = f"enrichctl providers login {self.name}"
            return LoginRefused(f"lemlist refuses the login: {said}", next=again)
        if said in REJECTED:
            return BadRecord(REJECTED[said])
        if status == 400 and _is_code(said):  # noqa: PLR2004 - of a whole batch: WRONG_BODY_FORMAT
            return BadReply(f"lemlist does not take the batch: {said}")
        if status == 429:  # noqa: PLR2004 - HTTP's word for it
            # Only here does Retry-After count: it stands on every reply.
            wait, reset = retry_after(reply), http_date(reply.headers.get("x-ratelimit-reset", ""))
            return Throttled(until(reset, reply) if wait is None else wait)
        explained: dict[int, EnrichctlError] = {
            202: NotYet("lemlist is still at work on it"),
            404: Miss("lemlist found nothing")
            if said == NOT_FOUND
            else BadReply(
                "lemlist does not know the address it was asked at (404)",
                next=f"check the base URL: enrichctl providers show {self.name}",
            ),
            405: BadReply("lemlist takes no such request (405)"),
            409: Declined("lemlist has it already, or looked for it lately")
            if said == "ALREADY_ENRICHED"
            else NotYet("lemlist is already enriching this lead"),  # has no code, gives no id
        }
        return explained.get(status) or super().explain(reply)

    def changes(self, query: Query) -> bool:
        """See `Provider.changes`: only what is asked of a lead is stored."""
        return "lemlist.lead_id" in query.told or bool(query.save and "email" in _told(query))

    def covers(self, query: Query) -> tuple[str, ...]:
        """See `Provider.covers`: a profile comes whole."""
        profile = PROFILE_FIELDS if "profile" in self._items(query) else ()
        return tuple(dict.fromkeys((*query.wants, *profile)))

    def variant(self, query: Query) -> str:
        """See `Provider.variant`: what is stored in a lead is another question."""
        if not self.changes(query):
            return ""
        saved = "lemlist.lead_id" not in query.told
        return " ".join(w for w in ("save" * saved, "over" * bool(query.overwrite)) if w)

    def together(self, query: Query) -> str:
        """See `Queue.together`: each lead is enriched by a call of its own."""
        return "" if self.changes(query) else "bulk"

    def submit(self, queries: Sequence[Query], api: Api) -> Sequence[Ticket | RecordError]:
        """See `Queue.submit`."""
        if self.changes(queries[0]):
            return [self._enrich_lead(queries[0], api)]
        batch = [
            {"input": {INPUT[name]: value for name, value in _told(query).items()},
             "enrichmentRequests": [VERBS[item] for item in items],
             TAG: str(place)}  # a string: any other value is refused
            for place, query in enumerate(queries)
            if (items := self._items(query))
        ]  # fmt: skip
        answer = api.post("/v2/enrichments/bulk", batch, billed=True).json() if batch else []
        if not isinstance(answer, list):
            raise Unconfirmed("lemlist answered without a list; it may have been charged")
        tags = [text(one.get(TAG)) if isinstance(one, dict) else "" for one in answer]
        if not any(tags) and len(answer) == len(batch):
            tags = [str(one[TAG]) for one in batch]  # the order is implied, though not promised
        taken = dict(zip(tags, answer, strict=True))
        return [
            _receipt(taken.get(str(place))) if self._items(query) else self._too_little(query)
            for place, query in enumerate(queries)
        ]

    def collect(self, ticket: Ticket, query: Query, api: Api) -> Answer | None:
        """See `Queue.collect`."""
        body = api.get(f"/enrich/{segment(ticket.id)}").json()
        body = body if isinstance(body, dict) else {}
        if isinstance(body.get(DATA), list):
            body = next(
                (one for one in _objects(body[DATA]) if text(one.get("id")) == ticket.id), {}
            )
        status = text(body.get(STATUS)) or (DONE if body.get(DATA) else "")
        if status == NOT_FOUND:
            return None
        if status != DONE:
            raise NotYet("lemlist shows no result yet")
        if not body.get(DATA) and ticket.id not in self._seen_empty:
            self._seen_empty.add(ticket.id)  # "done" may be there before the data: look once more
            raise NotYet("lemlist is done but shows no result yet")
        self._seen_empty.discard(ticket.id)
        return Answer(body) if self.read(body, query) else None

    def read(self, body: Any, query: Query) -> Match:
        """See `Provider.read`; ``notFound`` is not to be relied on, only a value counts.

        An address that lemlist itself calls undeliverable is no find, and is not charged.
        """
        found: dict[str, str] = {}
        stored = LEAD_ID in body  # a lead as it stands, of one that has it all already
        for field, value in _values(body, LEAD) if stored else _results(body.get(DATA)):
            found.setdefault(field, value)
        verdict = found.pop("email_status", "")
        no_find = verdict == "undeliverable" and "email" in query.wants
        if no_find:
            found.pop("email", None)
        unasked = no_find and "email_status" not in self._items(query)
        if verdict and not unasked and not (stored and verdict == NEVER_VERIFIED):
            found["email_status"] = verdict if verdict in VERDICTS else "unknown"
        return {field: Value(value) for field, value in found.items()}

    def check(self, api: Api) -> str:
        """See `Remote.check`. The answer holds addresses of hooks, which are secrets."""
        api.get("/team")
        return "the key is good"

    def balance(self, api: Api) -> Credits | None:
        """See `Remote.balance`: the whole team's."""
        body = api.get("/team/credits").json()
        return decimal(body.get("credits")) if isinstance(body, dict) else None

    def _items(self, query: Query) -> tuple[str, ...]:
        """Return what to ask for: what is missing, as far as enough is told to look for it."""
        told, from_lead = _told(query).keys(), self.changes(query)
        return tuple(
            item
            for item in self._sought(query)
            if (from_lead or any(told >= {*need} for need in TAKES[item]))
            and (item != "email" or item not in told or item in query.overwrite)
        )

    def _sought(self, query: Query) -> Sequence[str]:
        return tuple(dict.fromkeys(self.price.sold_as.get(name, name) for name in query.wants))

    def _too_little(self, query: Query) -> Declined:
        ways = {i: " or ".join("+".join(need) for need in TAKES[i]) for i in self._sought(query)}
        takes = ", ".join(f"{item} by {way}" for item, way in ways.items())
        return Declined(f"too little is known of this record: lemlist finds {takes}")

    def _enrich_lead(self, query: Query, api: Api) -> Ticket:
        """Ask for a lead.

        Raises:
            Declined: lemlist has it already: with the lead as it stands.
        """
        flags = {FLAGS[item]: "true" for item in self._items(query)}  # "True" would not count
        if not flags:
            raise self._too_little(query)
        if query.overwrite:
            flags["force"] = "true"
        lead = query.told.get("lemlist.lead_id") or _lead_of(_told(query)["email"], api)
        try:
            path = f"/leads/{segment(lead)}/enrich"
            answer = api.post(path, params=flags, billed=True).json()
        except Declined as declined:
            known = api.get("/leads", {"id": lead}).json()
            free = Answer(known) if isinstance(known, dict) else None
            raise Declined(declined.message, answer=free) from None
        receipt = _receipt(answer)
        if isinstance(receipt, RecordError):
            raise receipt
        return receipt


def _told(query: Query) -> dict[str, str]:
    """Return what may be told of a person, without what is malformed."""
    told = {name: query.told.get(name, "") for name in INPUT}
    formed = {name: WELL_FORMED.get(name, str)(value) for name, value in told.items()}
    return {name: value for name, value in formed.items() if value}


def _said(reply: Reply) -> str:
    """Return lemlist's code or words: of JSON in one of several forms, or else the text."""
    if reply.status == 200:  # noqa: PLR2004 - an answer
        return ""
    body = reply.peek()
    if not isinstance(body, dict):
        return reply.text.strip().strip('"')
    part = body["error"] if isinstance(body.get("error"), dict) else body
    return next(filter(None, (text(part.get(k)) for k in ("code", "error", "message", STATUS))), "")


def _is_code(said: str) -> bool:
    """Tell a code, which may be shown, from a text that could quote somebody's data."""
    return said.isupper() and said.isidentifier()


def _receipt(entry: Any) -> Ticket | RecordError:
    """Read what lemlist gives for one question: a ticket, or a code why not."""
    entry = entry if isinstance(entry, dict) else {}
    if ticket := text(entry.get("id")):
        return Ticket(ticket)
    if code := text(entry.get("error")):
        return BadRecord(f"lemlist rejects it: {code if _is_code(code) else 'it does not say why'}")
    return Unconfirmed("lemlist gave no ticket; it may have been charged")


def _lead_of(email: str, api: Api) -> str:
    """Return the id of the lead that is enriched for an e-mail, of those in several campaigns.

    What is found is stored in the contact that they share, so it is the one that lemlist is most
    likely to enrich: one that awaits review (it refuses the others), in a running campaign, the
    latest changed.

    Raises:
        Miss: No campaign has one.
        BadRecord: It is unsubscribed, or the leads are of different contacts.
    """
    try:
        found = api.get(f"/leads/{segment(email)}", {"version": "v2"}).json()
    except BadRecord as error:
        if error.message != UNKNOWN_LEAD:
            raise
        found = []
    leads = [lead for lead in _objects(found) if lead.get(LEAD_ID)]
    if not leads:
        raise Miss("no lead of this lemlist team has this e-mail")
    if len(contacts := {text(lead.get("contactId")) for lead in leads}) > 1:
        raise BadRecord(f"{len(contacts)} contacts of this lemlist team have this e-mail")
    leads = [lead for lead in leads if lead.get("status") != "unsubscribed"]
    if not leads:
        raise BadRecord(REJECTED["Lead in graveyard"])
    return text(max(leads, key=_likelihood)[LEAD_ID])


def _objects(listed: Any) -> list[dict[str, Any]]:
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _likelihood(lead: Mapping[str, Any]) -> tuple[bool, bool, str]:
    campaign = lead.get("campaign")
    running = isinstance(campaign, dict) and campaign.get("status") == "running"
    return lead.get("status") == "review", running, text(lead.get("updatedAt"))


def _results(data: Any) -> Iterator[tuple[str, str]]:
    """Yield the values of a result, in either vocabulary, the person's before the employer's."""
    data = data if isinstance(data, dict) else {}
    for key, names in RESULT.items():
        yield from _values(data.get(key), names)
    profile = data.get(VERBS["profile"])
    groups = profile.get("positionGroups") if isinstance(profile, dict) else None
    for group in _objects(groups)[:1]:  # the present employer
        yield from _values(group.get("company"), COMPANY)


def _values(part: Any, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for field, key in names.items():
        if isinstance(part, dict) and (value := text(part.get(key))):
            yield field, value
