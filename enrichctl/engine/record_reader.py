"""Rows as leads: what their cells say, and whether they may be sent anywhere."""

from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import repeat
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from enrichctl.conflicts import NO_CONFLICTS, Conflicts
from enrichctl.engine.lead import Lead, lead_from_record
from enrichctl.engine.waterfall import Waterfall
from enrichctl.facts.placeholders import is_nothing, places_of_nothing, stated
from enrichctl.facts.regions import region_of
from enrichctl.files import Row
from enrichctl.matching.same_name import Likeness, compare, name_of
from enrichctl.matching.values import holds_email, several
from enrichctl.model import Record
from enrichctl.provider import EMAIL, VERDICT, Local
from enrichctl.wanted_fields import PROVENANCE, sources_in

if TYPE_CHECKING:
    from enrichctl.matching.address_conflicts import AddressConflicts
    from enrichctl.matching.suppression import Suppression

NOTHING: frozenset[str] = frozenset()
OF_EMAIL = frozenset({VERDICT})
PARTS = frozenset({"first_name", "last_name"})
OFFLINE = "offline"  # may have derived something before, whoever is asked now
NONE: Mapping[str, int] = MappingProxyType({})


class RowReading(NamedTuple):
    """How the rows of an input are read as records.

    Attributes:
        columns: Field → its column in the input.
        fallbacks: Field → the columns that hold it where its own is blank.
        own: The ``enrichctl_*`` columns of an earlier run.
        corrected: Row → the fields that an earlier run filled there and somebody changed since.
        chosen: Numbers of the rows that somebody may be asked about; None is all.
    """

    columns: Mapping[str, int]
    fallbacks: Mapping[str, Sequence[int]] = MappingProxyType({})
    own: Mapping[str, int] = NONE
    corrected: Mapping[int, frozenset[str]] = MappingProxyType({})
    chosen: Container[int] | None = None


