"""The two things that change a company in SuperOffice: enriching it, and saving it."""

from typing import Any

from enrichctl.errors import BadRecord, EnrichctlError, Unconfirmed
from enrichctl.json_values import as_object
from enrichctl.model import Answer, Query
from enrichctl.providers.superoffice.records import ENRICH_ID, Candidate, is_of
from enrichctl.providers.superoffice.replies import AGENT, ID, PROPERTIES, kept, lost, merged
from enrichctl.transport import Api

CONTACT_ENTITY, MESSAGE = "ContactEntity", "Message"


def enriched(before: dict[str, Any], enrich_id: str, api: Api) -> dict[str, Any]:
    """Make the one paid request; return the company as enriched, which is not saved by that."""
    told = {CONTACT_ENTITY: before, ENRICH_ID: enrich_id}
    after = api.post(
        f"{AGENT}/EnrichContactEntity",
        told,
        billed=True,
        ours=lambda reply: is_of(reply, before[ID]),
    ).json()
    if isinstance(after, dict) and ID not in after:
        # The request could not be read; whether that costs is not documented: counted as if.
        raise BadRecord("SuperOffice rejects the enrichment (200 with a message)")
    if not isinstance(after, dict) or after[ID] != before[ID]:
        # A failed call returns null, and nothing says that it is free. It failed after a good
        # preview: not for this record's sake, so more of the same would be lost as well.
        raise Unconfirmed("SuperOffice's enrichment failed silently (200); possibly charged")
    return after


def answer_of(
    before: dict[str, Any], after: dict[str, Any], found: Candidate, unsaved: str = ""
) -> Answer:
    """Return what is kept of both, by which EnrichId, and what is to be said of it."""
    told = {"enrich_id": found.enrich_id, "unsaved": unsaved, "unsure": found.is_here is None}
    return Answer(kept(before, after) | told)


def save(before: dict[str, Any], after: dict[str, Any], query: Query, api: Api) -> str:
    """Save a company with what was found; return why it could not be, "" when it is saved.

    An agent answers 200 when it fails: "check the response object".
    """
    entity = merged(before, after, query.overwrite)
    if entity == before:
        return ""  # it holds all of it by now
    try:
        # The bare entity belongs to another route, POST Contact/Validate; saving takes it bare.
        errors = api.post(f"{AGENT}/ValidateContactEntity", {CONTACT_ENTITY: entity}).json()
        if not isinstance(errors, dict) or MESSAGE in errors:
            return "validating failed (200 with null or a message)"
        if errors:
            fields = ", ".join(name for name in errors if name in PROPERTIES)
            return f"not valid ({fields or 'it does not say why'})"
        saved = as_object(api.post(f"{AGENT}/SaveContactEntity", entity).json())
    except EnrichctlError as error:
        return error.message
    if saved.get(ID) != entity[ID]:
        return "saving failed (200 with null or a message)"
    missing = ", ".join(lost(entity, before, saved))
    return f"SuperOffice shows no {missing} after saving" if missing else ""
