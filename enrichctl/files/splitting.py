"""Split delimited text into records and cells without losing a character of either.

The standard ``csv`` module gives values but not how they were written, so what it reads cannot be
written back byte for byte. Here a record is its raw text: joined again, raw records are the file.
"""

import re
from collections.abc import Iterator
from functools import cached_property

from enrichctl.errors import InputError
from enrichctl.patterns import pattern

ONE_COLUMN = "\x1f"  # the unit separator stands in for a delimiter that never comes
MAX_RECORD = 32 << 20  # characters; beyond this a quote was left open
_ESCAPED = pattern(r'(?:"|\\)(["\\])')


class UnclosedQuote(InputError):
    """A quote is opened and never closed."""

    def __init__(self, line: int) -> None:
        super().__init__(
            f"the record on line {line} opens a quote that is never closed",
            next=f"look at line {line}: close the quote, or double it if it belongs to the text",
        )


def physical_lines(chunks: Iterator[str], newline: str) -> Iterator[tuple[list[str], bool]]:
    """Read lines in groups; the flag marks a last line that has no end.

    Raises:
        InputError: A line is longer than ``MAX_RECORD``.
    """
    pieces: list[str] = []
    size = 0
    for chunk in chunks:
        lines = chunk.split(newline)
        pieces.append(lines[0])
        size += len(lines[0])
        if len(lines) == 1:
            if size > MAX_RECORD:
                raise InputError(
                    "a line is longer than any export has", next="check that it is a table"
                )
            continue
        lines[0] = "".join(pieces)
        pieces = [lines.pop()]
        size = len(pieces[0])
        yield lines, False
    rest = "".join(pieces)
    if rest:
        yield [rest], True


