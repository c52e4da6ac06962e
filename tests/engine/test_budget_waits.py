"""A budget that is only set aside is not used up: a lane waits for its answers before it stops."""

import threading
import time
from decimal import Decimal

import pytest
from rig import Asked, Queued, found, provider

from enrichctl.engine.budget_room import BudgetRoom
from enrichctl.engine.question import Step
from enrichctl.errors import BudgetReached
from enrichctl.price import Price
from enrichctl.transport import Reply

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


def test_a_look_up_waits_for_those_that_may_come_to_nothing(rig):
    """3 credits are set aside for 3 people, of whom 2 are misses: the rest buys the others."""

    def answer(seen):
        time.sleep(0.05)  # all workers are busy at once
        return Reply(404, {}, b"{}") if seen.email[0] in "bcd" else found(city="Oslo")

    alpha = provider(kind=Asked)
    rig.vendor(alpha).plays["*"] = [answer]
    ended = rig.run(PEOPLE, alpha, budget="3")
    assert (rig.spent(), ended.statuses.count("enriched")) == (3, 3)


def test_look_ups_that_all_cost_what_was_set_aside_end_at_the_budget(rig):
    alpha = provider(kind=Asked)
    rig.vendor(alpha).plays["*"] = [found_later]
    ended = rig.run(PEOPLE, alpha, budget="3")
    assert (rig.spent(), ended.statuses.count("pending")) == (3, 3)
    assert ended.stopped_by == ["budget"]
    assert len(rig.vendor(alpha).requests) == 3


def found_later(_):
    time.sleep(0.05)
    return found(city="Oslo")


def test_a_look_up_waits_for_one_whose_money_was_set_aside_at_this_very_moment(rig, monkeypatch):
    """Who is refused may learn of it before the other one learns that it was not."""
    refused = threading.Event()
    intend = rig.journal.intend

    def told_late(intent):
        try:
            number = intend(intent)
        except BudgetReached:
            refused.set()
            raise
        refused.wait(1)
        time.sleep(0.05)
        return number

    monkeypatch.setattr(rig.journal, "intend", told_late)
    alpha = provider(kind=Asked)
    rig.vendor(alpha).plays["*"] = [misses_once(rig.vendor(alpha))]
    ended = rig.run(PEOPLE, alpha, budget="1")
    assert (rig.spent(), sorted(ended.statuses)) == (1, ["enriched", "no_match"] + ["pending"] * 4)


def test_what_costs_less_sets_nothing_aside_once_the_budget_has_ended(rig):
    """Else it may come to nothing after the last word on what is left."""
    step = Step(provider(kind=Asked), ("city",), "account")
    room, reached = BudgetRoom(step), BudgetReached("no room for a call of up to 5")
    room.claim(new=True)
    assert not room.is_used_up(reached, room.ended)
    room.end()
    assert not room.is_used_up(reached, 0)
    assert room.is_used_up(reached, room.ended)
    with pytest.raises(BudgetReached):
        room.claim(new=True)
    room.claim(new=False)


def misses_once(vendor):
    """Answer the first request with a miss, and all others with a match."""
    return lambda _: Reply(404, {}, b"{}") if len(vendor.requests) == 1 else found(city="Oslo")
