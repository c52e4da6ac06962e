"""lemlist's words: its keys, each named once, its codes and texts, and what they mean."""

from collections.abc import Callable

from enrichctl.facts import spelling

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
OWN_ID = "lemlist.lead_id"  # a row's field
LEAD_ID = TEAM_ID = "_id"
DATA, TAG, REQUESTS = "data", "metadata", "enrichmentRequests"
ENRICHMENT_ID, TOLD = "enrichmentId", "input"  # of a result: whose it is
# Any status but the first is an end: "until `enrichmentStatus` is no longer `in-progress`".
# https://developer.lemlist.com/api-reference/objects-definitions/enrich
STATUS, IN_PROGRESS, DONE, NOT_FOUND = "enrichmentStatus", "in-progress", "done", "not-found"
ACCEPTED = 202  # of a result: still being made
VERDICTS = ("deliverable", "risky", "undeliverable")
NEVER_VERIFIED = "unverified"  # a lead's e-mail status before its first verification
# lemlist's own words, a code or a text, where they tell more than the HTTP status.
LOGIN_TROUBLE = {
    "No API key provided", "No user found for this API key",  # 400 and 404, not 401
    "User linked to this API key is blocked",
    "Bad team",  # 400, of every route: the account, whatever was asked
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
