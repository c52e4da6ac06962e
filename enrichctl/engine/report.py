"""The counts of a run, kept while it lasts."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from enrichctl.engine.booking import Done
from enrichctl.engine.result import RecordResult
from enrichctl.errors import ExitStatus, ProviderError
from enrichctl.model import LaneCount, Outcome, Status


class _Numbers:
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
    """The counts of one run."""

    lanes: dict[str, LaneCount]
    fields: tuple[str, ...]
    outcomes: Counter[Status] = field(default_factory=Counter)
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    causes: dict[tuple[str, str], int] = field(default_factory=dict)
    not_asked: Counter[str] = field(default_factory=Counter)  # why → records
    records: int = 0
    suppressed: int = 0
    people: int = 0
    undone: int = 0  # records for which something that was asked for was not done
    started: float = field(default_factory=time.monotonic)
    _reused: _Numbers = field(default_factory=_Numbers)

    def count_done(self, done: Done) -> None:
        """Count a question that came to an end."""
        lane = self.lanes[done.question.step.provider.name]
        if done.outcome is None:
            return
        lane.count(done.outcome)
        if done.outcome is not Outcome.DECLINED:
            lane.asked += 1
            lane.calls += 1
        lane.credits += done.bought

    def count(self, through: RecordResult) -> None:
        """Count a record that is through."""
        self.records += 1
        self.suppressed += through.suppressed
        self.undone += through.undone
        self.outcomes[Status(through.status)] += 1
        self.before.update(through.before)
        self.after.update(through.after)
        for provider, attempt in through.reused:
            if provider in self.lanes and self._reused.add(attempt):
                self.lanes[provider].reused += 1
        for provider, matched in through.looked_up:
            lane = self.lanes[provider]
            lane.asked += 1
            lane.count(Outcome.MATCHED if matched else Outcome.MISSED)
        self.not_asked.update(through.not_asked)
        for trouble in through.troubles:
            self.causes[trouble] = self.causes.get(trouble, 0) + 1

    def summary(self, stops: Sequence[ProviderError] = ()) -> dict[str, Any]:
        """Return the counts as the journal keeps them and ``status --json`` shows them."""
        errors = [{"cause": c, "count": n, "next": nxt} for (c, nxt), n in self.causes.items()]
        errors += [
            {"cause": stop.message, "count": self.outcomes[Status.PENDING], "next": stop.next}
            for stop in stops
        ]
        return {
            "outcomes": {status.value: self.outcomes[status] for status in Status},
            "providers": [lane.plain() for lane in self.lanes.values()],
            "fields": [
                {"name": n, "filled_before": self.before[n], "filled_after": self.after[n]}
                for n in self.fields
            ],
            "errors": errors,
            "suppressed": self.suppressed,
            "not_asked": [{"reason": r, "count": n} for r, n in self.not_asked.most_common()],
        }

    def exit_status(self) -> ExitStatus:
        """Return the exit status of a run that nothing stopped."""
        if self.outcomes[Status.UNCONFIRMED]:
            return ExitStatus.UNCONFIRMED
        failed = self.outcomes[Status.FAILED] or self.undone
        return ExitStatus.SOME_FAILED if failed else ExitStatus.DONE
