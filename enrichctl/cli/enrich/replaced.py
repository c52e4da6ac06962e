"""What goes when an output takes the place of an earlier one: edits, and values that it lacks."""

import json
from collections import Counter, deque
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from enrichctl.engine.earlier_results import Again
from enrichctl.engine.lead import Lead
from enrichctl.engine.result import RecordResult
from enrichctl.errors import EnrichctlError
from enrichctl.fields import is_field, kind_of
from enrichctl.files import Row, Source, open_source
from enrichctl.files.jsonfiles import META
from enrichctl.journal.accounts import made_up
from enrichctl.model import ANSWERED, counted
from enrichctl.wanted_fields import PROVENANCE, sources_in

WINDOW = 10_000  # rows by which a row may have moved, and is found again
SHOWN = 3  # rows and columns that a message names
_NAMING = (
    "email", "linkedin_url", "phone", "mobile", "full_name", "first_name", "last_name",
    "company_name", "company_domain", "website",
)  # fmt: skip
_SOURCES = PROVENANCE[1]
_MADE_UP = made_up("")


@dataclass(slots=True)
class Loss:
    """Values that would go.

    Attributes:
        columns: Column → how many of its values.
        rows: The first rows of the input that lose one.
        filled: Source → the fields of which it has filled such a value, as far as that is known.
    """

    columns: Counter[str] = field(default_factory=Counter)
    rows: list[int] = field(default_factory=list)
    filled: dict[str, set[str]] = field(default_factory=dict)

    def add(self, column: str, row: int, name: str = "", source: str = "") -> None:
        """Count a value; of one that an enrichment has filled, its field and source are known."""
        self.columns[column] += 1
        self.filled.setdefault(source, set()).add(name)
        if row not in self.rows[-1:] and len(self.rows) <= SHOWN:
            self.rows.append(row)

    def __bool__(self) -> bool:
        return bool(self.columns)

    @property
    def counted(self) -> str:
        """Return how many values go."""
        return counted(self.columns.total(), "value")

    @property
    def where(self) -> str:
        """Return in which columns they stand, most of them first, and the first rows."""
        most = self.columns.most_common()
        named = [f"{count:,} in {name}" for name, count in most[:SHOWN]]
        if len(most) > SHOWN:
            named.append(counted(len(most) - SHOWN, "more column"))
        rows = [f"{row:,}" for row in self.rows[:SHOWN]] + ["…"] * (len(self.rows) > SHOWN)
        word = "row" if len(self.rows) == 1 else "rows"
        return f"{', '.join(named)} ({word} {', '.join(rows)})"


@dataclass(frozen=True, slots=True)
class _Old:
    """A row of the earlier output: what an enrichment filled, and all its cells where wanted."""

    filled: Mapping[str, tuple[str, str]]  # field → its text, and the source
    cells: Sequence[str] = ()


class EarlierOutput:
    """The rows of an earlier output, found again by whom they name.

    Rows may have been added to the input, taken from it, and moved within a window.

    Args:
        old: The earlier output.
        header: The input's columns.
        columns: Field → its column in the input.
        whole: Keep all cells of its rows.
    """

    def __init__(
        self,
        old: Source,
        header: Sequence[str],
        columns: Mapping[str, int],
        *,
        whole: bool = False,
    ) -> None:
        # What stands in the name of a folder is no column of a file.
        columns = {name: at for name, at in columns.items() if at < len(header)}
        self.header = list(old.header)
        places = {name: at for at, name in reversed(list(enumerate(old.header)))}
        self.common = [(at, places[name]) for at, name in enumerate(header) if name in places]
        self._names = {at: name for name, at in columns.items()}
        self._at = {
            name: places[header[at]] for name, at in columns.items() if header[at] in places
        }
        self._at |= {
            name: at for name, at in places.items() if name not in columns and is_field(name)
        }
        self._new = [n for n, at in self._at.items() if n not in columns and n not in header]
        naming = [n for n in columns if n in _NAMING or kind_of(n) == "id"]
        naming = [n for n in naming if n in self._at]
        # By which columns a row is found again, in the input and in the earlier output.
        self._by = [columns[n] for n in naming], [at for at, _ in self.common]
        self._old_by = [self._at[n] for n in naming], [at for _, at in self.common]
        self._sources = places.get(_SOURCES)
        self._is_json = old.format in ("json", "jsonl")
        self._whole = whole
        self._rows = old.rows()
        self._waiting: dict[tuple[str, ...], deque[_Old]] = {}
        self._order: deque[tuple[str, ...]] = deque()
        self._ahead = 0

    def find(self, row: Row) -> _Old | None:
        """Return the row of the earlier output that is this row of the input."""
        self._ahead = max(0, self._ahead - 1)
        key = _key(row.cells, *self._by)
        while not self._waiting.get(key):
            if self._ahead > WINDOW or not self._read_on():
                return None
        return self._waiting[key].popleft()

    def skip(self) -> None:
        """Pass over a row that is as it was, in the same place: faster than to find it."""
        if self._ahead:
            self._ahead -= 1
        else:
            next(self._rows, None)

    def called(self, name: str) -> str:
        """Return the column in which it has a field."""
        return self.header[self._at[name]]

    def _read_on(self) -> bool:
        """Take in the next row; forget the oldest one that nobody has asked for."""
        row = next(self._rows, None)
        if row is None:
            return False
        self._ahead += 1
        filled = self._filled(row)
        names = {self._at[name] for name in filled}
        original = [("" if at in names else _cell(row.cells, at)) for at in range(len(self.header))]
        key = _key(original, *self._old_by)
        self._waiting.setdefault(key, deque()).append(
            _Old(filled, tuple(row.cells) if self._whole else ())
        )
        self._order.append(key)
        if len(self._order) > 2 * WINDOW:
            oldest = self._order.popleft()
            if waiting := self._waiting.get(oldest):
                waiting.popleft()
            if not self._waiting.get(oldest):
                self._waiting.pop(oldest, None)
        return True

    def _filled(self, row: Row) -> dict[str, tuple[str, str]]:
        """Return the fields that an enrichment has filled, by what is said of the sources."""
        if self._is_json:
            found: Any = json.loads(row.original[1]).get(META) or {}
            fields = found.get("fields") or {}
            sources = {name: str(of.get("provider", "")) for name, of in fields.items()}
        elif self._sources is not None:
            sources = sources_in(_cell(row.cells, self._sources))
        else:
            sources = dict.fromkeys(self._new, "")
        texts = {
            n: (_cell(row.cells, self._at[n]), who) for n, who in sources.items() if n in self._at
        }
        return {name: (text, who) for name, (text, who) in texts.items() if text}

    def edits(self, rows: Iterator[Row]) -> Loss:
        """Return what somebody has put into the earlier output, as far as it can be told."""
        loss = Loss()
        also = {at for at, _ in enumerate(self.header)} - {at for _, at in self.common}
        also -= {at for at, name in enumerate(self.header) if name in PROVENANCE}
        for row in rows:
            old = self.find(row)
            if old is None:
                continue
            ours = {self._at[name] for name in old.filled}
            for at, place in self.common:
                if place not in ours and _cell(old.cells, place) != _cell(row.cells, at):
                    loss.add(self.header[place], row.number)
            for place in also - ours:
                if _cell(old.cells, place):
                    loss.add(self.header[place], row.number)
        return loss


