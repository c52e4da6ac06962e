"""What the text of a sheet's cell can hold, and how the format spells it.

What XML cannot hold is written as ``_x000D_``, and an underscore that would begin one of these as
``_x005F_``: see ST_Xstring in ECMA-376, part 1, 22.9.2.19.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import IO
from zipfile import ZipFile

from enrichctl.files.records import Renderer
from enrichctl.patterns import pattern

# See https://support.microsoft.com/office/1672b34d.
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
_MOST = 32_767  # characters of a cell, as UTF-16 counts them
_CUT = "…"
_ILLEGAL = pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ESCAPED = pattern("_x([0-9A-Fa-f]{4})_")
_ESCAPE_LIKE = pattern("_(?=x[0-9A-Fa-f]{4}_)")
_NUMBER = pattern(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")  # a spreadsheet keeps no more digits
_NARROWEST, _WIDEST = 10, 60  # characters of a new column
_BUTTON = 4  # characters that a filter's button and the margins take


def encoded(text: str) -> str:
    """Return a text as a sheet spells it, without the characters that no sheet can hold."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")  # a cell's only line break
    return _ILLEGAL.sub("", _ESCAPE_LIKE.sub("_x005F_", text))


def decoded(text: str) -> str:
    """Return what a sheet's spelling of a text says."""
    if "_x" not in text:
        return text
    units = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    # Two of them may be the halves of one character; a half alone and NUL are none.
    whole = units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\0", "")


def is_number(text: str) -> bool:
    """Tell whether a cell can hold a text as a number without losing a digit."""
    return _NUMBER.fullmatch(text) is not None


def widths(names: Sequence[str], longest: Sequence[int]) -> list[int]:
    """Return how wide new columns are, in characters, given their longest texts or nothing."""
    texts = longest or [0] * len(names)
    return [
        min(_WIDEST, max(_NARROWEST, text + 2, len(name) + _BUTTON))
        for name, text in zip(names, texts, strict=True)
    ]


class SheetRenderer(Renderer):
    """Writes a sheet, whose cells hold so much and no more, into an archive."""

    _archive: ZipFile
    _part: IO[bytes]  # the sheet's

    def fitting(self, text: str) -> str:
        """Return a text as a cell can hold it, cut where it is too long."""
        if len(text) <= _MOST // 2:
            return text
        units = text.encode("utf-16-le", "surrogatepass")
        if len(units) <= 2 * _MOST:
            return text
        self.cut += 1
        return units[: 2 * (_MOST - len(_CUT))].decode("utf-16-le", "ignore") + _CUT

    def discard(self) -> None:
        """Let go of the archive without finishing it."""
        with suppress(AttributeError):  # what was not opened yet
            self._archive.fp = None  # closing must not write to a file that is gone
            self._part.close()
