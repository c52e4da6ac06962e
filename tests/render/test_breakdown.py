"""A table of many kinds of people: those about few are added up, and the sums stay the same."""

from decimal import Decimal

from enrichctl.analysis.rates import interval_of
from enrichctl.render.breakdown import LONG, SUMS, left_out, shortened


def row(provider, asked, matched=1, *, money=False):
    cost = Decimal(matched)
    return {
        "provider": provider, "country": f"{provider}{asked}", "asked": asked, "answered": asked,
        "matched": matched, "match_rate": matched / asked, "low": 0.0, "high": 1.0, "thin": True,
        "credits": cost, "filled": matched, "verified": 0, "credits_per_filled_field": cost,
        "credits_per_verified_email": None,
        "money": {"currency": "EUR", "spent": cost / 10, "per_filled_field": cost / 10,
                  "per_verified_email": None} if money else None,
    }  # fmt: skip


def test_a_table_that_is_short_has_all_rows():
    rows = [row("acme", 1) for _ in range(LONG)]
    assert shortened(rows) == (rows, 0)


def test_of_a_long_one_kinds_about_few_are_added_up_for_each_provider():
    rows = [
        row(name, asked, money=name == "acme")
        for name in ("acme", "other")
        for asked in (50, 40, 12, 11, *[4] * 10, *[2] * 10, *[1] * 20)
    ]
    shown, few = shortened(rows)

    # Without those about one there are 48, without those about one or two 28.
    assert few == 3
    assert [one["asked"] for one in shown] == [50, 40, 12, 11, *[4] * 10, 40] * 2
    assert [one["kinds"] for one in shown if "kinds" in one] == [30, 30]
    for name in SUMS:
        assert sum(one[name] for one in shown) == sum(one[name] for one in rows)
    acme, other = (one for one in shown if "kinds" in one)
    assert acme["match_rate"] == 30 / 40
    assert (acme["low"], acme["high"]) == interval_of(30, 40)
    assert acme["thin"] is False
    assert acme["credits_per_filled_field"] == 1
    assert acme["money"] == {
        "currency": "EUR", "spent": Decimal(3), "per_filled_field": Decimal("0.1"),
        "per_verified_email": None,
    }  # fmt: skip
    assert other["money"] is None


def test_each_provider_keeps_the_kinds_most_was_asked_about():
    rows = [row(f"p{n}", 1 + (at == 0)) for n in range(8) for at in range(30)]
    shown, _ = shortened(rows)
    assert len(shown) == 8 * 4
    assert [one["asked"] for one in shown[:4]] == [2, 1, 1, 27]


def test_kinds_about_enough_people_are_never_added_up():
    rows = [row("acme", 30) for _ in range(LONG * 2)]
    assert shortened(rows) == (rows, 0)


def test_credits_of_attempts_that_were_erased_are_not_said_to_be_of_open_ones():
    one = {"provider": "acme", "attempts": 0, "credits": Decimal(49)}
    assert left_out(one) == ("acme: not counted here are 49 credits, of attempts no longer kept")
    assert "are 2 attempts and 49 credits: no record tells" in left_out(one | {"attempts": 2})