class RecordReader:
    """Puts rows at the head of the waterfall.

    Args:
        reading: How they are read.
        waterfall: Where they are put.
        suppression: Who must not be sent anywhere.
        conflicts: Tells rows apart that share an address and name different people.
    """

    def __init__(
        self,
        reading: RowReading,
        waterfall: Waterfall,
        suppression: "Suppression | None" = None,
        conflicts: "AddressConflicts | None" = None,
    ) -> None:
        columns = reading.columns
        self._columns = tuple(columns.items())
        self._fallbacks = tuple(reading.fallbacks.items())
        places = [reading.own.get(name) for name in PROVENANCE[1:]]
        self._earlier = places if any(place is not None for place in places) else []
        self._corrected = reading.corrected
        self._chosen = reading.chosen
        self._reads_email = "email" in columns
        self._waterfall = waterfall
        local = (one.provider.name for one in waterfall.steps if isinstance(one.provider, Local))
        self._locals = frozenset({OFFLINE, *local})
        self._region = waterfall.rules.region
        self._suppression = suppression
        self._conflicts = conflicts

    def record(self, row: Row) -> Record:
        """Return a row as the fields that its cells hold, without what says nothing.

        What stands in the wrong column would say something of another: such a row says nothing.
        """
        if row.shifted:
            return Record(row.number, row.line, {}, shifted=row.shifted)
        if row.opaque:
            return self._opaque(row)
        cells, width = row.cells, len(row.cells)
        values = {}
        for name, index in self._columns:
            text = cells[index].strip() if index < width else ""
            if text:
                values[name] = text
        record = self._record(row.number, row.line, stated(values), cells)
        if row.earlier:
            (sources, sure, note), (more, surely, also) = record.earlier, row.earlier
            record.earlier = (
                ";".join(filter(None, (sources, more))),
                surely or sure,
                "; ".join(filter(None, (note, also))),
            )
        if self._corrected and (changed := self._corrected.get(row.number)):
            self._disown(record, changed)
        if record.earlier[0]:
            self._tell_derived(record)
        return record

    def _tell_derived(self, record: Record) -> None:
        """Tell apart what an earlier run derived from what the row says itself.

        A name of which the parts in the row say otherwise by now is none: a row was copied, and
        somebody else's name typed into it.
        """
        sources, values = sources_in(record.earlier[0]), record.values
        record.derived = frozenset(
            name for name, who in sources.items() if who in self._locals and name in values
        )
        parts = values.get("first_name"), values.get("last_name")
        if "full_name" in record.derived and all(parts) and record.derived.isdisjoint(PARTS):
            whole = {"full_name": values["full_name"]}
            if compare(name_of(whole), name_of({**values, "full_name": ""})) is Likeness.OTHER:
                self._disown(record, frozenset({"full_name"}))
                del values["full_name"]

    def _disown(self, record: Record, changed: frozenset[str]) -> None:
        """Have nobody be the source of what somebody has typed."""
        said, sure, note = record.earlier
        sources = sources_in(said).items()
        kept = ";".join(f"{name}={who}" for name, who in sources if name not in changed)
        record.earlier, record.corrected = (kept, sure, note), record.corrected | changed

    def records(self, columns: Sequence[Sequence[str]]) -> Iterator[Record]:
        """Return rows as `record` does, out of their columns.

        It takes less time: what a column says often is looked at once.
        """
        names = [name for name, _ in self._columns]
        texts = [[text.strip() for text in columns[index]] for _, index in self._columns]
        doubtful: set[int] = set()
        for name, column in zip(names, texts, strict=True):
            doubtful.update(places_of_nothing(name, column))
        whole = zip(*columns, strict=True) if self._fallbacks or self._earlier else repeat(())
        for place, (found, cells) in enumerate(zip(zip(*texts, strict=True), whole, strict=False)):
            values = {name: text for name, text in zip(names, found, strict=True) if text}
            if place in doubtful:
                values = stated(values)
            yield self._record(place + 1, place + 1, values, cells)

    def _record(
        self, number: int, line: int, values: dict[str, str], cells: Sequence[str]
    ) -> Record:
        """Return a row of which is known what its own columns say."""
        for name, places in self._fallbacks:
            if name not in values and (text := _first(name, cells, places)):
                values[name] = text
        if self._reads_email and values.get("email", "").count("@") > 1:
            values["email"] = next(filter(holds_email, several(values["email"])), values["email"])
        record = Record(number, line, values, region_of(values, self._region))
        if self._chosen is not None:
            record.left_out = number not in self._chosen
        if self._earlier:
            sources, confidence, note = (
                "" if place is None else cells[place].strip() for place in self._earlier
            )
            record.earlier = sources, confidence, note
        return record

    def _opaque(self, row: Row) -> Record:
        """Return a row some of whose cells are filled with what nobody can read."""
        unknown = frozenset(name for name, index in self._columns if index in row.opaque)
        cells = ["" if i in row.opaque else text for i, text in enumerate(row.cells)]
        record = self.record(Row(row.number, row.line, cells, row.original, earlier=row.earlier))
        record.unknown = unknown
        return record

    def suppresses(self, record: Record) -> bool:
        """Tell whether a record must not be sent anywhere."""
        return self._suppression is not None and self._suppression.covers(record.values)

    def lead(self, row: Row, conflicts: Conflicts | None = None) -> Lead:
        """Return a row at the head of the waterfall.

        Args:
            row: As read.
            conflicts: What earlier rows give to somebody else; found out by default.
        """
        record = self.record(row)
        conflicts = self._shared(record) if conflicts is None else conflicts
        suppressed = self.suppresses(record)
        wanted = self._waterfall.wanted
        refreshed = self._refreshed(record) & wanted if record.earlier[0] else NOTHING
        return lead_from_record(
            record, wanted, conflicts, suppressed=suppressed, refreshed=refreshed
        )

    def _refreshed(self, record: Record) -> frozenset[str]:
        """Return the fields that an earlier run filled and a newer answer may replace.

        What was said of an e-mail says nothing of the one that somebody has put in its place.
        """
        filled = sources_in(record.earlier[0])
        if self._waterfall.rules.refresh:
            return frozenset(filled)
        return OF_EMAIL & filled.keys() if EMAIL in record.corrected else NOTHING

    def meet(self, row: Row) -> None:
        """Take note of a row for the sake of later ones that share an address with it."""
        self._shared(self.record(row))

    def _shared(self, record: Record) -> Conflicts:
        """Return what earlier rows give to somebody else."""
        if self._conflicts:
            return self._conflicts.conflicts(record.values, record.region)
        return NO_CONFLICTS


def _first(name: str, cells: Sequence[str], places: Sequence[int]) -> str:
    """Return the first of several cells that says something."""
    texts = (cells[place].strip() for place in places if place < len(cells))
    return next((text for text in texts if not is_nothing(text, name)), "")
