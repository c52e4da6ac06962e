"""Lists that a vendor shows page by page: read to their end, and ended where they have none.

A page is a call like any other, so it is paced, and ends with the run.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from enrichctl.errors import BadRecord

PAGES = 100  # of one list, where the vendor documents no end; 10,000 objects at 100 a page

At = TypeVar("At")


@dataclass(frozen=True, slots=True)
class Page(Generic[At]):
    """One page of a list.

    Attributes:
        items: What it shows.
        next: By what the next page is asked for; None where this is the last one.
    """

    items: list[dict[str, Any]]
    next: At | None


def whole_list(
    whose: str, first: At, fetch: Callable[[At], Page[At]], *, most: int = PAGES
) -> list[dict[str, Any]]:
    """Return all that a list shows, each object once.

    Args:
        whose: The list, for messages: "LeadLex's list of contacts".
        first: By what the first page is asked for.
        fetch: Returns a page.
        most: Pages after which the list is given up.

    Raises:
        BadRecord: A page with nothing new promises more, or there are too many: nothing is proved
            by what was not seen.
    """
    found: dict[str, dict[str, Any]] = {}
    at = first
    for _ in range(most):
        page, known = fetch(at), len(found)
        found.update((json.dumps(item, sort_keys=True), item) for item in page.items)
        if page.next is None:
            return list(found.values())
        if len(found) == known:
            raise BadRecord(f"{whose} goes on without anything new")
        at = page.next
    raise BadRecord(f"{whose} has no end within {most} pages")
