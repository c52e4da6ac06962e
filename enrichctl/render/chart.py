"""Drawings along time, in SVG that stretches with its page; their words and figures are HTML.

An axis of credits begins at zero, one of shares goes from 0 to 100 %.
"""

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from enrichctl.journal.pages import Spending, SpendingLine
from enrichctl.render.listing import amount
from enrichctl.render.markup import Html, Tints, tag

WIDTH, HEIGHT = 1000, 250  # units of the drawing, whatever room it is given
MARKS = 4  # on the axis of credits, at most
DAY = 86_400  # seconds


class Axis(NamedTuple):
    """What stands at the left: how far up a drawing goes, and its marks from the bottom on."""

    top: Decimal
    marks: Sequence[tuple[Decimal, str]]

    def down(self, value: Decimal | float) -> str:
        """Return how far from the top of the drawing a value is."""
        return f"{HEIGHT - float(Decimal(value) / self.top) * HEIGHT:.1f}"


SHARES = Axis(Decimal(1), [(Decimal(0), "0%"), (Decimal("0.5"), "50%"), (Decimal(1), "100%")])


def credits_axis(most: Decimal) -> Axis:
    """Return an axis from zero to a round number of credits."""
    each = _mark(most)
    count = int((most / each).to_integral_value(ROUND_CEILING))
    return Axis(each * count, [(each * n, amount(each * n)) for n in range(count + 1)])


def frame(
    axis: Axis,
    drawn: Sequence[Html],
    below: Sequence[str],
    said: str,
    limit: tuple[Decimal, str] | None = None,
) -> Html:
    """Return a drawing with its axis.

    Args:
        axis: At the left.
        drawn: What is drawn over its lines.
        below: What stands below, from the left to the right.
        said: The same in words, for people who cannot see it.
        limit: A value that is not to be passed, with its name: a line across.
    """
    grid = line("".join(f"M0,{axis.down(at)}H{WIDTH}" for at, _ in axis.marks), "grid")
    labels = [tag("span", text, style=_up(at, axis)) for at, text in axis.marks]
    room = max(len(text) for _, text in axis.marks) * 0.55  # rem; a digit is about half as wide
    bound = named = None
    if limit is not None:
        bound = line(f"M0,{axis.down(limit[0])}H{WIDTH}", "limit")
        named = tag("span", limit[1], class_="bound", style=_up(limit[0], axis), aria_hidden="true")
    svg = tag(
        "svg",
        tag("title", said),
        grid,
        *drawn,
        bound,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        preserveAspectRatio="none",
        role="img",
        aria_label=said,
    )
    return tag(
        "div",
        tag("div", *labels, class_="marks", aria_hidden="true"),
        tag("div", svg, named, class_="drawn"),
        tag("figcaption", *(tag("span", text) for text in below)),
        class_="chart",
        style=f"--marks:{room:.2f}rem",
    )


def line(drawn: str, kind: str) -> Html:
    """Return a line that is as thick on every screen."""
    return tag("path", d=drawn, class_=kind, vector_effect="non-scaling-stroke")


def steps(spending: Spending, tints: Tints) -> Html:
    """Return credits over time: a line per provider, in its colour."""
    axis = credits_axis(max(one.points[-1][1] for one in spending.lines))
    taken = (spending.until - spending.since).total_seconds()
    moments = "%m-%d %H:%M" if taken > DAY else "%H:%M:%S"
    return tag(
        "figure",
        frame(
            axis,
            [line(_steps(one, axis), f"line {tints[one.provider]}") for one in spending.lines],
            [f"{at:{moments}}" for at in (spending.since, spending.until)],
            "credits spent over time; the totals are listed above",
        ),
    )


def _steps(one: SpendingLine, axis: Axis) -> str:
    moves = (f"H{share * WIDTH:.1f}V{axis.down(spent)}" for share, spent in one.points)
    return f"M0,{HEIGHT}{''.join(moves)}H{WIDTH}"


def _up(at: Decimal, axis: Axis) -> str:
    return f"bottom:{at / axis.top:.2%}"


def _mark(most: Decimal) -> Decimal:
    """Return a round distance between marks: 1, 2 or 5 times a power of ten."""
    unit = Decimal(10) ** (most / MARKS).adjusted()
    return next(unit * n for n in (1, 2, 5, 10) if unit * n * MARKS >= most)
