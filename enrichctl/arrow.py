"""What follows from a row alone, as a function over Arrow record batches that any engine can map.

Offline and tables of the user's own answer from the row and from files on this machine, so an
engine such as Spark, Ray or Dask may run them, and run them again, wherever it likes::

    from enrichctl.arrow import step

    fill = step("offline,crm", mapping={"email": "Email"}, default_region="DE")
    fill.schema(batch.schema)      # what comes out
    for filled in fill(batches):   # Iterator[RecordBatch] → Iterator[RecordBatch]
        ...

What costs money never runs in an engine's task: a task runs again when its worker is lost, and
would pay again. That is left to ``enrichctl enrich``, which keeps a journal.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType
from typing import Any

from enrichctl.config import load
from enrichctl.engine.layout import Layout
from enrichctl.engine.local_waterfall import LocalWaterfall
from enrichctl.engine.question import Rules, Step
from enrichctl.engine.record_reader import RecordReader, RowReading
from enrichctl.engine.result import RecordResult
from enrichctl.engine.waterfall import Waterfall
from enrichctl.errors import InputError, UsageError
from enrichctl.files import Row
from enrichctl.files.partitions import Partition
from enrichctl.matching import HeaderMatch, match_header
from enrichctl.matching.suppression import Suppression
from enrichctl.model import Record
from enrichctl.provider import Local, Provider
from enrichctl.registry import check, condition_of
from enrichctl.registry import load as load_provider
from enrichctl.wanted_fields import check_wants, own_columns, read_fields, wants_of

try:
    from enrichctl.files.arrowcells import batch_texts, beside
    from enrichctl.files.arrowfill import Filler, Spill
except ImportError as missing:
    raise ImportError(
        "enrichctl.arrow takes pyarrow: pip install 'enrichctl[parquet]'"
    ) from missing

__all__ = ["ArrowStep", "step"]


@dataclass(frozen=True)
class ArrowStep:
    """Fills record batches from local providers; see `step`.

    It can be pickled, and the same batch gives the same bytes.

    Attributes:
        steps: The providers, in the order in which they are asked.
        rules: What may be replaced, and where phone numbers are from.
        mapping: Field → column, as far as headers do not tell.
        saved: Fingerprint of a header → field → column, from the configuration.
        chains: Field → providers asked for it, from the configuration.
        provenance: Whether the ``enrichctl_*`` columns are added.
        match: Which column holds which field, where that is decided already.
        suppression: Who must not be sent anywhere.
    """

    steps: tuple[Step, ...]
    rules: Rules = field(default_factory=Rules)
    mapping: Mapping[str, str] = field(default_factory=dict)
    saved: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    chains: Mapping[str, Sequence[str]] = field(default_factory=dict)
    provenance: bool = True
    match: HeaderMatch | None = None
    suppression: Suppression | None = None

    def recipe(self, names: Sequence[str], kinds: str) -> str:
        """Return a digest of all that decides what comes out.

        Args:
            names: Of the input's columns.
            kinds: What else is told of them.
        """
        match = self.match or _match(self, names)
        listed = self.suppression
        told: list[Any] = [
            [
                [
                    s.provider.name,
                    s.wants,
                    s.only_if and s.only_if.text,
                    stamp_of_provider(s.provider),
                ]
                for s in self.steps
            ],
            [sorted(self.rules.overwrite), self.rules.min_confidence, self.rules.region],
            [self.rules.verified_email, self.provenance, list(self.chains.items())],
            [list(match.columns.items()), list(match.fallbacks.items())],
            listed
            and [sorted(listed.emails), sorted(listed.domains), sorted(map(str, listed.hashes))],
            kinds,
        ]
        return blake2b(json.dumps(told).encode(), digest_size=16).hexdigest()

    def schema(self, schema: Any) -> Any:
        """Return the schema of what comes out for an input's: its columns, then the new ones.

        Args:
            schema: A `pyarrow.Schema`.

        Raises:
            RunError: It has no column that is a known field, or one that could be several.
        """
        return OpenedStep(self, schema).filler.schema

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        """Fill batches of one schema, one after the other, with all their rows in their order.

        Raises:
            RunError: As for `schema`; a table of one's own cannot be read.
        """
        opened: OpenedStep | None = None
        for batch in batches:
            if opened is None or opened.before != batch.schema:
                opened = OpenedStep(self, batch.schema)
            yield opened.fill(batch)

    def table(self, table: Any) -> Any:
        """Fill a `pyarrow.Table`, for engines that hand over one after the other.

        Raises:
            RunError: As for `schema`; a table of one's own cannot be read.
        """
        from pyarrow import Table  # noqa: PLC0415 - beside its only use

        batches = [*self(iter(table.to_batches()))]
        return Table.from_batches(batches, self.schema(table.schema))


class OpenedStep:
    """A step that is at work on batches of one schema.

    Args:
        step: With what they are filled.
        schema: Theirs.
        folders: Column → text, as the names of their file's folders say it.

    Attributes:
        before: Their schema.
        layout: Which columns may get new texts, and which are new.
        added: Names of the new columns.
        optional: Those of them that a file has only where some record has a value.
        filler: Puts what is found into them.
        changed: Columns of the input that got new texts.
        named: Names of the new columns that got any.
        partition: All columns, with those of the folders.
    """

    def __init__(
        self, step: ArrowStep, schema: Any, folders: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.before = schema
        self.partition = Partition(schema.names, folders)
        header = self.partition.header
        match = step.match or _match(step, header)
        own = own_columns(header) if step.provenance else None
        wants = [one.wants for one in step.steps]
        layout = self.layout = Layout(match.columns, wants, provenance=step.provenance, own=own)
        self._beside = beside(schema)
        self._spill = Spill(schema, layout.changing)
        self.added = (*self._spill.names, *layout.added)
        self.optional = frozenset((*self._spill.names, *layout.fields))
        self.filler = Filler(schema, layout.changing, self.added)
        self.changed: set[int] = set()
        self.named: set[str] = set()
        local = LocalWaterfall(
            step.steps, step.rules, step.chains, layout, datetime.now(UTC), keep=False
        )
        self._finish = local.open()
        waterfall = Waterfall(step.steps, step.rules, chains=step.chains)
        reading = RowReading(match.columns, match.fallbacks, own or {})
        self._reader = RecordReader(reading, waterfall, step.suppression)
        self._needed = {*match.read_columns, *(own or {}).values()}

    def fill(self, batch: Any, count: Callable[[RecordResult], None] = lambda _: None) -> Any:
        """Return a batch with what was found; ``count`` is told of each record."""
        columns, opaque = batch_texts(batch, self._needed, self._beside)
        new = []
        for record in self._records(columns, opaque):
            result = self._finish((record, self._reader.suppresses(record)))
            count(result)
            self.changed.update(result.cells)
            new.append(self._spill(result.cells, result.added))
        filled = self.filler.fill(batch, new)
        for name, column in zip(self.added, filled.columns[batch.num_columns :], strict=True):
            if column.null_count < len(column):
                self.named.add(name)
        return filled

    def _records(
        self, columns: Sequence[Sequence[str]], opaque: Mapping[int, Collection[int]]
    ) -> Iterator[Record]:
        """Return what the rows say; ``opaque`` tells where columns hold what nobody can read."""
        partition = self.partition
        if not (opaque or partition.fixed):
            yield from self._reader.records(columns)
            return
        for place, cells in enumerate(zip(*columns, strict=True)):
            row = Row(place + 1, place + 1, [*cells], None)
            row.opaque = frozenset(at for at, places in opaque.items() if place in places)
            yield self._reader.record(partition.row(row))


def step(
    providers: str = "offline",
    *,
    mapping: Mapping[str, str] | None = None,
    want: str = "",
    overwrite: str = "",
    default_region: str = "",
    provenance: bool = True,
    config: str | Path | None = None,
) -> ArrowStep:
    """Return a function over record batches that fills what follows from each row alone.

    Args:
        providers: As after ``-p``: ``offline``, and tables of the configuration.
        mapping: Field → column, where headers do not tell. Values are not looked at to find that
            out: it must be the same for every batch.
        want: As after ``--want``: fields to fill.
        overwrite: As after ``--overwrite``: fields whose values may be replaced.
        default_region: Country of phone numbers that state none, such as ``DE``.
        provenance: Whether the ``enrichctl_*`` columns are added.
        config: A configuration file instead of the user's.

    Raises:
        UsageError: A provider is not known, or asks somebody; a field is not known.
    """
    settings = load(Path(config) if config is not None else None)
    check(settings)
    found = [_local(load_provider(name.strip(), settings)) for name in providers.split(",")]
    named = read_fields(want) or tuple(settings.wants)
    check_wants(found, named)
    replaced = frozenset(read_fields(overwrite))
    return ArrowStep(
        tuple(
            Step(
                one,
                wants_of(one, named, replaced),
                only_if=condition_of(one.name, settings),
            )
            for one in found
        ),
        Rules(
            overwrite=replaced,
            min_confidence=settings.min_confidence or 0.0,
            region=(default_region or settings.default_region).upper(),
            verified_email=settings.verified_email,
        ),
        mapping=dict(mapping or {}),
        saved=settings.mappings,
        chains={n: c for n, c in settings.waterfall.items() if n != "default"},
        provenance=provenance,
    )


def stamp_of_provider(provider: Provider) -> str:
    """Return what changes with what a provider answers from, other than its code."""
    return provider.stamp if isinstance(provider, Local) else ""


def _local(provider: Provider) -> Provider:
    if isinstance(provider, Local):
        return provider
    raise UsageError(
        f"{provider.name} asks somebody beyond the machine, and an engine runs a task again when"
        " its worker is lost: that would be paid for twice",
        next=f"leave it out here, and run: enrichctl enrich FILE -p {provider.name}",
    )


def _match(step: ArrowStep, names: Sequence[str]) -> HeaderMatch:
    asked = {one.provider.name for one in step.steps}
    match = match_header(
        names,
        (),
        step.mapping,
        step.saved,
        is_provider=asked.__contains__,
    )
    if match.ambiguous:
        first = match.ambiguous[0]
        choices = " or ".join(f"mapping={{{f!r}: {column!r}}}" for f, column in first.choices)
        raise UsageError(first.why, next=f"say which: {choices}")
    if not match.recognised:
        raise InputError(
            "no column is a known field", next="say which is which: mapping={'email': 'COLUMN'}"
        )
    return match
