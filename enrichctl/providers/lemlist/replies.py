"""What lemlist's answers mean: its keys, each named once, its codes and texts, its results."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from enrichctl.errors import (
    BadRecord,
    BadReply,
    Declined,
    EnrichctlError,
    Miss,
    NotYet,
    RecordError,
    Unconfirmed,
)
from enrichctl.facts import spelling
from enrichctl.json_values import agrees, as_object, known_word, no_ticket, objects, text, values
from enrichctl.model import Throttled, Ticket
from enrichctl.provider import Remote
from enrichctl.transport import Reply, retry_after
from enrichctl.transport.replies import http_date, until

# Field → what lemlist calls it: as input, in a lead, in a profile, in a profile's employer.
PERSON = {
    "linkedin_url": "linkedinUrl", "first_name": "firstName", "last_name": "lastName",
    "company_name": "companyName", "company_domain": "companyDomain",
}  # fmt: skip
INPUT = PERSON | {"email": "email", "job_title": "jobTitle"}
NUMBER = {"phone": "phone"}
LEAD = INPUT | NUMBER | {"email_status": "emailStatus"}
ID, ERROR, STATE = "id", "error", "status"
ADDRESS = {"email": INPUT["email"], "email_status": STATE}
PROFILE = PERSON | {"job_title": "occupation", "location": "locationName", "industry": "industry"}
COMPANY = {
    "company_name": "name", "company_domain": "domain", "industry": "industry",
    "website": "website", "company_linkedin_url": "linkedinUrl",
}  # fmt: skip
PROFILE_FIELDS = tuple(PROFILE | COMPANY)
SOLD_AS = dict.fromkeys(PROFILE_FIELDS, "profile")
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
    "email": ((*NAMES, "company_name", "company_domain"), ("linkedin_url",)),
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
OWN_ID = "lemlist.lead_id"  # a row's field
LEAD_ID = TEAM_ID = "_id"
DATA, TAG, REQUESTS = "data", "metadata", "enrichmentRequests"
ENRICHMENT_ID, TOLD = "enrichmentId", "input"  # of a result: whose it is
# Any status but the first is an end: "until `enrichmentStatus` is no longer `in-progress`".
# https://developer.lemlist.com/api-reference/objects-definitions/enrich
STATUS, IN_PROGRESS, DONE, NOT_FOUND = "enrichmentStatus", "in-progress", "done", "not-found"
VERDICTS = ("deliverable", "risky", "undeliverable")
NEVER_VERIFIED = "unverified"  # a lead's e-mail status before its first verification
# lemlist's own words, a code or a text, where they tell more than the HTTP status.
LOGIN_TROUBLE = {
    "No API key provided", "No user found for this API key",  # 400 and 404, not 401
    "User linked to this API key is blocked",
    "Bad team",  # 400, of every route: the account, whatever was asked
}  # fmt: skip
CODES = frozenset({  # of one question, and of a whole batch; any other is not shown
    "MISSING_INPUTS", "MISSING_EMAIL", "MISSING_LINKEDIN_URL", "WRONG_INPUT_FORMAT",
    "WRONG_METADATA_FORMAT", "NO_WORKFLOW_REQUESTED", "WRONG_ENRICHMENT_REQUEST_FORMAT",
    "UNAUTHORIZED_WORKFLOW_REQUESTED", "TOO_MANY_ENRICHMENTS_REQUESTED",
    "NO_ENRICHMENTS_REQUESTED", "WRONG_BODY_FORMAT",
})  # fmt: skip
# How an enrichment may end without it being documented: any other word is not shown.
ENDS = frozenset({
    "error", "failed", "partial", "no-credits", "completed", "pending", "cancelled", "canceled",
    "expired", "rejected", "skipped", "timeout",
})  # fmt: skip
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

OK, REFUSED = 200, 400


def explain(reply: Reply, provider: Remote) -> EnrichctlError | Throttled | None:
    """Say what a refusal means, where lemlist has words of its own for it."""
    said, status = said_in(reply), reply.status
    if said in LOGIN_TROUBLE:
        return provider.refused(f": {said}")
    if said in REJECTED:
        return BadRecord(REJECTED[said])
    if status >= REFUSED and (ended := odd_end(reply.peek())):
        return Unconfirmed(f"{ended}; possibly charged")
    if status == 400 and is_code(said):  # noqa: PLR2004 - of a whole batch: WRONG_BODY_FORMAT
        return BadReply(f"lemlist does not take the batch: {known_word(said, CODES) or status}")
    if status == 429:  # noqa: PLR2004 - HTTP's word for it
        # Only here does Retry-After count: it stands on every reply.
        wait, reset = retry_after(reply), http_date(reply.headers.get("x-ratelimit-reset", ""))
        return Throttled(until(reset, reply) if wait is None else wait)
    explained: dict[int, EnrichctlError] = {
        404: Miss("lemlist found nothing") if said == NOT_FOUND else provider.elsewhere(),
        405: BadReply("lemlist takes no such request (405)"),
        409: Declined("lemlist has it already, or looked for it recently")
        if said == "ALREADY_ENRICHED"
        else NotYet("lemlist is already enriching this lead"),  # has no code, gives no id
    }
    return explained.get(status)


def said_in(reply: Reply) -> str:
    """Return lemlist's code or words: of JSON in one of several forms, or else the text."""
    if reply.status == OK:
        return ""
    body = reply.peek()
    if not isinstance(body, dict):
        return reply.text.strip().strip('"')
    part = as_object(body.get(ERROR)) or body
    return next(filter(None, (text(part.get(k)) for k in ("code", ERROR, "message", STATUS))), "")


