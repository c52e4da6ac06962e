"""Other orders of a waterfall, as ``credits --what-if`` and ``--best`` show them."""

from collections.abc import Iterator, Sequence

from enrichctl.render.fitted import Column, Grid
from enrichctl.render.listing import MADE_UP, NONE, Facts, amount, money, show, show_notes
from enrichctl.render.screen import Screen

ROWS = (
    ("done", "as it was done"), ("what_if", "what if"),
    ("cheapest", "cheapest that fills as much"), ("fullest", "fullest for as much"),
)  # fmt: skip


def show_orders(screen: Screen, values: Facts) -> None:
    """Show what was done and what other orders would do; what is not known as its bounds."""
    paid = any(values[key] and values[key]["money"] for key, _ in ROWS)
    made = Grid(
        Column(""),
        Column("order", wraps=True),
        *(Column(name, number=True) for name in ("filled", "verified", "credits")),
        *([Column("money", number=True)] if paid else []),
    )
    for key, said in ROWS:
        if one := values[key]:
            cells = (_span(one[what]) for what in ("filled", "verified", "credits"))
            made.add(said, ", ".join(one["order"]), *cells, *([_money(one)] if paid else []))
    show(screen, made)
    show_notes(screen, _notes(values))


def _span(span: Facts) -> str:
    least, most = amount(span["least"]), amount(span["most"])
    return least if least == most else f"{least} to {most}"


def _money(one: Facts) -> str:
    paid = one["money"]
    if not paid:
        return NONE
    return money(paid["currency"], *dict.fromkeys((paid["least"], paid["most"])))


def _added_up(shown: Sequence[Facts]) -> Iterator[str]:
    """Say why credits of several providers are added up as they are, where they are."""
    known = {each["name"]: each["currency"] for one in shown for each in one["providers"]}
    currencies = sorted({currency for currency in known.values() if currency})
    lacking = [name for name, currency in known.items() if not currency]
    if len(known) == 1 or (len(currencies) == 1 and not lacking):
        return
    if len(currencies) > 1:
        why = f"they are paid in {' and '.join(currencies)}, which have no common sum"
    else:
        of = f" of {' and '.join(lacking)}" if currencies else ""
        why = f"`currency`{of} puts them into money"
    yield f"credits of several providers are added up; {why}"


def _notes(values: Facts) -> Iterator[str]:
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
    yield from _added_up(shown)
    if values["sandbox"]:
        yield MADE_UP
