"""What was asked for, printed on stdout; figures and names as a person reads them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from enrichctl.amounts import credits_in_words, in_thousands
from enrichctl.model import Credits
from enrichctl.render.fitted import INDENT, Column, Grid, fitted
from enrichctl.render.screen import Screen, clean

if TYPE_CHECKING:
    from rich.console import RenderableType

Facts = Mapping[str, Any]
"""Plain values, shaped like a document of ``--json``."""

NONE = "-"
UNKNOWN = "?"
MADE_UP = "sandbox: people and credits are made up"
CENT = Decimal("0.01")


def show(screen: Screen, *things: "RenderableType") -> None:
    """Print what was asked for on stdout."""
    for thing in things:
        screen.console(out=True).print(fitted(thing), crop=False)


def show_notes(screen: Screen, notes: Iterable[str]) -> None:
    """Print what is to be known of a table, a line each."""
    for note in notes:
        show(screen, Text(note, style="dim"))


def width(screen: Screen) -> int:
    """Return the columns that a line may take where somebody reads it.

    Those of the terminal that shows it, or that stands behind a pager; else 80.
    """
    return min(screen.console(out=True).width, Console().width)


def pairs(rows: Iterable[tuple[str, str]]) -> Grid:
    """Return names before what they stand for, over several lines if need be; blank ones not."""
    made = Grid(Column(""), Column("", wraps=True), heading=False)
    for name, what in rows:
        if what:
            made.add(Text(INDENT + name, style="dim"), clean(what))
    return made


def flow(parts: Iterable[str], room: int) -> str:
    """Return parts as lines that break only between parts; one that is too long stands alone."""
    lines = [""]
    for part in parts:
        text = f"{lines[-1]}, {part}" if lines[-1] else part
        if lines[-1] and cell_len(text) + len(",") > room:
            lines[-1] += ","
            lines.append(part)
        else:
            lines[-1] = text
    return "\n".join(lines)


def fit(parts: Sequence[str], room: int, between: str = ", ", *, more: int = 0) -> str:
    """Return as many parts as fit on one line, and how many more there are.

    Args:
        parts: The first of them stands there in any case.
        room: Columns of the line.
        between: What separates them.
        more: Parts that stand on no line anyway.
    """
    joint = between.strip(", ") or "and"
    for shown in range(len(parts), 0, -1):
        left = len(parts) - shown + more
        text = between.join(parts[:shown]) + (f" {joint} {left} more" if left else "")
        if cell_len(text) <= room:
            break
    return text if parts else ""


def amount(value: Decimal | int | str | None) -> str:
    """Return credits for reading: 12,345.5, or a dash."""
    return NONE if value is None else in_thousands(Decimal(value))


def cents(value: Credits | None) -> str:
    """Return credits for reading, to the hundredth: 12,345.68, or a dash."""
    return amount(None if value is None else round(value, 2))


def money(currency: str, *values: Decimal) -> str:
    """Return money for reading, EUR 12.50 to 13.00; of less than a cent two digits that count."""
    places = [2 if not one or one >= CENT else 1 - one.adjusted() for one in values]
    said = (f"{one:,.{after}f}" for one, after in zip(values, places, strict=True))
    return f"{currency} {' to '.join(said)}"


def credit(value: Decimal | int | str) -> str:
    """Return credits with their noun: 1 credit, 12,345.5 credits."""
    return credits_in_words(Decimal(value))


def percent(value: float | None) -> str:
    """Return a share in per cent, or a dash."""
    return NONE if value is None else f"{value:.0%}"


def file_name(path: str) -> str:
    """Return what an input is called for short."""
    return "stdin" if path == "-" else path.replace("\\", "/").rpartition("/")[2]


def moment(value: datetime | None) -> str:
    """Return a time for reading, in UTC as budgets are counted."""
    return NONE if value is None else f"{value:%Y-%m-%d %H:%M}"


def length(value: timedelta) -> str:
    """Return a duration for reading: <1 s, 8 s, 12m 04s, 3h 05m."""
    seconds = max(0, round(value.total_seconds()))
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds} s" if seconds else "<1 s"
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h {minutes:02}m" if hours else f"{minutes}m {seconds:02}s"


def words(names: Sequence[str]) -> str:
    """Return names as a list for reading, or a dash."""
    return clean(", ".join(names)) or NONE
