"""Providers against values that are known, as ``benchmark`` shows them."""

from collections.abc import Iterator

from rich.text import Text

from enrichctl.render.breakdown import bounds, kinds
from enrichctl.render.fitted import Column, Grid
from enrichctl.render.listing import MADE_UP, NONE, Facts, amount, cents, money, show, show_notes
from enrichctl.render.screen import Screen

NUMBERS = ("known", "right", "wrong", "missing", "right rate", "credits", "per right value")


def show_scores(screen: Screen, values: Facts) -> None:
    """Show a row for each provider, field and kind of person."""
    by, rows = values["by"], values["rows"]
    numbers = (Column(n, number=True, rank=n in ("known", "missing")) for n in NUMBERS)
    made = Grid(*(Column(name) for name in by), *numbers)
    for row in rows:
        made.add(*kinds(row, by), *_numbers(row))
    show(screen, made)
    show_notes(screen, _notes(values))


def _numbers(row: Facts) -> Iterator[Text]:
    style, mark = ("dim", "~") if row["thin"] else ("", "")
    rate = f"{mark}{row['right_rate']:.0%} {bounds(row)}" if row["known"] else NONE
    if row["money_per_right_value"] is not None:
        each = money(row["currency"], row["money_per_right_value"])
    else:
        each = cents(row["credits_per_right_value"])
    counts = (f"{row[name]:,}" for name in ("known", "right", "wrong", "missing"))
    for text in (*counts, rate, cents(row["credits"]), each):
        yield Text(text, style=style)


def _notes(values: Facts) -> Iterator[str]:
    yield "right rate: of the known values (and where the true one lies in 95 of 100 cases)"
    spent = amount(values["spent"])
    yield f"credits: what the answers cost, whenever they were paid; this run spent {spent}"
    if any(row["thin"] for row in values["rows"]):
        yield f"~ fewer than {values['thin_below']} values: too few to go by"
    if values["sandbox"]:
        yield MADE_UP
