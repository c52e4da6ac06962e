"""Intervals of shares, against published figures and against chance itself."""

import random
from math import comb, sqrt

import pytest

from enrichctl.analysis.rates import interval_of


@pytest.mark.parametrize(
    ("matched", "answered", "low", "high"),
    [  # R: binom::binom.wilson, and the table of Newcombe (1998), method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0),
    ],
)
def test_an_interval_is_the_one_that_statisticians_publish(matched, answered, low, high):
    assert interval_of(matched, answered) == (
        pytest.approx(low, abs=1e-4),
        pytest.approx(high, abs=1e-4),
    )


def test_of_nothing_everything_is_possible():
    assert interval_of(0, 0) == (0.0, 1.0)


def test_the_interval_holds_the_truth_in_95_of_100_of_many_cases():
    """20,000 providers of all qualities, each asked about 20 to 400 people."""
    dice, held = random.Random(7), 0  # noqa: S311 - chance, not a secret
    for _ in range(20_000):
        truth, asked = dice.uniform(0.02, 0.98), dice.choice((20, 50, 120, 400))
        matched = sum(dice.random() < truth for _ in range(asked))
        low, high = interval_of(matched, asked)
        held += low <= truth <= high
    assert 0.945 <= held / 20_000 <= 0.96


def test_of_200_seeded_cases_as_many_intervals_hold_the_truth_as_the_binomial_says():
    """Each of 200 providers is asked about 60 people; what is due is summed up over all counts."""
    asked, due, spread, held = 60, 0.0, 0.0, 0
    holds = [interval_of(matched, asked) for matched in range(asked + 1)]
    dice = random.Random(200)  # noqa: S311 - chance, not a secret
    for case in range(200):
        truth = 0.05 + 0.9 * case / 200
        chance = sum(
            comb(asked, matched) * truth**matched * (1 - truth) ** (asked - matched)
            for matched, (low, high) in enumerate(holds)
            if low <= truth <= high
        )
        due, spread = due + chance, spread + chance * (1 - chance)
        low, high = holds[sum(dice.random() < truth for _ in range(asked))]
        held += low <= truth <= high
    assert 0.945 <= due / 200 <= 0.955
    assert abs(held - due) <= 3 * sqrt(spread)
