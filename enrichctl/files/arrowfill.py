"""Put what is new of records into Arrow's columns, which keep their types."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from enrichctl.files.arrowcells import beside, fits, is_textual, may_not_hold
from enrichctl.files.records import NUMBERS

_INDEX = pa.int32()  # counts the words of a dictionary that grows


class Spill:
    """Puts texts that a typed column cannot hold into a column of texts next to it.

    That of an earlier run is used again: an output that is read again gets no other one.

    Args:
        schema: Of the input.
        changing: Columns that may get new texts.

    Attributes:
        names: Of the columns of texts, in order.
    """

    def __init__(self, schema: Any, changing: Collection[int]) -> None:
        typed = [at for at in sorted(changing) if may_not_hold(schema.field(at))]
        taken = set(schema.names)
        self._beside = beside(schema)
        self._types = {at: schema.field(at).type for at in typed}
        new = [at for at in typed if at not in self._beside]
        self._places = {at: place for place, at in enumerate(new)}
        self.names = [_free(f"{schema.field(at).name}_text", taken) for at in new]

    def __call__(
        self, changed: Mapping[int, str], added: Sequence[str]
    ) -> tuple[Mapping[int, str], Sequence[str]]:
        """Return what is new of a record, its own columns of texts first."""
        spilled = [""] * len(self.names)
        held = dict(changed)
        for at in changed.keys() & self._types.keys():
            text = changed[at]
            held[at], other = (text, "") if fits(self._types[at], text) else ("", text)
            if at in self._beside:
                held[self._beside[at]] = other
            else:
                spilled[self._places[at]] = other
        return held, (*spilled, *added)


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    taken.add(name)
    return name


class Filler:
    """Puts what is new of records into their columns.

    Args:
        schema: Of the input.
        changing: Columns that may get new texts. One of type null, which holds nothing, becomes
            text then.
        added: Names of the new columns.
        growing: Whether a dictionary must begin with those of all batches before, as in Arrow IPC.

    Attributes:
        schema: Of what comes out: the input's columns, then the new ones.
    """

    def __init__(
        self, schema: Any, changing: Collection[int], added: Sequence[str], *, growing: bool = False
    ) -> None:
        fields = [
            field.with_type(_wider(field.type)) if at in changing else field
            for at, field in enumerate(schema)
        ]
        self._width = len(fields)
        new = [pa.field(name, pa.float64() if name in NUMBERS else pa.string()) for name in added]
        self.schema = pa.schema([*fields, *new], metadata=schema.metadata)
        self._known: dict[int, dict[Any, int]] = {
            at: {} for at, field in enumerate(fields) if growing and _is_dictionary(field)
        }

    def fill(self, batch: Any, new: Sequence[tuple[Mapping[int, str], Sequence[str]]]) -> Any:
        """Return a batch with what is new of each of its records."""
        changes: dict[int, dict[int, str]] = {}
        for at, (changed, _) in enumerate(new):
            for index, text in changed.items():
                changes.setdefault(index, {})[at] = text
        columns = [
            self._column(at, column, changes.get(at)) for at, column in enumerate(batch.columns)
        ]
        fields = [*self.schema][self._width :]
        added = [*zip(*(texts for _, texts in new), strict=True)] or [()] * len(fields)
        columns += map(_new_column, added, fields)
        return pa.RecordBatch.from_arrays(columns, schema=self.schema)

    def _column(self, at: int, column: Any, changes: Mapping[int, str] | None) -> Any:
        kind = self.schema.field(at).type
        if pa.types.is_null(column.type) and column.type != kind:
            column = column.cast(kind)
        if changes:
            column = _replaced(column, changes)
        if at in self._known:
            return self._grown(at, column, kind)
        if pa.types.is_dictionary(kind) and column.type != kind:
            return column.dictionary_encode().cast(kind)
        return column if column.type == kind else column.cast(kind)

    def _grown(self, at: int, column: Any, kind: Any) -> Any:
        known = self._known[at]
        found = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
        texts = found.to_pylist()
        places = [None if text is None else known.setdefault(text, len(known)) for text in texts]
        indices = pa.array(places, kind.index_type)
        held = pa.array(list(known), kind.value_type)
        return pa.DictionaryArray.from_arrays(indices, held, ordered=kind.ordered)


def _new_column(texts: Sequence[str], field: Any) -> Any:
    """Return a new column, in which a blank text is no value."""
    column = pa.array(texts, pa.string())
    return pc.if_else(pc.equal(column, ""), None, column).cast(field.type)


def _is_dictionary(field: Any) -> bool:
    return bool(pa.types.is_dictionary(field.type))


def _wider(kind: Any) -> Any:
    """Return the type of a column that new texts may come into."""
    if pa.types.is_null(kind):
        return pa.string()
    if pa.types.is_dictionary(kind) and kind.index_type.bit_width < _INDEX.bit_width:
        return pa.dictionary(_INDEX, kind.value_type, ordered=kind.ordered)
    return kind


def _replaced(column: Any, changes: Mapping[int, str]) -> Any:
    """Return a column with other values in some places; a dictionary comes back decoded."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    # Not all types can be replaced in place; what is a text can be as one of the longest.
    within = pa.large_string() if is_textual(kind) else kind
    mask = pa.array([at in changes for at in range(len(column))])
    texts = pa.array([changes[at] or None for at in sorted(changes)], pa.string())
    return pc.replace_with_mask(column.cast(within), mask, texts.cast(within)).cast(kind)
