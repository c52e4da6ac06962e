"""Match rates and costs by provider and segment, as ``credits --by`` shows them."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from rich.text import Text

from enrichctl.analysis.rates import THIN, interval_of
from enrichctl.model import counted
from enrichctl.render.fitted import Column, Grid
from enrichctl.render.listing import (
    MADE_UP,
    NONE,
    UNKNOWN,
    Facts,
    cents,
    credit,
    money,
    show,
    show_notes,
)
from enrichctl.render.screen import Screen, clean

LONG = 40  # rows of a table; in a longer one those about few people are added up
ANYHOW = 3  # rows of each provider, those most asked
FEW = (2, 3, 5, 10, 20, THIN)  # how few, at most: the first of them that makes it short enough
NUMBERS = ("asked", "matched", "match rate", "credits")
SUMS = ("asked", "answered", "matched", "credits", "filled", "verified")
PER = {"filled_field": "filled", "verified_email": "verified"}
COSTS = {"per field": "filled_field", "per e-mail": "verified_email"}
BOUGHT = {"per field": "a filled blank", "per e-mail": "a deliverable address"}


def show_cells(screen: Screen, values: Facts) -> None:
    """Show a row for each kind of person; what is too few to go by is marked."""
    by, (rows, few) = values["by"], shortened(values["rows"])
    costs = [
        name for name, what in COSTS.items() if any(row[f"credits_per_{what}"] for row in rows)
    ]
    numbers = (Column(name, number=True, rank=name == "matched") for name in (*NUMBERS, *costs))
    made = Grid(*(Column(name) for name in by), *numbers)
    for row in rows:
        made.add(*kinds(row, by), *_numbers(row, costs))
    if rows:
        show(screen, made)
    show_notes(screen, _notes(values, few, costs))


def shortened(rows: Sequence[Facts]) -> tuple[list[Facts], int]:
    """Return rows for a table that can be read, and below how many questions they are added up.

    One for each provider stands for its kinds with fewer questions; the sums stay the same. A
    table that is short has all rows, and 0.
    """
    few = 0
    for bound in FEW if len(rows) > LONG else ():
        few = bound
        if sum(row["asked"] >= few for row in rows) <= LONG:
            break
    found: list[Facts] = []
    for _, own in groupby(rows, lambda row: row["provider"]):  # each with its most asked first
        each = list(own)
        kept = max(ANYHOW, sum(row["asked"] >= few for row in each))
        if len(each) <= kept + 1:  # one row takes no more room than its sum
            kept = len(each)
        found += each[:kept]
        if small := each[kept:]:
            found.append(_added_up(small))
    return found, few if len(found) < len(rows) else 0


def _added_up(rows: Sequence[Facts]) -> Facts:
    """Return one row for several of one provider."""
    total = {name: sum(row[name] for row in rows) for name in SUMS}
    low, high = interval_of(total["matched"], total["answered"])
    paid = [row["money"] for row in rows if row["money"]]
    spent = sum(one["spent"] for one in paid)
    return total | {
        "provider": rows[0]["provider"],
        "kinds": len(rows),
        "match_rate": total["matched"] / total["answered"] if total["answered"] else None,
        "low": low,
        "high": high,
        "thin": total["answered"] < THIN,
        **{f"credits_per_{what}": _each(total["credits"], total[n]) for what, n in PER.items()},
        "money": paid[0]
        | {"spent": spent}
        | {f"per_{what}": _each(spent, total[n]) for what, n in PER.items()}
        if paid
        else None,
    }


def _each(spent: Any, number: int) -> Any:
    return spent / number if number else None


def kinds(row: Facts, by: Sequence[str]) -> Iterator[str]:
    """Yield of which kind the people of a row are, by each dimension."""
    if "kinds" in row:
        yield from (clean(row["provider"]), f"{row['kinds']} more", *[""] * (len(by) - 2))
        return
    for name in by:
        yield clean(row[name.replace("-", "_")] or UNKNOWN)


def _numbers(row: Facts, costs: Sequence[str]) -> Iterator[Text]:
    """Yield the figures; costs are in money where it is known what a credit costs."""
    known = row["match_rate"] is not None
    style = "dim" if row["thin"] else ""
    mark = "~" if row["thin"] and known else ""
    for text in (
        f"{row['asked']:,}",
        f"{row['matched']:,}",
        f"{mark}{row['match_rate']:.0%} {bounds(row)}" if known else NONE,
        cents(row["credits"]),
        *(cost(row, COSTS[name]) for name in costs),
    ):
        yield Text(text, style=style)


def bounds(row: Facts) -> str:
    """Return where the true share of a row lies, in per cent: (40-60)."""
    return f"({row['low'] * 100:.0f}-{row['high'] * 100:.0f})"


def cost(row: Facts, what: str) -> str:
    """Return what one result of a row cost, in money where that is known, or a dash."""
    paid = row["money"]
    if not paid:
        return cents(row[f"credits_per_{what}"])
    each = paid[f"per_{what}"]
    return NONE if each is None else money(paid["currency"], each)


def _notes(values: Facts, few: int, costs: Sequence[str]) -> Iterator[str]:
    if few:
        yield (
            f"more: kinds about which fewer than {few} were asked, added up for each provider;"
            " --json lists all of them"
        )
    if values["rows"]:
        yield (
            "match rate: of the people answered for"
            " (and where the true one lies in 95 of 100 cases)"
        )
    if costs:
        bought = " and ".join(BOUGHT[name] for name in costs)
        yield f"{', '.join(costs)}: what {bought} cost"
    if any(row["thin"] for row in values["rows"]):
        yield f"~ fewer than {values['thin_below']} answers: too few to go by"
    yield from map(left_out, values["elsewhere"])
    if values["sandbox"]:
        yield MADE_UP


def left_out(one: Facts) -> str:
    """Return how much of a provider is in no row, and why."""
    spent = credit(round(one["credits"], 2))
    if not one["attempts"]:
        return f"{one['provider']}: not counted here are {spent}, of attempts no longer kept"
    return (
        f"{one['provider']}: not counted here are {counted(one['attempts'], 'attempt')} and"
        f" {spent}: no record tells about whom, they are open, not used yet, or no longer kept"
    )
