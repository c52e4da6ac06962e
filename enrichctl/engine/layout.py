"""What stands where in the output: which cells change, which columns are new."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import repeat
from operator import attrgetter
from typing import Any

from enrichctl.engine.lead import Lead
from enrichctl.fields import FIELDS
from enrichctl.model import credits_text
from enrichctl.wanted_fields import PROVENANCE, new_columns, sources_in

_PROVIDER_OF, _CONFIDENCE_OF = attrgetter("provider"), attrgetter("confidence")
_PLACES = {name: place for place, name in enumerate(FIELDS)}

Places = tuple[tuple[int, str], ...]
"""Index in the header and the field whose text stands there."""


@lru_cache(1024)  # most records get the same fields from the same providers
def _said(names: tuple[str, ...], providers: tuple[str, ...]) -> str:
    """Return which fields are from which providers, as the column of sources has it.

    In a fixed order: a run that was stopped and went on says the same as one that was not.
    """
    pairs = sorted(zip(names, providers, strict=True), key=lambda pair: _rank(pair[0]))
    return ";".join(f"{name}={provider}" for name, provider in pairs)


def _rank(name: str) -> tuple[int, str]:
    """Return the place of a field among others; a provider's own stand last, by name."""
    return _PLACES.get(name, len(_PLACES)), name


