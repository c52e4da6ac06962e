"""The plan: what a run would ask and what it may cost, before anything is asked."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from enrichctl.model import NOTHING, Credits, Room

UNKNOWN_RATE = 0.5  # share of matches expected of a provider that has never answered
FIRST_ROWS = 10  # that a plan names of those with something to look at
GIVEN_UP = 0.1  # share of found addresses expected to be given up as undeliverable


@dataclass(slots=True)
class Spread:
    """A number of which only bounds and an expectation are known before the run."""

    least: Credits = NOTHING
    expected: Credits = NOTHING
    most: Credits = NOTHING


@dataclass(slots=True)
class LanePlan:
    """What a run means to ask of one provider."""

    name: str
    ask: int = 0  # questions that no budget has stopped yet; see `LaneCount`
    asked_before: int = 0  # those of them that an earlier run put: the answers are collected, free
    verify: int = 0  # those of them that verify an address
    verify_known: int = 0  # an address of the file, or that was found before
    reused: int = 0  # questions answered before
    may_share: int = 0  # of those to ask: another row of the person may turn out to ask the same
    renamed: int = 0  # of those to ask: bought before, for another name beside the same address
    renamed_rows: list[int] = field(default_factory=list)  # the first of them
    calls: Spread = field(default_factory=Spread)
    credits: Spread = field(default_factory=Spread)
    changes: str = ""  # what asking changes at the provider, "" when nothing
    replaces: bool = False  # also values that are there
    room: Room | None = None
    cheapest: Credits | None = None  # the most that the cheapest call may cost
    dearest: Credits = NOTHING  # the most that any call may cost
    surely: Credits | None = None  # the least that any call costs: nothing where a miss is free
    # Another account → people whom it has answers about, where the one that is asked is new.
    former: Counter[str] = field(default_factory=Counter)
    not_asked: Counter[str] = field(default_factory=Counter)  # why → records

    def note_renamed(self, row: int) -> None:
        """Count a question that was bought before, for another name in its row."""
        self.renamed += 1
        if len(self.renamed_rows) < FIRST_ROWS:
            self.renamed_rows.append(row)

    @property
    def writes(self) -> str:
        """Return what asking changes at the provider, in words; "" when nothing."""
        return self.changes + ", and may replace what is there" * self.replaces

    def hold_to(self, room: Room | None) -> None:
        """Hold calls and credits to what a budget leaves: no call, where none fits into that."""
        self.room = room
        if room is None or self.credits.most <= room.left:
            return
        fits = self.cheapest is None or self.cheapest <= room.left
        self._hold_calls(room.left if fits else NOTHING)
        most = self.credits.most = room.left if fits else NOTHING
        self.credits.expected = min(self.credits.expected, most)
        self.credits.least = min(self.credits.least, most)

    def _hold_calls(self, left: Credits) -> None:
        """Hold its calls to those that so many credits pay for; what is collected is free.

        All of them may match, and cost the most: then the fewest fit. Or those that are free where
        nothing is found may all miss.
        """
        calls, free = self.calls, Credits(self.asked_before)
        if self.cheapest is not None and self.cheapest > left:
            calls.most = free
        elif self.surely:
            calls.most = min(calls.most, free + left // self.surely)
        if self.dearest:
            calls.least = min(calls.least, left // self.dearest)
        if left < self.credits.expected:
            paid = (calls.expected - min(free, calls.expected)) * left / self.credits.expected
            calls.expected = min(free, calls.expected) + paid
        calls.expected = max(calls.least, min(calls.expected, calls.most))
        self.may_share = min(self.may_share, int(calls.most))


@dataclass(slots=True)
class Plan:
    """What a run would do, before it does it."""

    records: int = 0
    people: int = 0
    complete: int = 0
    suppressed: int = 0
    unidentified: int = 0
    left_out: int = 0  # that --where did not choose
    unconfirmed: int = 0
    review: int = 0  # of which the last run holds an answer back
    two_companies: int = 0  # to ask about, whose domain and website are of two companies
    address_conflicts: int = 0  # share an address with an earlier row that names somebody else
    since: datetime | None = None  # when the job began whose answers are used at any age
    doubled: Credits = NOTHING  # may have been paid before for what is asked again
    mapping: dict[str, str] = field(default_factory=dict)  # field → column
    wants: tuple[str, ...] = ()
    lanes: list[LanePlan] = field(default_factory=list)

    @property
    def ask(self) -> int:
        """Return how many paid questions the run may put."""
        return sum(lane.ask for lane in self.lanes)
