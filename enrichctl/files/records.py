"""What every format reads and writes: rows, the input they come from, the output they go to."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, Self

from enrichctl.errors import InputError
from enrichctl.files.origin import Origin

NUMBERS = frozenset({"enrichctl_confidence"})  # new columns that are there to be sorted and summed


@dataclass(slots=True)
class Row:
    """One record of the input.

    Attributes:
        number: From 1, the header not counted.
        line: Line of the file on which it starts; the sheet's row for XLSX.
        cells: Text per column of the header; "" when absent or null.
        original: What the format's writer needs to give the record back untouched.
        problem: What is odd about its shape, in words; "" when nothing is.
        shifted: Why its cells may stand in the wrong columns, in words; "" when they do not. What
            is read of such a record must be told to nobody.
        opaque: Columns that are filled with what is no value to read: a formula whose result is
            not known, an object or a list within the record.
        earlier: What stands of an earlier run apart from the cells, as its columns would have it:
            sources, confidence and note; () where nothing does.
    """

    number: int
    line: int
    cells: list[str]
    original: Any
    problem: str = ""
    shifted: str = ""
    opaque: frozenset[int] = frozenset()
    earlier: tuple[()] | tuple[str, str, str] = ()


class Source(ABC):
    """An opened input that can be read again and again.

    Attributes:
        name: The path as given, or ``-``.
        label: The name in messages: ``stdin`` instead of ``-``.
        path: The real path; None for stdin and pipes.
        format: One of ``FORMATS``.
        header: Column names as they stand, duplicates and blanks included; for JSON every key of
            the whole input, in the order of first appearance.
        notes: What the user should be told. What only a whole pass can show (ragged rows, a
            footer) is added when ``rows()`` has first run to its end.
        types: Of the columns, as `table_types` calls them; none where all are texts, or the format
            has types of its own.
        hint: What is wrong with it, if none of its columns is a known field; None where unknown.
        fixed: Columns that stand in names of folders: they are read, and nothing is written there.
        folders: Column → text, as the names of its folders say it, where it is one of several.
    """

    format: str
    encoding: str = "utf-8"
    types: Sequence[str] = ()
    hint: InputError | None = None
    fixed: frozenset[int] = frozenset()
    folders: Mapping[str, str] = MappingProxyType({})

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self.name = origin.name
        self.label = origin.label
        self.path: Path | None = origin.path
        self.header: list[str] = []
        self.notes: list[str] = list(origin.notes)

    @abstractmethod
    def rows(self) -> Iterator[Row]:
        """Read all records from the first one, in memory that does not depend on their number."""

    @property
    def width(self) -> int:
        """Return the cells of the longest record; more than the header when rows are ragged."""
        return len(self.header)

    def extra_cells(self, row: Row) -> list[str]:  # noqa: ARG002 - only some formats can have them
        """Return the cells of a record that stand beyond the header."""
        return []

    @property
    def names(self) -> list[str]:
        """Return the names of all columns; those that only longer records have get none."""
        return self.header + [""] * (self.width - len(self.header))

    def whole(self, row: Row, changed: Mapping[int, str]) -> list[str]:
        """Return all cells of a record, as many as the longest has, with some of them changed."""
        cells = self.shown(row) + self.extra_cells(row)
        cells += [""] * (self.width - len(cells))
        for index, text in changed.items():
            cells[index] = text
        return cells

    def plain(self, row: Row) -> list[Any]:
        """Return the cells of a record as JSON has them: texts, unless the format has types."""
        return list(self.shown(row))

    def shown(self, row: Row) -> list[str]:
        """Return the cells of a record as another format has them, also those nobody reads."""
        return row.cells

    def need(self, columns: Collection[int]) -> None:  # noqa: B027 - most read all there is
        """Let ``rows()`` leave the cells of all other columns blank, where that takes less time."""

    def sample(self, n: int = 200) -> list[Row]:
        """Read the first ``n`` records."""
        return list(islice(self.rows(), n))

    def close(self) -> None:
        """Let go of the file; a spooled stdin disappears."""
        self.origin.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


class RaggedSource(Source):
    """An input whose records may be longer than its header; only a whole pass tells how long."""

    _widest = 0
    _surveyed = False

    def survey(self) -> None:
        """Read to the end once, for what only a whole pass can tell, unless that was done."""
        if not self._surveyed:
            for _ in self.rows():
                pass

    @property
    def width(self) -> int:
        """Return the cells of the longest record; reads the input if that was not done yet."""
        self.survey()
        return self._widest


class New(NamedTuple):
    """What is new of a record.

    Attributes:
        changed: Index in the header → new text.
        added: Texts of the added columns, in their order.
        meta: What stands under ``_enrichctl``; JSON formats only.
    """

    changed: Mapping[int, str]
    added: Sequence[str]
    meta: Mapping[str, Any] | None


class Renderer(ABC):
    """Turns rows into the bytes of one format, on a sink that it was given.

    Attributes:
        cut: How many texts were cut, because the format holds no longer ones.
        reads_cells: Whether it writes what a row's cells say, and not what they came from.
    """

    cut = 0
    reads_cells = True

    @abstractmethod
    def begin(self) -> None:
        """Write what stands before the first record."""

    @abstractmethod
    def write(self, row: Row, new: New) -> None:
        """Write one record.

        Raises:
            UnicodeEncodeError: A new value cannot be written in the file's encoding. Nothing of
                the record has been written then.
        """

    @abstractmethod
    def end(self) -> None:
        """Write what stands after the last record."""

    def discard(self) -> None:  # noqa: B027 - most have nothing to let go of
        """Let go of what is open; the output is given up."""
