"""Markdown at a terminal: nothing of a table is cut, and what is to be copied is not broken."""

from typing import TYPE_CHECKING, ClassVar

from rich.markdown import CodeBlock, Heading, Markdown, MarkdownElement, TableElement
from rich.syntax import Syntax
from rich.text import Text

from enrichctl.render.command_line import fit_code
from enrichctl.render.fitted import INDENT, Column, Grid, Whole

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

THEME = "ansi_dark"


class _Heading(Heading):
    """A heading on the left, where the text begins."""

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        """Yield its line."""
        del console, options
        yield Text(self.text.plain, style="bold underline" if self.tag == "h1" else "bold")


class _Code(CodeBlock):
    """Code whose lines are broken only where a shell goes on."""

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        """Yield its lines."""
        del console
        indent = "" if self.lexer_name == "text" else INDENT  # a screen is as wide as a terminal
        code = fit_code(str(self.text).rstrip(), self.lexer_name, options.max_width - len(indent))
        drawn = Syntax("", self.lexer_name, theme=THEME).highlight(code)
        drawn.rstrip()
        yield from (Whole(Text(indent) + line) for line in drawn.split("\n", allow_blank=True))


class _Table(TableElement):
    """A table that fits any width."""

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        """Yield its lines."""
        del console, options
        heads = self.header.row.cells if self.header and self.header.row else []
        made = Grid(*(Column(cell.content.plain, wraps=True) for cell in heads))
        for row in self.body.rows if self.body else ():
            made.add(*(cell.content for cell in row.cells))
        yield made


class DrawnMarkdown(Markdown):
    """A page of the manual."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements, "heading_open": _Heading, "fence": _Code, "table_open": _Table,
    }  # fmt: skip

    def __init__(self, text: str) -> None:
        super().__init__(text, code_theme=THEME, hyperlinks=False)
