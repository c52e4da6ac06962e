"""Replays against worlds of which everything is known, simulated apart from the code under test."""

import random
from collections import Counter
from copy import copy
from decimal import Decimal
from itertools import permutations

import pytest

from enrichctl.analysis.rates import interval_of
from enrichctl.analysis.replay import Replay, Seller
from enrichctl.journal.course import Refused
from enrichctl.journal.known_answers import KnownAnswer
from enrichctl.journal.paths import Alike, Paths, PathsOfRun
from enrichctl.matching.conditions import read_condition
from enrichctl.model import Gain, Outcome, Segment
from enrichctl.price import Price
from enrichctl.sandbox.population import Population

FIELDS = ("email", "phone", "job_title", "seniority")
PRICES = {
    "flat": Price("match", {"*": Decimal(3)}),
    "each": Price(
        "match",
        dict(zip(FIELDS, map(Decimal, (5, 20, 1, 2)), strict=True)),
    ),
    "call": Price("call", {"*": Decimal("0.5")}),
}
RULE = "country == 'DE' and not phone"
LOCAL = frozenset({"seniority"})  # what follows from a title on this machine
NEEDED = {"call": "email"}  # what it has to be told


class World:
    """People, what they lack, and what three providers know of each.

    A title that was found tells the level, for nothing. One provider has to be told an e-mail,
    which may have to be found first. Some answers hold what can be no value: they are paid for and
    fill nothing. Some are lost, and nobody knows whether they were charged.
    """

    def __init__(self, seed):
        dice = random.Random(seed)  # noqa: S311 - chance, not a secret
        self.people = []
        for _ in range(40):
            blank = frozenset(name for name in FIELDS if dice.random() < 0.7)
            knows = {
                name: frozenset(f for f in FIELDS if dice.random() < dice.choice((0.2, 0.8)))
                for name in PRICES
            }
            junk = frozenset((name, f) for name in PRICES for f in FIELDS if dice.random() < 0.1)
            lost = frozenset(name for name in PRICES if dice.random() < 0.05)
            self.people.append((blank, knows, dice.choice(("DE", "FR")), junk, lost))

    def run(self, order, ruled="", stop=1_000):
        """Return what an order fills and costs, and what was asked of whom on the way.

        It stops after so many questions.
        """
        filled, cost, log = 0, Counter(), []
        for blank, knows, country, junk, lost in self.people:
            left, owed, asked, refused, given, is_left = set(blank), set(), [], [], (), False
            for name in order:
                wants = tuple(f for f in FIELDS if f in left)
                if name == ruled and (country != "DE" or "phone" not in left):
                    continue
                if not wants or owed.intersection(wants):
                    continue
                if NEEDED.get(name) in left:
                    refused.append(Refused(name, wants, frozenset(given)))
                    continue
                if not stop:
                    is_left = True
                    owed.update(wants)
                    continue
                stop -= 1
                leans = frozenset(given if NEEDED.get(name) in blank else ())
                has = tuple(f for f in wants if f in knows[name] and name not in lost)
                got = tuple(f for f in has if (name, f) not in junk)
                paid = PRICES[name].most(wants) if name in lost else self.charge(name, has)
                outcome = Outcome.MATCHED if has else Outcome.MISSED
                outcome = Outcome.UNCONFIRMED if name in lost else outcome
                cost[name] += paid
                filled += len(got)
                left -= set(got)
                follows = LOCAL & left if "job_title" in got else frozenset()
                left -= follows
                owed.update(wants if name in lost else ())
                given = (*given, name) if has else given
                gain = Gain(0, Segment(), wants, wants, got, got)
                asked.append(
                    KnownAnswer(
                        name, outcome, gain, paid, used=True, derived=follows, leans_on=leans
                    )
                )
            log.append(Alike(tuple(asked), frozenset(refused), Segment(country), is_left))
        return filled, cost, log

    def charge(self, name, got):
        match name:
            case "flat":
                return Decimal(3) * bool(got)
            case "call":
                return Decimal("0.5")
        return sum((PRICES["each"].items[field] for field in got), Decimal(0))

    def paths(self, order, **how):
        """Return what a journal knows after an order was run."""
        return Paths(Counter(self.run(order, **how)[2]), PathsOfRun(), LOCAL)

    def met(self, order, **how):
        """Return those about whom somebody was asked: others are not counted.

        What was never asked is taken to come to an answer.
        """
        met = copy(self)
        log = self.run(order, **how)[2]
        met.people = [
            (*one, frozenset(n.provider for n in kind.known if n.outcome is Outcome.UNCONFIRMED))
            for (*one, _), kind in zip(self.people, log, strict=True)
            if kind.known
        ]
        return met