class Layout:
    """The columns of an output.

    Args:
        columns: Field → its column in the input.
        wants: What each provider is asked for.
        provenance: Whether the ``enrichctl_*`` columns are written.
        says_more: Whether the format has room for more of a record than its cells.
        own: The ``enrichctl_*`` columns that the input has from an earlier run: they are filled
            anew instead of added again, and keep their sources.
        known_as: Provider → the name by which it is given as a source, where that is another.

    Attributes:
        wanted: All fields asked for.
        added: Names of the new columns, in order.
        fields: Those of them that are fields.
    """

    def __init__(
        self,
        columns: Mapping[str, int],
        wants: Sequence[Sequence[str]],
        *,
        provenance: bool = True,
        says_more: bool = False,
        own: Mapping[str, int] | None = None,
        known_as: Mapping[str, str] | None = None,
    ) -> None:
        self.wanted = tuple(dict.fromkeys(name for names in wants for name in names))
        self._columns = dict(columns)
        self.fields = new_columns(frozenset(self.wanted), columns)
        self._says_more = says_more
        self._provenance = provenance
        self._own = dict(own or {})
        self._known_as = dict(known_as or {})
        told = PROVENANCE if provenance else ()
        self.added = (*self.fields, *(name for name in told if name not in self._own))

    @property
    def changing(self) -> frozenset[int]:
        """Return the columns of the input that may get new texts."""
        filled = {at for name, at in self._columns.items() if name in self.wanted}
        return frozenset(filled | {*self._own.values()})

    @property
    def is_plain(self) -> bool:
        """Tell whether records of one shape differ in nothing but their texts and confidence."""
        return self._provenance and not (self._says_more or self._own or self._known_as)

    def places_of(self, names: Collection[str]) -> tuple[Places, tuple[str, ...]]:
        """Return where the texts of some fields go: index in the header, and for new columns.

        A new column that none of them is for stands as "".
        """
        cells = tuple((self._columns[name], name) for name in names if name in self._columns)
        return cells, tuple(name if name in names else "" for name in self.fields)

    def fill(
        self, lead: Lead, status: str, note: str
    ) -> tuple[dict[int, str], tuple[str, ...], dict[str, Any] | None]:
        """Return what is written of a record: new texts by index, new columns, what JSON adds."""
        changed = lead.changed
        columns = self._columns
        cells = {columns[name]: changed[name] for name in changed.keys() & columns.keys()}
        added = list(map(changed.get, self.fields, repeat("")))
        if self._provenance or self._own:
            told = (status, *self._sources(lead, changed), note)
            if not self._own:
                added += told
            else:
                self._tell(lead, told, cells, added)
        return cells, tuple(added), self._meta(lead, status, note) if self._says_more else None

    def told_of(
        self, cells: Mapping[int, str], added: Sequence[str], meta: Mapping[str, Any] | None
    ) -> tuple[str, str]:
        """Return the confidence and the note that `fill` has put where; "" where it put none."""
        if meta is not None:
            stated = [one["confidence"] for one in meta["fields"].values()]
            sure = min((one for one in stated if one is not None), default=None)
            return "" if sure is None else f"{sure:g}", meta["note"] or ""
        said = dict(zip(self.added, added, strict=True))
        said |= {name: cells.get(at, "") for name, at in self._own.items()}
        _, _, confidence, note = PROVENANCE
        return said.get(confidence, ""), said.get(note, "")

    def _tell(
        self, lead: Lead, told: Sequence[str], cells: dict[int, str], added: list[str]
    ) -> None:
        """Put what is told of a record into the columns of an earlier run, or into new ones."""
        for name, text in zip(PROVENANCE, told, strict=True):
            if name not in self._own:
                added += [text] if self._provenance else []
            elif not lead.record.shifted:  # there it would stand in another column
                cells[self._own[name]] = text

    def _sources(self, lead: Lead, changed: Mapping[str, str]) -> tuple[str, str]:
        """Return where the values of a record are from, and the lowest confidence among them.

        What an earlier run found is still from where it found it, as long as it is there.
        """
        earlier, surely, _ = lead.record.earlier
        confidence = lowest_confidence(lead, changed)
        providers = providers_of(lead, changed)
        if not (earlier or surely or self._known_as):
            said = _said(tuple(changed), providers)
            return said, "" if confidence is None else f"{confidence:g}"
        sources = self._earlier_sources(lead)
        sources |= dict(zip(changed, map(self._source, providers), strict=True))
        if surely:
            with suppress(ValueError):
                confidence = min(float(surely), 1.0 if confidence is None else confidence)
        said = _said(tuple(sources), tuple(sources.values()))
        return said, "" if confidence is None else f"{confidence:g}"

    def _earlier_sources(self, lead: Lead) -> dict[str, str]:
        """Return where the values that an earlier run found, and that are still there, are from."""
        sources = sources_in(lead.record.earlier[0])
        return {n: who for n, who in sources.items() if lead.text(n) or n not in self._columns}

    def _earlier_fields(self, lead: Lead) -> dict[str, dict[str, Any]]:
        """Return what is known of earlier values: of confidence the lowest of the record."""
        sure = None
        with suppress(ValueError):
            sure = float(lead.record.earlier[1])
        return {
            name: {
                "provider": who, "source": None, "confidence": sure, "at": None, "previous": None,
            }
            for name, who in self._earlier_sources(lead).items()
        }  # fmt: skip

    def _source(self, provider: str) -> str:
        return self._known_as.get(provider, provider)

    def _meta(self, lead: Lead, status: str, note: str) -> dict[str, Any]:
        """Return what JSON formats say of a record under ``_enrichctl``."""
        return {
            "status": status,
            "note": note or None,
            "credits": credits_text(lead.spent),
            "fields": (self._earlier_fields(lead) if lead.record.earlier[0] else {})
            | {
                name: {
                    "provider": self._source(origin.provider),
                    "source": origin.source or None,
                    "confidence": origin.confidence,
                    "at": origin.at.isoformat(timespec="seconds"),
                    "previous": origin.previous or None,
                }
                for name in lead.changed
                for origin in (lead.origin[name],)
            },
        }


def providers_of(lead: Lead, names: Iterable[str]) -> tuple[str, ...]:
    """Return the provider of each of some accepted values."""
    return tuple(map(_PROVIDER_OF, map(lead.origin.__getitem__, names)))


def lowest_confidence(lead: Lead, names: Iterable[str]) -> float | None:
    """Return the lowest confidence among some accepted values, None when no provider gave one."""
    accepted = map(lead.origin.__getitem__, names)
    stated = [sure for sure in map(_CONFIDENCE_OF, accepted) if sure is not None]
    return min(stated, default=None)
