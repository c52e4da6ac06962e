"""What lemlist is asked: the items that it sells, as far as enough is told to look for them."""

from collections.abc import Sequence
from typing import Any

from enrichctl.errors import Declined, RecordError, TooLittle, Unconfirmed
from enrichctl.json_values import as_object, text
from enrichctl.model import Answer, Query, Ticket
from enrichctl.providers.lemlist.records import lead_as_it_stands, lead_of
from enrichctl.providers.lemlist.replies import (
    FLAGS,
    INPUT,
    OWN_ID,
    REQUESTS,
    SOLD_AS,
    TAG,
    TAKES,
    TOLD,
    VERBS,
    WELL_FORMED,
    receipt_of,
)
from enrichctl.transport import Api, segment

YES = "true"  # "True" does not count


def inputs_of(query: Query) -> dict[str, str]:
    """Return what may be told of a person, without what is malformed."""
    inputs = {name: query.inputs.get(name, "") for name in INPUT}
    formed = {name: WELL_FORMED.get(name, str)(value) for name, value in inputs.items()}
    return {name: value for name, value in formed.items() if value}


def sought(query: Query) -> tuple[str, ...]:
    """Return the items in which what is wanted is sold."""
    return tuple(dict.fromkeys(SOLD_AS.get(name, name) for name in query.wants))


def items_of(query: Query, *, of_lead: bool) -> tuple[str, ...]:
    """Return what to ask for: what is missing, and can be looked for with what is told."""
    inputs = inputs_of(query).keys()
    return tuple(
        item
        for item in sought(query)
        if (of_lead or any(inputs >= {*need} for need in TAKES[item]))
        and (item != "email" or item not in inputs or item in query.overwrite)
    )


def ways_to_ask(query: Query) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return by what could be looked for which wanted fields cannot be with what is told."""
    inputs = inputs_of(query).keys()
    ways = {name: TAKES[SOLD_AS.get(name, name)] for name in query.wants}
    return {name: way for name, way in ways.items() if not any(inputs >= {*need} for need in way)}


def too_little(query: Query) -> TooLittle:
    """Return what a query ends with for which nothing can be asked."""
    ways = {item: " or ".join("+".join(need) for need in TAKES[item]) for item in sought(query)}
    takes = ", ".join(f"{item} by {way}" for item, way in ways.items())
    return TooLittle(f"too little is known of this record: lemlist finds {takes}")


def flags_of(query: Query) -> dict[str, str]:
    """Return the parameters that enrich a lead.

    Raises:
        Declined: There is nothing to ask for.
    """
    flags = dict.fromkeys((FLAGS[item] for item in items_of(query, of_lead=True)), YES)
    if not flags:
        raise too_little(query)
    return flags | ({"force": YES} if is_forced(query) else {})


def is_forced(query: Query) -> bool:
    """Tell whether what a lead has is bought anew.

    The switch holds for all that a call asks for, so one that must be kept keeps them all. The
    verdict on an address goes with the address.
    """
    replaced = {SOLD_AS.get(name, name) for name in query.overwrite}
    if "email" in replaced:
        replaced.add("email_status")
    return replaced.issuperset(sought(query))


def submit_batch(queries: Sequence[Query], api: Api) -> Sequence[Ticket | RecordError]:
    """Ask about many people in the one billed call; return a ticket or a refusal for each.

    Raises:
        Unconfirmed: There is no list of tickets.
    """
    items = [items_of(query, of_lead=False) for query in queries]
    batch: list[dict[str, Any]] = [
        {
            TOLD: {INPUT[name]: value for name, value in inputs_of(query).items()},
            REQUESTS: [VERBS[item] for item in asked],
            TAG: str(place),  # a string: any other value is refused
        }
        for place, (query, asked) in enumerate(zip(queries, items, strict=True))
        if asked
    ]
    answer = api.post("/v2/enrichments/bulk", batch, billed=True).json() if batch else []
    if not isinstance(answer, list):
        raise Unconfirmed("lemlist answered without a list; possibly charged")
    tags = [text(as_object(one).get(TAG)) for one in answer]
    if not any(tags) and len(answer) == len(batch):
        tags = [str(one[TAG]) for one in batch]  # the order is implied, though not promised
    taken = dict(zip(tags, answer, strict=True))
    return [
        receipt_of(taken.get(str(place))) if asked else too_little(query)
        for place, (query, asked) in enumerate(zip(queries, items, strict=True))
    ]


def submit_lead(query: Query, api: Api) -> Ticket:
    """Ask for a lead.

    Raises:
        Declined: lemlist has it already: with the lead as it stands.
    """
    flags = flags_of(query)
    lead = query.inputs.get(OWN_ID) or lead_of(inputs_of(query)["email"], api)
    try:
        answer = api.post(f"/leads/{segment(lead)}/enrich", params=flags, billed=True).json()
    except Declined as declined:
        known = lead_as_it_stands(lead, api)
        raise Declined(declined.message, answer=Answer(known) if known else None) from None
    receipt = receipt_of(answer)
    if isinstance(receipt, RecordError):
        raise receipt
    return receipt
