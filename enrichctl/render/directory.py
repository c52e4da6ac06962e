"""Providers, as ``providers`` lists and shows them."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from enrichctl.model import counted
from enrichctl.render.fitted import Column, Grid, Hanging, Whole
from enrichctl.render.listing import Facts, amount, credit, fit, pairs, show, width, words
from enrichctl.render.screen import Screen, clean


def show_list(screen: Screen, providers: Sequence[Facts]) -> None:
    """Show all providers on two lines each: cost, key and limits; what is told → what it fills."""
    indent = max((cell_len(one["name"]) for one in providers), default=0) + 2
    columns = width(screen)
    room = columns - indent
    for one in providers:
        facts = [_cost(one), _key(one["login"]), *filter(None, [_limits(one["rates"])])]
        if one["origin"] != "built-in":
            facts.append(one["origin"])
        told = fit(_needs(one), room // 2, " or ") or "any row"
        fills = list(one["default_wants"] or one["finds"])
        more = len(set(one["finds"]).difference(fills))
        found = fit(fills, room - cell_len(told) - 3, more=more) or "the fields that you name"
        name = clean(one["name"]).ljust(indent)
        head = Hanging(
            name, clean("; ".join(facts)), label_style=f"bold {_style(one)}", room=columns
        )
        told_and_found = f"{clean(told)} → {clean(found)}"
        show(screen, head, Hanging(" " * indent, told_and_found, style="dim", room=columns))
    screen.note("one in detail: enrichctl providers show NAME")


def show_one(screen: Screen, one: Facts, items: Sequence[Facts]) -> None:
    """Show one provider: all that it declares, and its login."""
    show(screen, Text(clean(one["title"]), style="bold"))
    own = {*one["default_wants"], *one["rewrites"]}
    facts = pairs(
        (
            ("needs", " or ".join(_needs(one)) or "any row"),
            ("needs for", _needs_for(one)),
            ("sent at most", words(one["uses"])),
            ("fills", ", ".join(one["default_wants"]) or "the fields that you name"),
            ("only with -w", ", ".join(n for n in one["finds"] if n not in own)),
            ("rewrites", f"{', '.join(one['rewrites'])}, with --overwrite" * bool(one["rewrites"])),
            ("asking it", one["writes"] or "changes nothing there"),
            ("cost", _cost(one) + _again(one["rebill_days"])),
            ("verifies", _verifies(one)),
            ("limits", _limits(one["rates"]) or "none known"),
            *(("note", note) for note in one["notes"]),
        )
    )
    show(screen, facts)
    for label, url in (("base URL", one["base_url"]), ("docs", one["docs"])):
        if url:  # never broken: it is copied, or clicked
            show(screen, Whole(f"  {label:<12}  {clean(url)}"))
    if not items:
        return
    made = Grid(Column("login"), Column(""), Column("variable"), Column("from"))
    for item in items:
        made.add(
            clean(item["name"]),
            (item["instead"] and f"this, or {item['instead']}")
            or ("required" if item["required"] else "optional"),
            item["variable"],
            Text(item["source"] or "nowhere", style="" if item["source"] else "dim"),
        )
    show(screen, "", made)


def _needs(one: Facts) -> list[str]:
    """Return what identifies a lead, what most files have first."""
    ordered = sorted(one["needs"], key=lambda need: (len(need), need[0] != "email"))
    return [" + ".join(need) for need in ordered]


def _needs_for(one: Facts) -> str:
    """Return what some fields take that is not what identifies a lead."""
    return "; ".join(
        f"{', '.join(names)}: {' or '.join(' + '.join(way) for way in ways)}"
        for names, ways in one["needs_for"]
    )


def _verifies(one: Facts) -> str:
    """Return what it costs to verify an address, where that can be done."""
    return "" if one["to_verify"] is None else f"an address, {credit(one['to_verify'])} in all"


def _cost(one: Facts) -> str:
    if one["billed"] == "no":
        return "free"
    price = dict(one["price"])
    unit = "a match" if one["billed"] == "match" else "a call"
    parts = [f"{credit(price.pop('*'))} {unit}"] if "*" in price else []
    more = " more" * bool(parts)  # what is sold by itself comes on top of the match
    names = {"each": "any other field" if len(price) > 1 else "a field"}
    for item, cost in price.items():
        paid = amount(cost) if parts else credit(cost)  # the first one says what is counted
        parts.append(f"{paid}{more} {names.get(item, f'for {item}')}")
    when = "when found" if one["billed"] == "match" else "each call"
    cost = ", ".join(parts if "*" in one["price"] else [*parts, when])
    return f"{cost} with --save, else free" if one["sold_with_save"] else cost


def _again(days: int) -> str:
    return f"; the same question is free again for {counted(days, 'day')}" if days else ""


def _limits(rates: Sequence[Facts]) -> str:
    """Return how much may be asked in what time; limits of some calls stand behind those of all."""
    groups: dict[str, list[str]] = {}
    for rate in rates:
        every = {1: "second", 60: "minute", 3600: "hour", 86400: "day"}.get(rate["seconds"])
        every = every or f"{rate['seconds']:g} s"
        unit = " records" if rate["unit"] == "record" else ""
        said = groups.setdefault(rate["group"] or "all calls", [])
        said.append(f"{rate['limit']:,}{unit} per {every}")
    parts = {group: ", ".join(dict.fromkeys(said)) for group, said in groups.items()}
    if len(parts) == 1 and "all calls" in parts:
        return parts["all calls"]
    return "; ".join(f"{group}: {said}" for group, said in parts.items())


def _key(login: Facts) -> str:
    if login["state"] == "not_needed":
        return "no key needed"
    if login["state"] == "missing":
        return "key missing"
    return f"key from {login['source']}" if login["source"] else "ready"


def _style(one: Facts) -> str:
    return "dim" if one["login"]["state"] == "missing" else "green"
