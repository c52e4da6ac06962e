"""A budget that is only set aside is not used up: a lane waits for its tickets before it stops."""

from decimal import Decimal

import pytest
from rig import Queued, found, provider

from enrichctl.price import Price

pytestmark = pytest.mark.parametrize("rig", ["file", "postgres"], indirect=True)
PEOPLE = [f"{letter}@x.example" for letter in "abcdef"]


def priced_by_what_comes(rig, **declared):
    """Set 2 credits aside for each person; 1 is what each comes to."""
    price = Price("match", items={"city": Decimal(1), "job_title": Decimal(1)})
    alpha = provider(finds="city job_title", kind=Queued, price=price, **declared)
    rig.vendor(alpha).plays["*"] = [lambda _: found(city="Oslo")]
    rig.vendor(alpha).plays["/submit"] = [lambda _: found(ok=True)]
    return alpha


def test_a_lane_goes_on_once_its_answers_cost_less_than_was_set_aside(rig):
    """6 credits are set aside for 3 people; 5 are asked about in the end, never beyond 6."""
    ended = rig.run(PEOPLE, priced_by_what_comes(rig), budget="6")
    assert sorted(ended.statuses) == ["enriched"] * 5 + ["pending"]
    assert rig.spent() == 5
    assert ended.stopped_by == ["budget"]


def test_a_budget_with_no_room_for_one_question_stops_at_once(rig):
    """Nothing is out, so there is nothing to wait for."""
    ended = rig.run(PEOPLE, priced_by_what_comes(rig), budget="1")
    assert (ended.statuses, rig.spent()) == (["pending"] * 6, 0)
    assert ended.stopped_by == ["budget"]


def test_a_ticket_that_never_comes_holds_the_others_no_longer_than_it_is_waited_for(rig):
    """Then the budget counts as reached."""
    alpha = priced_by_what_comes(rig, give_up=0.3)
    rig.vendor(alpha).plays["*"] = [lambda _: found(wait=True)]
    ended = rig.run(PEOPLE, alpha, budget="6")
    assert ended.statuses == ["pending"] * 6
