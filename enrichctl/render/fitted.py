"""What fits the room that it is given: tables, labels with their text, commands to copy.

Nothing is ever cut. Where there is little room, headings break at their blanks, columns of text
take several lines, and what still has no place stands below its row, the least important first.
Each of these learns its room when it is printed, so that one thing fits a terminal of any width,
and stands on one line in a pipe.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.text import Text

from enrichctl.patterns import pattern
from enrichctl.render.command_line import command_lines

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

GAP = "  "
INDENT = "  "
LEAST = 16  # columns of a text that takes several lines
# A line end in what is quoted would be part of it. An apostrophe is no quote.
_QUOTED = pattern(r"""(?:(?<![^\s=(])(?:"[^"\n]{,60}"|'[^'\n]{,60}'|`[^`\n]{,60}`)|\S)+""")

_FIGURE = pattern(r"~?-?[\d,]+(\.\d+)?")

Cell = str | Text


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        name: Its heading; it may break at blanks.
        number: Whether it holds numbers: they stand to the right, their decimal points in line,
            and are never broken.
        wraps: Whether a cell may take several lines.
        rank: The higher, the sooner the column stands below its row where there is little room;
            of the same rank the last one first.
    """

    name: str
    number: bool = False
    wraps: bool = False
    rank: int = 0


class Grid:
    """A table without lines, which fits any room.

    Args:
        columns: Its columns; the first one always stands in its row.
        heading: Whether their names are shown above them.
    """

    def __init__(self, *columns: Column, heading: bool = True) -> None:
        self._columns = columns
        self._heading = heading
        self._rows: list[tuple[Text, ...]] = []
        self._notes: list[Text] = []

    def add(self, *cells: Cell, note: Cell = "") -> None:
        """Add a row, and what is to be said below it."""
        self._rows.append(tuple(_text(cell) for cell in cells))
        self._notes.append(_text(note))

    def fits(self, room: int) -> bool:
        """Tell whether every column stands in its row, with nothing broken into lines."""
        self._line_up()
        return _total(self._wide().values()) <= room

    def _line_up(self) -> None:
        """Have the decimal points of a column stand below each other."""
        for at, column in enumerate(self._columns):
            if column.number:
                cells = _in_line([row[at] for row in self._rows])
                self._rows = [
                    (*row[:at], cell, *row[at + 1 :])
                    for row, cell in zip(self._rows, cells, strict=True)
                ]

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        """Yield the lines of the table."""
        del console
        room = options.max_width
        widths = self._widths(room)
        if self._heading:
            yield from self._headings(widths)
        below = [at for at in range(len(self._columns)) if at not in widths]
        for row, note in zip(self._rows, self._notes, strict=True):
            own = self._own(row, widths)
            yield from self._lines(row, own)
            under = sorted({*below, *widths.keys() - own.keys()})
            for text in self._below(row, under, note, room):
                yield from (_line(Text(INDENT) + x) for x in wrapped(text, room - len(INDENT)))

    def _widths(self, room: int) -> dict[int, int]:
        """Return the columns that stand in their row, each with its width."""
        if self.fits(room):
            return self._wide()
        every = range(len(self._columns))
        # Of the same rank the last one goes first, and the first column never.
        order = sorted(every[1:], key=lambda at: (self._columns[at].rank, at))
        while True:
            shown = sorted((0, *order))
            widths = {at: self._narrowest(at) for at in shown}
            if _total(widths.values()) <= room:
                return widths
            texts = [at for at in shown if self._columns[at].wraps]
            fixed = _total(widths[at] for at in shown if at not in texts)
            if shared := self._share(texts, room - fixed - len(GAP) * len(texts)):
                return {at: shared.get(at, widths[at]) for at in shown}
            if not order:
                return widths
            order.pop()

    def _own(self, row: Sequence[Text], widths: dict[int, int]) -> dict[int, int]:
        """Return the columns that stand in this row: a text with a word too long for its own not.

        Nor do the texts after it, so that they are read in their order.
        """
        texts = [at for at in widths if self._columns[at].wraps]
        long = next((at for at in texts if _longest_word(row[at]) > widths[at]), None)
        return {
            at: width
            for at, width in widths.items()
            if long is None or at not in texts or at < long
        }

    def _wide(self) -> dict[int, int]:
        """Return the width of each column where nothing is broken into lines."""
        every = range(len(self._columns))
        return {at: max(self._cells(at), self._name(at, whole=True)) for at in every}

    def _share(self, texts: Sequence[int], room: int) -> dict[int, int]:
        """Return the widths of columns of text in what is left for them; none if it is too little.

        Each gets what it needs or its part of the room, whichever is less.
        """
        part = room // max(len(texts), 1)
        least = {at: min(self._narrowest(at), self._least(at, part)) for at in texts}
        if not texts or sum(least.values()) > room:
            return {}
        shared: dict[int, int] = {}
        for count, at in enumerate(sorted(texts, key=self._narrowest)):
            left = room - sum(shared.values())
            others = sum(least[other] for other in texts if other not in shared and other != at)
            part = max(least[at], min(left // (len(texts) - count), left - others))
            shared[at] = min(self._narrowest(at), part)
        return shared

    def _narrowest(self, at: int) -> int:
        return max(self._cells(at), self._name(at, whole=False))

    def _cells(self, at: int) -> int:
        return max(
            (cell_len(line) for row in self._rows for line in row[at].plain.split("\n")), default=0
        )

    def _least(self, at: int, most: int) -> int:
        """Return the least width for a column of text: its longest word, of those that fit."""
        longest = (_longest_word(row[at]) for row in self._rows)
        return max(LEAST, self._name(at, whole=False), *(n for n in longest if n <= most))

    def _name(self, at: int, *, whole: bool) -> int:
        if not self._heading:
            return 0
        name = self._columns[at].name
        return max(
            (cell_len(part) for part in (name.split("\n") if whole else name.split())), default=0
        )

    def _headings(self, widths: dict[int, int]) -> Iterator[Text]:
        """Yield the names of columns, each at the bottom of its lines."""
        broken = {
            at: [
                line
                for part in self._columns[at].name.split("\n")
                for line in wrapped(Text(part), width)
            ]
            for at, width in widths.items()
        }
        height = max(map(len, broken.values()))
        for number in range(height):
            line = Text()
            for at, width in widths.items():
                part = number - height + len(broken[at])
                self._put(line, at, broken[at][part] if part >= 0 else Text(), width)
            line.stylize("dim")
            yield _line(line)

    def _lines(self, row: Sequence[Text], widths: dict[int, int]) -> Iterator[Text]:
        cells = {
            at: [row[at]] if self._columns[at].number else wrapped(row[at], width)
            for at, width in widths.items()
        }
        for number in range(max(map(len, cells.values()))):
            line = Text()
            for at, width in widths.items():
                self._put(line, at, cells[at][number] if number < len(cells[at]) else Text(), width)
            yield _line(line)

    def _put(self, line: Text, at: int, cell: Text, width: int) -> None:
        """Put a cell at the end of a line."""
        if at:
            line.append(GAP)
        pad = " " * (width - cell.cell_len)
        line.append_text(Text(pad) + cell if self._columns[at].number else cell + Text(pad))

    def _below(
        self, row: Sequence[Text], below: Sequence[int], note: Text, room: int
    ) -> Iterator[Text]:
        """Yield what has no place in its row: figures with their names, texts, and the note."""
        line = Text()
        for at in below:
            column, cell = self._columns[at], _trimmed(row[at].copy())
            if not cell.plain or column.wraps:
                continue
            part = Text(f"{' '.join(column.name.split())} ", style="dim") + _undimmed(cell)
            if line and len(INDENT) + line.cell_len + part.cell_len + len(", ,") > room:
                yield line.append(",")
                line = part
            else:
                line = line.append(", ").append_text(part) if line else part
        yield from filter(None, (line, *(row[at] for at in below if self._columns[at].wraps), note))


class Hanging:
    """A text behind its label; the lines that it may take stand in line with the first.

    Args:
        label: What stands before it.
        text: The text; it breaks between words, and what is quoted stays whole.
        style: Of both.
        label_style: Of the label, if it has one of its own.
        room: Columns that it may take; 0 takes those of where it is printed.
    """

    def __init__(
        self, label: str, text: Cell, *, style: str = "", label_style: str = "", room: int = 0
    ) -> None:
        self._room = room
        self._label = Text(label, style=label_style or style)
        self._text = _text(text)
        self._style = style

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        """Yield its lines."""
        del console
        indent = self._label.cell_len
        room = (self._room or options.max_width) - indent
        for number, line in enumerate(wrapped(self._text, max(room, LEAST))):
            head = Text(" " * indent) if number else self._label
            yield _line(Text.assemble(head, Text.assemble(line, style=self._style)))


class Command:
    r"""A command to copy: it breaks between its words, with the ``\`` that lets a shell go on."""

    def __init__(self, label: str, line: str) -> None:
        self._label = label
        self._typed = line

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        """Yield its lines."""
        del console
        for line in command_lines(self._typed, options.max_width, self._label):
            yield _line(Text(line))


class Whole:
    """A text that is copied or clicked, on one line however long it is."""

    def __init__(self, text: Cell) -> None:
        self._text = _text(text)

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        """Yield its line."""
        del console, options
        yield _line(self._text)


def _in_line(cells: Sequence[Text]) -> list[Text]:
    """Return cells whose figures have blanks where others have decimals."""
    found = [_FIGURE.fullmatch(cell.plain) for cell in cells]
    most = max((len(one[1] or "") for one in found if one), default=0)
    return [
        cell + Text(" " * (most - len(one[1] or ""))) if one else cell
        for cell, one in zip(cells, found, strict=True)
    ]


def fitted(what: "RenderableType") -> "RenderableType":
    """Return something as it is printed: words break between words, after the blanks before them.

    What is to stay on one line however long it is says so: see `Whole`.
    """
    if not isinstance(what, Cell):
        return what
    text = _text(what)
    indent = len(text.plain) - len(text.plain.lstrip(" "))
    if not indent or "\n" in text.plain:
        return Hanging("", text)
    return Hanging(" " * indent, text[indent:])


def advice(text: str) -> Hanging:
    """Return what to do next about an error."""
    return Hanging("  next: ", text, label_style="bold")


def wrapped(text: Text, room: int) -> list[Text]:
    """Return a text in lines that break between words; a word that is longer stands alone."""
    lines: list[Text] = []
    for line in text.split("\n", allow_blank=True):
        breaks: list[int] = []
        for word in _QUOTED.finditer(line.plain):
            begin = breaks[-1] if breaks else 0
            too_wide = cell_len(line.plain[begin : word.end()]) > room
            breaks += [word.start()] * (too_wide and word.start() > begin)
        lines += line.divide(breaks)
    return [_trimmed(line) for line in lines] or [Text()]


def _longest_word(cell: Text) -> int:
    return max((cell_len(word) for word in _QUOTED.findall(cell.plain)), default=0)


def _text(cell: Cell) -> Text:
    return cell if isinstance(cell, Text) else Text(cell)


def _undimmed(cell: Text) -> Text:
    """Return a cell that stands behind a dim word."""
    return cell if cell.style else Text("", style="not dim") + cell


def _line(text: Text) -> Text:
    """Return a line that is printed as it is, though a word in it may be longer than the room."""
    text.no_wrap, text.overflow = True, "ignore"
    return _trimmed(text)


def _trimmed(line: Text) -> Text:
    line.rstrip()
    return line


def _total(widths: Iterable[int]) -> int:
    every = list(widths)
    return sum(every) + len(GAP) * (len(every) - 1)
