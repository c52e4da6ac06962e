"""``credits --by``: match rates and costs by provider and segment."""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from enrichctl.analysis.breakdown import Cell, break_down, kinds_of, read_dimensions, short
from enrichctl.analysis.earlier import fill_in
from enrichctl.analysis.rates import THIN
from enrichctl.cli import context
from enrichctl.cli.logins import prices
from enrichctl.config.settings import Money
from enrichctl.errors import StateError
from enrichctl.journal import Journal
from enrichctl.journal.gains import spent_ever, tallies, unexplained
from enrichctl.model import NOTHING
from enrichctl.registry import load


def show_breakdown(by: str, *, json_: bool, sandbox: bool) -> None:
    """Show match rates and costs by provider and segment.

    Raises:
        UsageError: A dimension is none.
    """
    dimensions = read_dimensions(by)
    with context.journal_to_read(sandbox=sandbox) as journal:
        values = breakdown(journal, dimensions, sandbox=sandbox)
    if json_:
        from enrichctl.cli.credits.documents import BreakdownDocument  # noqa: PLC0415 - slow to import

        BreakdownDocument.show(values)
        return
    from enrichctl.render.breakdown import show_cells  # noqa: PLC0415 - draws

    if values["rows"] or values["elsewhere"]:
        show_cells(context.screen(), values)
    else:
        context.screen().note("no provider has answered yet about any record")


def breakdown(journal: Journal, by: Sequence[str], *, sandbox: bool) -> dict[str, Any]:
    """Return a breakdown as plain values, shaped like its document."""
    settings = context.settings()
    uncounted = unexplained(journal, sandbox=sandbox)
    if uncounted:
        with suppress(StateError):  # a journal that cannot be written is counted as it is
            fill_in(journal, partial(load, settings=settings))
        uncounted = unexplained(journal, sandbox=sandbox)
    counted = list(tallies(journal, sandbox=sandbox))
    rest = spent_ever(journal, sandbox=sandbox)
    for tally in counted:
        rest[tally.provider] = rest.get(tally.provider, NOTHING) - tally.credits
    return {
        "sandbox": sandbox,
        "by": list(by),
        "thin_below": THIN,
        "rows": [
            _row(cell, by, None if sandbox else settings.provider(cell.provider).money)
            for cell in break_down(counted, by, prices(settings))
        ],
        "elsewhere": [
            {"provider": n, "attempts": uncounted.get(n, 0), "credits": max(left, NOTHING)}
            for n, left in (dict.fromkeys(uncounted, NOTHING) | rest).items()
            if n in uncounted or left > 0
        ],
    }


def _row(cell: Cell, by: Sequence[str], money: Money | None) -> dict[str, Any]:
    low, high = cell.interval
    return kinds_of(by, cell.key) | {
        "asked": cell.asked,
        "answered": cell.answered,
        "matched": cell.matched,
        "match_rate": short(cell.match_rate),
        "low": short(low),
        "high": short(high),
        "thin": cell.is_thin,
        "credits": short(cell.credits),
        "filled": cell.filled,
        "credits_per_filled_field": short(cell.per_filled),
        "verified": cell.verified,
        "credits_per_verified_email": short(cell.per_verified),
        "money": money
        and {
            "currency": money.currency,
            "spent": short(cell.credits * money.credit),
            "per_filled_field": short(cell.per_filled and cell.per_filled * money.credit),
            "per_verified_email": short(cell.per_verified and cell.per_verified * money.credit),
        },
    }