class Splitter:
    r"""Splits text by one delimiter.

    Args:
        delimiter: One character, or ``ONE_COLUMN``.
        newline: What ends a line, ``\n`` or ``\r``; a ``\r`` before ``\n`` goes with it.
        backslash: Whether a quote within quotes is written ``\"``, as MySQL and Spark do; ``""``
            is understood all the same.
    """

    def __init__(self, delimiter: str, newline: str = "\n", *, backslash: bool = False) -> None:
        self.delimiter = delimiter
        self.newline = newline
        self.backslash = backslash
        d = re.escape(delimiter)
        # Possessive, so that no text makes the match slow. What follows a closing quote up to the
        # delimiter belongs to the cell, as in the csv module.
        inner = r'[^"\\]*+(?:(?:""|\\.)[^"\\]*+)*+' if backslash else r'[^"]*+(?:""[^"]*+)*+'
        rest = rf'{inner}"[^{d}]*+'
        cell = rf'(?:"{rest}|(?!")[^{d}]*+)'
        self._parts = d, inner, rest, cell

    # Compiled once they are needed: most files have few quotes, and most delimiters are only tried.

    @cached_property
    def _closed(self) -> re.Pattern[str]:
        d, _, _, cell = self._parts
        return re.compile(rf"{cell}(?:{d}{cell})*+", re.DOTALL)

    @cached_property
    def _closes(self) -> re.Pattern[str]:
        d, _, rest, cell = self._parts
        return re.compile(rf"{rest}(?:{d}{cell})*+", re.DOTALL)

    @cached_property
    def _cells(self) -> re.Pattern[str]:
        d, _, _, cell = self._parts
        return re.compile(rf"{d}({cell})", re.DOTALL)

    @cached_property
    def _quoted(self) -> re.Pattern[str]:
        _, inner, _, _ = self._parts
        return re.compile(rf'"({inner})"', re.DOTALL)

    @cached_property
    def _proper(self) -> re.Pattern[str]:
        d, inner, _, _ = self._parts
        blanks = "[ ]*+" if self.delimiter != " " else ""
        proper = rf'(?:"{inner}"{blanks}|(?!")[^{d}]*+)'
        return re.compile(rf"{proper}(?:{d}{proper})*+", re.DOTALL)

    def records(  # noqa: C901 - one flat loop, since every record passes through it
        self, chunks: Iterator[str], *, lenient: bool = False
    ) -> Iterator[tuple[int, str, str]]:
        """Read (line, raw text, line end) of every record, blank lines included.

        Args:
            chunks: The text in pieces of any size.
            lenient: Give an unclosed record as it is instead of raising; for cut samples.

        Raises:
            UnclosedQuote: At the end, or once the open record is longer than ``MAX_RECORD``.
        """
        newline, end = self.newline, self.newline
        number = start = size = 0
        last = False
        parts: list[str] = []
        for lines, last in physical_lines(chunks, newline):
            for line in lines:
                number += 1
                if parts:
                    parts.append(line)
                    size += len(line)
                    if not self._closes.fullmatch(line):
                        if size > MAX_RECORD:
                            raise UnclosedQuote(start)
                        continue
                    line, parts = newline.join(parts), []  # noqa: PLW2901 - now the whole record
                elif '"' in line and not self._closed.fullmatch(line):
                    start, parts, size = number, [line], len(line)
                    continue
                else:
                    start = number
                if last:
                    end = ""
                if line.endswith("\r"):
                    yield start, line[:-1], "\r" + end
                else:
                    yield start, line, end
        if parts:
            if not lenient:
                raise UnclosedQuote(start)
            yield start, newline.join(parts), "" if last else newline

    def raw_cells(self, raw: str) -> list[str]:
        """Split a record into cells as they are written: joined again, they are the record."""
        if '"' not in raw:
            return raw.split(self.delimiter)
        return self._cells.findall(self.delimiter + raw)

    def cells(self, raw: str) -> list[str]:
        """Split a record into the texts of its cells."""
        if '"' not in raw:
            return raw.split(self.delimiter)
        if raw[0] == '"' and raw[-1] == '"' and not self.backslash:
            texts = raw[1:-1].split(f'"{self.delimiter}"')
            # No quote but those around the cells: nothing to undo in any of them.
            if raw.count('"') == 2 * len(texts):
                return texts
        return [
            self.text(cell) if cell.startswith('"') else cell
            for cell in self._cells.findall(self.delimiter + raw)
        ]

    def text(self, cell: str) -> str:
        """Return what a raw quoted cell says."""
        found = self._quoted.match(cell)
        if not found:
            return cell
        inside = _ESCAPED.sub(r"\1", found[1]) if self.backslash else found[1].replace('""', '"')
        return inside + cell[found.end() :]

    def is_closed(self, raw: str) -> bool:
        """Tell whether a record ends outside quotes."""
        return '"' not in raw or self._closed.fullmatch(raw) is not None

    def is_stray(self, raw: str) -> bool:
        """Tell whether a quote of a record may have divided it in the wrong places.

        Text goes on behind a closing quote, and there are more quotes behind it or in other cells,
        or line ends in that one: what was meant as one cell was cut, or several were taken for
        one. A cell such as ``"Acme" Inc`` misleads nobody.
        """
        if '"' not in raw or self._proper.fullmatch(raw):
            return False
        cells = self.raw_cells(raw)
        found = [(cell, self._quoted.match(cell)) for cell in cells if cell[:1] == '"']
        broken = [(cell, cell[m.end() :]) for cell, m in found if m and cell[m.end() :].strip()]
        if not broken:
            return False
        return any('"' in cell for cell in cells if cell[:1] != '"') or any(
            '"' in behind or self.newline in cell for cell, behind in broken
        )

    def hides(self, raw: str, width: int) -> bool:
        """Tell whether a record has so many cells once its quotes are taken for mere characters.

        What a space follows, as in ``"Acme, Inc."``, divides words and not cells.
        """
        return '"' in raw and raw.count(self.delimiter) + 1 == width + raw.count(
            self.delimiter + " "
        )
