"""Pages of the manual: drawn at a terminal, Markdown as it is in a pipe."""

import re
import sys
from collections.abc import Mapping

from enrichctl.patterns import pattern
from enrichctl.render.fitted import Column, Grid
from enrichctl.render.listing import show
from enrichctl.render.screen import Screen

WIDEST = 100  # columns of text that is still easy to read
_ENDS = pattern(r"(?: |\x1b\[[\d;]*m)+$", re.MULTILINE)


def show_topics(screen: Screen, summaries: Mapping[str, str]) -> None:
    """List the pages, one a line."""
    made = Grid(Column("topic"), Column("what it is about", wraps=True))
    for name, summary in summaries.items():
        made.add(name, summary)
    show(screen, made, "\nread one: enrichctl help TOPIC")


def show_page(screen: Screen, text: str) -> None:
    """Show a page."""
    if not sys.stdout.isatty():
        sys.stdout.write(text)
        return
    from enrichctl.render.drawn_markdown import DrawnMarkdown  # noqa: PLC0415 - slow to import

    console = screen.console(out=True)
    with console.capture() as page:
        console.print(DrawnMarkdown(text), width=min(console.width, WIDEST), crop=False)
    # Rich fills lines with blanks.
    sys.stdout.write(_ENDS.sub(lambda end: end[0].replace(" ", ""), page.get()))
