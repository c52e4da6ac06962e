"""Choosing the lead that is enriched, of those that one e-mail may have."""

from collections.abc import Mapping
from typing import Any

from enrichctl.errors import BadRecord, BadReply, Miss, RecordError
from enrichctl.facts import spelling
from enrichctl.json_values import agrees, as_object, objects, text
from enrichctl.providers.lemlist.replies import ID, INPUT, LEAD_ID, REJECTED, STATE, UNKNOWN_LEAD
from enrichctl.transport import Api, Reply, segment


def lead_of(email: str, api: Api) -> str:
    """Return the id of the lead that is enriched for an e-mail, of those in several campaigns.

    What is found is stored in the contact that they share, so it is the one that lemlist is most
    likely to enrich: one that awaits review (it refuses the others), in a running campaign, the
    latest changed.

    Raises:
        Miss: No campaign has one.
        BadRecord: It is unsubscribed, or the leads are of different contacts.
    """
    try:
        found = api.get(
            f"/leads/{segment(email)}", {"version": "v2"}, ours=lambda reply: _have(reply, email)
        ).json()
    except BadRecord as error:
        if error.message != UNKNOWN_LEAD:
            raise
        found = []
    if not isinstance(found, list):
        raise BadReply("lemlist lists leads in a way that it does not document")
    leads = [lead for lead in objects(found) if lead.get(LEAD_ID)]
    if not leads:
        raise Miss("no lead of this lemlist team has this e-mail")
    if len(contacts := {text(lead.get("contactId")) for lead in leads}) > 1:
        raise BadRecord(f"{len(contacts)} contacts of this lemlist team have this e-mail")
    leads = [lead for lead in leads if lead.get(STATE) != "unsubscribed"]
    if not leads:
        raise BadRecord(REJECTED["Lead in graveyard"])
    return text(max(leads, key=_likelihood)[LEAD_ID])


def lead_as_it_stands(lead: str, api: Api) -> dict[str, Any]:
    """Return what a lead holds; empty when it is gone."""
    try:
        return as_object(
            api.get(
                "/leads",
                {ID: lead},
                ours=lambda reply: agrees(as_object(reply.peek()).get(LEAD_ID), lead, str),
            ).json()
        )
    except RecordError:
        return {}


def _have(reply: Reply, email: str) -> bool:
    """Tell whether all leads of a list have an e-mail, as far as it shows theirs."""
    return all(
        agrees(lead.get(INPUT["email"]), email, spelling.email) for lead in objects(reply.peek())
    )


def _likelihood(lead: Mapping[str, Any]) -> tuple[bool, bool, str]:
    running = as_object(lead.get("campaign")).get(STATE) == "running"
    return lead.get(STATE) == "review", running, text(lead.get("updatedAt"))