class Watched:
    """Counts what the earlier output has and the new one lacks, while that is written.

    Args:
        earlier: The earlier output.
        columns: Field → its column in the input.
        added: Names of the new columns.
        wanted: Fields that this run asks for.
    """

    def __init__(
        self,
        earlier: EarlierOutput,
        columns: Mapping[str, int],
        added: Collection[str],
        wanted: Collection[str],
    ) -> None:
        self.loss = Loss()
        self._earlier = earlier
        self._columns = columns
        self._added = {name: at for at, name in enumerate(added)}
        self._wanted = frozenset(wanted)

    def __call__(self, row: Row, found: RecordResult) -> None:
        """Compare a record that is about to be written."""
        old = self._earlier.find(row)
        if old is None or found.suppressed:
            return
        for name, (_, source) in old.filled.items():
            if source.startswith(_MADE_UP) or self._text(name, row, found):
                continue
            reused = {who for who, _ in found.reused}
            if not self._is_answered(name, source, found.shape.tried, reused):
                self.loss.add(self._called(name), row.number, name, source)

    def skip(self) -> None:
        """Pass over a record that is written again as it stands there."""
        self._earlier.skip()

    def foresee(self, row: Row, found: Lead | Again, *, asked: bool) -> None:
        """Compare a record as the plan leaves it: what it will lack, whatever anybody answers.

        Args:
            row: The record.
            found: What is known of it when all answers of before are read, or was written of it.
            asked: Whether anybody is asked about it: what was wanted may come.
        """
        old = self._earlier.find(row)
        tried: Iterable[tuple[str, str]]
        if isinstance(found, Again):
            kind = found.kind
            suppressed, filled, tried = kind.suppressed, kind.shape.filled, kind.shape.tried
            reused = {*kind.answered}
        else:
            suppressed, filled = found.suppressed, tuple(found.filled)
            tried = [(one.provider, one.outcome) for one in found.tried]
            reused = {one.provider for one in found.tried if one.reused}
        if old is None or suppressed:
            return
        for name, (_, source) in old.filled.items():
            if source.startswith(_MADE_UP):
                continue
            if asked and name in self._wanted:
                continue
            at = self._columns.get(name)
            if name in filled or (at is not None and _cell(row.cells, at)):
                continue
            if not self._is_answered(name, source, tried, reused):
                self.loss.add(self._called(name), row.number, name, source)

    def _text(self, name: str, row: Row, found: RecordResult) -> str:
        at = self._columns.get(name)
        if at is not None:
            return found.cells.get(at, _cell(row.cells, at)).strip()
        place = self._added.get(name)
        return found.added[place] if place is not None else ""

    def _called(self, name: str) -> str:
        at = self._columns.get(name)
        return name if at is None else self._earlier.called(name)

    def _is_answered(
        self, name: str, source: str, tried: Iterable[tuple[str, str]], reused: Container[str]
    ) -> bool:
        """Tell whether the source itself has just said that the value is no longer so.

        What an answer of before holds is lost only to what was typed this time.
        """
        if name not in self._wanted or source in reused:
            return False
        return any(who == source and how in ANSWERED for who, how in tried)


def read_earlier(target: Path) -> Source | None:
    """Open an earlier output as an input; None where it cannot be read as one."""
    try:
        return open_source(str(target))
    except (EnrichctlError, OSError):
        return None


def _key(cells: Sequence[str], naming: Sequence[int], common: Sequence[int]) -> tuple[str, ...]:
    """Return whom a row names; all that it says where it names nobody."""
    named = tuple(_cell(cells, at) for at in naming)
    return named if any(named) else tuple(_cell(cells, at) for at in common)


def _cell(cells: Sequence[str], at: int) -> str:
    return cells[at].strip() if at < len(cells) else ""
