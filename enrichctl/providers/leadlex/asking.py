"""What LeadLex is asked: by which field, at which address, for which of its fields."""

from typing import Any

from enrichctl.answers import as_object, fits, text
from enrichctl.errors import BadRecord, BadReply, Declined, Miss
from enrichctl.facts import spelling
from enrichctl.model import Query
from enrichctl.paging import Page, whole_list
from enrichctl.providers.leadlex.words import (
    COMPANY,
    DATA,
    FIELDS,
    FILLED_IN_COMPANY,
    FILLED_IN_CONTACT,
    HEADQUARTERS,
)
from enrichctl.transport import Api, Reply

NEEDS = (("leadlex.contact_id",), ("email",), ("leadlex.company_id",), ("company_domain",))

PER_PAGE = 100  # the most that a page of contacts shows


def route_of(query: Query) -> str:
    """Return the field by which LeadLex is asked."""
    return next(need[0] for need in NEEDS if need[0] in query.told)


def question(route: str, told: str, query: Query) -> tuple[str, dict[str, Any]]:
    """Return path and body of the one paid call.

    Raises:
        Declined: Nothing that is missing could come of it.
    """
    if route == "email":
        verify = {"verify": True} if "email_status" in query.wants else {}
        return "/v1/enrich/email", {"email": told, **verify}
    if route == "leadlex.contact_id":
        asked = FILLED_IN_CONTACT.intersection(query.wants)
        fields = sorted(asked)
        if not set(fields) - {"seniority"}:  # filled there, but not among what is shown to us
            raise Declined("by contact id LeadLex shows none of what is missing")
        body = {"contact_id": told, FIELDS: fields, **_overwrite(asked, query)}
        return "/v1/enrich/contact", body
    names = COMPANY | HEADQUARTERS
    asked = FILLED_IN_COMPANY.intersection(query.wants)
    fields = sorted(names[name] for name in asked)
    if not fields:
        raise Declined("of a company LeadLex knows none of what is missing")
    key = "company_id" if route == "leadlex.company_id" else COMPANY["company_domain"]
    return "/v1/enrich/company", {key: told, FIELDS: fields, **_overwrite(asked, query)}


def _overwrite(asked: set[str], query: Query) -> dict[str, bool]:
    """The switch holds for all fields of a call, so one that must be kept keeps them all."""
    return {"overwrite": True} if asked <= query.overwrite else {}


def is_about(reply: Reply, route: str, told: str) -> bool:
    """Tell whether an answer is about the contact or the company that was asked about.

    A look-up by e-mail does not say whom it found.
    """
    data = as_object(as_object(reply.peek()).get(DATA))
    company = as_object(data.get("company"))
    match route:
        case "leadlex.contact_id":
            return fits(as_object(data.get("contact")).get("id"), told)
        case "leadlex.company_id":
            return fits(company.get("id"), told)
        case "company_domain":
            return fits(company.get(COMPANY[route]), told, spelling.domain)
    return True


def contacts_like(words: str, api: Api, *, page: int = 1, size: int = 1) -> Reply:
    """Return a page of the workspace's contacts, in an order that holds from page to page."""
    params = {"search": words} if words else {}
    params |= {"page": str(page), "per_page": str(size), "sort": "created_at"}
    return api.get("/v1/contacts", params)


def contact_in_workspace(email: str, api: Api) -> str:
    """Find the one contact with exactly this e-mail; the search is partial, on names as well.

    Raises:
        Miss: There is none.
        BadRecord: There are several, or the list has no end.
    """
    wanted, seen = spelling.email(email), 0

    def fetch(page: int) -> Page[int]:
        nonlocal seen
        answer = contacts_like(email, api, page=page, size=PER_PAGE).json()
        try:
            contacts, total = answer[DATA]["contacts"], answer["meta"]["total"]
            seen += len(contacts)
            more = bool(contacts) and seen < total
            return Page([dict(contact) for contact in contacts], page + 1 if more else None)
        except (KeyError, TypeError, ValueError):
            raise _oddly() from None

    contacts = whole_list("LeadLex's list of contacts", 1, fetch)
    found = {
        text(contact.get("id"))
        for contact in contacts
        if wanted and spelling.email(text(contact.get("email"))) == wanted
    }
    if "" in found:
        raise _oddly()
    if len(found) > 1:
        raise BadRecord(f"{len(found)} contacts of your LeadLex workspace have this e-mail")
    if not found:
        raise Miss("no contact of your LeadLex workspace has this e-mail")
    return found.pop()


def _oddly() -> BadReply:
    return BadReply("LeadLex lists contacts in a way that it does not document")
