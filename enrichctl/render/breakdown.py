"""Match rates and costs by provider and segment, as ``credits --by`` shows them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.text import Text

from enrichctl.render.fitted import Column, Grid
from enrichctl.render.listing import NONE, amount, money, show
from enrichctl.render.screen import Screen, clean

UNKNOWN = "?"
NUMBERS = ("asked", "matched", "match rate", "credits")
COSTS = {"per field": "filled_field", "per e-mail": "verified_email"}


def show_cells(screen: Screen, values: Mapping[str, Any]) -> None:
    """Show a row for each kind of person; what is too few to go by is marked."""
    by, rows = values["by"], values["rows"]
    costs = [
        name for name, what in COSTS.items() if any(row[f"credits_per_{what}"] for row in rows)
    ]
    numbers = (Column(name, number=True, rank=name == "matched") for name in (*NUMBERS, *costs))
    made = Grid(*(Column(name) for name in by), *numbers)
    for row in rows:
        made.add(*_kinds(row, by), *_numbers(row, costs))
    show(screen, made)
    for line in _notes(values):
        show(screen, Text(line, style="dim"))


def _kinds(row: Mapping[str, Any], by: list[str]) -> Iterator[str]:
    for name in by:
        yield clean(row[name.replace("-", "_")] or UNKNOWN)


def _numbers(row: Mapping[str, Any], costs: Sequence[str]) -> Iterator[Text]:
    """Yield the figures; costs are in money where it is known what a credit costs."""
    known = row["match_rate"] is not None
    style = "dim" if row["thin"] else ""
    mark = "~" if row["thin"] and known else ""
    for text in (
        f"{row['asked']:,}",
        f"{row['matched']:,}",
        f"{mark}{row['match_rate']:.0%} {_bounds(row)}" if known else NONE,
        amount(_cents(row["credits"])),
        *(_cost(row, name) for name in map(COSTS.__getitem__, costs)),
    ):
        yield Text(text, style=style)


def _bounds(row: Mapping[str, Any]) -> str:
    return f"({row['low'] * 100:.0f}-{row['high'] * 100:.0f})"


def _cost(row: Mapping[str, Any], what: str) -> str:
    paid = row["money"]
    if not paid:
        return amount(_cents(row[f"credits_per_{what}"]))
    each = paid[f"per_{what}"]
    return NONE if each is None else money(paid["currency"], each)


def _cents(value: Any) -> Any:
    return None if value is None else round(value, 2)


def _notes(values: Mapping[str, Any]) -> Iterator[str]:
    yield "match rate: of the people answered for (and where the true one lies in 95 of 100 cases)"
    yield "per field, per e-mail: what a filled blank and a deliverable address cost"
    if any(row["thin"] for row in values["rows"]):
        yield f"~ fewer than {values['thin_below']} answers: too few to go by"
    for one in values["elsewhere"]:
        yield (
            f"{one['provider']}: {amount(one['credits'])} more credits are of attempts that no"
            " record explains: open, or no longer kept"
        )
    if values["sandbox"]:
        yield "sandbox: people and credits are made up"
