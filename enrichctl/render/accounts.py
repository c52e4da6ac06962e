"""Money at each provider, as ``credits`` shows it."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from enrichctl.render.fitted import Column, Grid
from enrichctl.render.listing import amount, moment, percent, show
from enrichctl.render.screen import Screen


def show_accounts(screen: Screen, accounts: Sequence[Mapping[str, Any]]) -> None:
    """Show balances, what was spent, what is left of budgets, and what a value costs."""
    numbers = ("balance", "last run", "today", "month", "per field", "match rate")
    made = Grid(Column("provider"), *(Column(name, number=True) for name in numbers))
    for one in accounts:
        spent, cost = one["spent"], one["credits_per_filled_field"]
        made.add(
            one["name"],
            Text("not offered", style="dim")
            if one["balance_source"] == "not_offered"
            else Text(amount(one["balance"]), style="bold"),
            *(amount(spent[period]) for period in ("last_run", "today", "month")),
            amount(cost and round(cost, 2)),
            percent(one["match_rate"]),
        )
    told = "per field: credits for a filled cell; match rate: of the people answered for"
    show(screen, made, Text(told, style="dim"))
    for one in accounts:
        for line in (_reported(one), _aside(one), _budget(one)):
            if line:
                show(screen, Text(line, style="dim"))


def _reported(one: Mapping[str, Any]) -> str:
    if one["balance_source"] != "reported":
        return ""
    return f"{one['name']}: balance as last reported, {moment(one['balance_at'])} UTC"


def _aside(one: Mapping[str, Any]) -> str:
    held = one["set_aside"]["month"]
    return f"{one['name']}: {amount(held)} set aside for answers that have not come" if held else ""


def _budget(one: Mapping[str, Any]) -> str:
    """Say what the owner allows, and what is left of it."""
    parts = []
    for period, word in (("run", "a run"), ("day", "a day"), ("month", "a month")):
        limit = one["budget"][period]
        if limit is not None:
            left = one["left"].get(period)
            rest = "" if left is None else f" ({amount(left)} left)"
            parts.append(f"{amount(limit)} {word}{rest}")
    return f"{one['name']}: budget {', '.join(parts)}" if parts else ""
