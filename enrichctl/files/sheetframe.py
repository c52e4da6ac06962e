"""What of a sheet stands around its cells and follows new columns: widths, filter, tables."""

import posixpath
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

from openpyxl.utils import column_index_from_string, get_column_letter

from enrichctl.files.celltext import widths
from enrichctl.patterns import pattern

_CHUNK = 1 << 18
_LONGEST_TAG = 1 << 10

_FILTER = pattern(rb'<(?:\w+:)?autoFilter\b[^>]*?\bref="([^"]+)"')
_REF = pattern(rb"\$?([A-Z]+)\$?(\d+):\$?([A-Z]{1,3})\$?(\d+)")
_TABLE = pattern(rb"<(?:\w+:)?table\b[^>]*>")
_TABLE_COLUMNS = pattern(rb"<((?:\w+:)?)tableColumns\b[^>]*?>(.*?)</\1tableColumns>", re.DOTALL)
_ID = pattern(rb'<(?:\w+:)?tableColumn\b[^>]*?\bid="(\d+)"')
_NAME = pattern(rb'<(?:\w+:)?tableColumn\b[^>]*?\bname="([^"]*)"')
_TARGET = pattern(rb"<Relationship\b[^>]*?/?>")
_IS_TABLE = pattern(rb'Type="[^"]*/table"')
_TO = pattern(rb'Target="([^"]+)"')
_COLS = pattern(rb"<((?:\w+:)?)cols\b[^>]*>(.*?)</\1cols>", re.DOTALL)
_COL = pattern(rb"<(?:\w+:)?col\b[^>]*?/>")
_MIN, _MAX = pattern(rb'\bmin="(\d+)"'), pattern(rb'\bmax="(\d+)"')
_DATA = pattern(rb"<((?:\w+:)?)sheetData\b")
_FILTER_NAME = pattern(rb"(<definedName\b[^>]*_xlnm\._FilterDatabase[^>]*>)([^<]*)(</definedName>)")


@dataclass(slots=True)
class Frame:
    """The frame of a sheet, and how it changes.

    Attributes:
        header_line: The row that holds the column names.
        first: Index of the first new column.
        names: The new columns.
        longest: The length of the longest text of each, where that is known.
        filter: The filter's range, as it stands, where it ends before the new columns.
        tables: Path of a table's part that ends there → the part with the new columns in it.
    """

    header_line: int
    first: int
    names: Sequence[str]
    longest: Sequence[int] = ()
    filter: bytes = b""
    tables: dict[str, bytes] = field(default_factory=dict)

    def look(self, archive: zipfile.ZipFile, member: str) -> None:
        """Find the filter and the tables that end where the new columns begin."""
        with archive.open(member) as sheet:
            before = b""
            while more := sheet.read(_CHUNK):
                if found := _FILTER.search(before + more):
                    self.filter = found[1] if self._widened(found[1]) else b""
                before = more[-_LONGEST_TAG:]
        folder, name = posixpath.split(member)
        relations = f"{folder}/_rels/{name}.rels"
        if relations not in archive.namelist():
            return
        for relation in _TARGET.findall(archive.read(relations)):
            to = _TO.search(relation)
            if not (to and _IS_TABLE.search(relation)):
                continue
            path = posixpath.normpath(posixpath.join("/", folder, to[1].decode())).lstrip("/")
            if path in archive.namelist() and (table := self._table(archive.read(path))):
                self.tables[path] = table

    def opening(self, text: bytes) -> bytes:
        """Return the text before a sheet's rows with the widths of its new columns."""
        data = _DATA.search(text)
        if data is None:
            return text
        new = self._widths(data[1])
        found = _COLS.search(text)
        if found is None:
            cols = b"<%bcols>%b</%bcols>" % (data[1], new, data[1])
            return text[: data.start()] + cols + text[data.start() :]
        held = b"".join(self._cut(col) for col in _COL.findall(found[2]))
        cols = b"<%bcols>%b%b</%bcols>" % (found[1], held, new, found[1])
        return text[: found.start()] + cols + text[found.end() :]

    def _widths(self, prefix: bytes) -> bytes:
        """Return the XML of the new columns' widths."""
        return b"".join(
            b'<%bcol min="%d" max="%d" width="%d" customWidth="1"/>' % (prefix, at, at, width)
            for at, width in enumerate(widths(self.names, self.longest), self.first + 1)
        )

    def ending(self, text: bytes) -> bytes:
        """Return the text behind a sheet's rows with its filter over the new columns."""
        if not self.filter:
            return text
        return _FILTER.sub(lambda f: f[0].replace(f[1], self._widened(f[1]) or f[1]), text)

    def workbook(self, text: bytes) -> bytes:
        """Return the workbook's own part with the filter's name over the new columns."""
        if not self.filter:
            return text

        def widen(found: re.Match[bytes]) -> bytes:
            sheet, mark, ref = found[2].rpartition(b"!")
            same = ref.replace(b"$", b"") == self.filter.replace(b"$", b"")
            return found[1] + sheet + mark + (self._widened(ref) if same else ref) + found[3]

        return _FILTER_NAME.sub(widen, text)

    def _widened(self, ref: bytes) -> bytes:
        """Return a range with the new columns in it; b"" where it does not end before them."""
        found = _REF.fullmatch(ref)
        if not found or int(found[2]) != self.header_line:
            return b""
        if column_index_from_string(found[3].decode()) != self.first:
            return b""
        last = get_column_letter(self.first + len(self.names)).encode()
        return ref[: found.start(3)] + last + ref[found.end(3) :]

    def _table(self, text: bytes) -> bytes:
        """Return a table's part with the new columns in it; b"" where it has no room for them."""
        tag, columns = _TABLE.search(text), _TABLE_COLUMNS.search(text)
        ref = re.search(rb'\bref="([^"]+)"', tag[0]) if tag else None
        if not (tag and columns and ref) or b'headerRowCount="0"' in tag[0]:
            return b""
        new_ref = self._widened(ref[1])
        held = {name.decode().casefold() for name in _NAME.findall(columns[2])}
        if not new_ref or not held.isdisjoint(name.casefold() for name in self.names):
            return b""  # names are unique in a table
        last = max(map(int, _ID.findall(columns[2])), default=0)
        count = len(_NAME.findall(columns[2])) + len(self.names)
        more = b"".join(
            b'<%btableColumn id="%d" name=%b/>' % (columns[1], last + at, quoteattr(name).encode())
            for at, name in enumerate(self.names, 1)
        )
        p = columns[1]
        made = b'<%btableColumns count="%d">%b%b</%btableColumns>' % (p, count, columns[2], more, p)
        text = text[: columns.start()] + made + text[columns.end() :]
        return text.replace(b'ref="%b"' % ref[1], b'ref="%b"' % new_ref)

    def _cut(self, col: bytes) -> bytes:
        """Return what is said of some columns, without the new ones; b"" when nothing is left."""
        low, high = _MIN.search(col), _MAX.search(col)
        if not (low and high):
            return b""
        start, stop = int(low[1]), min(int(high[1]), self.first)
        if stop < start:
            return b""
        return col[: high.start(1)] + str(stop).encode() + col[high.end(1) :]
