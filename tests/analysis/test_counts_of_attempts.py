"""What is counted of attempts, by whom they were about."""

from decimal import Decimal

import pytest

from enrichctl.analysis.breakdown import break_down, read_dimensions
from enrichctl.errors import UsageError
from enrichctl.journal.gains import Tally
from enrichctl.model import Gain, Outcome, Segment
from enrichctl.price import Price

FLAT = Price("match", {"*": Decimal(1)})
BY_FIELD = Price("match", {"email": Decimal(5), "phone": Decimal(20)})
GERMAN, FRENCH = Segment("DE", "vp"), Segment("FR")


def tally(provider, outcome, cost, *, segment=GERMAN, n=1, asked="email phone", got="", ok=False):
    found = tuple(got.split())
    names = tuple(asked.split())
    gain = Gain(0, segment, names, names, found, found, ok)
    return Tally(provider, Outcome(outcome), segment, gain, n, Decimal(cost))


def cells(tallies, *by, price=FLAT):
    return {c.key: c for c in break_down(tallies, ("provider", *by), lambda _: price)}


def test_match_rates_are_of_the_people_answered_for():
    found = cells([
        tally("acme", "matched", 6, n=6, got="email"),
        tally("acme", "missed", 0, n=2),
        tally("acme", "failed", 0, n=3),
        tally("acme", "unconfirmed", 1, n=1),
        tally("acme", "declined", 0, n=9),
    ])  # fmt: skip

    cell = found["acme",]
    assert (cell.asked, cell.answered, cell.matched, cell.match_rate) == (12, 8, 6, 0.75)
    assert (cell.credits, cell.filled, cell.per_filled) == (7, 6, Decimal(7) / 6)
    assert cell.is_thin


def test_kinds_stand_by_provider_and_the_most_asked_first_however_they_are_stored():
    found = break_down(
        [
            tally("beta", "matched", 9, segment=Segment(), n=9),
            tally("acme", "missed", 0, segment=FRENCH, n=2),
            tally("acme", "missed", 0, n=40),
        ],
        ("provider", "country", "seniority"),
        lambda _: FLAT,
    )
    assert [(c.key, c.asked, c.is_thin) for c in found] == [
        (("acme", "DE", "vp"), 40, False), (("acme", "FR", ""), 2, True),
        (("beta", "", ""), 9, True),
    ]  # fmt: skip


def test_a_field_costs_its_own_price_and_the_parts_add_up():
    tallies = [
        tally("acme", "matched", 75, n=3, got="email phone"),
        tally("acme", "matched", 10, n=2, got="email"),
        tally("acme", "missed", 0, n=5),
    ]
    found = cells(tallies, "field", price=BY_FIELD)

    email, phone = found["acme", "email"], found["acme", "phone"]
    assert (email.credits, phone.credits) == (3 * 5 + 2 * 5, 3 * 20)
    assert (email.asked, email.matched, email.filled) == (10, 5, 5)
    assert (phone.asked, phone.matched, phone.match_rate) == (10, 3, 0.3)
    assert email.credits + phone.credits == 85


def test_a_flat_price_is_shared_by_what_was_found_and_by_all_where_nothing_was():
    found = cells(
        [tally("acme", "matched", 2, n=2, got="email phone"), tally("acme", "failed", 3, n=3)],
        "field",
    )
    assert [c.credits for c in found.values()] == [1 + Decimal("1.5")] * 2


def test_a_verified_email_is_one_that_the_provider_calls_deliverable():
    found = cells([
        tally("acme", "matched", 10, n=2, got="email", ok=True),
        tally("acme", "matched", 10, n=2, got="email"),
    ], "field")  # fmt: skip
    assert found["acme", "email"].verified == 2
    assert found["acme", "email"].per_verified == 10
    assert found["acme", "phone"].verified == 0
    assert found["acme", "phone"].per_verified is None


def test_what_was_asked_for_nothing_is_still_paid_for():
    found = cells([tally("acme", "matched", 4, asked="")], "field")
    assert found["acme", ""].credits == 4


def test_the_provider_is_always_the_first_kind():
    assert read_dimensions("country, domain_size") == ("provider", "country", "domain-size")
    assert read_dimensions("field,provider,company_size") == ("provider", "field", "domain-size")
    with pytest.raises(UsageError, match="'contry'; did you mean country"):
        read_dimensions("contry")
