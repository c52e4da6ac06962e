"""What always holds of plans, runs and money, whatever was asked before and is answered now."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from rig import Asked, Ended, Queued, Rig, Vendor, found, provider
from test_estimate import plan

from enrichctl.engine import delay_queue
from enrichctl.engine import lane as lanes
from enrichctl.engine.stop import Limits
from enrichctl.errors import Miss
from enrichctl.model import Answer, Attempt, Outcome, Query
from enrichctl.plan import Plan
from enrichctl.price import Price
from enrichctl.provider import Remote

PEOPLE = ("a@x.de", "b@x.de", "A@x.de")
FIELDS = ("city", "job_title", "seniority")
ITEMS: tuple[dict[str, int], ...] = (
    {"*": 1}, {"city": 10, "job_title": 2, "seniority": 1}, {"*": 1, "city": 7},
)  # fmt: skip
AGAIN = {"max_age", "retry_failed", "retry_unconfirmed"}  # rules that have answers asked for anew
FINAL = {"enriched", "complete", "no_match", "failed", "skipped"}


class AtOnce(Asked):
    """Says what it is asked for and no more; by the call it charges misses as well."""

    def find(self, query, api):
        try:
            return only(super().find(query, api), query)
        except Miss:
            api.paid = self.price.billed == "call"
            raise


class Later(Queued):
    """Says what it is asked for and no more, later."""

    give_up = 0.02
    poll_every = 0.001

    def collect(self, ticket, query, api):
        return only(super().collect(ticket, query, api), query)


def only(answer: Answer | None, query: Query) -> Answer | None:
    return answer and Answer({n: answer.body[n] for n in query.wants if n in answer.body})


@dataclass
class Case:
    """A random waterfall, and the random runs on it."""

    rig: Rig
    dice: random.Random
    providers: list[Remote] = field(default_factory=list)
    rows: list[tuple[str, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.providers = [self.vendor(name) for name in ("alpha", "beta", "gamma")]
        self.providers = self.providers[: self.dice.randint(1, 3)]
        self.rows = [self.row() for _ in range(self.dice.randint(1, 4))]

    def happens(self, chance: float) -> bool:
        return self.dice.random() < chance

    def row(self) -> tuple[str, ...]:
        pick = self.dice.choice
        return pick(PEOPLE), pick(["", "", "1"]), pick(["", "", "CEO"])

    def vendor(self, name: str) -> Remote:
        """Return a made-up provider of any kind."""
        finds = " ".join(self.dice.sample(FIELDS, self.dice.randint(1, 3)))
        items = {n: Decimal(c) for n, c in self.dice.choice(ITEMS).items()}
        price = Price(self.dice.choice(["match", "call"]), items)
        declared: dict[str, Any] = {"price": price, "per_field": self.happens(0.3)}
        if self.happens(0.3):
            return provider(name, finds, Later, **declared)
        if self.happens(0.4):
            declared |= {"key_header": "Key", "key_hours": 24}
        elif self.happens(0.4):
            declared |= {"recovers": True, "recover": lambda *_: None}
        return provider(name, finds, AtOnce, **declared)

    def shuffle(self) -> None:
        """Let time pass, and every vendor be in another mood."""
        hours = self.dice.choice([0, 2, 26, 8 * 24, 31 * 24])
        self.rig.clock.pass_(hours=hours, seconds=1)
        for one in self.providers:
            facts = {n: f"{one.name} {n}" for n in one.finds if self.happens(0.7)}
            self.rig.vendors[one.name] = Vendor(facts, {who: [self.play(one)] for who in PEOPLE})

    def play(self, one: Remote) -> Any:
        if isinstance(one, Queued):
            late, miss = (lambda _: found(wait=True)), (lambda _: found(miss=True))
            return self.dice.choice(["match", late, miss])
        return self.dice.choice(["match", "match", "404", "400", "lost", "down"])

    def rules(self) -> dict[str, Any]:
        rules: dict[str, Any] = {
            "max_age": timedelta(0), "miss_age": timedelta(days=7), "retry_failed": True,
            "retry_unconfirmed": True, "overwrite": frozenset({"job_title"}),
        }  # fmt: skip
        return {name: value for name, value in rules.items() if self.happens(0.25)}


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(lanes, "LINGER", 0.005)
    monkeypatch.setattr(delay_queue, "IDLE", 0.005)


@pytest.mark.parametrize("seed", range(60))
def test_whatever_happens(seed, rig, quick):
    case = Case(rig, random.Random(seed))  # noqa: S311 - no secrets
    for _ in range(3):
        case.shuffle()
        rules = case.rules()
        limit, budget = case.dice.choice([None, None, 1]), case.dice.choice(["", "", "3"])
        before = {attempt.id for attempt in rig.attempts()}
        spent = spending(rig)
        made = plan(rig, case.rows, *case.providers, limit=limit, **rules)
        ended = rig.run(case.rows, *case.providers, limits=Limits(limit), budget=budget, **rules)
        mine = [attempt for attempt in rig.attempts() if attempt.id not in before]
        check_money(made, spent, spending(rig), mine, budget)
        check_books(rig)
        check_records(case, ended, mine)
        if set(ended.statuses) <= FINAL and not ended.stopped_by:
            check_again(case, ended, {n: v for n, v in rules.items() if n not in AGAIN})


def spending(rig: Rig) -> Counter[str]:
    total: Counter[str] = Counter()
    for attempt in rig.attempts():
        total[attempt.provider] += attempt.credits
    return total


def check_money(
    made: Plan, before: Counter[str], after: Counter[str], mine: list[Attempt], budget: str
) -> None:
    """No more is asked and spent than planned, nor than the budget allows."""
    for lane in made.lanes:
        own = [attempt for attempt in mine if attempt.provider == lane.name]
        assert after[lane.name] - before[lane.name] <= lane.credits.most
        assert len(own) <= lane.calls.most
        assert not budget or sum(attempt.credits for attempt in own) <= Decimal(budget)
        about = Counter((attempt.person, want) for attempt in own for want in attempt.wants)
        assert max(about.values(), default=0) <= 1  # nothing is asked twice


def check_books(rig: Rig) -> None:
    """What a period has cost is what its attempts cost."""
    due: Counter[tuple[str, str]] = Counter()
    for name, run, day, stored in rig.journal.read(
        "SELECT provider, run, day, credits FROM attempts"
    ):
        for period in (f"run:{run}", f"day:{day}", f"month:{day[:7]}"):
            due[name, period] += stored
    kept = rig.journal.read("SELECT provider, period, credits FROM spending")
    assert +Counter({(name, period): stored for name, period, stored in kept}) == +due
    assert min((stored for *_, stored in kept), default=0) >= 0


def check_records(case: Case, ended: Ended, mine: list[Attempt]) -> None:
    """Every record comes out once, in order, and no doubt is kept from the user."""
    assert ended.rows == list(range(1, len(case.rows) + 1))
    for status, lead in zip(ended.statuses, ended.leads, strict=True):
        doubts = [tried for tried in lead.tried if tried.outcome is Outcome.UNCONFIRMED]
        assert not doubts or status == "unconfirmed"
    lost = [attempt for attempt in mine if attempt.outcome is Outcome.UNCONFIRMED]
    assert not lost or "unconfirmed" in ended.statuses


def check_again(case: Case, ended: Ended, rules: dict[str, Any]) -> None:
    """What is answered is read from the journal: nothing is asked, and all comes out the same."""
    rig = case.rig
    made = plan(rig, case.rows, *case.providers, **rules)
    sent = {name: len(vendor.requests) for name, vendor in rig.vendors.items()}
    again = rig.run(case.rows, *case.providers, **rules)
    assert {name: len(vendor.requests) for name, vendor in rig.vendors.items()} == sent
    assert [lead.filled for lead in again.leads] == [lead.filled for lead in ended.leads]
    assert again.statuses == ended.statuses
    lanes = again.runner.report.lanes
    assert {n.name: (n.ask, n.reused) for n in made.lanes} == {
        name: (0, lane.reused) for name, lane in lanes.items()
    }
