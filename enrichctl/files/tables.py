"""Write CSV and its relatives, in the input's own dialect or in a plain one."""

import re
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from enrichctl.files.delimited import DelimitedSource, Original
from enrichctl.files.dialect import Style
from enrichctl.files.records import New, Renderer, Row, Source
from enrichctl.patterns import pattern

_QUOTED = pattern(r'"[^"]*+(?:""[^"]*+)*+"')


class Quoter:
    """Writes new cells the way that a file writes its own."""

    def __init__(self, delimiter: str, style: Style, *, backslash: bool = False) -> None:
        self._backslash = backslash
        self._needed = re.compile(f'[{re.escape(delimiter)}"\r\n]').search
        self._style = style
        self._plain = not (style.text or style.blank or style.number)

    def cell(self, text: str, *, always: bool = False) -> str:
        """Return a cell as it is to stand in the file."""
        if always or self._needed(text) or not (self._plain or self._bare(text)):
            return '"' + self._escaped(text) + '"'
        return text

    def _escaped(self, text: str) -> str:
        if self._backslash:
            return text.replace("\\", "\\\\").replace('"', '\\"')
        return text.replace('"', '""')

    def cells(self, texts: Sequence[str]) -> Iterable[str]:
        """Return cells as they are to stand in the file; most rows have nothing to quote."""
        if self._plain and not self._needed("\0".join(texts)):
            return texts
        return map(self.cell, texts)

    def _bare(self, text: str) -> bool:
        style = self._style
        if not text:
            return not style.blank
        if text.replace(".", "", 1).isdecimal():
            return not style.number
        return not style.text


class SameDialect(Renderer):
    """Writes a delimited file's records back as they were, with new cells where they belong.

    A record with too few cells is filled up with blank ones before the new columns, one that has
    more than the header makes the header longer by unnamed columns: so every cell stays where it
    was, and the new columns stand under their names.
    """

    def __init__(self, source: DelimitedSource, sink: BinaryIO, added: Sequence[str]) -> None:
        self._source = source
        self._sink = sink
        self._added = added
        self._delimiter = source.delimiter
        self._quoter = Quoter(source.delimiter, source.style, backslash=source.splitter.backslash)
        self._width = len(source.header)
        self._even = not source.one_column

    def begin(self) -> None:
        """Write the byte order mark, the preamble and the header."""
        source = self._source
        if self._added:  # a record may be wider than the header; to know it is to read them all
            self._width = source.width
        # Records as wide as the output need no filling, and most files have no others.
        self._even = self._width == len(source.header) and not source.one_column
        raw = source.header_raw
        if self._added:
            quoted = source.style.header
            cells = self._raw_cells(raw)
            # The names of rows have no header, and still have none.
            cells += [""] * (self._width - len(cells) - source.row_names)
            cells += [self._quoter.cell(name, always=quoted) for name in self._added]
            raw = self._delimiter.join(cells)
        text = source.preamble + raw + source.header_end
        self._sink.write(source.text.bom + text.encode(source.encoding))

    def write(self, row: Row, new: New) -> None:
        """Write one record."""
        changed, added, _ = new
        original: Original = row.original
        before, raw, end = original
        cell = self._quoter.cell
        if changed or (added and (row.problem or not self._even)):
            cells = self._raw_cells(raw)
            least = max(changed, default=-1) + 1
            cells += [""] * ((self._width if added else least) - len(cells))
            for index, text in changed.items():
                cells[index] = cell(text, always=cells[index].startswith('"'))
            raw = self._delimiter.join(cells)
        if added:
            raw = self._delimiter.join((raw, *self._quoter.cells(added)))
        self._sink.write((before + raw + end).encode(self._source.encoding))

    def _raw_cells(self, raw: str) -> list[str]:
        cells = self._source.splitter.raw_cells(raw)
        if self._source.one_column:
            # What divides no column yet may stand in the text of the only one.
            return [c if _QUOTED.fullmatch(c) else self._one_cell(c) for c in cells]
        return cells

    def _one_cell(self, raw: str) -> str:
        quoted = raw.startswith('"')  # with more behind the closing quote
        return self._quoter.cell(self._source.splitter.text(raw), always=quoted)

    def end(self) -> None:
        """Write the footer."""
        self._source.survey()
        self._sink.write(self._source.tail.encode(self._source.encoding))


class PlainDialect(Renderer):
    """Writes any input as UTF-8 with line feeds and quotes only where needed."""

    def __init__(
        self, source: Source, sink: BinaryIO, added: Sequence[str], delimiter: str
    ) -> None:
        self._source = source
        self._sink = sink
        self._added = added
        self._delimiter = delimiter
        self._quoter = Quoter(delimiter, Style())

    def begin(self) -> None:
        """Write the header; columns that only longer records have get no name."""
        self._line([*self._source.names, *self._added])

    def write(self, row: Row, new: New) -> None:
        """Write one record."""
        changed, added, _ = new
        self._line([*self._source.whole(row, changed), *added])

    def _line(self, cells: list[str]) -> None:
        line = self._delimiter.join(self._quoter.cells(cells))
        # A lone blank cell must not look like a blank line, which is no record.
        self._sink.write(((line or '""') + "\n").encode())

    def end(self) -> None:
        """Do nothing: the last record ends the file."""
