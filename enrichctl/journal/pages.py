"""What a page about one run draws: counted by SQLite, so that a million records take no room.

Records are kept for the last run on an input; of an earlier one there is nothing to count here.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, NamedTuple

from enrichctl.fields import in_order
from enrichctl.journal import history, queries, record_rows
from enrichctl.journal.money import from_millionths
from enrichctl.journal.store import Journal
from enrichctl.model import Credits, Outcome

STEPS = 240  # points of a line at most: more than a page has pixels for
_INSTANT = timedelta(milliseconds=1)


@dataclass(slots=True)
class WaterfallStep:
    """A provider at one place of the waterfall, in records.

    Attributes:
        position: 1 for the first provider to look at a record.
        reached: Records that it was the position-th to look at.
        matched: Those that it knew.
        missed: Those that it did not know.
        filled: Field → records that took it from there in the end.
    """

    position: int
    provider: str
    reached: int = 0
    matched: int = 0
    missed: int = 0
    filled: Counter[str] = field(default_factory=Counter)

    @property
    def match_rate(self) -> float | None:
        """Return the share of answers that were matches; None before the first."""
        answered = self.matched + self.missed
        return self.matched / answered if answered else None


@dataclass(slots=True)
class Fill:
    """In how many records a field was filled, and by whom.

    Attributes:
        before: Records whose cell was filled when read.
        found: Provider → records whose blank cell it filled.
    """

    name: str
    before: int = 0
    found: dict[str, int] = field(default_factory=dict)

    @property
    def after(self) -> int:
        """Return in how many records it is filled now."""
        return self.before + sum(self.found.values())


class SpendingLine(NamedTuple):
    """What one provider had charged by when; ``points`` are (share of the time, credits so far)."""

    provider: str
    points: list[tuple[float, Credits]]


class Spending(NamedTuple):
    """Credits over the time of a run, in its attempts: open ones with their worst case."""

    since: datetime
    until: datetime
    lines: list[SpendingLine]


Path = Sequence[Sequence[Any]]
"""Who looked at a record, in order: provider, outcome and, where it is kept, accepted fields."""


def paths(journal: Journal, run: str) -> Iterator[tuple[Path, int]]:
    """Yield the paths of records through the waterfall, and how many records took each."""
    for path, count in journal.scan(queries.PATHS, (run,)):
        yield json.loads(path), count


def steps_of(
    journal: Journal, run: history.RunEntry, fills: Iterable[Fill] = ()
) -> list[WaterfallStep]:
    """Count who looked at the records of a run first, second and so on; see `waterfall_steps`."""
    if kept := run.summary.get("paths"):
        return waterfall_steps(kept, fills)
    return waterfall_steps(paths(journal, run.id))


def waterfall_steps(
    paths: Iterable[tuple[Path, int]], fills: Iterable[Fill] = ()
) -> list[WaterfallStep]:
    """Count who looked at records first, second and so on, and what came of it.

    Args:
        paths: See `paths`.
        fills: Who filled what, for paths that do not say it: told of providers that were at one
            place only.
    """
    found: dict[tuple[int, str], WaterfallStep] = {}
    for path, count in paths:
        taken = {name: provider for provider, _, *more in path for name in chain(*more)}
        for position, (provider, outcomes) in enumerate(_by_provider(path), 1):
            step = found.setdefault((position, provider), WaterfallStep(position, provider))
            step.reached += count
            if Outcome.MATCHED in outcomes:
                step.matched += count
            elif Outcome.MISSED in outcomes:
                step.missed += count
            for name, giver in taken.items():
                if giver == provider:
                    step.filled[name] += count
    places = Counter(provider for _, provider in found)
    for one in fills:
        for step in found.values():
            if step.provider in one.found and places[step.provider] == 1:
                step.filled[one.name] = one.found[step.provider]
    return sorted(found.values(), key=lambda p: (p.position, -p.reached, p.provider))


def _by_provider(path: Path) -> Iterator[tuple[str, set[str]]]:
    """Yield who looked at a record, in order, with all that came of it."""
    outcomes: dict[str, set[str]] = {}
    for provider, outcome, *_ in path:
        if outcome != Outcome.DECLINED:
            outcomes.setdefault(provider, set()).add(outcome)
    yield from outcomes.items()


def cells(journal: Journal, run: str) -> Iterator[tuple[str, str | None, int]]:
    """Yield fields, who filled blank cells of each, None for filled ones, and how many cells."""
    for name, provider, filled, count in journal.read(queries.FILLS, (run,)):
        yield name, None if filled else provider, count


def fills(cells: Iterable[tuple[str, str | None, int]]) -> list[Fill]:
    """Count the cells that were filled before, and by whom blank ones were; see `cells`.

    In field order.
    """
    found: dict[str, Fill] = {}
    for name, provider, count in cells:
        one = found.setdefault(name, Fill(name))
        if provider is None:
            one.before += count
        else:
            one.found[provider] = count
    return [found[name] for name in in_order(frozenset(found))]


def spending(journal: Journal, run: history.RunEntry) -> Spending:
    """Add up what the attempts of a run cost, as time went by."""
    ((last,),) = journal.read(queries.LATEST_OF_RUN, (run.id,))
    until = max(
        run.finished_at or run.started_at,
        datetime.fromisoformat(last) if last else run.started_at,
        run.started_at + _INSTANT,
    )
    step = (until - run.started_at) / STEPS
    rows = journal.read(
        queries.SPENDING,
        (run.started_at.isoformat(timespec="milliseconds"), step / _INSTANT, run.id),
    )
    totals: Counter[str] = Counter()
    points: dict[str, list[tuple[float, Credits]]] = {}
    for provider, at, stored in rows:
        totals[provider] += stored
        share = min(max(at / STEPS, 0.0), 1.0)
        points.setdefault(provider, []).append((share, from_millionths(totals[provider])))
    lines = [SpendingLine(provider, drawn) for provider, drawn in points.items()]
    return Spending(run.started_at, until, lines)


def sample(journal: Journal, run: str, size: int) -> list[record_rows.RecordRow]:
    """Return some records that a provider changed, spread evenly over the input."""
    rows = journal.read(queries.SAMPLE, (size, run))
    found = (record_rows.record(journal, run, row) for (row,) in rows)
    return [record for record in found if record is not None and changes(record)]


def changes(record: record_rows.RecordRow) -> dict[str, dict[str, Any]]:
    """Return the fields of a record that a provider changed."""
    return {
        name: value
        for name, value in record.values.items()
        if value["provider"] and value["after"] != value["before"]
    }
