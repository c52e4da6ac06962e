"""What the money bought, as a page: who matches whom, what it costs, day by day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from enrichctl.analysis.rates import Interval, interval_of
from enrichctl.render.html_document import COLOURS, html_document
from enrichctl.render.listing import NONE, amount, money
from enrichctl.render.markup import Html, join, key, named, note, section, table, tag

WIDTH, HEIGHT = 1000, 200  # units of a drawing, whatever room it is given
DAYS = 30  # shown of the spend
SHOWN = 12  # segments, the most asked of all providers
UNKNOWN = "not known"

Facts = Mapping[str, Any]
Tints = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MoneyPage:
    """All that the page tells.

    Attributes:
        rows: By provider, as `credits --by provider --json` has them.
        segments: By provider and country, likewise.
        budgets: Provider → credits that a day may cost.
        spent: Provider, day → credits.
        answers: Provider, day → matched, answered.
        sandbox: People and credits are made up.
        at: When the page was made.
    """

    rows: Sequence[Facts]
    segments: Sequence[Facts]
    budgets: Mapping[str, Decimal]
    spent: Mapping[tuple[str, date], Decimal]
    answers: Mapping[tuple[str, date], tuple[int, int]]
    sandbox: bool
    at: datetime


def money_html(page: MoneyPage) -> str:
    """Return the page."""
    names = dict.fromkeys([*(row["provider"] for row in page.rows), *(n for n, _ in page.spent)])
    tints = {name: f"p{place % COLOURS}" for place, name in enumerate(names)}
    parts = (
        _header(page),
        _providers(page.rows, tints),
        _segments(page, tints),
        _spend(page, tints),
        *_rates(page, tints),
    )
    return html_document("What the money bought · enrichctl", parts, page.at)


def _header(page: MoneyPage) -> Html:
    tiles = [
        (f"{sum(row['asked'] for row in page.rows):,}", "questions asked"),
        (f"{sum(row['filled'] for row in page.rows):,}", "blank fields filled"),
        (f"{sum(row['verified'] for row in page.rows):,}", "deliverable e-mails"),
        (amount(round(sum((row["credits"] for row in page.rows), Decimal(0)), 2)), "credits"),
    ]
    drawn = (tag("li", tag("b", figure), tag("span", what)) for figure, what in tiles)
    made_up = tag("p", tag("span", "sandbox: made-up people, no real credits", class_="state"))
    return tag(
        "header",
        tag("p", "enrichctl credits", class_="kicker"),
        tag("h1", "What the money bought"),
        tag("p", "Counted from the journal on this machine; it names no person.", class_="note"),
        tag("div", made_up, class_="states") if page.sandbox else None,
        tag("ul", *drawn, class_="tiles"),
    )


def _providers(rows: Sequence[Facts], tints: Tints) -> Html | None:
    if not rows:
        return section("Nothing yet", note("No provider has answered about any record."))
    cells = (
        [
            ("provider", named(row["provider"], tints)),
            ("match rate", _range(row, tints[row["provider"]])),
            ("asked", f"{row['asked']:,}"),
            ("credits", amount(round(row["credits"], 2))),
            ("per field", _cost(row, "filled_field")),
            ("per e-mail", _cost(row, "verified_email")),
        ]
        for row in rows
    )
    columns = ("provider", "match rate", "asked", "credits", "per field", "per e-mail")
    return section(
        "Providers",
        table(columns, cells),
        note(
            "The match rate is of the people answered for; the band is where the true one lies in"
            " 95 of 100 cases. Per field and per e-mail: what a filled blank and a deliverable"
            " address cost."
        ),
    )


def _segments(page: MoneyPage, tints: Tints) -> Html | None:
    """Return what each provider is worth in each country, the most asked about first."""
    asked: dict[str, int] = {}
    for row in page.segments:
        where = row["country"] or UNKNOWN
        asked[where] = asked.get(where, 0) + row["asked"]
    shown = sorted(asked, key=lambda where: (-asked[where], where))[:SHOWN]
    cells = (
        [
            ("country", join(where, " · ", named(row["provider"], tints))),
            ("match rate", _range(row, tints[row["provider"]])),
            ("asked", f"{row['asked']:,}"),
            ("per field", _cost(row, "filled_field")),
            ("per e-mail", _cost(row, "verified_email")),
        ]
        for where in shown
        for row in page.segments
        if (row["country"] or UNKNOWN) == where
    )
    if len(asked) < 2:  # noqa: PLR2004 - one is what the table above says
        return None
    columns = ("country", "match rate", "asked", "per field", "per e-mail")
    thin = any(row["thin"] for row in page.segments)
    left = len(asked) - len(shown)
    words = ["Pale bands are of fewer than 30 answers: too few to go by."] if thin else []
    words += [f"{left} more countries: enrichctl credits --by country."] if left else []
    return section("By country", table(columns, cells), note(" ".join(words)) if words else None)


def _range(row: Facts, tint: str) -> Html:
    """Return a match rate: a band from where to where it may be, and its number."""
    if row["match_rate"] is None:
        return Html(NONE)
    low, high = row["low"], row["high"]
    band = tag(
        "i",
        class_=f"{tint} thin" if row["thin"] else tint,
        style=f"margin-left:{low:.2%};width:{max(high - low, 0.01):.2%}",
    )
    said = f"{low:.0%} to {high:.0%}"
    drawn = tag("span", band, class_="bar", role="img", aria_label=said)
    return tag("span", drawn, tag("b", f"{row['match_rate']:.0%}"), class_="meter", title=said)


def _cost(row: Facts, what: str) -> str:
    paid = row["money"]
    each = paid[f"per_{what}"] if paid else row[f"credits_per_{what}"]
    if each is None:
        return NONE
    return money(paid["currency"], each) if paid else amount(round(each, 2))


def _spend(page: MoneyPage, tints: Tints) -> Html | None:
    """Return what each day cost, one drawing for each provider: credits differ in worth."""
    if not page.spent:
        return None
    last = page.at.date()
    days = [last - timedelta(days=back) for back in reversed(range(DAYS))]
    drawings = []
    for name in dict.fromkeys(n for n, _ in page.spent):
        costs = [page.spent.get((name, day), Decimal(0)) for day in days]
        if any(costs):
            drawings.append(_days(name, costs, page.budgets.get(name), tints[name]))
    if not drawings:
        return None
    ends = (tag("span", f"{day:%Y-%m-%d}") for day in (days[0], days[-1]))
    words = "In each provider's own credits; the line is the budget of a day, where there is one."
    return section("Spend by day", *drawings, tag("figcaption", *ends), note(words))


def _days(name: str, costs: Sequence[Decimal], limit: Decimal | None, tint: str) -> Html:
    most = max([*costs, limit or Decimal(0)])
    step = WIDTH / len(costs)
    drawn = []
    for place, cost in enumerate(costs):
        high = float(cost / most) * HEIGHT
        if cost:
            drawn.append(
                f"M{place * step + step * 0.15:.1f},{HEIGHT}v-{high:.1f}h{step * 0.7:.1f}"
                f"v{high:.1f}z"
            )
    paths = [_line(f"M0,{HEIGHT}H{WIDTH}", "grid")]
    paths.append(tag("path", d="".join(drawn), class_=f"fill {tint}"))
    if limit is not None:
        down = HEIGHT - float(limit / most) * HEIGHT
        paths.append(_line(f"M0,{down:.1f}H{WIDTH}", "limit"))
    total = sum(costs, Decimal(0))
    words = f"{amount(total)} in {len(costs)} days, {amount(max(costs))} on the dearest"
    allowed = f"; budget {amount(limit)} a day" if limit is not None else ""
    return _figure(join(key({name: tint}), note(words + allowed)), paths, f"{name}: {words}")


def _rates(page: MoneyPage, tints: Tints) -> list[Html]:
    """Return how each provider's match rate went from day to day, with what it may have been."""
    drawings = []
    for name in dict.fromkeys(n for n, _ in page.answers):
        points = [
            (day, matched, answered)
            for (own, day), (matched, answered) in sorted(page.answers.items())
            if own == name and answered
        ]
        if len(points) > 1:
            drawings.append(_over_time(name, points, tints.get(name, "p0")))
    return [section("Match rate over time", *drawings)] if drawings else []


