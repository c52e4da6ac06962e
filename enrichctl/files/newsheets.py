"""Write a new XLSX workbook with one sheet of text cells, row by row."""

import zipfile
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, BinaryIO
from xml.sax.saxutils import escape

from enrichctl.errors import OutputError
from enrichctl.files.records import NUMBERS, New, Renderer, Row, Source
from enrichctl.patterns import pattern

MAX_CELL = 32_767  # characters as UTF-16 counts them, https://support.microsoft.com/office/1672b34d
_CUT = "…"
_MAX_ROWS = 1_048_576
_ILLEGAL = pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ESCAPE_LIKE = pattern("_(?=x[0-9A-Fa-f]{4}_)")


def letters(index: int) -> str:
    """Return a column's letters: 0 is A, 26 is AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def column(name: bytes) -> int:
    """Return a column's index from its letters."""
    index = 0
    for letter in name:
        index = index * 26 + letter - 64
    return index - 1


_NUMBER = pattern(r"-?\d+(\.\d+)?")


def cell_xml(
    at: int,
    line: int,
    text: str,
    *,
    prefix: bytes = b"",
    style: bytes = b"",
    number: bool = False,
) -> bytes:
    """Return the XML of a cell; only with ``number`` is a text ever read as one."""
    if number and _NUMBER.fullmatch(text):
        name, value = letters(at).encode(), text.encode()
        return b'<%bc r="%b%d"%b><%bv>%b</%bv></%bc>' % (
            prefix, name, line, style, prefix, value, prefix, prefix,
        )  # fmt: skip
    text = text.replace("\r\n", "\n").replace("\r", "\n")  # a cell's only line break
    body = escape(_ILLEGAL.sub("", _ESCAPE_LIKE.sub("_x005F_", text))).encode()
    p = prefix
    return (
        b'<%bc r="%b%d"%b t="inlineStr"><%bis><%bt xml:space="preserve">%b</%bt></%bis></%bc>'
        % (p, letters(at).encode(), line, style, p, p, body, p, p, p)
    )


_NARROWEST, _WIDEST = 10, 60  # characters of a new column
_BUTTON = 4  # characters that a filter's button and the margins take


def col_xml(
    first: int, names: Sequence[str], longest: Sequence[int] = (), prefix: bytes = b""
) -> bytes:
    """Return the XML of the widths of new columns.

    Args:
        first: Index of the first of them.
        names: What their headers say.
        longest: The length of the longest text of each, where that is known.
        prefix: Of the sheet's tags.
    """
    made = []
    for at, name in enumerate(names):
        text = longest[at] if longest else 0
        width = min(_WIDEST, max(_NARROWEST, text + 2, len(name) + _BUTTON))
        place = first + at + 1
        tag = b'<%bcol min="%d" max="%d" width="%d" customWidth="1"/>'
        made.append(tag % (prefix, place, place, width))
    return b"".join(made)


class SheetRenderer(Renderer):
    """Writes a sheet, whose cells hold so much and no more."""

    def fitting(self, text: str) -> str:
        """Return a text as a cell can hold it, cut where it is too long."""
        if len(text) <= MAX_CELL // 2:
            return text
        units = text.encode("utf-16-le", "surrogatepass")
        if len(units) <= 2 * MAX_CELL:
            return text
        self.cut += 1
        return units[: 2 * (MAX_CELL - len(_CUT))].decode("utf-16-le", "ignore") + _CUT


class NewWorkbook(SheetRenderer):
    """Writes any input as a new workbook with one sheet of text cells."""

    _PARTS = (
        (
            "[Content_Types].xml",
            (
                '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                '<Default Extension="rels" '
                'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                '<Override PartName="/xl/workbook.xml" ContentType="application/'
                'vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
                '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/'
                'vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
            ),
        ),
        (
            "_rels/.rels",
            (
                '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
                'relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>'
            ),
        ),
        (
            "xl/workbook.xml",
            (
                '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
                'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
                '<sheets><sheet name="leads" sheetId="1" r:id="rId1"/></sheets></workbook>'
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            (
                '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
                'relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
            ),
        ),
    )
    _DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

    def __init__(
        self, source: Source, sink: BinaryIO, added: Sequence[str], longest: Sequence[int] = ()
    ) -> None:
        self._source = source
        self._added = added
        self._longest = longest
        self._sink = sink
        self._line = 0
        self._numbers = {at for at, n in enumerate([*source.names, *added]) if n in NUMBERS}
        self._archive: zipfile.ZipFile
        self._sheet: IO[bytes]

    def begin(self) -> None:
        """Write the workbook's frame and the header."""
        self._archive = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_DEFLATED)
        for name, text in self._PARTS:
            self._archive.writestr(_entry(name), self._DECLARATION + text.encode())
        entry = _entry("xl/worksheets/sheet1.xml")
        self._sheet = self._archive.open(entry, "w", force_zip64=True)
        self._sheet.write(
            self._DECLARATION + b'<worksheet xmlns="http://schemas.openxmlformats.org/'
            b'spreadsheetml/2006/main">%b<sheetData>' % self._widths()
        )
        self._put([*self._source.names, *self._added])

    def _widths(self) -> bytes:
        """Return the widths of the new columns."""
        if not self._added:
            return b""
        return b"<cols>%b</cols>" % col_xml(self._source.width, self._added, self._longest)

    def write(self, row: Row, new: New) -> None:
        """Write one row."""
        changed, added, _ = new
        self._put([*self._source.whole(row, changed), *added])

    def _put(self, cells: Sequence[str]) -> None:
        self._line += 1
        if self._line > _MAX_ROWS:
            raise OutputError(
                f"a sheet holds no more than {_MAX_ROWS} rows", next="write CSV: --format csv"
            )
        texts = enumerate(map(self.fitting, cells))
        numbers = self._numbers if self._line > 1 else ()
        xml = [cell_xml(at, self._line, text, number=at in numbers) for at, text in texts if text]
        self._sheet.write(b'<row r="%d">%b</row>' % (self._line, b"".join(xml)))

    def discard(self) -> None:
        """Let go of the archive without finishing it."""
        with suppress(AttributeError):  # whatever was not opened yet
            self._archive.fp = None  # closing must not write to a file that is gone
            self._sheet.close()

    def end(self) -> None:
        """Close the sheet and the archive."""
        self._sheet.write(b"</sheetData></worksheet>")
        self._sheet.close()
        self._archive.close()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)  # always of 1980: equal content gives equal files
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
