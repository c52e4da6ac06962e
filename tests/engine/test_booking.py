"""What is booked of a question: every outcome, billed or not, paid or not, in doubt or not."""

from decimal import Decimal

import pytest

from enrichctl.engine.booking import Booked, book, outcome_of
from enrichctl.errors import (
    BadRecord,
    BudgetReached,
    Cancelled,
    Declined,
    Miss,
    NotYet,
    OutOfCredits,
    Unavailable,
    Unconfirmed,
    UnderWay,
)
from enrichctl.model import Answer, Outcome

PRICE, NOTHING = Decimal(3), Decimal(0)
MATCHED, MISSED, DECLINED = Outcome.MATCHED, Outcome.MISSED, Outcome.DECLINED
FAILED, UNCONFIRMED = Outcome.FAILED, Outcome.UNCONFIRMED

# The provider's last word → what is booked: when nothing billed has come back, when it has, and
# when an answer that may have been charged is not known.
TABLE = {
    MATCHED: ((MATCHED, PRICE), (MATCHED, PRICE), (MATCHED, PRICE)),
    MISSED: ((MISSED, NOTHING), (MISSED, PRICE), (UNCONFIRMED, PRICE)),
    FAILED: ((FAILED, NOTHING), (FAILED, PRICE), (UNCONFIRMED, PRICE)),
    DECLINED: ((DECLINED, NOTHING), (DECLINED, NOTHING), (UNCONFIRMED, PRICE)),
    UNCONFIRMED: ((UNCONFIRMED, PRICE), (UNCONFIRMED, PRICE), (UNCONFIRMED, PRICE)),
    "released": (("released", NOTHING), (UNCONFIRMED, PRICE), (UNCONFIRMED, PRICE)),
}
CASES = [
    (outcome, paid, in_doubt, expected[2 if in_doubt else int(paid)])
    for outcome, expected in TABLE.items()
    for paid in (False, True)
    for in_doubt in (False, True)
]


@pytest.mark.parametrize(("outcome", "paid", "in_doubt", "expected"), CASES)
def test_what_is_booked_where_money_was_reserved(outcome, paid, in_doubt, expected):
    """Doubt outlives every word but a match, and what is in doubt counts as spent."""
    assert book(outcome, PRICE, paid=paid, in_doubt=in_doubt) == Booked(*expected)


@pytest.mark.parametrize(("outcome", "paid", "in_doubt", "expected"), CASES)
def test_where_nothing_billed_was_sent_nothing_is_charged(outcome, paid, in_doubt, expected):
    """The state is the same; a price of nothing stays nothing."""
    assert book(outcome, NOTHING, paid=paid, in_doubt=in_doubt) == Booked(expected[0], NOTHING)


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        (Answer({}), MATCHED),
        (None, MISSED),
        (Miss("nobody"), MISSED),
        (BadRecord("rejected"), FAILED),
        (Declined("has it already"), DECLINED),
        (Unconfirmed("lost"), UNCONFIRMED),
        (NotYet("later"), "released"),
        (UnderWay("run-7"), "released"),
        (OutOfCredits("empty"), "released"),
        (BudgetReached("reached"), "released"),
        (Unavailable("down"), "released"),
        (Cancelled("stopping"), "released"),
    ],
)
def test_what_a_providers_last_word_is(result, outcome):
    """An answer or a refusal is final; whatever reaches further leaves the question unasked."""
    assert outcome_of(result) == outcome
