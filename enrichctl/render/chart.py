"""Credits over time as step lines, in SVG that stretches with its page; its words are HTML."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal

from enrichctl.journal.pages import Spending, SpendingLine
from enrichctl.render.listing import amount
from enrichctl.render.markup import Html, tag

WIDTH, HEIGHT = 1000, 250  # units of the drawing, whatever room it is given
MARKS = 4  # on the axis of credits, at most
DAY = 86_400  # seconds


def steps(spending: Spending, tints: Mapping[str, str]) -> Html:
    """Return the drawing: a line per provider, in its colour."""
    most = max(line.points[-1][1] for line in spending.lines)
    each = _mark(most)
    count = int((most / each).to_integral_value(ROUND_CEILING))
    top = each * count
    marks = [each * n for n in range(count + 1)]
    grid = "".join(f"M0,{_down(mark, top)}H{WIDTH}" for mark in marks)
    paths = [tag("path", d=grid, class_="grid", vector_effect="non-scaling-stroke")]
    paths += [
        tag(
            "path",
            d=_steps(line, top),
            class_=f"line {tints[line.provider]}",
            vector_effect="non-scaling-stroke",
        )
        for line in spending.lines
    ]
    labels = [tag("span", amount(mark), style=f"bottom:{mark / top:.2%}") for mark in marks]
    room = max(len(amount(mark)) for mark in marks) / 2  # em; a digit is about half as wide
    taken = (spending.until - spending.since).total_seconds()
    moments = "%m-%d %H:%M" if taken > DAY else "%H:%M:%S"
    ends = (tag("span", f"{at:{moments}}") for at in (spending.since, spending.until))
    return tag(
        "figure",
        tag("div", *labels, class_="marks", aria_hidden="true"),
        tag(
            "svg",
            *paths,
            viewBox=f"0 0 {WIDTH} {HEIGHT}",
            preserveAspectRatio="none",
            role="img",
            aria_label="credits spent over time; the totals are listed above",
        ),
        tag("figcaption", *ends),
        style=f"--marks:{room}rem",
    )


def _steps(line: SpendingLine, top: Decimal) -> str:
    moves = (f"H{share * WIDTH:.1f}V{_down(spent, top)}" for share, spent in line.points)
    return f"M0,{HEIGHT}{''.join(moves)}H{WIDTH}"


def _down(spent: Decimal, top: Decimal) -> str:
    return f"{HEIGHT - float(spent / top) * HEIGHT:.1f}"


def _mark(most: Decimal) -> Decimal:
    """Return a round distance between marks: 1, 2 or 5 times a power of ten."""
    unit = Decimal(10) ** (most / MARKS).adjusted()
    return next(unit * n for n in (1, 2, 5, 10) if unit * n * MARKS >= most)