def sellers(**conditions):
    return {
        name: Seller(frozenset(FIELDS), price, conditions.get(name))
        for name, price in PRICES.items()
    }


@pytest.mark.parametrize("seed", range(40))
def test_the_order_that_was_run_is_known_to_the_credit_and_others_lie_within_their_bounds(seed):
    world = World(seed)
    for run in (("flat", "each", "call"), ("each", "flat"), ("call",)):
        replay, met = Replay(world.paths(run), sellers()), world.met(run)
        for order in (run, *permutations(PRICES, 3), ("each",), ("flat", "call")):
            filled, cost, _ = met.run(order)
            found = replay.run(order)
            assert found.filled.least <= filled <= found.filled.most, (run, order)
            for name in order:
                span = found.credits[name]
                assert span.least <= cost[name] <= span.most, (run, order, name)
                assert span.least <= span.expected <= span.most
            if order == run:
                assert found.filled.is_known
                assert all(span.is_known for span in found.credits.values())


@pytest.mark.parametrize("seed", range(20))
def test_what_a_run_that_was_stopped_did_not_ask_lies_within_its_bounds(seed):
    world, run = World(seed), ("flat", "each", "call")
    for stop in (10, 40, 70):
        replay, met = Replay(world.paths(run, stop=stop), sellers()), world.met(run, stop=stop)
        for order in permutations(PRICES):
            filled, cost, _ = met.run(order)
            found = replay.run(order)
            assert found.filled.least <= filled <= found.filled.most, order
            for name in order:
                assert found.credits[name].least <= cost[name] <= found.credits[name].most


@pytest.mark.parametrize("seed", range(20))
def test_a_condition_is_replayed_within_its_bounds(seed):
    world = World(seed)
    run = ("flat", "each", "call")
    replay, met = Replay(world.paths(run), sellers(each=read_condition(RULE))), world.met(run)
    for order in permutations(PRICES):
        filled, cost, _ = met.run(order, ruled="each")
        found = replay.run(order)
        assert found.filled.least <= filled <= found.filled.most, order
        for name in order:
            assert found.credits[name].least <= cost[name] <= found.credits[name].most, (
                order,
                name,
            )


def test_every_order_of_every_choice_is_tried_once():
    orders = [one.order for one in Replay(World(1).paths(("flat",)), sellers()).every_order()]
    assert len(orders) == len(set(orders)) == 3 + 6 + 6


def test_the_interval_of_a_match_rate_holds_the_truth_in_95_of_100_of_200_seeded_cases():
    """What a vendor of the sandbox knows of 300 people, judged by the 60 that were asked about."""
    held = 0
    for seed in range(200):
        miss = 0.05 + 0.9 * seed / 200
        population = Population(seed, miss_rate=miss)
        people = list(population.people)
        knows = {mail: population.person_at("leadlex", mail) is not None for mail in people}
        asked = random.Random(seed).sample(people, 60)  # noqa: S311 - chance, not a secret
        low, high = interval_of(sum(knows[mail] for mail in asked), 60)
        held += low <= sum(knows.values()) / len(people) <= high
    assert held >= 190
