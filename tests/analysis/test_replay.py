"""Replays against worlds of which everything is known, simulated apart from the code under test."""

import random
from collections import Counter
from decimal import Decimal
from itertools import permutations

import pytest

from enrichctl.analysis.rates import interval_of
from enrichctl.analysis.replay import Replay, Seller
from enrichctl.journal.known_answers import KnownAnswer
from enrichctl.journal.paths import Alike, Paths, PathsOfRun
from enrichctl.matching.conditions import read_condition
from enrichctl.model import Gain, Outcome, Segment
from enrichctl.price import Price
from enrichctl.sandbox.population import Population

FIELDS = ("email", "phone", "job_title")
PRICES = {
    "flat": Price("match", {"*": Decimal(3)}),
    "each": Price("match", {"email": Decimal(5), "phone": Decimal(20), "job_title": Decimal(1)}),
    "call": Price("call", {"*": Decimal("0.5")}),
}
RULE = "country == 'DE' and not phone"


class World:
    """People, what they lack, and what three providers know of each."""

    def __init__(self, seed):
        dice = random.Random(seed)  # noqa: S311 - chance, not a secret
        self.people = []
        for _ in range(40):
            blank = frozenset(name for name in FIELDS if dice.random() < 0.7)
            knows = {
                name: frozenset(f for f in FIELDS if dice.random() < dice.choice((0.2, 0.8)))
                for name in PRICES
            }
            self.people.append((blank, knows, dice.choice(("DE", "FR"))))

    def run(self, order, ruled=""):
        """Return what an order fills and costs, and what was asked of whom on the way."""
        filled, cost, log = 0, Counter(), []
        for blank, knows, country in self.people:
            left, asked = set(blank), []
            for name in order:
                if not left or (name == ruled and (country != "DE" or "phone" not in left)):
                    continue
                wants = tuple(f for f in FIELDS if f in left)
                got = tuple(f for f in wants if f in knows[name])
                asked.append((name, wants, got, self.charge(name, got)))
                cost[name] += asked[-1][3]
                left -= set(got)
            filled += len(blank) - len(left)
            log.append((blank, country, asked))
        return filled, cost, log

    def charge(self, name, got):
        match name:
            case "flat":
                return Decimal(3) * bool(got)
            case "call":
                return Decimal("0.5")
        return sum((PRICES["each"].items[field] for field in got), Decimal(0))

    def paths(self, order):
        """Return what a journal knows after an order was run."""
        kinds = Counter()
        for blank, country, asked in self.run(order)[2]:
            known = tuple(
                KnownAnswer(
                    name, Outcome.MATCHED if got else Outcome.MISSED,
                    Gain(0, Segment(), wants, wants, got, got), cost, used=True,
                )
                for name, wants, got, cost in asked
            )  # fmt: skip
            # Whether a field was blank for which nobody was asked does not matter to anybody.
            del blank
            kinds[Alike(known, frozenset(), Segment(country))] += 1
        return Paths(kinds, PathsOfRun())


def sellers(**conditions):
    return {
        name: Seller(frozenset(FIELDS), price, conditions.get(name))
        for name, price in PRICES.items()
    }


@pytest.mark.parametrize("seed", range(40))
def test_the_order_that_was_run_is_known_to_the_credit_and_others_lie_within_their_bounds(seed):
    world = World(seed)
    for run in (("flat", "each", "call"), ("each", "flat"), ("call",)):
        replay = Replay(world.paths(run), sellers())
        for order in (run, *permutations(PRICES, 3), ("each",), ("flat", "call")):
            filled, cost, _ = world.run(order)
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
def test_a_condition_is_replayed_within_its_bounds(seed):
    world = World(seed)
    replay = Replay(world.paths(("flat", "each", "call")), sellers(each=read_condition(RULE)))
    for order in permutations(PRICES):
        filled, cost, _ = world.run(order, ruled="each")
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
