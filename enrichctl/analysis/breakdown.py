"""Match rates and costs by provider, field and segment.

A filled field is one that a record lacked and took from the answer. What an answer cost is shared
among the fields that it was asked for by their prices, so that the parts add up to what was spent.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TypeVar

from enrichctl.analysis.rates import THIN, Interval, interval_of
from enrichctl.errors import UsageError, did_you_mean
from enrichctl.journal.gains import Tally
from enrichctl.model import ANSWERED, NOTHING, Credits, Gain, Outcome
from enrichctl.price import Price

BY = ("provider", "field", "country", "seniority", "industry", "domain-size")
KEYS_OF_SEGMENT = {"country": 0, "seniority": 1, "industry": 2, "domain-size": 3}
_ASKED = ANSWERED | {Outcome.FAILED, Outcome.UNCONFIRMED}
_WHOLE = Decimal(1)

EXACT = 4  # digits behind the point: less than that nobody is charged
Number = TypeVar("Number", Decimal, float)

PriceOf = Callable[[str], Price]


@dataclass(slots=True)
class Cell:
    """What one provider did for people of one kind.

    Attributes:
        provider: Whose credits.
        key: Its value of each dimension, in their order; "" is not known.
        asked: Questions that were put.
        answered: Those that came back with a match or a miss.
        matched: Answers that had anything, or the field.
        credits: What it cost.
        filled: Blank fields that answers filled.
        verified: E-mails that it called deliverable.
    """

    provider: str
    key: tuple[str, ...]
    asked: int = 0
    answered: int = 0
    matched: int = 0
    credits: Credits = NOTHING
    filled: int = 0
    verified: int = 0

    @property
    def match_rate(self) -> float | None:
        """Return the share of answers that were matches; None before the first."""
        return self.matched / self.answered if self.answered else None

    @property
    def interval(self) -> Interval:
        """Return where the true share lies, in 95 of 100 cases."""
        return interval_of(self.matched, self.answered)

    @property
    def is_thin(self) -> bool:
        """Tell whether it is too few answers to go by."""
        return self.answered < THIN

    @property
    def per_filled(self) -> Credits | None:
        """Return what a filled field cost; None where none was filled."""
        return self.credits / self.filled if self.filled else None

    @property
    def per_verified(self) -> Credits | None:
        """Return what an e-mail cost that can be delivered to; None where there was none."""
        return self.credits / self.verified if self.verified else None


def read_dimensions(text: str) -> tuple[str, ...]:
    """Read ``provider,country`` as typed; the provider is always the first of them.

    Raises:
        UsageError: A word is no dimension.
    """
    named = [part.strip().replace("_", "-") for part in text.split(",") if part.strip()]
    named = ["domain-size" if name == "company-size" else name for name in named]
    for name in named:
        if name not in BY:
            raise UsageError(
                f"nothing is counted by {name!r}{did_you_mean(name, BY)}",
                next=f"any of {','.join(BY)}",
            )
    return tuple(dict.fromkeys(("provider", *named)))


def kinds_of(by: Sequence[str], key: Sequence[str]) -> dict[str, str | None]:
    """Return of which kind people are, by each dimension, as documents have it."""
    names = (name.replace("-", "_") for name in by)
    return {name: value or None for name, value in zip(names, key, strict=True)}


def short(number: Number | None) -> Number | None:
    """Return a share or an amount as exactly as documents have it."""
    return None if number is None else round(number, EXACT)


def break_down(tallies: Iterable[Tally], by: Sequence[str], price_of: PriceOf) -> list[Cell]:
    """Return a cell for each kind of person that was asked about, by provider, most asked first.

    Args:
        tallies: What attempts brought.
        by: Dimensions, `provider` first; see `read_dimensions`.
        price_of: Returns a provider's price, by which costs are shared among fields.
    """
    cells: dict[tuple[str, ...], Cell] = {}
    parts_of = (
        cache(lambda name, gain: shares_of(price_of(name), gain)) if "field" in by else _undivided
    )
    for tally in tallies:
        if tally.outcome not in _ASKED:
            continue
        for field, part in parts_of(tally.provider, tally.gain):
            key = tuple([_value(tally, name, field) for name in by])
            if (cell := cells.get(key)) is None:
                cell = cells[key] = Cell(tally.provider, key)
            _count(cell, tally, field)
            cell.credits += tally.credits * part
    return sorted(cells.values(), key=lambda c: (c.provider, -c.asked, c.key))


Parts = Sequence[tuple[str, Decimal]]
"""Fields that an attempt counts for, each with its share of what it cost."""


def _undivided(provider: str, gain: Gain) -> Parts:
    del provider, gain
    return (("", _WHOLE),)


def shares_of(price: Price, gain: Gain) -> Parts:
    """Return the fields that were asked for; those that were found share the cost by price."""
    fields = gain.asked or ("",)
    sold = [name for name in fields if name in gain.found] or fields
    weights = {name: price.of_match((name,), (name,)) for name in sold}
    if not any(weights.values()):
        weights = dict.fromkeys(sold, _WHOLE)
    total = sum(weights.values())
    return [(name, weights.get(name, NOTHING) / total) for name in fields]


def _value(tally: Tally, name: str, field: str) -> str:
    match name:
        case "provider":
            return tally.provider
        case "field":
            return field
    return tally.segment[KEYS_OF_SEGMENT[name]]


def _count(cell: Cell, tally: Tally, field: str) -> None:
    """Add attempts to a cell: those of one field, or of all."""
    number, gain = tally.attempts, tally.gain
    cell.asked += number
    cell.answered += number * (tally.outcome in ANSWERED)
    if tally.outcome is Outcome.MATCHED:
        cell.matched += number * (not field or field in gain.found)
    cell.filled += number * sum(1 for name in gain.filled if field in ("", name))
    cell.verified += number * (gain.verified and field in ("", "email", "email_status"))
