"""Providers, as ``providers`` lists and shows them."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from enrichctl.render.listing import amount, pairs, show, table, words
from enrichctl.render.screen import Screen, clean

FEW = 5  # fields that a list names
STATES = {"ready": "green", "missing": "dim", "not_needed": "green"}

Facts = Mapping[str, Any]


def show_list(screen: Screen, providers: Sequence[Facts]) -> None:
    """Show all providers, one a row."""
    made = Table.grid(padding=(0, 2, 1, 0))
    for one in providers:
        fills = one["default_wants"] or one["finds"]
        more = len(one["finds"]) - min(len(fills), FEW)
        facts = pairs(
            (
                ("needs", _needs(one["needs"])),
                ("fills", _few(fills, more)),
                ("cost", _cost(one)),
                ("limits", _limits(one["rates"])),
                ("key", _key(one["login"])),
            ),
            indent=0,
        )
        made.add_row(Text(clean(one["name"]), style=f"bold {STATES[one['login']['state']]}"), facts)
    show(screen, made)


def show_one(screen: Screen, one: Facts, items: Sequence[Facts]) -> None:
    """Show one provider: all that it declares, and its login."""
    show(screen, Text(clean(one["title"]), style="bold"))
    facts = pairs(
        (
            ("needs", _needs(one["needs"])),
            ("also told", ", ".join(one["hints"])),
            ("told at most", words(one["uses"])),
            ("fills", ", ".join(one["default_wants"]) or "the fields that you name"),
            ("can fill", ", ".join(one["finds"])),
            ("asking it", one["writes"] or "changes nothing there"),
            ("cost", _cost(one)),
            ("limits", _limits(one["rates"])),
            ("base URL", one["base_url"]),
            ("docs", one["docs"]),
        )
    )
    show(screen, facts)
    if not items:
        return
    made = table("login", "", "variable", "from", fold=("variable",))
    for item in items:
        made.add_row(
            clean(item["name"]),
            "required" if item["required"] else "optional",
            item["variable"],
            Text(item["source"] or "nowhere", style="" if item["source"] else "dim"),
        )
    show(screen, "", made)


def _few(fields: Sequence[str], more: int) -> str:
    if not fields:
        return "the fields that you name"
    return words(fields[:FEW]) + (f" and {more} more" if more > 0 else "")


def _needs(needs: Sequence[Sequence[str]]) -> str:
    return ", or ".join(" + ".join(need) for need in needs) or "any row"


def _cost(one: Facts) -> str:
    if one["billed"] == "no":
        return "free"
    unit = "a match" if one["billed"] == "match" else "a call"
    names = {"*": unit, "each": "any other field" if len(one["price"]) > 1 else "a field"}
    parts = [f"{amount(price)} {names.get(item, item)}" for item, price in one["price"].items()]
    listed = ", ".join(parts)
    if "*" in one["price"]:
        return listed
    return f"{listed}, {'when found' if one['billed'] == 'match' else 'each call'}"


def _limits(rates: Sequence[Facts]) -> str:
    parts = []
    for rate in rates:
        every = {1: "second", 60: "minute", 3600: "hour", 86400: "day"}.get(rate["seconds"])
        every = every or f"{rate['seconds']:g} s"
        unit = " records" if rate["unit"] == "record" else ""
        parts.append(f"{rate['limit']:,}{unit} / {every}")
    return ", ".join(dict.fromkeys(parts)) or "none known"


def _key(login: Facts) -> str:
    if login["state"] == "not_needed":
        return "not needed"
    if login["state"] == "missing":
        return "missing"
    return f"from {login['source']}" if login["source"] else "ready"
