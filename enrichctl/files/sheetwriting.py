"""Write new cells into the XLSX sheet that was read.

The workbook is not rebuilt: its archive is copied and only the rows of the one sheet
that get new cells are edited, as text. So styles, widths, charts, other sheets and all that a
library would not know stay as they are, and memory does not depend on the number of rows.
"""

import re
import shutil
import zipfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack
from typing import IO, BinaryIO
from xml.sax.saxutils import escape

from openpyxl.utils import column_index_from_string, get_column_letter

from enrichctl.errors import OutputError
from enrichctl.files.archivepart import GrowingPart
from enrichctl.files.celltext import MOST_COLUMNS, SheetRenderer, encoded, is_number
from enrichctl.files.newsheets import NewWorkbook
from enrichctl.files.records import NUMBERS, New, Renderer, Row, Source
from enrichctl.files.sheetframe import Frame
from enrichctl.files.sheets import SheetSource
from enrichctl.patterns import pattern

_CHUNK = 1 << 18

_ROW = pattern(rb"<((?:\w+:)?)row\b[^>]*?(?:/>|>.*?</\1row>)", re.DOTALL)
_DATA_END = pattern(rb"</(?:\w+:)?sheetData>|<(?:\w+:)?sheetData\s*/>")
_CELL = pattern(rb"<((?:\w+:)?)c\b([^>]*?)(?:/>|>(.*?)</\1c>)", re.DOTALL)
_ROW_TAG = pattern(rb"<((?:\w+:)?)row\b([^>]*?)/?>")
_NUMBER = pattern(rb'\br="(\d+)"')
_COLUMN = pattern(rb'\br="([A-Z]{1,3})\d+"')
_STYLE = pattern(rb'\ss="\d+"')
_TEXT = pattern(rb'\st="(?:s|str|inlineStr)"')
_SPANS = pattern(rb'\sspans="[^"]*"')
_DIMENSION = pattern(rb'(dimension ref="[A-Z]+\d+)(?::([A-Z]{1,3})(\d+))?"')
# The order of calculation is optional and would name formulas that were replaced.
_CALC_CHAIN = pattern(rb"<(?:Override|Relationship)\b[^>]*calcChain[^>]*?/>")
_FORMULA_OF_MANY = pattern(rb'<(?:\w+:)?f\b[^>]*\bref="')


def renderer(
    source: Source, sink: BinaryIO, added: Sequence[str], longest: Sequence[int] = ()
) -> Renderer:
    """Return what writes XLSX for a source: its own workbook, or a new one.

    Args:
        source: What the rows come from.
        sink: Where to.
        added: Names of the new columns.
        longest: The length of the longest text of each, where that is known.

    Raises:
        OutputError: A sheet cannot hold so many columns.
    """
    if source.width + len(added) > MOST_COLUMNS:
        raise OutputError(
            f"a sheet holds no more than {MOST_COLUMNS} columns", next="write CSV: --format csv"
        )
    if isinstance(source, SheetSource):
        return SameWorkbook(source, sink, added, longest)
    return NewWorkbook(source, sink, added, longest)


class SameWorkbook(SheetRenderer):
    """Edits the sheet that was read and copies the rest of its workbook.

    Nothing is started before the first new cell: an output without any is the input's bytes.
    """

    def __init__(
        self,
        source: SheetSource,
        sink: BinaryIO,
        added: Sequence[str],
        longest: Sequence[int] = (),
    ) -> None:
        self._source = source
        self._sink = sink
        self._added = added
        self._first_new = source.width if added else 0
        self._frame = Frame(source.header_line, self._first_new, added, longest) if added else None
        self._numbers = {at for at, name in enumerate(source.header) if name in NUMBERS}
        self._numbers |= {self._first_new + at for at, name in enumerate(added) if name in NUMBERS}
        self._open = ExitStack()
        self._started = False
        self._lines: Iterator[tuple[bytes, bytes, int]] = iter(())
        self._rest: list[zipfile.ZipInfo] = []

    def begin(self) -> None:
        """Write the header when there are new columns."""
        if self._added:
            names = {self._first_new + i: name for i, name in enumerate(self._added)}
            self._put(self._source.header_line, names, as_last=True)

    def write(self, row: Row, new: New) -> None:
        """Write one row's new cells; a blank text makes none."""
        changed, added, _ = new
        cells = {index: self.fitting(text) for index, text in changed.items()}
        cells.update((self._first_new + i, self.fitting(t)) for i, t in enumerate(added) if t)
        if cells:
            self._put(row.line, cells)

    def _put(self, line: int, new: dict[int, str], *, as_last: bool = False) -> None:
        if not self._started:
            self._start()
        for before, raw, number in self._lines:
            self._part.write(self._widened(before) if as_last else before)
            if number == line:
                self._part.write(_edited(raw, line, new, self._numbers, as_last=as_last))
                return
            self._part.write(raw)
        raise OutputError(f"row {line} of the sheet is gone", next="report it")

    def _widened(self, before: bytes) -> bytes:
        """Return the sheet's opening with the size that it says it has."""
        last = self._first_new + len(self._added)

        def widen(found: re.Match[bytes]) -> bytes:
            end, bottom = found[2] or b"A", found[3] or b"1"
            name = get_column_letter(max(last, column_index_from_string(end.decode())))
            return b'%b:%b%b"' % (found[1], name.encode(), bottom)

        assert self._frame is not None  # noqa: S101 - the header is written for new columns
        return self._frame.opening(_DIMENSION.sub(widen, before, count=1))

    def _start(self) -> None:
        self._started = True
        read = self._open.enter_context(self._source.origin.open())
        self._read = self._open.enter_context(zipfile.ZipFile(read))
        self._archive = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_DEFLATED)
        member = self._source.member.lstrip("/")
        infos = self._read.infolist()
        at = next(i for i, info in enumerate(infos) if info.filename == member)
        if self._frame:
            self._frame.look(self._read, member)
        self._copy(infos[:at])
        self._rest = infos[at + 1 :]
        self._lines = _lines(self._open.enter_context(self._read.open(infos[at])))
        self._part = self._archive.open(_like(infos[at], GrowingPart), "w", force_zip64=True)

    def _copy(self, infos: Sequence[zipfile.ZipInfo]) -> None:
        for info in infos:
            if info.filename == "xl/calcChain.xml":
                continue
            if edited := self._changed(info):
                self._archive.writestr(_like(info), edited)
                continue
            with self._read.open(info) as old, self._archive.open(_like(info), "w") as new:
                shutil.copyfileobj(old, new, _CHUNK)

    def _changed(self, info: zipfile.ZipInfo) -> bytes:
        """Return a part of the workbook that does not stay as it is; b"" when it does."""
        name, frame = info.filename, self._frame
        if name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
            return _CALC_CHAIN.sub(b"", self._read.read(info))
        if frame and name == "xl/workbook.xml":
            return frame.workbook(self._read.read(info))
        return frame.tables.get(name, b"") if frame else b""

    def end(self) -> None:
        """Write the rest of the sheet and of the workbook."""
        if not self._started:
            with self._source.origin.open() as file:
                shutil.copyfileobj(file, self._sink, _CHUNK)
            return
        with self._open:
            for before, raw, number in self._lines:
                text = self._frame.ending(before) if self._frame and not number else before
                self._part.write(text + raw)
            self._part.close()
            self._copy(self._rest)
            self._archive.close()

    def discard(self) -> None:
        """Let go of both archives without finishing the new one."""
        self._open.close()
        super().discard()


