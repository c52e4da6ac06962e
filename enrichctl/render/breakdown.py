"""Match rates and costs by provider and segment, as ``credits --by`` shows them."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from enrichctl.render.listing import NONE, amount, show, table
from enrichctl.render.screen import Screen, clean

UNKNOWN = "?"
NUMBERS = ("asked", "matched", "match rate", "credits", "per field", "per e-mail")


def show_cells(screen: Screen, values: Mapping[str, Any]) -> None:
    """Show a row for each kind of person; what is too few to go by is marked."""
    by, rows = values["by"], values["rows"]
    made = table(*by, *NUMBERS, right=NUMBERS)
    for row in rows:
        made.add_row(*_kinds(row, by), *_numbers(row))
    show(screen, made)
    for line in _notes(values):
        show(screen, Text(line, style="dim"))


def _kinds(row: Mapping[str, Any], by: list[str]) -> Iterator[str]:
    for name in by:
        yield clean(row[name.replace("-", "_")] or UNKNOWN)


def _numbers(row: Mapping[str, Any]) -> Iterator[Text]:
    """Yield the figures; costs are in money where it is known what a credit costs."""
    known = row["match_rate"] is not None
    style = "dim" if row["thin"] else ""
    mark = "~" if row["thin"] and known else ""
    for text in (
        f"{row['asked']:,}",
        f"{row['matched']:,}",
        f"{mark}{row['match_rate']:.0%} {_bounds(row)}" if known else NONE,
        amount(_cents(row["credits"])),
        *(_cost(row, name) for name in ("filled_field", "verified_email")),
    ):
        yield Text(text, style=style)


def _bounds(row: Mapping[str, Any]) -> str:
    return f"({row['low'] * 100:.0f}-{row['high'] * 100:.0f})"


def _cost(row: Mapping[str, Any], what: str) -> str:
    money = row["money"]
    if not money:
        return amount(_cents(row[f"credits_per_{what}"]))
    each = money[f"per_{what}"]
    return NONE if each is None else f"{money['currency']} {each:,.2f}"


def _cents(value: Any) -> Any:
    return None if value is None else round(value, 2)


def _notes(values: Mapping[str, Any]) -> Iterator[str]:
    yield (
        "match rate: of the people answered for, and between which bounds the true one lies in 95"
        " of 100 cases; per field, per e-mail: cost of a filled blank and of a deliverable address"
    )
    if any(row["thin"] for row in values["rows"]):
        yield f"~ fewer than {values['thin_below']} answers: too few to go by"
    for one in values["elsewhere"]:
        yield (
            f"{one['provider']}: {amount(one['credits'])} more credits are of attempts that no"
            " record explains: open, or no longer kept"
        )
    if values["sandbox"]:
        yield "sandbox: people and credits are made up"
