"""What a run comes to, counted while it lasts."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from enrichctl.engine.booking import Done
from enrichctl.engine.result import RecordResult
from enrichctl.errors import ExitStatus, ProviderError
from enrichctl.model import NOTHING, Credits, Outcome, Status, plain


@dataclass(slots=True)
class LaneCount:
    """One provider's part in a run. ``asked`` counts people, ``calls`` requests."""

    name: str
    asked: int = 0
    matched: int = 0
    missed: int = 0
    declined: int = 0
    failed: int = 0
    unconfirmed: int = 0
    calls: int = 0
    reused: int = 0
    credits: Credits = NOTHING

    @property
    def match_rate(self) -> float | None:
        """Return the share of answers that were matches; None before the first."""
        answered = self.matched + self.missed
        return round(self.matched / answered, 4) if answered else None


@dataclass(slots=True)
class Report:
    """The counts of one run."""

    lanes: dict[str, LaneCount]
    fields: tuple[str, ...]
    outcomes: Counter[Status] = field(default_factory=Counter)
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    causes: dict[tuple[str, str], int] = field(default_factory=dict)
    records: int = 0
    suppressed: int = 0
    people: int = 0
    undone: int = 0  # records for which something that was asked for was not done
    started: float = field(default_factory=time.monotonic)

    def count_done(self, done: Done) -> None:
        """Count a question that came to an end."""
        lane = self.lanes[done.ask.step.provider.name]
        if done.outcome is None:
            return
        word = done.outcome.value
        setattr(lane, word, getattr(lane, word) + 1)
        if done.outcome is not Outcome.DECLINED:
            lane.asked += 1
        lane.credits += done.spent

    def count(self, through: RecordResult) -> None:
        """Count a record that is through."""
        self.records += 1
        self.suppressed += through.suppressed
        self.undone += through.undone
        self.outcomes[Status(through.status)] += 1
        self.before.update(through.before)
        self.after.update(through.after)
        for provider in through.reused:
            if provider in self.lanes:
                self.lanes[provider].reused += 1
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
            "providers": [
                asdict(lane) | {"credits": plain(lane.credits), "match_rate": lane.match_rate}
                for lane in self.lanes.values()
            ],
            "fields": [
                {"name": n, "filled_before": self.before[n], "filled_after": self.after[n]}
                for n in self.fields
            ],
            "errors": errors,
            "suppressed": self.suppressed,
        }

    def exit_status(self) -> ExitStatus:
        """Return the exit status of a run that nothing stopped."""
        if self.outcomes[Status.UNCONFIRMED]:
            return ExitStatus.UNCONFIRMED
        failed = self.outcomes[Status.FAILED] or self.undone
        return ExitStatus.SOME_FAILED if failed else ExitStatus.DONE