def _over_time(name: str, points: Sequence[tuple[date, int, int]], tint: str) -> Html:
    first, last = points[0][0], points[-1][0]
    span = max((last - first).days, 1)
    places = [((day - first).days / span * WIDTH, m / n, interval_of(m, n)) for day, m, n in points]
    marks = "".join(f"M0,{HEIGHT * part}H{WIDTH}" for part in (0, 0.5, 1))
    paths = [_line(marks, "grid"), tag("path", d=_band(places), class_=f"fill band {tint}")]
    line = "L".join(f"{x:.1f},{_down(rate)}" for x, rate, _ in places)
    paths.append(_line(f"M{line}", f"line {tint}"))
    said = f"from {places[0][1]:.0%} on {first} to {places[-1][1]:.0%} on {last}"
    ends = tag("figcaption", tag("span", f"{first}"), tag("span", f"{last}"))
    head = join(key({name: tint}), note(f"{said}; the band holds the true rate in 95 of 100 cases"))
    return _figure(head, paths, f"{name}: {said}", ends)


def _line(drawn: str, kind: str) -> Html:
    return tag("path", d=drawn, class_=kind, vector_effect="non-scaling-stroke")


def _band(places: Sequence[tuple[float, float, Interval]]) -> str:
    above = [f"{x:.1f},{_down(held.high)}" for x, _, held in places]
    below = [f"{x:.1f},{_down(held.low)}" for x, _, held in reversed(places)]
    return f"M{'L'.join([*above, *below])}z"


def _down(rate: float) -> str:
    return f"{HEIGHT - rate * HEIGHT:.1f}"


def _figure(head: Html, paths: Sequence[Html], said: str, *more: Html) -> Html:
    drawing = tag(
        "svg", *paths, viewBox=f"0 0 {WIDTH} {HEIGHT}", preserveAspectRatio="none", role="img",
        aria_label=said,
    )  # fmt: skip
    return tag("figure", head, drawing, *more, class_="small", style="--marks:0rem")
