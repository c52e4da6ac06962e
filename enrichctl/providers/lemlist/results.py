"""Reading what lemlist found, in either of its two vocabularies."""

from collections.abc import Iterator
from typing import Any

from enrichctl.answers import as_object, fits, objects, text, values
from enrichctl.errors import BadRecord, RecordError, Unconfirmed
from enrichctl.facts import spelling
from enrichctl.model import Query
from enrichctl.provider import Ticket
from enrichctl.providers.lemlist.leads import told_of
from enrichctl.providers.lemlist.refusals import is_code
from enrichctl.providers.lemlist.words import (
    COMPANY,
    ENRICHMENT_ID,
    ERROR,
    ID,
    INPUT,
    LEAD,
    LEAD_ID,
    NAMES,
    NEVER_VERIFIED,
    OWN_ID,
    RESULT,
    TOLD,
    VERBS,
    WELL_FORMED,
)
from enrichctl.transport import Reply


def receipt_of(entry: Any) -> Ticket | RecordError:
    """Read what lemlist gives for one question: a ticket, or a code why not."""
    entry = as_object(entry)
    if ticket := text(entry.get(ID)):
        return Ticket(ticket)
    if code := text(entry.get(ERROR)):
        return BadRecord(f"lemlist rejects it: {code if is_code(code) else 'it does not say why'}")
    return Unconfirmed("lemlist gave no ticket; it may have been charged")


def is_about(reply: Reply, ticket: Ticket, query: Query) -> bool:
    """Tell whether a result is that of a ticket, and repeats what was told for it.

    What a lead is looked up by is the lead's, not the row's.
    """
    body = as_object(reply.peek())
    told = {} if OWN_ID in query.told else told_of(query)
    repeated = as_object(body.get(TOLD))
    return fits(body.get(ENRICHMENT_ID), ticket.id, str) and all(
        fits(repeated.get(INPUT[name]), value, WELL_FORMED.get(name, spelling.fold))
        for name, value in told.items()
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
