"""The contact of a LeadLex workspace that an e-mail means."""

from enrichctl.errors import BadRecord, BadReply, Miss
from enrichctl.facts import spelling
from enrichctl.json_values import text
from enrichctl.paging import Page, whole_list
from enrichctl.providers.leadlex.replies import DATA
from enrichctl.transport import Api, Reply

PER_PAGE = 100  # the most that a page of contacts shows


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
