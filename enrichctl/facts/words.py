"""Word lists that come with the package, and the one way to compare words in them."""

import re
from importlib.resources import files
from unicodedata import combining, normalize

_NOT_WORD = re.compile(r"[^a-z0-9]+")


def lines(name: str) -> list[str]:
    """Read a list of the package, without blank lines and ``#`` comments."""
    text = files("enrichctl.facts").joinpath("data", name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def plain(text: str) -> str:
    """Return lower-case words without accents and punctuation, one space between them."""
    if text.isascii():
        return _NOT_WORD.sub(" ", text.lower()).strip()
    decomposed = normalize("NFKD", text.casefold())
    letters = (c if c.isalnum() else " " for c in decomposed if not combining(c))
    return " ".join("".join(letters).split())
