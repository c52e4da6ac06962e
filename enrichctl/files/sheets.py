"""Read XLSX: one sheet of a workbook, its cells as they are shown."""

from collections.abc import Iterator
from itertools import islice

from enrichctl.errors import InputError
from enrichctl.files.dialect import find_header, looks_like_data
from enrichctl.files.origin import Origin
from enrichctl.files.records import RaggedSource, Row
from enrichctl.files.workbook import Sheet, SheetRow, Workbook, opened
from enrichctl.model import counted

_SAMPLE = 100


class SheetSource(RaggedSource):
    """One sheet of an XLSX workbook.

    Attributes:
        sheet: The sheet's name.
        sheets: The names of all that are not hidden.
        member: The sheet's path in the workbook's archive.
        header_line: The sheet's row that holds the column names.
    """

    format = "xlsx"

    def __init__(self, origin: Origin, sheet: str | None) -> None:
        super().__init__(origin)
        self.sheet = sheet
        self.sheets: list[str] = []
        self.member = ""
        first = list(islice((line for line in self._lines() if any(line.texts)), _SAMPLE))
        if not first:
            raise InputError(
                f"sheet {self.sheet!r} of {self.label} is empty",
                next="name another one with --sheet",
            )
        place = find_header([line.texts for line in first])
        self.header_line, self.header = first[place].number, first[place].texts
        self._widest = len(self.header)
        if looks_like_data(self.header):
            raise InputError(
                f"row {self.header_line} of sheet {self.sheet!r} looks like a record,"
                " not like a header",
                next="add a first row with the column names, for example: email, first_name",
            )
        if place:
            self.notes.append(f"the header is in row {self.header_line}; rows above it are kept")

    def _lines(self) -> Iterator[SheetRow]:
        """Read the sheet's rows, each without the blank cells at its end."""
        with opened(self.origin) as book:
            sheet = self._choose(book)
            self.member = sheet.member
            yield from book.lines(sheet)

    def _choose(self, book: Workbook) -> Sheet:
        """Return the sheet that is meant: the first that is not hidden, unless one was named."""
        names = [sheet.name for sheet in book.sheets]
        if not names:
            raise InputError(f"{self.label} holds no sheet", next="export the table as CSV")
        seen = self.sheets = [sheet.name for sheet in book.sheets if not sheet.hidden]
        if self.sheet is None:
            self.sheet = (seen or names)[0]
            if len(names) > 1:
                hidden = [name for name in names[: names.index(self.sheet)] if name not in seen]
                also = f" (hidden: {', '.join(map(repr, hidden))})" if hidden else ""
                self.notes.append(
                    f"sheet {self.sheet!r} is read, one of {len(names)}{also}; --sheet NAME reads"
                    " another"
                )
        alike = [name for name in names if name.casefold() == self.sheet.casefold()]
        if len(alike) == 1:  # Excel takes them for one as well
            self.sheet = alike[0]
        if self.sheet not in names:
            raise InputError(
                f"{self.label} has no sheet {self.sheet!r}",
                next=f"choose one of: {', '.join(names)}",
            )
        return book.sheets[names.index(self.sheet)]

    def rows(self) -> Iterator[Row]:
        """Read all rows below the header that hold anything."""
        width = len(self.header)
        number = long = hidden = unstored = unclear = 0
        for line in self._lines():
            cells = line.texts
            if line.number <= self.header_line or not (line.formulas or any(cells)):
                continue
            number += 1
            hidden += line.hidden
            unstored += line.unstored
            unclear += len(line.formulas) - line.unstored
            count = len(cells)
            problem = ""
            if count > width:
                problem = f"row {line.number:,} has {count} cells, the header has {width}"
                long += 1
                self._widest = max(self._widest, count)
            texts = (cells + [""] * (width - count))[:width]
            shown, opaque = cells, frozenset(line.formulas)
            if opaque:
                shown = [line.formulas.get(at) or text for at, text in enumerate(cells)]
            yield Row(number, line.number, texts, shown, problem, opaque=opaque)
        if not self._surveyed:
            self._surveyed = True
            self._note(long, hidden, unstored, unclear)

    def _note(self, long: int, hidden: int, unstored: int, unclear: int) -> None:
        notes = {
            f"{counted(long, 'row')} longer than the header, kept as is": long,
            f"{counted(hidden, 'row')} hidden in the sheet, by a filter or by hand: read like the"
            " others": hidden,
            f"{counted(unstored, 'formula')} without a stored result: kept as filled cells, in"
            " another format as they are typed, and what they hold is not sent; open the workbook"
            " in a spreadsheet and save it first": unstored,
            f"{counted(unclear, 'formula')} with a blank result or an error: kept as filled"
            " cells": unclear,
        }
        self.notes += [note for note, count in notes.items() if count]

    def extra_cells(self, row: Row) -> list[str]:
        """Return the cells of a row that stand beyond the header."""
        extra: list[str] = row.original[len(self.header) :]
        return extra

    def shown(self, row: Row) -> list[str]:
        """Return the cells of a row, a formula that has no result as it is typed."""
        if not row.opaque:
            return row.cells
        shown: list[str] = row.original[: len(self.header)]
        return shown + [""] * (len(self.header) - len(shown))
