"""Other orders of a waterfall, as ``credits --what-if`` and ``--best`` show them."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from enrichctl.render.fitted import Column, Grid
from enrichctl.render.listing import NONE, amount, money, show
from enrichctl.render.screen import Screen

Values = Mapping[str, Any]
ROWS = (
    ("done", "as it was done"), ("what_if", "what if"),
    ("cheapest", "cheapest that fills as much"), ("fullest", "fullest for as much"),
)  # fmt: skip


def show_orders(screen: Screen, values: Values) -> None:
    """Show what was done and what other orders come to; what is not known as its bounds."""
    paid = any(values[key] and values[key]["money"] for key, _ in ROWS)
    made = Grid(
        Column(""),
        Column("order", wraps=True),
        *(Column(name, number=True) for name in ("filled", "verified", "credits")),
        *([Column("money", number=True)] if paid else []),
    )
    for key, said in ROWS:
        if one := values[key]:
            cells = [_numbers(one["filled"]), _numbers(one["verified"]), _amounts(one["credits"])]
            made.add(said, ", ".join(one["order"]), *cells, *([_money(one)] if paid else []))
    show(screen, made)
    for line in _notes(values):
        show(screen, Text(line, style="dim"))


def _numbers(span: Values) -> str:
    if span["least"] == span["most"]:
        return f"{span['least']:,}"
    return f"{span['least']:,} to {span['most']:,}"


def _amounts(span: Values) -> str:
    if span["least"] == span["most"]:
        return amount(span["least"])
    return f"{amount(span['least'])} to {amount(span['most'])}"


def _money(one: Values) -> str:
    paid = one["money"]
    if not paid:
        return NONE
    return money(paid["currency"], *dict.fromkeys((paid["least"], paid["most"])))


def _notes(values: Values) -> Iterator[str]:
    shown = [values[key] for key, _ in ROWS if values[key]]
    yield f"the {values['records']:,} records of run {values['run']} that are kept, none skipped"
    for one in shown:
        if not one["known"]:
            yield (
                f"{', '.join(one['order'])}: not everybody was asked; by match rates so far some"
                f" {one['filled']['expected']:,.0f} fields for {amount(one['credits']['expected'])}"
                " credits are expected"
            )
    if values["never_asked"]:
        yield f"{values['never_asked']:,} records that nobody was asked about are not counted"
    if len({name for one in shown for name in one["order"]}) > 1 and not shown[0]["money"]:
        yield "credits of several providers are added up; `currency` puts them into money"
    if values["sandbox"]:
        yield "sandbox: people and credits are made up"
