"""The counts of a run, kept while it lasts."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from enrichctl.engine.result import RecordResult, RecordShape
from enrichctl.errors import BudgetReached, ExitStatus, ProviderError
from enrichctl.model import ANSWERED, LaneCount, Outcome, Status, credits_text

if TYPE_CHECKING:
    from enrichctl.engine.booking import Done

NO_STOPS: Mapping[str, ProviderError] = {}
SHAPES = 4_096  # kinds of records that are counted apart; few files have more


class Numbers:
    """A set of attempts' numbers in one bit each: rows by the million may share answers."""

    def __init__(self) -> None:
        self._bits = bytearray()

    def add(self, number: int) -> bool:
        """Add a number; tell whether it is new."""
        place, bit = number >> 3, 1 << (number & 7)
        if place >= len(self._bits):
            self._bits.extend(bytes(place + 1 - len(self._bits)))
        new = not self._bits[place] & bit
        self._bits[place] |= bit
        return new


@dataclass(slots=True)
class Report:
    """The counts of one run.

    Attributes:
        recipe: From what its records can be worked out again; None where the journal keeps them.
    """

    lanes: dict[str, LaneCount]
    fields: tuple[str, ...]
    recipe: Mapping[str, Any] | None = None
    outcomes: Counter[str] = field(default_factory=Counter)
    shapes: Counter[RecordShape] = field(default_factory=Counter)
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    fills: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    paths: Counter[tuple[tuple[str, str], ...]] = field(default_factory=Counter)
    causes: dict[tuple[str, str], int] = field(default_factory=dict)
    not_asked: Counter[str] = field(default_factory=Counter)  # why → records
    pending: Counter[str] = field(default_factory=Counter)  # provider → records that wait for it
    rest: int = 0  # records that are pending, without those that --limit leaves out
    records: int = 0
    left: int = 0  # records that the run did not get to, at the end
    suppressed: int = 0
    people: int = 0
    undone: int = 0  # records for which something that was asked for was not done
    started: float = field(default_factory=time.monotonic)
    _reused: Numbers = field(default_factory=Numbers)

    def count_done(self, done: "Done", run: str) -> None:
        """Count a question that came to an end, in a run of this id."""
        lane = self.lanes[done.question.step.provider.name]
        if done.outcome is None:
            return
        lane.count(done.outcome)
        if done.outcome is not Outcome.DECLINED:
            lane.asked += 1
            lane.calls += 1
            reopen = done.question.reopen
            lane.earlier += reopen is not None and reopen.run != run
        lane.credits += done.bought

    def add(self, other: "Report") -> None:
        """Add the counts of another round over the same records, by another provider."""
        self.lanes |= other.lanes
        for mine, theirs in (
            (self.outcomes, other.outcomes), (self.not_asked, other.not_asked),
            (self.pending, other.pending),
        ):  # fmt: skip
            mine.update(theirs)
        for cause, number in other.causes.items():
            self.causes[cause] = self.causes.get(cause, 0) + number
        self.records = max(self.records, other.records)
        self.suppressed = max(self.suppressed, other.suppressed)
        self.rest = max(self.rest, other.rest)
        self.undone += other.undone

    def count(self, through: RecordResult) -> None:
        """Count a record that is through."""
        self.records += 1
        self.suppressed += through.suppressed
        self.undone += through.undone
        self.outcomes[through.status] += 1
        self.shapes[through.shape] += 1
        if len(self.shapes) > SHAPES:
            self._add_up()
        for provider, attempt in through.reused:
            if provider in self.lanes and self._reused.add(attempt):
                self.lanes[provider].reused += 1
        self.rest += bool(through.pending_at)
        for provider in through.pending_at:
            self.pending[provider] += 1
        for why in through.not_asked:
            self.not_asked[why] += 1
        for trouble in through.troubles:
            self.causes[trouble] = self.causes.get(trouble, 0) + 1

    def count_undone(self, cause: str, next_: str, count: int) -> None:
        """Count what was asked for and not done once records were through."""
        self.undone += count
        self.causes[cause, next_] = self.causes.get((cause, next_), 0) + count

    def _add_up(self) -> None:
        """Add the kinds of records up by field and by provider."""
        for shape, count in self.shapes.items():
            held = {*shape.read, *shape.unknown}
            self.paths[shape.tried] += count
            for provider, matched in shape.looked_up:
                lane = self.lanes[provider]
                lane.asked += count
                lane.count(Outcome.MATCHED if matched else Outcome.MISSED, count)
            for name in held:
                self.before[name] += count
            for name in held.union(shape.filled):
                self.after[name] += count
            for name in shape.read:
                self.fills[name, None] += count
            for name, provider in zip(shape.filled, shape.givers, strict=True):
                if name not in shape.read:
                    self.fills[name, provider] += count
        self.shapes.clear()

    def absorb(self, summary: Mapping[str, Any]) -> None:
        """Add the summary of a part of the records that was counted by itself."""
        self.records += sum(summary["outcomes"].values())
        self.suppressed += summary["suppressed"]
        self.outcomes.update(summary["outcomes"])
        for counts in summary["providers"]:
            lane = self.lanes[counts["name"]]
            lane.asked += counts["asked"]
            for outcome in ANSWERED:
                lane.count(outcome, counts[outcome.value])
        for filled in summary["fields"]:
            self.before[filled["name"]] += filled["filled_before"]
            self.after[filled["name"]] += filled["filled_after"]
        for error in summary["errors"]:
            trouble = error["cause"], error["next"]
            self.causes[trouble] = self.causes.get(trouble, 0) + error["count"]
        for why in summary["not_asked"]:
            self.not_asked[why["reason"]] += why["count"]

    def summary(self, stops: Mapping[str, ProviderError] = NO_STOPS) -> dict[str, Any]:
        """Return the counts as the journal keeps them and ``status --json`` shows them.

        Args:
            stops: Provider → why nothing more was asked of it.
        """
        self._add_up()
        errors = [{"cause": c, "count": n, "next": nxt} for (c, nxt), n in self.causes.items()]
        errors += [
            {"cause": stop.message, "count": self.pending[name], "next": stop.next}
            for name, stop in stops.items()
            if self.pending[name]  # else all had been asked by then
        ]
        short = {
            name: credits_text(stop.takes)
            for name, stop in stops.items()
            if isinstance(stop, BudgetReached) and stop.takes is not None
        }
        return {
            "outcomes": {status.value: self.outcomes[status] for status in Status},
            "providers": [lane.plain() for lane in self.lanes.values()],
            "fields": [
                {"name": n, "filled_before": self.before[n], "filled_after": self.after[n]}
                for n in self.fields
            ],
            "errors": errors,
            "needs_you": any(stop.needs_you for stop in stops.values()),
            "short": short,
            "rest": self.rest,
            "suppressed": self.suppressed,
            "not_asked": [{"reason": r, "count": n} for r, n in self.not_asked.most_common()],
            **({} if self.recipe is None else self._instead_of_records(self.recipe)),
        }

    def _instead_of_records(self, recipe: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is kept of a run whose records are not: what is told of them together."""
        return {
            "recipe": dict(recipe),
            "reached": self.records - self.left if self.left else None,
            "paths": [[path, count] for path, count in self.paths.items()],
            "fills": [[name, who, count] for (name, who), count in self.fills.items()],
        }

    def exit_status(self) -> ExitStatus:
        """Return the exit status of a run that nothing stopped."""
        if self.outcomes[Status.UNCONFIRMED]:
            return ExitStatus.UNCONFIRMED
        failed = self.outcomes[Status.FAILED] or self.undone
        return ExitStatus.SOME_FAILED if failed else ExitStatus.DONE
