"""The parts of a page that draw: fields, providers, credits."""

from collections.abc import Sequence
from decimal import Decimal

from enrichctl.journal.pages import Fill, Spending
from enrichctl.model import counted
from enrichctl.render.chart import steps
from enrichctl.render.ended import (
    DECLINED,
    counts_shown,
    doubt,
    not_asked,
    of_other_runs,
    requests,
    taking_part,
)
from enrichctl.render.listing import Facts, amount, credit, percent
from enrichctl.render.markup import (
    OTHER,
    Html,
    Tints,
    bar,
    join,
    key,
    meter,
    named,
    note,
    section,
    table,
    tag,
)


def fields(run: Facts, fills: Sequence[Fill], tints: Tints) -> Html | None:
    """Return in how many records each field was filled, before and after, and by whom."""
    filled = [f for f in run["fields"] if f["filled_before"] or f["filled_after"]]
    if not filled or not run["records"]:
        return None
    by = {one.name: one for one in fills}
    rows = [_field(field, by.get(field["name"]), run["records"], tints) for field in filled]
    finders = {name: tints[name] for name in tints if any(name in one.found for one in fills)}
    empty = ", ".join(field["name"] for field in run["fields"] if field not in filled)
    return section(
        "Filled before and after",
        key({"there before": "was", **(finders or {"filled": OTHER})}),
        tag("ul", *rows, class_="fields"),
        note(f"Not found: {empty}.") if empty else None,
    )


def _field(field: Facts, kept: Fill | None, records: int, tints: Tints) -> Html:
    before, after = field["filled_before"], field["filled_after"]
    exact = kept is not None and (kept.before, kept.after) == (before, after)
    gains = kept.found if kept and exact else {"": after - before}
    parts = [
        (tints.get(name, OTHER), gains[name] / records) for name in (*tints, "") if name in gains
    ]
    said = f"from {before:,} to {after:,} of {counted(records, 'record')}"
    rates = join(percent(before / records), " → ", tag("b", percent(after / records)))
    return tag(
        "li",
        tag("bdi", field["name"]),
        bar(("was", before / records), *parts, said=said),
        tag("span", tag("span", rates), tag("small", f"{before:,} → {after:,}"), class_="rates"),
    )


def lanes(run: Facts, tints: Tints) -> Html | None:
    """Return each provider's part: who was asked, what came of it, what it cost."""
    asked = taking_part(run)
    if not asked:
        return None
    said = (*doubt(asked), *of_other_runs(asked), *not_asked(run))
    shown = counts_shown(asked)
    aside = any(lane["set_aside"] for lane in asked)
    rows = [
        [
            ("provider", named(lane["name"], tints)),
            ("match rate", meter(lane["match_rate"], tints[lane["name"]])),
            *((name, f"{lane[name]:,}") for name in shown),
            ("requests", requests(lane)),
            ("credits" if run["sandbox"] else "spent", amount(lane["credits"])),
            *[("set aside", amount(lane["set_aside"]))] * aside,
        ]
        for lane in asked
    ]
    return section(
        "Providers",
        table([name for name, _ in rows[0]], rows),
        *(tag("p", words) for words in said),
        note(
            "In questions: one for each person or company, whatever records are about it, and for"
            " each field where a provider sells them one by one; of local providers, in records."
            f" The match rate is of what was answered. Declined is {DECLINED}."
            " What is set aside is for answers that have not come."
        ),
    )


def spending(run: Facts, spent: Spending, tints: Tints) -> Html | None:
    """Return credits over time, and what of them is not in the line."""
    if not spent.lines:
        return None
    drawn = sum((line.points[-1][1] for line in spent.lines), Decimal(0))
    rest = sum((Decimal(lane["credits"]) for lane in run["providers"]), Decimal(0)) - drawn
    words = []
    if rest > 0:
        more = f"{credit(rest)} more {'is' if rest == 1 else 'are'}"
        words.append(f"{more} of answers that were erased since.")
    totals = {f"{x.provider} {amount(x.points[-1][1])}": tints[x.provider] for x in spent.lines}
    return section(
        "Made-up credits over time" if run["sandbox"] else "Credits over time",
        key(totals),
        steps(spent, tints),
        note(" ".join(words)) if words else None,
    )
