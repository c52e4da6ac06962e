"""Word lists that come with the package, and the one way to compare words in them."""

from pathlib import Path
from unicodedata import combining, normalize

from enrichctl.patterns import pattern

_LISTS = Path(__file__).parent / "data"
_NOT_WORD = pattern(r"[^a-z0-9]+")
_MARKS = range(0x300, 0x370)  # accents; those of Japanese and Hebrew make another letter
# Letters that are no letter with an accent, as those write them who do not have them.
_LETTERS = {
    "\u00e6": "ae", "\u0153": "oe", "\u00f8": "o", "\u0142": "l", "\u0111": "d", "\u00f0": "d",
    "\u00fe": "th", "\u0131": "i", "\u0127": "h", "\u0167": "t", "\u014b": "n", "\u0259": "a",
}  # fmt: skip
_LATIN = str.maketrans(_LETTERS)
# How Germans, Danes, Norwegians and Swedes write theirs out.
_SPELLED = str.maketrans(
    _LETTERS | {"\u00e4": "ae", "\u00f6": "oe", "\u00fc": "ue", "\u00f8": "oe", "\u00e5": "aa"}
)


def lines(name: str) -> list[str]:
    """Read a list of the package, without blank lines and ``#`` comments."""
    text = (_LISTS / name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def plain(text: str) -> str:
    """Return lower-case words without accents and punctuation, one space between them."""
    if text.isascii():
        return _NOT_WORD.sub(" ", text.lower()).strip()
    decomposed = normalize("NFKD", text.casefold())
    letters = (c if c.isalnum() else " " for c in decomposed if not combining(c))
    return " ".join("".join(letters).split())


def latin(text: str) -> str:
    """Return words as `plain` does, all Latin letters as those of English: Ørel is orel."""
    return plain(text) if text.isascii() else _folded(text, _LATIN)


def spelled_out(text: str) -> str:
    """Return words as `latin` does, with umlauts and their like written out: Müller is mueller."""
    return plain(text) if text.isascii() else _folded(text, _SPELLED)


def _folded(text: str, letters: dict[int, str]) -> str:
    composed = normalize("NFKC", text.casefold()).translate(letters)
    bare = (c for c in normalize("NFKD", composed) if ord(c) not in _MARKS)
    whole = normalize("NFC", "".join(bare))
    return " ".join("".join(c if c.isalnum() or combining(c) else " " for c in whole).split())
