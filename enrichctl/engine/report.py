"""What a run comes to: counts while it lasts, and each record's explanation."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from enrichctl.engine.settling import Done
from enrichctl.errors import ExitStatus, ProviderError
from enrichctl.facts import spelling
from enrichctl.fields import kind_of
from enrichctl.journal import subject_key
from enrichctl.journal.history import RecordRow
from enrichctl.merging import Lead, said_by, status_of
from enrichctl.model import NOTHING, Credits, Outcome, Status, plain

NAMING = frozenset({"email", "phone", "person_url", "id"})  # kinds by which a person is found


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
    failures: int = 0
    started: float = field(default_factory=time.monotonic)

    def count_done(self, done: Done) -> None:
        """Count a question that came to an end."""
        lane = self.lanes[done.ask.course.provider.name]
        if done.outcome is None:
            return
        word = done.outcome.value
        setattr(lane, word, getattr(lane, word) + 1)
        if done.outcome is not Outcome.DECLINED:
            lane.asked += 1
        lane.credits += done.credits

    def count_lead(self, lead: Lead) -> tuple[Status, str]:
        """Count a record that is through; return its status and note."""
        status, note = status_of(lead)
        self.records += 1
        self.suppressed += lead.suppressed
        self.outcomes[status] += 1
        before = lead.record.values.keys() & self.fields
        self.before.update(before)
        self.after.update(before | (lead.filled.keys() & self.fields))
        for tried in lead.tried:
            if tried.reused and tried.provider in self.lanes:
                self.lanes[tried.provider].reused += 1
            if tried.outcome in (Outcome.FAILED, Outcome.UNCONFIRMED):
                key = said_by(tried.provider, tried.reason or tried.cause), _next(tried.outcome)
                self.causes[key] = self.causes.get(key, 0) + 1
        return status, note

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
        return ExitStatus.SOME_FAILED if self.outcomes[Status.FAILED] else ExitStatus.DONE


def _next(outcome: Outcome) -> str:
    if outcome is Outcome.UNCONFIRMED:
        return "look at the provider's own usage page, then --retry-unconfirmed to ask again"
    return "mend the rows (enrichctl status last --records failed), or --retry-failed to ask again"


def explain(lead: Lead, status: Status, note: str) -> RecordRow:
    """Return what became of a record as the journal keeps it for ``status --row``."""
    read = lead.record.values
    cells: dict[str, list[Any]] = {name: [text] for name, text in read.items()}
    for name, text in lead.filled.items():
        origin, before = lead.origin[name], read.get(name)
        cells[name] = [
            before,
            text if text != before else None,
            origin.provider,
            origin.source or None,
            origin.confidence,
            _iso(origin.at),
        ]
    attempts = [
        {
            "provider": t.provider,
            "outcome": t.outcome.value,
            "attempt": t.attempt,
            "accepted": t.accepted,
            "reason": t.reason,
        }
        for t in lead.tried
    ]
    keys = b"".join(
        [
            subject_key(spelling.canonical(name, text))
            for name, text in read.items()
            if kind_of(name) in NAMING
        ]
    )
    record = lead.record
    return RecordRow(record.row, record.line, status.value, note, cells, attempts, keys)


@lru_cache(64)  # what one provider gave is of one moment
def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
