"""Replays of runs in which addresses are verified, against worlds that are simulated by hand."""

import random
from collections import Counter
from decimal import Decimal
from itertools import permutations

import pytest

from enrichctl.analysis.checks import Verifier
from enrichctl.analysis.replay import Replay, Seller
from enrichctl.journal.course import Refused
from enrichctl.journal.known_answers import KnownAnswer
from enrichctl.journal.paths import Alike, Paths, PathsOfRun
from enrichctl.matching.conditions import read_condition
from enrichctl.model import Gain, Outcome, Segment
from enrichctl.price import Price

FIELDS = ("email", "job_title")
FLAT = Price("match", {"*": Decimal(3)})
CHECK = Price("match", {"*": Decimal("0.5")})
STATUS = ("email_status",)
WORDS = ("deliverable", "undeliverable", "undeliverable", "catch_all", "unknown")


class World:
    """People, what they lack, what three providers know of each, and what is said of addresses."""

    def __init__(self, seed):
        dice = random.Random(seed)  # noqa: S311 - chance, not a secret
        self.people = []
        for _ in range(40):
            blank = {name for name in FIELDS if dice.random() < 0.7}
            knows = {who: {f for f in FIELDS if dice.random() < 0.6} for who in "abc"}
            said = {who: dice.choice(WORDS) for who in ("a", "b", "c", "")}
            self.people.append((blank, knows, said))

    def run(self, order, *, each):
        """Return what an order fills and costs, and all answers of each person on the way."""
        filled, cost, log = 0, Counter(), []
        for blank, knows, said in self.people:
            left, answers, finder, verdicts = set(blank), [], "", 0

            def verify(who, *, rejects, answers=answers, said=said):
                gives_up = rejects and said[who] == "undeliverable"
                took = () if gives_up else STATUS
                gain = Gain(0, Segment(), STATUS, STATUS, STATUS, took, said[who] == "deliverable")
                answers.append(
                    KnownAnswer("v", Outcome.MATCHED, gain, Decimal("0.5"), True, said[who])
                )
                return gives_up

            for who in order:
                if not left:
                    break
                wants = tuple(f for f in FIELDS if f in left)
                got = tuple(f for f in wants if f in knows[who])
                paid = Decimal(3) * bool(got)
                outcome = Outcome.MATCHED if got else Outcome.MISSED
                gain = Gain(0, Segment(), wants, wants, got, got)
                answers.append(KnownAnswer(who, outcome, gain, paid, True))
                left -= set(got)
                if "email" in got:
                    finder = who
                    if each and verify(who, rejects=True):
                        left.add("email")
                    else:
                        verdicts += each
            has_email = "email" not in left
            if has_email and (not each or "email" not in blank):
                verify(finder if "email" in blank else "", rejects=False)
                verdicts += 1
            for one in answers:
                cost[one.provider] += one.credits
            filled += len(blank) - len(left) + verdicts
            log.append(answers)
        return filled, cost, log

    def paths(self, order, *, each):
        """Return what a journal knows after an order was run."""
        log = self.run(order, each=each)[2]
        kinds = Counter(Alike(tuple(known), frozenset(), Segment()) for known in log)
        return Paths(kinds, PathsOfRun())


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("each", [True, False])
@pytest.mark.parametrize("as_run", [True, False])
def test_what_was_run_is_known_to_the_credit_and_all_else_lies_within_its_bounds(
    seed, each, as_run
):
    world, sellers = World(seed), {who: Seller(frozenset(FIELDS), FLAT) for who in "abc"}
    for run in (("a", "b", "c"), ("b", "a"), ("c",)):
        paths = world.paths(run, each=each)
        mode = each if as_run else not each
        replay = Replay(paths, sellers, verifier=Verifier("v", CHECK, mode))
        for order in (run, *permutations("abc"), ("a",), ("c", "b")):
            filled, cost, _ = world.run(order, each=mode)
            found = replay.run(order)
            assert found.filled.least <= filled <= found.filled.most, (run, order)
            for name in (*order, "v"):
                span = found.credits[name]
                assert span.least <= cost[name] <= span.most, (run, order, name)
                assert span.least <= span.expected <= span.most
            if order == run and as_run:
                assert found.filled.is_known
                assert all(span.is_known for span in found.credits.values())


def answer(who, asked, got, cost, verdict=""):
    gain = Gain(0, Segment(), asked, asked, got, got, verdict == "deliverable")
    return KnownAnswer(who, Outcome.MATCHED, gain, Decimal(cost), True, verdict)


@pytest.mark.parametrize(("verdict", "filled"), [("undeliverable", 1), ("catch_all", 3)])
def test_an_address_is_verified_once_the_condition_holds_that_did_not_when_it_was_found(
    verdict, filled
):
    """Found by a, verified once b gave the title: given up then, or it and its verdict fill."""
    known = (
        answer("a", FIELDS, ("email",), 3), answer("b", ("job_title",), ("job_title",), 3),
        answer("v", STATUS, STATUS, "0.5", verdict),
    )  # fmt: skip
    paths = Paths(Counter([Alike(known, frozenset(), Segment())]), PathsOfRun())
    sellers = {who: Seller(frozenset(FIELDS), FLAT) for who in "ab"}
    rule = read_condition("job_title")
    found = Replay(paths, sellers, verifier=Verifier("v", CHECK, True, rule)).run(("a", "b"))
    assert found.filled == (filled,) * 3
    assert {name: set(cost) for name, cost in found.credits.items()} == {
        "a": {3}, "b": {3}, "v": {Decimal("0.5")},
    }  # fmt: skip


@pytest.mark.parametrize("each", [True, False])
@pytest.mark.parametrize(
    ("asked", "got", "hidden", "rule"),
    [
        (FIELDS, FIELDS, {"v"}, None),  # the address that was found is suppressed
        (("job_title",), ("job_title",), set(), "not email"),  # the row has an address
    ],
)
def test_an_address_that_the_verifier_is_not_told_costs_nothing(each, asked, got, hidden, rule):
    known = (answer("a", asked, got, 3),)
    paths = Paths(Counter([Alike(known, frozenset(map(Refused, hidden)), Segment())]), PathsOfRun())
    who = Verifier("v", CHECK, each, read_condition(rule) if rule else None)
    found = Replay(paths, {"a": Seller(frozenset(FIELDS), FLAT)}, verifier=who).run(("a",))
    assert found.filled == (len(got),) * 3
    assert set(found.credits["v"]) == {0}
