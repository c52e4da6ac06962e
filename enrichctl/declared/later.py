"""Answers in two parts: most of it comes at once, some of it by a ticket.

What came at once is paid for. It stays with the ticket, so that neither a crash nor a job that the
vendor has lost takes it away.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from enrichctl.declared.batches import Settled, divided
from enrichctl.declared.schema import PollCall
from enrichctl.json_values import decimal, objects, text
from enrichctl.model import Answer, Credits, Ticket

_BEFORE = "\x1f"  # between a ticket and what came at once: no vendor's ids hold it
_LOST = "enrichctl.lost"  # key, in an answer, of why its second part never came
_NO_TICKET = "there is no ticket for it"


class First(NamedTuple):
    """What came at once.

    Attributes:
        body: The answer; an object.
        cost: What it cost, None where the vendor did not say.
    """

    body: dict[str, Any]
    cost: Credits | None


def is_in_two_parts(poll: PollCall | None) -> bool:
    """Tell whether answers of a definition have a second part."""
    return poll is not None and bool(poll.adds)


def tickets(job: str, ends: Sequence[Settled]) -> list[Ticket | Settled]:
    """Return a ticket for each answer that is to be added to; other ends are final."""
    return [_ticket(job, f"{n}/{len(ends)}", end) for n, end in enumerate(ends)]


def _ticket(job: str, spot: str, end: Settled) -> Ticket | Settled:
    if not isinstance(end, Answer) or not isinstance(end.body, dict):
        return end
    if not job:
        return Answer({**end.body, _LOST: _NO_TICKET}, end.credits, end.balance, end.request_id)
    cost = None if end.credits is None else str(end.credits)
    return Ticket(f"{job}#{spot}{_BEFORE}{json.dumps([end.body, cost])}")


def parts_of(ticket: Ticket) -> tuple[str, First | None]:
    """Return the ticket itself, and what came at once; None where nothing did."""
    own, _, kept = ticket.id.partition(_BEFORE)
    if not kept:
        return own, None
    body, cost = json.loads(kept)
    return own, First(body, decimal(cost))


def added(
    poll: PollCall,
    first: First,
    whole: Any,
    total: Credits | None,
    found: Callable[[Any], Mapping[str, Any]],
) -> Answer:
    """Return an answer with its second part, where the finished job has one for it.

    Args:
        poll: Says which part of the job is whose.
        first: What came at once.
        whole: The finished job.
        total: What that cost; None where the vendor does not say.
        found: Returns the values in a part of it.
    """
    assert poll.answers is not None  # noqa: S101 - checked with the definition
    assert poll.echo is not None  # noqa: S101 - the same
    listed = objects(poll.answers.search(whole))
    own = text(poll.echo.search(first.body))
    place = next((n for n, one in enumerate(listed) if text(poll.echo.search(one)) == own), None)
    second = {} if place is None else listed[place]
    body = {**first.body, **second}
    if first.cost is None or total is None:
        return Answer(body)
    worth = [Decimal(not found(one).keys().isdisjoint(poll.adds)) for one in listed]
    share = Decimal(0) if place is None else divided(total, worth)[place]
    return Answer(body, first.cost + share)


def lost(first: First, why: str, most: Credits) -> Answer:
    """Return an answer whose second part never comes; what that cost is not known."""
    return Answer({**first.body, _LOST: why}, most)


def reason(body: Any) -> str:
    """Return why the second part of an answer never came; "" where it did, or none was due."""
    return text(body.get(_LOST)) if isinstance(body, dict) else ""
