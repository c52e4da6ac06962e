"""Pages of the manual: drawn at a terminal, Markdown as it is in a pipe."""

import sys
from collections.abc import Mapping

from enrichctl.render.listing import show, table
from enrichctl.render.screen import Screen

WIDEST = 100  # columns of text that is still easy to read


def show_topics(screen: Screen, summaries: Mapping[str, str]) -> None:
    """List the pages, one a line."""
    made = table("topic", "what it is about", fold=("what it is about",))
    for name, summary in summaries.items():
        made.add_row(name, summary)
    show(screen, made, "\nread one: enrichctl help TOPIC")


def show_page(screen: Screen, text: str) -> None:
    """Show a page."""
    console = screen.console(out=True)
    if not console.is_terminal:
        sys.stdout.write(text)
        return
    from rich.markdown import Markdown  # noqa: PLC0415 - slow to import, and only for terminals

    drawn = Markdown(text, code_theme="ansi_dark", hyperlinks=False)
    console.print(drawn, width=min(console.width, WIDEST))
