"""Open a workbook and read the rows of a sheet, whatever program wrote it.

openpyxl reads the parts. What it leaves out or trips over is mended here: it does not say which
cells are formulas or which rows are hidden, leaves ``_x000D_`` undecoded, and stops at a style
that is not there.
"""

import warnings
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.worksheet._reader import FORMULA_TAG, VALUE_TAG, WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from enrichctl.errors import InputError
from enrichctl.files.cellformat import shown
from enrichctl.files.celltext import MOST_COLUMNS, decoded
from enrichctl.files.origin import MAX_UNPACKED, Origin, is_too_dense

_STRINGS = "xl/sharedStrings.xml"
_MOST_STRINGS = 1 << 30  # bytes of the part that is held in memory
_STRICT = b"http://purl.oclc.org/ooxml/"
_ITEM = f"{{{SHEET_MAIN_NS}}}si"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook: its name, its path in the archive, whether it is hidden."""

    name: str
    member: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of a sheet.

    Attributes:
        number: From 1.
        texts: The cells as they are shown, without the blank ones at the end.
        formulas: Cells whose formula has no result that says anything: none, a blank, an error;
            and what another format has in their place: the formula as it is typed, or the result.
        unstored: How many of these have no result at all: no spreadsheet has calculated them.
        hidden: It is not shown, because of a filter or by hand.
    """

    number: int
    texts: list[str]
    formulas: Mapping[int, str]
    unstored: int
    hidden: bool


@contextmanager
def opened(origin: Origin) -> Iterator["Workbook"]:
    """Open a workbook for reading.

    Raises:
        InputError: It is none, is of a kind that cannot be read, or unpacks to too much; reading
            its rows raises the same where they are broken.
    """
    with origin.open() as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl would drop is not written by it
        try:
            _check(file, origin)
            reader = _Reader(file)
            reader.read()
            yield Workbook(reader)
        except (InputError, GeneratorExit):
            raise
        except Exception as error:  # of any kind, as the XML is broken
            raise InputError(
                f"{origin.label} is not a sound XLSX workbook",
                next="open it in a spreadsheet and save it again, or export the table as CSV",
            ) from error


def _check(file: BinaryIO, origin: Origin) -> None:
    with zipfile.ZipFile(file) as archive:
        infos = {info.filename: info for info in archive.infolist()}
        size = sum(info.file_size for info in infos.values())
        strings = infos[_STRINGS].file_size if _STRINGS in infos else 0
        if size > MAX_UNPACKED or strings > _MOST_STRINGS or is_too_dense(size, origin.size):
            raise InputError(
                f"{origin.label} unpacks to {size >> 20} MiB, more than a sheet can hold",
                next="export the table as CSV",
            )
        if "xl/workbook.xml" in infos:
            with archive.open("xl/workbook.xml") as part:
                strict = _STRICT in part.read(1 << 12)
            if strict:
                raise InputError(
                    f"{origin.label} is a Strict Open XML workbook, which is not read",
                    next="save it as “Excel Workbook (.xlsx)”, or export the table as CSV",
                )


