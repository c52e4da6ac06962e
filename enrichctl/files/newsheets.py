"""Write a new XLSX workbook with one sheet of text cells, row by row.

openpyxl makes the XML. Left to itself it collects the rows in a temporary file, unpacked; here each
of them goes into the archive at once, and nothing is left behind when the process is killed.
"""

import zipfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from types import SimpleNamespace
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

from enrichctl.errors import OutputError
from enrichctl.files.archivepart import GrowingPart
from enrichctl.files.celltext import MOST_ROWS, SheetRenderer, encoded, is_number, widths
from enrichctl.files.records import NUMBERS, New, Row, Source

_NO_TIME = datetime(1980, 1, 1)  # noqa: DTZ001 - as the archive has it, which knows no zones


class NewWorkbook(SheetRenderer):
    """Writes any input as a new workbook with one sheet of text cells."""

    def __init__(
        self, source: Source, sink: BinaryIO, added: Sequence[str], longest: Sequence[int] = ()
    ) -> None:
        self._source = source
        self._sink = sink
        self._added = added
        self._longest = longest
        self._names = [*source.names, *added]
        self._line = 0
        self._xml: list[bytes] = []  # of the sheet, not in the archive yet
        self._sheet: Any

    def begin(self) -> None:
        """Write all of the workbook but its rows, and the header."""
        book = Workbook(write_only=True)
        book.properties.created = book.properties.modified = _NO_TIME
        self._sheet = book.create_sheet("leads")
        new = widths(self._added, self._longest)
        for at, width in enumerate(new, len(self._names) - len(new) + 1):
            self._sheet.column_dimensions[get_column_letter(at)].width = width
        writer = WorksheetWriter(self._sheet, SimpleNamespace(write=self._xml.append))
        writer.write_top()
        self._sheet._writer = writer  # noqa: SLF001 - where it would put one of its own
        self._archive = _Archive(self._sink, "w", zipfile.ZIP_DEFLATED)
        _Frame(book, self._archive).write_data()
        part = GrowingPart(self._sheet.path[1:])
        part.compress_type = zipfile.ZIP_DEFLATED
        self._part = self._archive.open(part, "w", force_zip64=True)
        self._put(self._names)

    def write(self, row: Row, new: New) -> None:
        """Write one row."""
        changed, added, _ = new
        self._put([*self._source.whole(row, changed), *added])

    def _put(self, texts: Sequence[str]) -> None:
        self._line += 1
        if self._line > MOST_ROWS:
            raise OutputError(
                f"a sheet holds no more than {MOST_ROWS} rows", next="write CSV: --format csv"
            )
        self._sheet.append(list(map(self._cell, texts, self._names)))
        self._pack()

    def _cell(self, text: str, name: str) -> Any:
        """Return a cell; only below a column's name that is for numbers is a text read as one."""
        text = encoded(self.fitting(text))
        if name in NUMBERS and is_number(text):
            return float(text)
        cell: Any = WriteOnlyCell(self._sheet)
        # Its setter would make a formula of `=1+1`, and cut what is too long only when escaped.
        cell._value, cell.data_type = text or None, "s"  # noqa: SLF001
        return cell

    def _pack(self) -> None:
        self._part.write(b"".join(self._xml))
        self._xml.clear()

    def discard(self) -> None:
        """Let go of the sheet and of the archive without finishing it."""
        with suppress(AttributeError):  # what was not opened yet
            if not self._sheet.closed:
                self._sheet.close()
        super().discard()

    def end(self) -> None:
        """Close the sheet and the archive."""
        self._sheet.close()
        self._pack()
        self._part.close()
        self._archive.close()


class _Archive(zipfile.ZipFile):
    """An archive without times: equal content gives equal files."""

    def writestr(self, name: Any, data: Any, *_: Any) -> None:
        super().writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)


class _Frame(ExcelWriter):
    """Writes the parts of a workbook, except for the sheets' own."""

    def write_worksheet(self, ws: Any) -> None:
        self.manifest.append(ws)
