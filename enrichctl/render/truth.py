"""Providers against values that are known, as ``benchmark`` shows them."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from enrichctl.render.fitted import Column, Grid
from enrichctl.render.listing import NONE, amount, money, show
from enrichctl.render.screen import Screen, clean

UNKNOWN = "?"
NUMBERS = ("known", "right", "wrong", "missing", "right rate", "credits", "per right value")


def show_scores(screen: Screen, values: Mapping[str, Any]) -> None:
    """Show a row for each provider, field and kind of person."""
    by, rows = values["by"], values["rows"]
    numbers = (Column(n, number=True, rank=n in ("known", "missing")) for n in NUMBERS)
    made = Grid(*(Column(name) for name in by), *numbers)
    for row in rows:
        kinds = (clean(row[name.replace("-", "_")] or UNKNOWN) for name in by)
        made.add(*kinds, *_numbers(row))
    show(screen, made)
    for line in _notes(values):
        show(screen, Text(line, style="dim"))


def _numbers(row: Mapping[str, Any]) -> Iterator[Text]:
    style, mark = ("dim", "~") if row["thin"] else ("", "")
    bounds = f"({row['low'] * 100:.0f}-{row['high'] * 100:.0f})"
    rate = f"{mark}{row['right_rate']:.0%} {bounds}" if row["known"] else NONE
    if row["money_per_right_value"] is not None:
        each = money(row["currency"], row["money_per_right_value"])
    else:
        cost = row["credits_per_right_value"]
        each = NONE if cost is None else amount(round(cost, 2))
    counts = (f"{row[name]:,}" for name in ("known", "right", "wrong", "missing"))
    for text in (*counts, rate, amount(round(row["credits"], 2)), each):
        yield Text(text, style=style)


def _notes(values: Mapping[str, Any]) -> Iterator[str]:
    yield "right rate: of the known values (and where the true one lies in 95 of 100 cases)"
    spent = amount(values["spent"])
    yield f"credits: what the answers cost, whenever they were paid; this run spent {spent}"
    if any(row["thin"] for row in values["rows"]):
        yield f"~ fewer than {values['thin_below']} values: too few to go by"
    if values["sandbox"]:
        yield "sandbox: people and credits are made up"
