"""Read XLSX: one sheet of a workbook, its cells as they are shown."""

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, BinaryIO

from openpyxl import load_workbook

from enrichctl.errors import InputError
from enrichctl.files.cellformat import shown
from enrichctl.files.dialect import find_header, looks_like_data
from enrichctl.files.origin import MAX_UNPACKED, Origin
from enrichctl.files.records import Row, Source, counted

_SAMPLE = 100


class SheetSource(Source):
    """One sheet of an XLSX workbook.

    Attributes:
        sheet: The sheet's name.
        member: The sheet's path in the workbook's archive.
        header_line: The sheet's row that holds the column names.
    """

    format = "xlsx"

    def __init__(self, origin: Origin, sheet: str | None) -> None:
        super().__init__(origin)
        self.sheet = sheet
        self.member = ""
        self._widest = 0
        self._surveyed = False
        first = list(islice(((n, r) for n, r in self._lines() if any(r)), _SAMPLE))
        if not first:
            raise InputError(
                f"sheet {self.sheet!r} of {self.label} is empty",
                next="name another one with --sheet",
            )
        place = find_header([cells for _, cells in first])
        self.header_line, self.header = first[place]
        self._widest = len(self.header)
        if looks_like_data(self.header):
            raise InputError(
                f"row {self.header_line} of sheet {self.sheet!r} looks like a record,"
                " not like a header",
                next="add a first row with the column names, for example: email, first_name",
            )
        if place:
            self.notes.append(f"the header is in row {self.header_line}; rows above it are kept")

    @contextmanager
    def _workbook(self) -> Iterator[Any]:
        with self.origin.open() as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what openpyxl would drop is not written by it
            try:
                self._check_size(file)
                book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            except InputError:
                raise
            except Exception as error:  # openpyxl raises whatever the XML makes it stumble over
                raise InputError(
                    f"{self.label} is not a sound XLSX workbook",
                    next="open it in a spreadsheet and save it again, or export the table as CSV",
                ) from error
            try:
                yield book
            finally:
                book.close()

    def _check_size(self, file: BinaryIO) -> None:
        with zipfile.ZipFile(file) as archive:
            size = sum(info.file_size for info in archive.infolist())
        if size > MAX_UNPACKED:
            raise InputError(
                f"{self.label} unpacks to {size >> 20} MiB, more than a sheet can hold",
                next="export the table as CSV",
            )

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        """Read row number and cells, without the blank ones at the end."""
        with self._workbook() as book:
            page = self._page(book)
            page.reset_dimensions()  # exporters often state them wrong
            for number, line in enumerate(page.iter_rows(), 1):
                cells = [
                    "" if cell.value is None else shown(cell.value, cell.number_format)
                    for cell in line
                ]
                while cells and not cells[-1]:
                    cells.pop()
                yield number, cells

    def _page(self, book: Any) -> Any:
        names = [page.title for page in book.worksheets]
        if self.sheet is None:
            if not names:
                raise InputError(f"{self.label} holds no sheet", next="export the table as CSV")
            self.sheet = names[0]
            if len(names) > 1:
                self.notes.append(f"sheet {names[0]!r} is read; the others are kept as they are")
        if self.sheet not in names:
            raise InputError(
                f"{self.label} has no sheet {self.sheet!r}",
                next=f"choose one of: {', '.join(names)}",
            )
        page = book[self.sheet]
        self.member = page._worksheet_path  # noqa: SLF001 - openpyxl tells it nowhere else
        return page

    def rows(self) -> Iterator[Row]:
        """Read all rows below the header that hold anything."""
        width = len(self.header)
        number = 0
        long = 0
        for line, cells in self._lines():
            if line <= self.header_line or not any(cells):
                continue
            number += 1
            count = len(cells)
            problem = ""
            if count > width:
                problem = f"row {line} has {count} cells, the header has {width}"
                long += 1
                self._widest = max(self._widest, count)
            yield Row(number, line, (cells + [""] * (width - count))[:width], cells, problem)
        if long and not self._surveyed:
            self.notes.append(f"{counted(long, 'row')} longer than the header, kept as is")
        self._surveyed = True

    @property
    def width(self) -> int:
        """Return the last column that any row uses; reads the sheet if that was not done yet."""
        if not self._surveyed:
            for _ in self.rows():
                pass
        return self._widest

    def extra_cells(self, row: Row) -> list[str]:
        """Return the cells of a row that stand beyond the header."""
        extra: list[str] = row.original[len(self.header) :]
        return extra