def _like(info: zipfile.ZipInfo, kind: type[zipfile.ZipInfo] = zipfile.ZipInfo) -> zipfile.ZipInfo:
    """Return a new archive entry with the old one's name, date and compression."""
    new = kind(info.filename, info.date_time)
    new.compress_type = info.compress_type
    new.external_attr = info.external_attr
    return new


def _lines(sheet: IO[bytes]) -> Iterator[tuple[bytes, bytes, int]]:
    """Read the sheet's XML as (text before a row, the row, its number); the end has no row."""
    buffer = sheet.read(_CHUNK)
    number = at = 0
    while True:
        found = _ROW.search(buffer, at)
        if found is None:
            more = b"" if _DATA_END.search(buffer, at) else sheet.read(_CHUNK)
            if not more:
                break
            buffer, at = buffer[at:] + more, 0
            continue
        stated = _NUMBER.search(found[0][: found[0].index(b">")])
        number = int(stated[1]) if stated else number + 1
        yield buffer[at : found.start()], found[0], number
        at = found.end()
    yield buffer[at:], b"", 0
    while more := sheet.read(_CHUNK):
        yield more, b"", 0


def _edited(
    raw: bytes, line: int, new: dict[int, str], numbers: Collection[int], *, as_last: bool
) -> bytes:
    """Return a row's XML with new cells in their places.

    They have the style of the row's last text, so that they look like their neighbours.

    Args:
        raw: The row as it is.
        line: Its number.
        new: Column index → text.
        numbers: Columns whose texts are numbers.
        as_last: Give new cells the style of the row's last cell.
    """
    tag = _ROW_TAG.match(raw)
    assert tag is not None  # noqa: S101 - it is how the row was found
    prefix = tag[1]
    cells: dict[int, bytes] = {}
    at, stop = -1, tag.end()
    style = last_text = b""
    for found in _CELL.finditer(raw, tag.end()):
        named = _COLUMN.search(found[2])
        at = column_index_from_string(named[1].decode()) - 1 if named else at + 1
        cells[at] = found[0]
        stop = found.end()
        own = _STYLE.search(found[2])
        style = own[0] if own else b""
        if _TEXT.search(found[2]):
            last_text = style
        if at in new:
            text = new.pop(at)
            if not _FORMULA_OF_MANY.search(found[3] or b""):  # others take their formula from it
                cells[at] = _cell(at, line, text, prefix, style, number=at in numbers)
    for at, text in new.items():
        own_style = style if as_last else last_text
        number = at in numbers and not as_last
        cells[at] = _cell(at, line, text, prefix, own_style, number=number)
    opening = b"<%brow%b>" % (prefix, _SPANS.sub(b"", tag[2]))
    closing = b"</%brow>" % prefix if raw.endswith(b"/>") and stop == len(raw) else raw[stop:]
    return opening + b"".join(cells[index] for index in sorted(cells)) + closing


def _cell(at: int, line: int, text: str, p: bytes, style: bytes, *, number: bool) -> bytes:
    """Return the XML of a cell; only with ``number`` is a text ever read as one."""
    opening = b'<%bc r="%b%d"%b' % (p, get_column_letter(at + 1).encode(), line, style)
    if number and is_number(text):
        return b"%b><%bv>%b</%bv></%bc>" % (opening, p, text.encode(), p, p)
    body = escape(encoded(text)).encode()
    return (
        b'%b t="inlineStr"><%bis><%bt xml:space="preserve">%b</%bt></%bis></%bc>'
        % (opening, p, p, body, p, p, p)
    )  # fmt: skip
