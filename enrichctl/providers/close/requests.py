"""What Close is asked for money: one custom field of one object."""

from typing import Any

from enrichctl.errors import BadRecord, LoginRefused, Unconfirmed
from enrichctl.json_values import ACCEPTED, text
from enrichctl.model import Query
from enrichctl.providers.close.custom_fields import CloseField
from enrichctl.providers.close.replies import ORGANIZATION, Spot
from enrichctl.transport import Api


def enrich(field: CloseField, spot: Spot, query: Query, api: Api) -> Any:
    """Make the one paid request; return the value that the field has now."""
    body = {
        ORGANIZATION: field.organization,
        **spot._asdict(),
        "set_new_value": query.save is not False,
        "overwrite_existing_value": bool(query.overwrite),
    }
    try:
        reply = api.post("/enrich_field/", body, billed=True, json_due=False, group="enrich_field")
    except LoginRefused:
        if field.restricted:  # the key is good: its user lacks the role
            raise BadRecord("only some roles may change this field in Close") from None
        raise
    value = spot.read(api) if query.save is not False else spot.shown_in(reply)
    if reply.status == ACCEPTED and not text(value):
        # Documented is an answer after the work. One before it proves no miss.
        raise Unconfirmed("Close accepted the request and shows no value yet; possibly charged")
    return value
