"""The manual: pages of Markdown, which are read at a terminal and on a code host alike.

A page begins with its title, and a paragraph of one line that says what it is about.
"""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from enrichctl.patterns import pattern

_PAGES = Path(__file__).parent
# What only a code host or the tests need: marks of generated parts, and the names of recipes.
_MARKS = pattern(r"^<!-- /?\w+ -->\n", re.MULTILINE)
_LINK = pattern(r"\[([^\]]+)\]\((\w+)\.md(?:#[\w-]+)?\)")
_NAMED = pattern(r"^(```\w+) .+$", re.MULTILINE)


class ManualPage(NamedTuple):
    """One page.

    Attributes:
        text: The page as it stands in its file.
    """

    text: str

    @property
    def summary(self) -> str:
        """What it is about, in one line."""
        return self.text.split("\n\n")[1].strip()

    @property
    def shown(self) -> str:
        """The page for a reader at a terminal: links to other pages are the commands to type."""
        plain = _NAMED.sub(r"\1", _MARKS.sub("", self.text))
        return _LINK.sub(r"\1 (`enrichctl help \2`)", plain)


@cache
def topics() -> tuple[str, ...]:
    """Return the names of the pages."""
    return tuple(sorted(path.stem for path in _PAGES.glob("*.md")))


def page(topic: str) -> ManualPage:
    """Return a page by its name."""
    return ManualPage((_PAGES / f"{topic}.md").read_text("utf-8"))
