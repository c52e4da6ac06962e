"""What happened day by day: credits against their budgets, and match rates."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate, groupby
from typing import NamedTuple

from enrichctl.analysis.rates import Interval, interval_of
from enrichctl.model import NOTHING, Credits, counted
from enrichctl.render.chart import HEIGHT, SHARES, WIDTH, Axis, credits_axis, frame, line
from enrichctl.render.listing import amount
from enrichctl.render.markup import Cells, Html, Tints, figures, join, key, note, section, tag

DAYS = 30  # shown of the spend
FAR = 10  # times the most that was spent: a budget beyond that would leave no room for the rest


class DayBudget(NamedTuple):
    """What a provider may cost; None is no limit."""

    day: Credits | None = None
    month: Credits | None = None


def spend(
    spent: Mapping[tuple[str, date], Credits],
    budgets: Mapping[str, DayBudget],
    last: date,
    tints: Tints,
    *,
    made_up: bool,
) -> Html | None:
    """Return what each day cost, for each provider by itself: credits differ in worth.

    Args:
        spent: Provider, day → credits.
        budgets: Provider → what it may cost.
        last: The last day that is shown.
        tints: Provider → its colour.
        made_up: They are the sandbox's, and cost nobody anything.
    """
    days = [last - timedelta(days=back) for back in reversed(range(DAYS))]
    drawn = []
    for name in dict.fromkeys(name for name, _ in spent):
        own = {day: cost for (who, day), cost in spent.items() if who == name}
        if any(own.get(day) for day in days):
            drawn.append(_spend(name, own, days, budgets.get(name, DayBudget()), tints[name]))
    if not drawn:
        return None
    what = "Made-up credits by day" if made_up else "Spend by day"
    words = "In each provider's own credits, by days of UTC, of the last 30 days. What was possibly"
    return section(what, *drawn, note(f"{words} charged is part of it."))


def _spend(
    name: str, own: Mapping[date, Credits], days: Sequence[date], budget: DayBudget, tint: str
) -> Html:
    costs = [own.get(day, NOTHING) for day in days]
    so_far = _this_month(own, days)
    words = f"{amount(sum(costs, NOTHING))} in {len(days)} days, at most {amount(max(costs))} a day"
    drawings = [_bars(name, words, costs, days, budget.day, tint)]
    if budget.month is not None and budget.month <= max(so_far) * FAR:
        drawings.append(_months(name, so_far, days, budget.month, tint))
    rows: Iterable[Cells] = (
        [("day", f"{day}"), ("credits", amount(cost)), ("this month so far", amount(sum_))]
        for day, cost, sum_ in zip(days, costs, so_far, strict=True)
        if cost
    )
    return tag(
        "figure",
        join(key({name: tint}), note(words + _allowed(budget))),
        *drawings,
        figures(("day", "credits", "this month so far"), rows),
        class_="small",
    )


def _allowed(budget: DayBudget) -> str:
    limits = ((budget.day, "day"), (budget.month, "month"))
    said = [f"{amount(limit)} a {word}" for limit, word in limits if limit is not None]
    return f"; budget {' and '.join(said)}" if said else ""


def _this_month(own: Mapping[date, Credits], days: Sequence[date]) -> list[Credits]:
    """Return for each day what its month has cost by its end."""
    first = days[0].replace(day=1)
    before = sum((cost for day, cost in own.items() if first <= day < days[0]), NOTHING)
    found: list[Credits] = []
    for month, some in groupby(days, lambda day: (day.year, day.month)):
        start = before if month == (first.year, first.month) else NOTHING
        found += list(accumulate((own.get(day, NOTHING) for day in some), initial=start))[1:]
    return found


def _bars(
    name: str,
    words: str,
    costs: Sequence[Credits],
    days: Sequence[date],
    limit: Credits | None,
    tint: str,
) -> Html:
    axis, bound = _axis(max(costs), limit, "day")
    step = WIDTH / len(costs)
    drawn = "".join(
        f"M{at * step + step * 0.15:.1f},{HEIGHT}V{axis.down(cost)}h{step * 0.7:.1f}V{HEIGHT}z"
        for at, cost in enumerate(costs)
        if cost
    )
    bars = tag("path", d=drawn, class_=f"fill {tint}")
    return frame(axis, [bars], _ends(days), f"{name}, credits by day: {words}", bound)


def _months(
    name: str, so_far: Sequence[Credits], days: Sequence[date], limit: Credits, tint: str
) -> Html:
    """Return what a month has cost so far, which begins at zero with each month."""
    axis, bound = _axis(max(so_far), limit, "month")
    step = WIDTH / len(days)
    drawn, open_ = "", False
    for at, (day, cost) in enumerate(zip(days, so_far, strict=True)):
        if not open_ or day.day == 1:
            drawn += f"V{HEIGHT}z" * open_ + f"M{at * step:.1f},{HEIGHT}"
            open_ = True
        drawn += f"V{axis.down(cost)}h{step:.1f}"
    area = tag("path", d=f"{drawn}V{HEIGHT}z", class_=f"fill band {tint}")
    said = f"{name}, credits of each month so far: {amount(so_far[-1])} by {days[-1]}"
    return join(
        tag("p", f"Each month so far: {amount(so_far[-1])} in {days[-1]:%Y-%m}", class_="note"),
        frame(axis, [area], _ends(days), f"{said}, budget {amount(limit)}", bound),
    )


def _axis(
    most: Credits, limit: Credits | None, word: str
) -> tuple[Axis, tuple[Decimal, str] | None]:
    """Return an axis, and the line of a budget where it is near enough to be drawn."""
    if limit is None or limit > most * FAR:
        return credits_axis(most), None
    return credits_axis(max(most, limit)), (limit, f"{word} budget {amount(limit)}")


def _ends(days: Sequence[date]) -> list[str]:
    return [f"{day:%Y-%m-%d}" for day in (days[0], days[-1])]


def rates(answers: Mapping[tuple[str, date], tuple[int, int]], tints: Tints) -> Html | None:
    """Return how each provider's match rate went from day to day, with what it may have been.

    Args:
        answers: Provider, day → matched, answered.
        tints: Provider → its colour.
    """
    drawn = []
    for name in dict.fromkeys(name for name, _ in answers):
        points = [
            _Day(day, matched, answered)
            for (own, day), (matched, answered) in sorted(answers.items())
            if own == name and answered
        ]
        if len(points) > 1:
            drawn.append(_over_time(name, points, tints.get(name, "p0")))
    if not drawn:
        return None
    words = "The dots are the days with answers; the band holds the true rate in 95 of 100 cases."
    return section("Match rate over time", *drawn, note(words))


class _Day(NamedTuple):
    day: date
    matched: int
    answered: int

    @property
    def rate(self) -> float:
        return self.matched / self.answered

    @property
    def interval(self) -> Interval:
        return interval_of(self.matched, self.answered)


def _over_time(name: str, points: Sequence[_Day], tint: str) -> Html:
    first, last = points[0], points[-1]
    span = (last.day - first.day).days
    across = [(one.day - first.day).days / span * WIDTH for one in points]
    said = f"from {first.rate:.0%} on {first.day} to {last.rate:.0%} on {last.day}"
    places = [f"{x:.1f},{SHARES.down(one.rate)}" for x, one in zip(across, points, strict=True)]
    drawn = [
        tag("path", d=_band(across, points), class_=f"fill band {tint}"),
        line(f"M{'L'.join(places)}", f"line {tint}"),
        line("".join(f"M{place}h0" for place in places), f"line dots {tint}"),
    ]
    answered = sum(one.answered for one in points)
    head = join(key({name: tint}), note(f"{said}, of {counted(answered, 'answer')}"))
    ends = [f"{one.day}" for one in (first, last)]
    columns = ("day", "match rate", "true one between", "matched", "answered")
    return tag(
        "figure",
        head,
        frame(SHARES, drawn, ends, f"{name}, match rate by day: {said}"),
        figures(columns, _rows(points)),
        class_="small",
    )


def _rows(points: Sequence[_Day]) -> Iterator[Cells]:
    for one in points:
        low, high = one.interval
        yield [
            ("day", f"{one.day}"),
            ("match rate", f"{one.rate:.0%}"),
            ("true one between", f"{low:.0%} and {high:.0%}"),
            ("matched", f"{one.matched:,}"),
            ("answered", f"{one.answered:,}"),
        ]


def _band(across: Sequence[float], points: Sequence[_Day]) -> str:
    both = [(x, one.interval) for x, one in zip(across, points, strict=True)]
    above = [f"{x:.1f},{SHARES.down(held.high)}" for x, held in both]
    below = [f"{x:.1f},{SHARES.down(held.low)}" for x, held in reversed(both)]
    return f"M{'L'.join([*above, *below])}z"
