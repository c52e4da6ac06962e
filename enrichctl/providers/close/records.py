"""The one lead or contact of Close that a row means, by its id or by an e-mail."""

from collections.abc import Mapping
from typing import Any

from enrichctl.errors import BadRecord, BadReply, Miss
from enrichctl.facts import spelling
from enrichctl.json_values import objects, text
from enrichctl.paging import Page, whole_list
from enrichctl.providers.close.replies import FIELDS, ID, VALUE, Kind, get_object, holding
from enrichctl.transport import Api

LEAD, CONTACT, EMAIL = "close.lead_id", "close.contact_id", "email"
LEAD_ID, EMAILS, CONTACTS = "lead_id", "emails", "contacts"
DATA, CURSOR = "data", "cursor"
# Of a query.
TYPE, ON, MAIL, PERSON = "type", "object_type", "contact_email", "contact"
PER_PAGE = 100  # a search shows 10,000 objects at most, so 100 pages


def object_id(kind: Kind, inputs: Mapping[str, str], api: Api) -> str:
    """Return the id of the one lead or contact that a row means; guess none.

    Raises:
        BadRecord: There are several, or the id cannot be one.
        Miss: Nobody in Close has the e-mail.
    """
    lead, contact, email = (inputs.get(name, "") for name in (LEAD, CONTACT, EMAIL))
    for own, prefix in ((lead, "lead_"), (contact, "cont_")):
        if own and not (own.startswith(prefix) and own.isidentifier()):
            raise BadRecord(f"Close has no such id: one of this kind begins with {prefix}")
    if own := lead if kind == "lead" else contact:
        return own
    if contact:
        people = [get_object(api, "contact", contact, LEAD_ID)]
    elif lead:
        people = objects(get_object(api, "lead", lead, CONTACTS).get(CONTACTS))
    else:
        people = _search(email, api)
    if email:
        people = [one for one in people if _has(one, email)]
        if not people:
            raise Miss("no contact in Close has this e-mail")
    ids = {text(one.get(ID if kind == "contact" else LEAD_ID)) for one in people} - {""}
    if len(ids) != 1:
        raise BadRecord(
            f"{len(ids) or 'no'} {kind}s in Close fit this row, so none is chosen",
            next=f"give the right one in a column {LEAD if kind == 'lead' else CONTACT}",
        )
    return ids.pop()


def _has(contact: Mapping[str, Any], email: str) -> bool:
    """Tell whether a contact has exactly this e-mail: a search compares words, and finds more."""
    return any(spelling.email(text(o.get(EMAIL))) == email for o in objects(contact.get(EMAILS)))


def _search(email: str, api: Api) -> list[dict[str, Any]]:
    """Return all contacts with an e-mail like this one.

    A cursor lasts 30 s, so that nothing else is asked before the last page.
    https://developer.close.com/api/resources/advanced-filtering
    """
    is_email = {
        TYPE: "field_condition",
        "field": {TYPE: "regular_field", ON: MAIL, "field_name": EMAIL},
        "condition": {TYPE: "text", "mode": "full_words", VALUE: email},
    }
    has_email = {
        TYPE: "has_related", "this_object_type": PERSON,
        "related_object_type": MAIL, "related_query": is_email,
    }  # fmt: skip
    contacts = {TYPE: ON, ON: PERSON}
    body: dict[str, Any] = {
        "query": {TYPE: "and", "queries": [contacts, has_email]},
        FIELDS: {PERSON: [ID, LEAD_ID, EMAILS]}, "_limit": PER_PAGE,
    }  # fmt: skip

    def fetch(cursor: str) -> Page[str]:
        at = {CURSOR: cursor} if cursor else {}
        page = holding(DATA, api.post("/data/search/", body | at, group="search"), api)
        if not isinstance(page[DATA], list):  # it proves nobody missing
            raise BadReply("Close's search answered without a list")
        return Page(objects(page[DATA]), page.get(CURSOR) or None)

    return whole_list("Close's list of e-mails like this one", "", fetch)
