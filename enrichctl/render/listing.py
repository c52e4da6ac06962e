"""Tables that were asked for: aligned, without lines, on stdout."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from enrichctl.render.screen import Screen, clean

if TYPE_CHECKING:
    from rich.console import RenderableType

NONE = "-"


def show(screen: Screen, *things: "RenderableType") -> None:
    """Print what was asked for on stdout."""
    console = screen.console(out=True)
    for thing in things:
        console.print(thing, soft_wrap=isinstance(thing, str))


def width(screen: Screen) -> int:
    """Return the columns that a line may take: those of a terminal that shows it, else 80."""
    return screen.console(out=True).width  # that of stderr behind a pager


def inset(thing: "RenderableType", columns: int) -> Padding:
    """Return something moved to the right, with all lines that it may take."""
    return Padding(thing, (0, 0, 0, columns), expand=False)


def table(*columns: str, right: Sequence[str] = (), fold: Sequence[str] = ()) -> Table:
    """Return a table without lines.

    Args:
        columns: Their headers.
        right: Columns of numbers.
        fold: Columns that may take several lines where the terminal is narrow.
    """
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in columns:
        made.add_column(
            name,
            justify="right" if name in right else "left",
            no_wrap=name not in fold,
            overflow="fold" if name in fold else "ellipsis",
        )
    return made


def pairs(rows: Iterable[tuple[str, str]], *, indent: int = 2) -> Table:
    """Return names beside what they stand for, over several lines if need be; blank ones not."""
    made = Table.grid(padding=(0, 2, 0, 0))
    made.add_column(no_wrap=True)
    made.add_column(overflow="fold")
    for name, what in rows:
        if what:
            made.add_row(Text(" " * indent + name, style="dim"), Text(clean(what)))
    return made


def flow(parts: Iterable[str], room: int, between: str = ", ") -> str:
    """Return parts as lines that break only between parts; one that is too long stands alone."""
    lines = [""]
    for part in parts:
        text = lines[-1] + between + part if lines[-1] else part
        if lines[-1] and cell_len(text + between.rstrip()) > room:
            lines[-1] += between.rstrip()
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
    return NONE if value is None else f"{Decimal(value).normalize():,f}"


def count(number: int, word: str, words: str = "") -> str:
    """Return a number with its noun: 1 record, 12,345 records."""
    return f"{number:,} {word if number == 1 else words or word + 's'}"


def hang(head: str, text: str, *, style: str = "") -> Table:
    """Return a text behind its head, with the lines that it may take in line with the first."""
    made = Table.grid()
    made.add_column(no_wrap=True, style=style)
    made.add_column(overflow="fold", style=style)
    made.add_row(Text(head), Text(text))
    return made


def credit(value: Decimal | int | str) -> str:
    """Return credits with their noun: 1 credit, 12,345.5 credits."""
    return f"{amount(value)} credit{'' if Decimal(value) == 1 else 's'}"


def share(value: float | None) -> str:
    """Return a share in per cent, or a dash."""
    return NONE if value is None else f"{value:.0%}"


def moment(value: datetime | None) -> str:
    """Return a time for reading, in UTC as budgets are counted."""
    return NONE if value is None else f"{value:%Y-%m-%d %H:%M}"


def length(value: timedelta) -> str:
    """Return a duration for reading: 8 s, 12m 04s, 3h 05m."""
    seconds = max(0, round(value.total_seconds()))
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds} s"
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h {minutes:02}m" if hours else f"{minutes}m {seconds:02}s"


def words(names: Sequence[str]) -> str:
    """Return names as a list for reading, or a dash."""
    return clean(", ".join(names)) or NONE
