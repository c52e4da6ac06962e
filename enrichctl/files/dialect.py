"""How a delimited file is written: its delimiter, where its header is, how it quotes."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from enrichctl.files.splitting import ONE_COLUMN, Splitter

DELIMITERS = (",", ";", "\t", "|")
_SEP = re.compile(r"sep=(.)\r?$", re.IGNORECASE)
_LOOK = 100  # records to judge by
_HEADER_WITHIN = 20  # records
_STEADY = 0.6  # share of records that must have the usual width
_LONGEST_NAME = 60  # characters of a column name that counts as evidence

_HEADER_WORD = re.compile(
    r"name|mail|phone|tel|mobil|url|link|company|compan|title|position|job|website|domain|country"
    r"|city|status|address|owner|\bid\b|nom\b|soci|entrepr|poste|pays|ville|firma|unternehm|straße"
    r"|ort\b|land\b|nombre|apellid|empresa|correo|nome|cognome|azienda|naam|bedrijf|nazwa|namn"
    r"|名|メール|会社|電話",
    re.IGNORECASE,
)
_DATA = re.compile(r"[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+$|https?://|(?:www\.)?linkedin\.com/")


_BEHIND_QUOTE = re.compile(r'"(?:[^"]|"")*"([^\r\n])')
_QUOTED = re.compile(r'"[^"]*+"?+')
_NEEDS_QUOTES = re.compile(r'[",;\t|\r\n]')


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


def find_delimiter(records_by: dict[str, list[list[str]]]) -> str:
    """Choose the delimiter under which the first records are most alike.

    Args:
        records_by: Delimiter → the first records split by it.

    Returns:
        The delimiter, or ``ONE_COLUMN`` when none divides the header.
    """
    best, best_score = ONE_COLUMN, 0.0
    for delimiter, records in records_by.items():
        if not records:
            continue
        widths = Counter(map(len, records[find_header(records) :][:_LOOK]))
        width, count = widths.most_common(1)[0]
        header = len(records[find_header(records)])
        # A header that a delimiter does not divide is one column whose values contain it.
        if header < max(2, width // 2):
            continue
        steady = count / widths.total()
        # Between two that are equally steady, the one that finds more columns.
        score = (steady if steady >= _STEADY else steady / 4) * (1 + min(width, 50) / 50)
        if score > best_score:
            best, best_score = delimiter, score
    return best


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


def split_by_each(text: str, newline: str, *, cut: bool) -> dict[str, list[list[str]]]:
    """Split the beginning of a file by every delimiter; leave out a last record that is cut.

    A delimiter does not count where another character follows most of the first closing quotes:
    it stands in the values of a file that quotes them.
    """
    found = {}
    for delimiter in DELIMITERS:
        splitter = Splitter(delimiter, newline)
        raw = [record for _, record, _ in splitter.records(iter((text,)), lenient=True)]
        whole = raw[:-1] if cut and len(raw) > 1 else raw
        whole = [record for record in whole[:_LOOK] if record.strip()]
        found_behind = (_BEHIND_QUOTE.match(record) for record in whole)
        behind = [match[1] for match in found_behind if match and match[1] in DELIMITERS]
        fits = 2 * behind.count(delimiter) >= len(behind)
        found[delimiter] = [splitter.cells(record) for record in whole] if fits else []
    return found
