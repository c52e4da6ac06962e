"""What stands where in the output: which cells change, which columns are new."""

from collections.abc import Mapping, Sequence
from typing import Any

from enrichctl.merging import Lead, lowest_confidence
from enrichctl.model import plain
from enrichctl.planning import PROVENANCE, new_columns


class Layout:
    """The columns of an output.

    Args:
        columns: Field → its column in the input.
        wants: What each provider is asked for.
        provenance: Whether the ``enrichctl_*`` columns are written.
        says_more: Whether the format has room for what is said of a record beside its cells.

    Attributes:
        wanted: All fields asked for.
        added: Names of the new columns, in order.
    """

    def __init__(
        self,
        columns: Mapping[str, int],
        wants: Sequence[Sequence[str]],
        *,
        provenance: bool = True,
        says_more: bool = False,
    ) -> None:
        self.wanted = tuple(dict.fromkeys(name for names in wants for name in names))
        self._columns = dict(columns)
        self._fields = new_columns(frozenset(self.wanted), columns)
        self._says_more = says_more
        self._provenance = provenance
        self.added = (*self._fields, *(PROVENANCE if provenance else ()))

    def fill(
        self, lead: Lead, status: str, note: str
    ) -> tuple[dict[int, str], tuple[str, ...], dict[str, Any] | None]:
        """Return what is written of a record: new texts by index, new columns, what JSON adds."""
        changed = lead.changed
        cells = {self._columns[n]: t for n, t in changed.items() if n in self._columns}
        added = [changed.get(name, "") for name in self._fields]
        if self._provenance:
            confidence = lowest_confidence(lead)
            sources = ";".join([f"{n}={lead.origin[n].provider}" for n in changed])
            added += [status, sources, "" if confidence is None else f"{confidence:g}", note]
        return cells, tuple(added), _meta(lead, status, note) if self._says_more else None


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
