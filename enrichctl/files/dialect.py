"""How a delimited file is written: its delimiter, where its header is, how it quotes."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from enrichctl import aliases
from enrichctl.files.splitting import ONE_COLUMN, Splitter
from enrichctl.patterns import pattern

DELIMITERS = (",", ";", "\t", "|")
_SPACED = pattern(r'"[^"\r\n]*"(?: "[^"\r\n]*")+\r?$', re.MULTILINE)  # R's write.table
_SEP = pattern(r"sep=(.)\r?$", re.IGNORECASE)
_LOOK = 100  # records to judge by
_HEADER_WITHIN = 20  # records
_STEADY = 0.6  # share of records that must have the usual width
_LONGEST_NAME = 60  # characters of a column name that counts as evidence

_HEADER_WORD = pattern(
    r"name|mail|phone|tel|mobil|url|link|company|compan|title|position|job|website|domain|country"
    r"|city|status|address|owner|\bid\b|nom\b|soci|entrepr|poste|pays|ville|firma|unternehm|straße"
    r"|ort\b|land\b|nombre|apellid|empresa|correo|nome|cognome|azienda|naam|bedrijf|nazwa|namn"
    r"|名|メール|会社|電話",
    re.IGNORECASE,
)
_DATA = pattern(r"[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+$|https?://|(?:www\.)?linkedin\.com/")


_WHOLE = pattern(r"[^\s@,;|]+@[^\s@,;|]+\.[^\s@,;|]+|https?://[^\s,;|]+|[\d.+/-]+")
_QUOTED = pattern(r'"[^"]*+"?+')
_NEEDS_QUOTES = pattern(r'[",;\t|\r\n]')


@dataclass(slots=True)
class Style:
    """Which new cells are quoted although they need not be."""

    header: bool = False
    text: bool = False
    blank: bool = False
    number: bool = False


def find_newline(text: str) -> str:
    r"""Return what ends a line: ``\r`` where no ``\n`` stands outside quotes, else ``\n``.

    Excel's CSV for the Macintosh ends records with ``\r`` and breaks lines in a cell with ``\n``.
    """
    outside = _QUOTED.sub("", text)
    return "\r" if "\r" in outside and "\n" not in outside else "\n"


def sep_line(line: str) -> str:
    """Return the delimiter that an Excel ``sep=;`` line names, or ""."""
    found = _SEP.match(line)
    return found[1] if found else ""


class Reading(NamedTuple):
    """The first records of a file, read in one way.

    Attributes:
        splitter: The way.
        records: The texts of their cells.
        strays: How many have quotes that may have divided them in the wrong places.
        whole: Whether a quote that is opened is closed.
    """

    splitter: Splitter
    records: Sequence[Sequence[str]]
    strays: int
    whole: bool = True

    @property
    def flaws(self) -> int:
        """Return how many records are not like the others."""
        widths = Counter(map(len, self.records))
        uneven = widths.total() - widths.most_common(1)[0][1] if widths else 0
        return self.strays + uneven + (not self.whole)


def read_beginning(text: str, splitter: Splitter, *, cut: bool) -> Reading:
    """Read the beginning of a file in one way; leave out a last record that is cut."""
    raw = [record for _, record, _ in splitter.records(iter((text,)), lenient=True)]
    # Text that is cut may end within quotes; that most of it is one record says that it is not.
    whole = not raw or splitter.is_closed(raw[-1]) or (cut and 2 * len(raw[-1]) < len(text))
    raw = raw[:-1] if cut and len(raw) > 1 else raw
    raw = [record for record in raw[:_LOOK] if record.strip()]
    strays = sum(map(splitter.is_stray, raw))
    return Reading(splitter, [splitter.cells(record) for record in raw], strays, whole)


def find_dialect(text: str, newline: str, *, delimiter: str = "", cut: bool) -> Splitter:
    r"""Choose how a file is divided: the way in which its first records are most alike.

    Args:
        text: The beginning of the file.
        newline: What ends a line.
        delimiter: The delimiter where it is known.
        cut: Whether the text goes on.

    Returns:
        The splitter; one column when no delimiter divides the header. It takes ``\"`` for a quote
        within quotes only where every record agrees then, and not otherwise.
    """
    found = delimiter or _find_delimiter(text, newline, cut=cut)
    splitter = Splitter(found, newline)
    if '\\"' not in text:
        return splitter
    other = Splitter(found, newline, backslash=True)
    usual, escaped = (read_beginning(text, one, cut=cut) for one in (splitter, other))
    return other if usual.flaws and not escaped.flaws else splitter


def _find_delimiter(text: str, newline: str, *, cut: bool) -> str:
    candidates = (*DELIMITERS, " ") if _SPACED.match(text) else DELIMITERS
    best, best_score = ONE_COLUMN, 0.0
    for delimiter in candidates:
        ways = [Splitter(delimiter, newline)]
        if '\\"' in text:
            ways.append(Splitter(delimiter, newline, backslash=True))
        score = max(_score(read_beginning(text, way, cut=cut)) for way in ways)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _score(reading: Reading) -> float:
    """Say how well a delimiter explains the first records; 0 when it divides no header."""
    records = reading.records
    if not records:
        return 0
    at = find_header(records)
    widths = Counter(map(len, records[at:]))
    width, count = widths.most_common(1)[0]
    # A header that a delimiter does not divide is one column whose values contain it.
    if len(records[at]) < max(2, width // 2):
        return 0
    steady = count / widths.total()
    sound = 1 - (reading.strays + (not reading.whole)) / (len(records) + 1)
    # Between two that are equally steady, the one whose columns make sense, then the wider one.
    sense = _columns_of_sense(records[at], records[at + 1 :])
    return (
        (steady if steady >= _STEADY else steady / 4)
        * sound
        * (1 + min(width, 50) / 50 + min(sense, 10) / 10)
    )


def _columns_of_sense(header: Sequence[str], records: Sequence[Sequence[str]]) -> int:
    """Count the columns that have a name which is known, or hold addresses, links or numbers.

    A comma in "Berlin, Germany" leaves a space before the next cell, which no name begins with.
    """
    known = aliases.header_aliases()
    names = sum(name == name.strip() and aliases.fold(name) in known for name in header)
    columns = zip(*(record for record in records if len(record) == len(header)), strict=False)
    filled = [[cell for cell in column if cell] for column in columns]
    return names + sum(bool(cells) and all(map(_WHOLE.fullmatch, cells)) for cells in filled)


def find_header(records: Sequence[Sequence[str]]) -> int:
    """Return the index of the header: the first record, unless a preamble stands before it.

    LinkedIn, report writers and people put lines above the header. Only a record that is much
    wider than what stands before it, and reads like column names, is taken for the header then.
    """
    near = records[:_HEADER_WITHIN]
    if not near:
        return 0
    filled = [sum(1 for cell in record if cell.strip()) for record in near]
    usual = Counter(map(len, records[:_LOOK])).most_common(1)[0][0]
    enough = max(2, (usual + 1) // 2)
    if filled[0] >= enough:
        return 0
    for index, record in enumerate(near):
        if filled[index] >= enough and len(record) >= enough and _looks_like_names(record):
            return index
    return 0


def begins_with_row_names(
    header: Sequence[str], records: Sequence[Sequence[str]], least: int = 2
) -> bool:
    """Tell whether records begin with a name for the row, as R's ``write.table`` writes them.

    The header is one cell short then in front of all records; the names are different, and
    numbers or quoted like the rest. One cell too many at the end looks the same but for that.

    Args:
        header: Raw cells of the header.
        records: Raw cells of the first records.
        least: Records that are enough to tell.
    """
    if len(records) < least or any(len(record) != len(header) + 1 for record in records):
        return False
    if not any(record[-1].strip('"') for record in records):
        return False
    names = [record[0] for record in records]
    quoted = all(cell.startswith('"') for cell in (*header, *names))
    numbers = all(name.strip('"').isdecimal() for name in names)
    return len({*names}) == len(names) and (numbers or quoted)


def looks_like_data(record: Iterable[str]) -> bool:
    """Tell whether a record holds an e-mail address or a link, which a column name never is."""
    return any(_DATA.match(cell.strip()) for cell in record)


def _looks_like_names(record: Sequence[str]) -> bool:
    return not looks_like_data(record) and any(
        len(cell) <= _LONGEST_NAME and _HEADER_WORD.search(cell) for cell in record
    )


def find_style(header: Sequence[str], records: Sequence[Sequence[str]]) -> Style:
    """Tell from raw cells which kinds of cells the file quotes without need."""
    kinds: dict[str, list[bool]] = {"text": [], "blank": [], "number": []}
    for record in records:
        for cell in record:
            bare = cell[1:-1] if cell.startswith('"') else cell
            if _NEEDS_QUOTES.search(bare):
                continue
            kind = "blank" if not bare else "number" if _is_number(bare) else "text"
            kinds[kind].append(cell.startswith('"'))
    names = all(cell.startswith('"') for cell in header)
    seen = kinds["text"] or kinds["number"]
    text = all(seen) if seen else names
    return Style(
        header=names,
        text=text,
        blank=all(kinds["blank"]) if kinds["blank"] else text,
        number=all(kinds["number"]) if kinds["number"] else text,
    )


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).removeprefix("-").isdecimal()
