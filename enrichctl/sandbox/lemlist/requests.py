"""How lemlist is asked: flags in a query, verbs in a body, and what each of them needs."""

from typing import Any

from enrichctl.sandbox.exchange import VendorRequest
from enrichctl.sandbox.lemlist.tickets import VERBS

FLAGS = {
    "findEmail": "find_email",
    "findPhone": "find_phone",
    "verifyEmail": "verify",
    "linkedinEnrichment": "linkedin_enrichment",
}
INPUTS = ("linkedinUrl", "email", "companyName", "companyDomain", "firstName", "lastName",
          "jobTitle")  # fmt: skip
MOST_ITEMS = 500


def flagged(request: VendorRequest) -> tuple[str, ...]:
    """Return what is asked for; only the literal ``true`` counts."""
    return tuple(verb for flag, verb in FLAGS.items() if request.query.get(flag) == "true")


def lacking(verb: str, inputs: dict[str, str]) -> str:
    """Return the code of what a verb lacks to work with, "" when it has enough."""
    named = "firstName" in inputs and "lastName" in inputs
    domain, company = "companyDomain" in inputs, "companyName" in inputs
    if verb == "verify":
        return "" if "email" in inputs else "MISSING_EMAIL"
    if "linkedinUrl" in inputs:
        return ""
    if verb == "find_phone":
        return "MISSING_LINKEDIN_URL"
    if verb == "find_email":
        return "" if named and domain and company else "MISSING_INPUTS"
    return "" if "email" in inputs or (named and (domain or company)) else "MISSING_INPUTS"


def bulk_error(items: Any) -> str:
    """Return the code with which a whole bulk call is refused, "" when it is not."""
    if not isinstance(items, list):
        return "WRONG_BODY_FORMAT"
    if not items:
        return "NO_ENRICHMENTS_REQUESTED"
    if len(items) > MOST_ITEMS:
        return "TOO_MANY_ENRICHMENTS_REQUESTED"
    return next((code for item in items if (code := _item_error(item))), "")


def _item_error(item: Any) -> str:
    if not isinstance(item, dict):
        return "WRONG_BODY_FORMAT"
    inputs, asked = item.get("input", {}), item.get("enrichmentRequests")
    tag = item.get("metadata", "")
    if not isinstance(inputs, dict) or not all(isinstance(one, str) for one in inputs.values()):
        return "WRONG_INPUT_FORMAT"
    if not isinstance(tag, (str, dict)) or (
        isinstance(tag, dict) and not all(isinstance(one, str) for one in tag.values())
    ):
        return "WRONG_METADATA_FORMAT"
    if asked is not None and not isinstance(asked, list):
        return "WRONG_ENRICHMENT_REQUEST_FORMAT"
    if not asked:
        return "NO_WORKFLOW_REQUESTED"
    return "" if all(verb in VERBS for verb in asked) else "UNAUTHORIZED_WORKFLOW_REQUESTED"
