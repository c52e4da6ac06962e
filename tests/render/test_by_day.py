"""Credits by day against their budgets, and match rates by day: drawn and told."""

import re
from datetime import date, timedelta
from decimal import Decimal

from enrichctl.analysis.rates import interval_of
from enrichctl.render.by_day import DayBudget, rates, spend

LAST = date(2026, 11, 29)
TINTS = {"leadlex": "p0", "lemlist": "p1"}
HIGH = 250  # units of a drawing


def drawn(html, kind):
    return re.findall(rf'<path d="([^"]*)" class="{kind}"', html)


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def spent(*costs, name="leadlex"):
    """Return costs of the last days, the last one last."""
    days = [LAST - timedelta(days=back) for back in reversed(range(len(costs)))]
    return {(name, day): Decimal(cost) for day, cost in zip(days, costs, strict=True) if cost}


def shown(costs, budget=None, **how):
    budgets = {"leadlex": budget} if budget else {}
    return spend(costs, budgets, LAST, TINTS, made_up=False, **how)


def test_bars_stand_on_zero_and_are_as_high_as_their_credits():
    html = shown(spent(2, 0, 8))

    (path,) = drawn(html, "fill p0")
    tops = [float(down) for down in re.findall(rf"M[\d.]+,{HIGH}V([\d.]+)h", path)]
    assert tops == [HIGH * (1 - 2 / 8), 0.0]  # the axis goes up to 8
    assert path.count("z") == 2  # a day without spend has no bar
    assert "0 2 4 6 8" in words(html)
    assert "10 in 30 days, at most 8 a day" in words(html)


def test_the_budget_of_a_day_is_a_line_at_its_height_and_has_its_name():
    html = shown(spent(2, 5), DayBudget(day=Decimal(10)))

    assert drawn(html, "limit") == ["M0,0.0H1000"]
    assert "day budget 10" in html
    assert "budget 10 a day" in words(html)


def test_a_budget_far_beyond_is_told_and_does_not_flatten_the_bars():
    html = shown(spent(2, 5), DayBudget(day=Decimal(5000), month=Decimal(90000)))

    assert drawn(html, "limit") == []
    assert "budget 5,000 a day and 90,000 a month" in words(html)


def test_what_a_month_has_cost_is_drawn_against_its_budget_and_begins_anew_with_each():
    costs = spent(*([1] * 40))  # from 21 October to 29 November; 30 days of it are shown
    html = shown(costs, DayBudget(month=Decimal(40)))

    (area,) = drawn(html, "fill band p0")
    october, november = area.split("M")[1:]
    tops = [
        [float(down) for down in re.findall(r"V([\d.]+)h", part)] for part in (october, november)
    ]
    assert [len(part) for part in tops] == [1, 29]  # only the 31st of October is shown
    assert tops[0] == [round(HIGH * (1 - 11 / 40), 1)]  # with the ten days before it
    assert tops[1][-1] == round(HIGH * (1 - 29 / 40), 1)
    assert "month budget 40" in html
    assert "Each month so far: 29 in 2026-11" in words(html)


def test_the_figures_of_a_drawing_are_there_as_text():
    said = words(shown(spent(2, 5)))
    assert "2026-11-28 2 2 2026-11-29 5 7" in said


def test_without_spend_there_is_no_empty_picture():
    old = {("leadlex", LAST - timedelta(days=90)): Decimal(3)}
    assert spend({}, {}, LAST, TINTS, made_up=False) is None
    assert spend(old, {}, LAST, TINTS, made_up=False) is None
    assert rates({}, TINTS) is None
    assert rates({("leadlex", LAST): (1, 2)}, TINTS) is None  # one day is no time


def test_credits_of_the_sandbox_are_no_spend():
    html = spend(spent(2, 5), {}, LAST, TINTS, made_up=True)
    assert "Made-up credits by day" in html
    assert "Spend" not in html


def test_match_rates_are_on_an_axis_of_all_shares_with_their_intervals():
    answers = {("leadlex", LAST - timedelta(days=4)): (3, 8), ("leadlex", LAST): (30, 40)}
    html = rates(answers, TINTS)

    (band,) = drawn(html, "fill band p0")
    corners = [tuple(map(float, corner.split(","))) for corner in band.strip("Mz").split("L")]
    (low, high), (later_low, later_high) = interval_of(3, 8), interval_of(30, 40)
    expected = [(0, high), (1000, later_high), (1000, later_low), (0, low)]
    assert corners == [(x, round(HIGH * (1 - share), 1)) for x, share in expected]
    assert "0% 50% 100%" in words(html)
    assert "2026-11-25 38% 14% and 69% 3 8 2026-11-29 75% 60% and 86% 30 40" in words(html)