class Workbook:
    """An opened workbook.

    Attributes:
        sheets: Those that have cells, in their order.
    """

    def __init__(self, reader: "_Reader") -> None:
        self._book: Any = reader.wb
        self._strings = reader.shared_strings
        self._archive = reader.archive
        pages: Any = self._book.worksheets
        self.sheets = [
            # openpyxl tells the path nowhere else.
            Sheet(page.title, page._worksheet_path.lstrip("/"), page.sheet_state != "visible")  # noqa: SLF001
            for page in pages
        ]

    def lines(self, sheet: Sheet) -> Iterator[SheetRow]:
        """Read the rows of a sheet."""
        book = self._book
        formats: dict[int, str] = {}
        with self._archive.open(sheet.member) as source:
            parser = _Parser(
                source,
                self._strings,
                data_only=True,
                epoch=book.epoch,
                date_formats=book._date_formats,  # noqa: SLF001 - as its own reader does
                timedelta_formats=book._timedelta_formats,  # noqa: SLF001 - the same
            )
            for number, cells in parser.parse():
                texts: list[str] = []
                formulas: dict[int, str] = {}
                unstored = 0
                for cell in cells:
                    at, value = cell["column"] - 1, cell["value"]
                    if value is not None:
                        style = cell["style_id"]
                        if style not in formats:
                            formats[style] = self._format(style)
                        value = shown(value, formats[style])
                    if cell["formula"] and (not value or cell["data_type"] == "e"):
                        formulas[at] = cell["typed"] or value or ""
                        unstored += cell["formula"] == "unstored"
                        value = ""
                    elif not value:
                        continue
                    if not 0 <= at < MOST_COLUMNS:
                        raise ValueError("a cell stands where no column is")
                    texts += [""] * (at + 1 - len(texts))
                    texts[at] = value
                yield SheetRow(number, texts, formulas, unstored, parser.hidden)

    def _format(self, style: int) -> str:
        """Return the number format of a style; one that is not there shows as it is."""
        styles = self._book._cell_styles  # noqa: SLF001 - a cell reads it from there
        if style >= len(styles):
            return "General"
        number = styles[style].numFmtId
        if number < BUILTIN_FORMATS_MAX_SIZE:
            return BUILTIN_FORMATS.get(number, "General")
        own = self._book._number_formats  # noqa: SLF001 - the same
        at = number - BUILTIN_FORMATS_MAX_SIZE
        return own[at] if at < len(own) else "General"


class _Reader(ExcelReader):
    """Reads what tells the cells of a workbook, and not the rest, which may be broken."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file, read_only=True, data_only=True, keep_links=False)

    def read_strings(self) -> None:
        """Read the texts that cells share; a workbook may have none."""
        package: Any = self.package
        stated = package.find(SHARED_STRINGS)
        name = stated.PartName.lstrip("/") if stated is not None else _STRINGS
        if name not in self.valid_files:
            return
        with self.archive.open(name) as source:
            for _, node in iterparse(source):
                if node.tag == _ITEM:
                    text: Any = Text.from_tree(node)
                    self.shared_strings.append(decoded(text.content or ""))
                    node.clear()

    def read_properties(self) -> None:
        """Leave out who wrote it."""

    def read_custom(self) -> None:
        """Leave out what else is said of it."""

    def read_theme(self) -> None:
        """Leave out its colours."""


class _Parser(WorkSheetParser):
    """Reads rows, and of each cell whether it is a formula, and how that is typed.

    Attributes:
        hidden: Whether the row that was read last is hidden.
    """

    hidden = False

    def parse_row(self, row: Any) -> tuple[int, list[dict[str, Any]]]:
        """Read a row."""
        self.hidden = row.get("hidden") in ("1", "true")
        number, cells = super().parse_row(row)
        self.row_dimensions.clear()  # nobody asks for them, and there may be a million
        return number, cells

    def parse_cell(self, element: Any) -> dict[str, Any]:
        """Read a cell."""
        if not element.get("s", "0").isdecimal():
            del element.attrib["s"]
        cell: dict[str, Any] = super().parse_cell(element)
        shared = element.get("t") == "s"
        if isinstance(cell["value"], str) and not shared:
            cell["value"] = decoded(cell["value"])
        cell["formula"] = cell["typed"] = ""
        if element.find(FORMULA_TAG) is not None:
            # A program that has calculated a blank text states its type.
            stored = element.findtext(VALUE_TAG) or element.get("t") == "str"
            cell["formula"] = "stored" if stored else "unstored"
            typed = self._typed(element)  # others may be like one that has a result
            cell["typed"] = "" if stored else typed
        return cell

    def _typed(self, element: Any) -> str:
        """Return a formula as it is typed, "" where that cannot be told."""
        try:
            formula: Any = self.parse_formula(element)  # type: ignore[no-untyped-call]
        except Exception:  # noqa: BLE001 - of any kind: what is odd of one is no reason to stop
            return ""
        text = getattr(formula, "text", formula)
        return decoded(text) if isinstance(text, str) and text != "=" else ""
