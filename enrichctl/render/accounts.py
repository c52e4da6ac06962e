"""Money at each provider, as ``credits`` shows it."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from enrichctl.render.breakdown import cost
from enrichctl.render.fitted import Column, Grid
from enrichctl.render.listing import Facts, amount, moment, percent, show, show_notes
from enrichctl.render.screen import Screen


def show_accounts(screen: Screen, accounts: Sequence[Facts]) -> None:
    """Show balances, what was spent, what is left of budgets, and what a value costs."""
    numbers = ("balance", "last run", "today", "month", "per field", "match rate")
    made = Grid(Column("provider"), *(Column(name, number=True) for name in numbers))
    for one in accounts:
        spent = one["spent"]
        made.add(
            one["name"],
            Text("not known", style="dim")
            if one["balance_source"] == "not_offered"
            else Text(amount(one["balance"]), style="bold"),
            *(amount(spent[period]) for period in ("last_run", "today", "month")),
            cost(one, "filled_field"),
            percent(one["match_rate"]),
        )
    show(screen, made)
    show_notes(screen, _notes(accounts))


def _notes(accounts: Sequence[Facts]) -> Iterator[str]:
    yield "per field: what a filled blank cost; match rate: of the people answered for"
    for one in accounts:
        name = one["name"]
        if one["balance_source"] == "reported":
            yield f"{name}: balance as last reported, {moment(one['balance_at'])} UTC"
        if held := one["set_aside"]["month"]:
            yield f"{name}: {amount(held)} set aside for answers that have not come"
        if allowed := ", ".join(_budgets(one)):
            yield f"{name}: budget {allowed}"


def _budgets(one: Facts) -> Iterator[str]:
    """Yield what the owner allows, and what is left of it."""
    for period, word in (("run", "a run"), ("day", "a day"), ("month", "a month")):
        limit = one["budget"][period]
        if limit is not None:
            left = one["left"].get(period)
            rest = "" if left is None else f" ({amount(left)} left)"
            yield f"{amount(limit)} {word}{rest}"
