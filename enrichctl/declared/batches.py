"""Which part of a reply to several questions belongs to which, and what each of them cost."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal
from typing import Any

from enrichctl.declared.schema import Batch
from enrichctl.errors import BadRecord, Miss, OutOfCredits, RecordError
from enrichctl.json_values import text
from enrichctl.model import Answer, Credits

SMALLEST = Decimal("0.000001")  # credits
LOST: Any = object()  # in place of an answer that a reply leaves out

Settled = Answer | RecordError | OutOfCredits


def item_of(batch: Batch, body: Any, place: int, count: int) -> Any:
    """Return what a reply to several questions holds for the one at a place.

    Args:
        batch: How they are told apart, by the definition.
        body: The reply.
        place: From 0.
        count: Questions that were asked; 0 where that is not known.
    """
    if batch.answers:
        listed = batch.answers.search(body)
    else:
        listed = body.get(batch.items) if isinstance(body, dict) else body
    listed = listed if isinstance(listed, list) else []
    if batch.echo is None:
        whole = len(listed) == count if count else len(listed) > place
        return listed[place] if whole else LOST
    tag = str(place)
    for item in listed:
        if text(batch.echo.search(item)) == tag:
            return item
    for path, kind in ((batch.missed, Miss), (batch.refused, BadRecord)):
        if path and tag in _tags(batch, path.search(body)):
            return kind("the vendor lists it among those " + _LISTED[kind])
    return LOST


_LISTED = {Miss: "not found", BadRecord: "that it rejects"}


def _tags(batch: Batch, listed: Any) -> set[str]:
    """Return the numbers in a list of numbers, or of answers that echo them."""
    entries = listed if isinstance(listed, list) else []
    return {
        text(batch.echo.search(entry)) if batch.echo and isinstance(entry, dict) else text(entry)
        for entry in entries
    }


def divided(total: Credits, prices: Sequence[Credits]) -> list[Credits]:
    """Divide what a job cost by what each of its answers is worth; all of it is divided.

    Where the prices add up to the total, each answer costs its price.
    """
    worth = sum(prices, Decimal(0))
    if worth == total:
        return list(prices)
    if not worth:
        prices, worth = [Decimal(1)] * len(prices), Decimal(len(prices))
    parts = [(total * price / worth).quantize(SMALLEST, ROUND_DOWN) for price in prices]
    first = next(place for place, price in enumerate(prices) if price)
    parts[first] += total - sum(parts)
    return parts


def shared(total: Credits, ends: Sequence[Settled], items: Sequence[Any]) -> list[Settled]:
    """Book what a whole call cost on the answers that it brought; on all if it brought none."""
    places = [place for place, end in enumerate(ends) if isinstance(end, Answer)]
    made = list(ends)
    if total and not places:
        places = [n for n, end in enumerate(ends) if isinstance(end, Miss)] or [0]
    if not places:
        return made
    share = (total / len(places)).quantize(SMALLEST, ROUND_DOWN)
    for place in places:
        end = made[place]
        cost = share if place != places[0] else total - share * (len(places) - 1)
        if isinstance(end, Answer):
            made[place] = Answer(end.body, cost, end.balance, end.request_id)
        elif isinstance(end, Miss):
            made[place] = Answer(None if isinstance(items[place], Miss) else items[place], cost)
    return made
