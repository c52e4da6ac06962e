"""Rows as leads: what their cells say, and whether they may be sent anywhere."""

from collections.abc import Mapping

from enrichctl.engine.waterfall import Waterfall
from enrichctl.facts.placeholders import stated
from enrichctl.facts.regions import region_of
from enrichctl.files import Row
from enrichctl.matching import Suppression
from enrichctl.matching.namesakes import Namesakes
from enrichctl.merging import Lead
from enrichctl.model import Record


class Heads:
    """Puts rows at the head of the waterfall.

    Args:
        columns: Field → its column in the input.
        waterfall: Where they are put.
        suppression: Who must not be sent anywhere.
        namesakes: Tells rows apart that share an address and name different people.
    """

    def __init__(
        self,
        columns: Mapping[str, int],
        waterfall: Waterfall,
        suppression: Suppression | None = None,
        namesakes: Namesakes | None = None,
    ) -> None:
        self._columns = tuple(columns.items())
        self._waterfall = waterfall
        self._region = waterfall.rules.region
        self._suppression = suppression
        self._namesakes = namesakes

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
        values = stated(values)
        return Record(row.number, row.line, values, region_of(values, self._region))

    def _opaque(self, row: Row) -> Record:
        """Return a row some of whose cells are filled with what nobody can read."""
        unknown = frozenset(name for name, index in self._columns if index in row.opaque)
        cells = ["" if i in row.opaque else text for i, text in enumerate(row.cells)]
        record = self.record(Row(row.number, row.line, cells, row.original))
        record.unknown = unknown
        return record

    def suppresses(self, record: Record) -> bool:
        """Tell whether a record must not be sent anywhere."""
        return self._suppression is not None and self._suppression.covers(record.values)

    def lead(self, row: Row) -> Lead:
        """Return a row at the head of the waterfall."""
        record = self.record(row)
        namesake = self._namesakes.other(record.values) if self._namesakes else ""
        return self._waterfall.lead(record, suppressed=self.suppresses(record), namesake=namesake)
