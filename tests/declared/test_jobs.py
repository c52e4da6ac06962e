"""What a job costs, and what a job that was cut short leaves."""

from decimal import Decimal

import pytest

from enrichctl.declared.batches import divided

D = Decimal


@pytest.mark.parametrize(
    ("total", "prices", "parts"),
    [
        (D(12), [D(1), D(11), D(0)], [D(1), D(11), D(0)]),  # as the prices have it
        (D(6), [D(1), D(11), D(0)], [D("0.5"), D("5.5"), D(0)]),  # cheaper than the prices
        (D(10), [D(1), D(1), D(1)], [D("3.333334"), D("3.333333"), D("3.333333")]),
        (D(2), [D(0), D(0)], [D(1), D(1)]),  # nothing that has a price came, and it cost
        (D(0), [D(1), D(1)], [D(0), D(0)]),  # charged before
    ],
)
def test_all_that_a_job_cost_is_divided_by_what_its_answers_are_worth(total, prices, parts):
    assert divided(total, prices) == parts
    assert sum(divided(total, prices)) == total
