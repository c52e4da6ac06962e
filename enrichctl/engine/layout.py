"""What stands where in the output: which cells change, which columns are new."""

from collections.abc import Mapping, Sequence
from typing import Any

from enrichctl.engine.run import Write
from enrichctl.engine.stops import Stop
from enrichctl.errors import ExitStatus
from enrichctl.files import Output, Row
from enrichctl.merging import Lead, lowest_confidence
from enrichctl.model import plain
from enrichctl.planning import PROVENANCE, new_columns


class Layout:
    """The columns of an output.

    Args:
        columns: Field → its column in the input.
        wants: What each provider is asked for.
        provenance: Whether the ``enrichctl_*`` columns are written.

    Attributes:
        added: Names of the new columns, in order.
    """

    def __init__(
        self,
        columns: Mapping[str, int],
        wants: Sequence[Sequence[str]],
        *,
        provenance: bool,
    ) -> None:
        self._columns = columns
        self._fields = new_columns({name for names in wants for name in names}, columns)
        self._provenance = provenance
        self.added = (*self._fields, *(PROVENANCE if provenance else ()))

    def writer(self, output: Output, stop: Stop) -> Write:
        """Return how a record is written; a reader that has gone stops the run."""

        def write(row: Row, lead: Lead, status: str, note: str) -> None:
            if stop.status is ExitStatus.READER_GONE:
                return
            changed = lead.changed
            cells = {self._columns[n]: t for n, t in changed.items() if n in self._columns}
            added = [changed.get(name, "") for name in self._fields]
            if self._provenance:
                confidence = lowest_confidence(lead)
                sources = ";".join(f"{n}={lead.origin[n].provider}" for n in changed)
                added += [status, sources, "" if confidence is None else f"{confidence:g}", note]
            try:
                meta = _meta(lead, status, note) if output.takes_meta else None
                output.write(row, cells, added, meta)
            except BrokenPipeError:
                stop.now("interrupted", ExitStatus.READER_GONE)

        return write


def _meta(lead: Lead, status: str, note: str) -> dict[str, Any]:
    """Return what JSON formats say of a record under ``_enrichctl``."""
    return {
        "status": status,
        "note": note,
        "credits": plain(lead.spent),
        "fields": {
            name: {
                "provider": origin.provider,
                "source": origin.source or None,
                "confidence": origin.confidence,
                "at": origin.at.isoformat(timespec="seconds"),
                "previous": origin.previous or None,
            }
            for name in lead.changed
            for origin in (lead.origin[name],)
        },
    }
