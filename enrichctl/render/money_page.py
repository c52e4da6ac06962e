"""What the money bought, as a page: who matches whom, what it costs, day by day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from enrichctl.analysis.rates import THIN
from enrichctl.journal.pages import WaterfallStep
from enrichctl.render import by_day
from enrichctl.render.breakdown import cost, left_out
from enrichctl.render.html_document import COLOURS, NOT_REAL, html_document
from enrichctl.render.listing import NONE, Facts, cents
from enrichctl.render.markup import (
    Html,
    Tints,
    bar,
    grouped,
    join,
    named,
    note,
    section,
    table,
    tag,
)
from enrichctl.render.waterfall import waterfall

KINDS, ROWS = 8, 24  # of people in a table, those most asked about, and of providers for them
UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class MoneyPage:
    """All that the page says.

    Attributes:
        rows: By provider, as `credits --by provider --json` has them.
        elsewhere: What is in no row, in the same shape.
        segments: Dimension → rows by provider and that dimension.
        run: The last run that has records, "" where there is none.
        steps: Who looked at its records first, second and so on.
        budgets: Provider → what it may cost.
        spent: Provider, day → credits.
        answers: Provider, day → matched, answered.
        sandbox: People and credits are made up.
        at: When the page was made.
    """

    rows: Sequence[Facts]
    elsewhere: Sequence[Facts]
    segments: Mapping[str, Sequence[Facts]]
    run: str
    steps: Sequence[WaterfallStep]
    budgets: Mapping[str, by_day.DayBudget]
    spent: Mapping[tuple[str, date], Decimal]
    answers: Mapping[tuple[str, date], tuple[int, int]]
    sandbox: bool
    at: datetime


def money_html(page: MoneyPage) -> str:
    """Return the page."""
    names = [step.provider for step in page.steps]
    names += [row["provider"] for row in page.rows] + [name for name, _ in page.spent]
    tints = {name: f"p{place % COLOURS}" for place, name in enumerate(dict.fromkeys(names))}
    more = join("The run: ", tag("code", f"enrichctl status {page.run}"))
    parts = (
        _header(page),
        _providers(page, tints),
        waterfall("Down the waterfall of the last run", page.steps, tints, more),
        *(_segments(what, rows, tints) for what, rows in page.segments.items()),
        by_day.spend(page.spent, page.budgets, page.at.date(), tints, made_up=page.sandbox),
        by_day.rates(page.answers, tints),
    )
    return html_document("What the money bought · enrichctl", parts, page.at)


def _header(page: MoneyPage) -> Html:
    tiles = [
        (f"{sum(row['asked'] for row in page.rows):,}", "questions asked"),
        (f"{sum(row['filled'] for row in page.rows):,}", "blank fields filled"),
        (f"{sum(row['verified'] for row in page.rows):,}", "deliverable addresses"),
        (cents(sum((row["credits"] for row in page.rows), Decimal(0))),
         "made-up credits" if page.sandbox else "credits"),
    ]  # fmt: skip
    drawn = (tag("li", tag("b", figure), tag("span", what)) for figure, what in tiles)
    return tag(
        "header",
        tag("p", "enrichctl credits", class_="kicker"),
        tag("h1", "What the money bought"),
        tag("p", "Counted from the journal on this machine; it names no person.", class_="note"),
        tag("div", tag("p", NOT_REAL), class_="states") if page.sandbox else None,
        tag("ul", *drawn, class_="tiles"),
    )


def _providers(page: MoneyPage, tints: Tints) -> Html:
    rows, rest = page.rows, [note(left_out(one), ".") for one in page.elsewhere]
    if not rows:
        nothing = note("No provider has answered about any record.")
        return section("Nothing yet", *(rest or [nothing]))
    scale = _scale(rows)
    if not scale.is_common:
        scale = _Scale({}, is_common=False)
    cells = [
        [
            ("provider", named(row["provider"], tints)),
            ("match rate", _range(row, tints[row["provider"]])),
            ("asked", f"{row['asked']:,}"),
            ("credits", cents(row["credits"])),
            *_costs_of(row, rows, scale, tints[row["provider"]]),
        ]
        for row in rows
    ]
    return section(
        "Providers",
        table([column for column, _ in cells[0]], cells),
        note(
            "The match rate is of the people answered for; the band is where the true one lies in"
            " 95 of 100 cases. Per field and per e-mail: what a filled blank and a deliverable"
            " address cost, with all that was spent in vain."
        ),
        *rest,
    )


def _kinds(what: str, rows: Sequence[Facts]) -> list[str]:
    """Return the kinds of people, those most asked about first; "" is not known, and last."""
    asked: dict[str, int] = {}
    for row in rows:
        kind = row[what] or ""
        asked[kind] = asked.get(kind, 0) + row["asked"]
    return sorted(asked, key=lambda kind: (not kind, -asked[kind], kind))


def _segments(what: str, rows: Sequence[Facts], tints: Tints) -> Html | None:
    """Return what each provider is worth for people of each kind, the most asked about first."""
    kinds = _kinds(what, rows)
    if len(kinds) < 2:  # noqa: PLR2004 - one is what the table of providers says
        return None
    scale = _scale(rows)
    shown = kinds[: max(2, min(KINDS, ROWS * len(kinds) // len(rows)))]
    groups = [
        (
            kind or UNKNOWN,
            [
                [
                    ("provider", named(row["provider"], tints)),
                    ("match rate", _range(row, tints[row["provider"]])),
                    ("asked", f"{row['asked']:,}"),
                    *_costs_of(row, rows, scale, tints[row["provider"]]),
                ]
                for row in rows
                if (row[what] or "") == kind
            ],
        )
        for kind in shown
    ]
    words: list[object] = []
    if any(row["verified"] for row in rows):
        compare = (
            "all are in the same money"
            if scale.is_common
            else "those of one provider compare, credits of others are worth something else"
        )
        words.append(f"The bars of what a deliverable e-mail cost begin at zero; {compare}. ")
    if any(row["thin"] for row in rows):
        words.append(f"Striped is of fewer than {THIN} answers: too few to go by. ")
    if left := len(kinds) - len(shown):
        command = tag("code", f"enrichctl credits --by {what}", class_="whole")
        words += [f"{left} more: ", command]
    return section(f"By {what}", grouped(groups), note(*words) if words else None)


class _Scale(NamedTuple):
    """How long bars of costs are.

    Attributes:
        most: Provider → the cost whose bar is as long as there is room.
        is_common: Bars of different providers compare: all are in the same money.
    """

    most: Mapping[str, Decimal]
    is_common: bool


def _scale(rows: Sequence[Facts]) -> _Scale:
    """Return one scale for all providers where all costs are in one currency, else one for each."""
    known = [row for row in rows if row["verified"]]
    currencies = {row["money"] and row["money"]["currency"] for row in known}
    most: dict[str, Decimal] = {}
    for row in known:
        most[row["provider"]] = max(most.get(row["provider"], Decimal(0)), _each(row))
    if len(currencies) == 1 and None not in currencies:
        return _Scale(dict.fromkeys(most, max(most.values())), is_common=True)
    return _Scale(most, is_common=False)


def _each(row: Facts) -> Decimal:
    paid = row["money"]
    return Decimal(paid["per_verified_email"] if paid else row["credits_per_verified_email"])


def _costs_of(
    row: Facts, rows: Sequence[Facts], scale: _Scale, tint: str
) -> Iterator[tuple[str, object]]:
    """Yield what a row's results cost, under the headings for which any of the rows has one."""
    if any(one["filled"] for one in rows):
        yield "per field", cost(row, "filled_field")
    if any(one["verified"] for one in rows):
        said = tag("b", cost(row, "verified_email"))
        most, kind = scale.most.get(row["provider"]), f"{tint} striped" if row["thin"] else tint
        drawn = bar((kind, float(_each(row) / most))) if row["verified"] and most else None
        yield "per deliverable e-mail", tag("span", drawn, said, class_="meter")


def _range(row: Facts, tint: str) -> Html:
    """Return a match rate: a band from where to where it may be, and its number."""
    if row["match_rate"] is None:
        return Html(NONE)
    low, high = row["low"], row["high"]
    band = tag(
        "i",
        class_=f"{tint} striped" if row["thin"] else tint,
        style=f"margin-left:{low:.2%};width:{max(high - low, 0.01):.2%}",
    )
    said = f"{low:.0%} to {high:.0%}"
    drawn = tag("span", band, class_="bar", role="img", aria_label=said)
    return tag("span", drawn, tag("b", f"{row['match_rate']:.0%}"), class_="meter", title=said)