def odd_end(body: Any) -> str:
    """Say with which status an enrichment ended that is not documented; "" when it did not."""
    status = as_object(body).get(STATUS)
    if not text(status) or status in (IN_PROGRESS, DONE, NOT_FOUND):
        return ""
    word = known_word(status, ENDS) or "of a kind that is not shown"
    return f"lemlist ended it with the status {word}"


def is_code(said: str) -> bool:
    """Tell what has the form of a code from a text; only those that are known may be shown."""
    return bool(re.fullmatch("[A-Z_-]{1,64}", said))


def receipt_of(entry: Any) -> Ticket | RecordError:
    """Read what lemlist gives for one question: a ticket, or a code why not."""
    entry = as_object(entry)
    if ticket := text(entry.get(ID)):
        return Ticket(ticket)
    if code := text(entry.get(ERROR)):
        return BadRecord(f"lemlist rejects it: {known_word(code, CODES) or 'it does not say why'}")
    return no_ticket("lemlist")


def is_about(reply: Reply, ticket: Ticket, inputs: Mapping[str, str]) -> bool:
    """Tell whether a result is that of a ticket, and repeats what was told for it.

    ``inputs`` is empty where a lead was asked about, which has its own.
    """
    body = as_object(reply.peek())
    repeated = as_object(body.get(TOLD))
    return agrees(body.get(ENRICHMENT_ID), ticket.id, str) and all(
        agrees(repeated.get(INPUT[name]), value, WELL_FORMED.get(name, spelling.fold))
        for name, value in inputs.items()
        if name in NAMES or name in WELL_FORMED  # others may come back in another form
    )


def results(data: Any) -> Iterator[tuple[str, str]]:
    """Yield the values of a result, in either vocabulary, the person's before the employer's."""
    data = as_object(data)
    for key, names in RESULT.items():
        yield from values(data.get(key), names)
    profile = as_object(data.get(VERBS["profile"]))
    for group in objects(profile.get("positionGroups"))[:1]:  # the present employer
        yield from values(group.get("company"), COMPANY)


def stored(body: Any) -> Iterator[tuple[str, str]]:
    """Yield what a lead holds, of a body that is or includes one."""
    if LEAD_ID in body:
        for field, value in values(body, LEAD):
            if (field, value) != ("email_status", NEVER_VERIFIED):
                yield field, value
