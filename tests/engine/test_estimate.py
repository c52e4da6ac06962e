"""A plan is what the run then does: no more people, and never more credits."""

from decimal import Decimal

import pytest
from rig import COLUMNS, Asked, Rows, provider

from enrichctl.engine.earlier_results import EarlierResults
from enrichctl.engine.estimate import Estimate
from enrichctl.engine.question import Rules, Step
from enrichctl.engine.record_reader import RecordReader, RowReading
from enrichctl.engine.stop import Limits
from enrichctl.engine.waterfall import Waterfall
from enrichctl.journal import history
from enrichctl.journal.results import LastRun
from enrichctl.journal.scratch import Scratch
from enrichctl.model import Room
from enrichctl.price import Price

ANNA, BOB, CARL = "anna@acme.com", "bob@acme.com", "carl@acme.com"
KEYED = {"key_header": "Key", "key_hours": 24}


class ByName(Asked):
    """Is asked about people by their names."""

    needs = (("full_name",),)
    uses = ("full_name",)


def plan(rig, emails, *providers, limit=None, budgets=None, columns=COLUMNS, earlier=None, **rules):
    rows = [(one, "", "") if isinstance(one, str) else one for one in emails]
    steps = [Step(p, p.default_wants or p.finds, "account") for p in providers]
    waterfall = Waterfall(steps, Rules(**rules), rig.journal)
    reader = RecordReader(RowReading(columns), waterfall)
    estimate = Estimate(
        waterfall, Scratch(),
        lambda name: history.match_rate(rig.journal, name, "account"), Limits(limit),
    )  # fmt: skip
    earlier = earlier or EarlierResults(rig.journal, LastRun(), None)
    estimate.count_all(Rows(rows), reader, earlier)
    return estimate.finish((budgets or {}).items())


def lanes(plan):
    return {lane.name: (lane.ask, lane.reused, lane.credits.most) for lane in plan.lanes}


def calls(plan):
    spread = plan.lanes[0].calls
    return (spread.least, spread.expected, spread.most)


def test_people_are_counted_once_and_filled_cells_not_at_all(rig):
    made = plan(rig, [ANNA, "ANNA@acme.com", BOB, (CARL, "1", ""), ""], provider())
    assert (made.records, made.people, made.complete, made.unidentified) == (5, 4, 1, 1)
    assert lanes(made) == {"alpha": (2, 0, 2)}


def test_rows_of_which_different_things_are_asked_count_twice_at_the_next_provider(rig):
    """They share the call, unless the first provider leaves something else to ask of one."""
    alpha, beta = provider("alpha", "city job_title"), provider("beta", "job_title")
    rig.vendor(alpha).facts = {"city": "Bern"}
    rig.vendor(beta).facts = {"job_title": "CEO"}
    rows = [(ANNA, "", ""), (ANNA, "Bern", "")]
    made = plan(rig, rows, alpha, beta)
    most = {lane.name: (lane.credits.most, lane.may_share) for lane in made.lanes}
    assert most == {"alpha": (1, 0), "beta": (2, 1)}
    rig.run(rows, alpha, beta)
    assert rig.vendors["beta"].asked == [ANNA]


def test_a_row_that_leaves_nothing_to_the_first_provider_may_share_its_call_too(rig):
    alpha, beta = provider("alpha", "city"), provider("beta", "job_title")
    rows = [(ANNA, "", ""), (ANNA, "Bern", "")]
    for order in (rows, rows[::-1]):
        made = plan(rig, [*order, (BOB, "", "")], alpha, beta)
        found = {lane.name: (lane.credits.most, lane.may_share) for lane in made.lanes}
        assert found == {"alpha": (2, 0), "beta": (3, 1)}


def test_people_of_whom_the_next_provider_learns_from_the_first_share_nothing(rig):
    """Nobody knows yet whom it will be asked about: they are not taken for one person."""
    columns = {"full_name": 0, "email": 1, "job_title": 2}
    finder, teller = provider("alpha", "email", ByName), provider("beta", "job_title")
    rows = [("Jane Doe", "", ""), ("Max Roe", "", "")]
    made = plan(rig, rows, finder, teller, columns=columns)
    found = {lane.name: (lane.credits.most, lane.may_share) for lane in made.lanes}
    assert found == {"alpha": (2, 0), "beta": (2, 0)}


def test_the_most_is_as_if_nobody_knew_anything(rig):
    made = plan(rig, [ANNA, BOB, ANNA], provider("alpha"), provider("beta"))
    assert not any(lane.may_share for lane in made.lanes)
    assert lanes(made) == {"alpha": (2, 0, 2), "beta": (2, 0, 2)}
    assert [lane.credits.least for lane in made.lanes] == [0, 0]
    assert [lane.credits.expected for lane in made.lanes] == [1, Decimal("0.5")]


def test_what_was_answered_before_is_not_asked_and_its_share_of_matches_is_expected(rig):
    alpha = provider()
    rig.vendor(alpha).plays = {BOB: ["404"]}
    rig.run([ANNA, BOB], alpha)
    made = plan(rig, [ANNA, BOB, CARL, "d@acme.com"], alpha)
    assert lanes(made) == {"alpha": (2, 2, 2)}
    assert made.lanes[0].credits.expected == 1


@pytest.mark.parametrize("per_field", [False, True])
def test_what_is_too_old_is_asked_again_and_not_reused(per_field, rig):
    alpha = provider("alpha", "city job_title", per_field=per_field)
    rig.vendor(alpha).plays = {BOB: ["404"]}
    rig.run([ANNA, BOB], alpha)
    rig.clock.pass_(days=31)
    people = 4 if per_field else 2
    made = plan(rig, [ANNA, BOB], alpha, provider("beta", "city"))
    assert lanes(made) == {"alpha": (people, 0, people), "beta": (2, 0, 2)}


@pytest.mark.parametrize("days", [0, 2])
def test_doubt_that_a_key_settles_costs_nothing_more_and_may_end_in_a_miss(days, rig):
    alpha, beta = provider("alpha", **KEYED), provider("beta")
    rig.vendor(alpha).plays = {ANNA: ["lost"]}
    rig.run([ANNA], alpha)
    rig.clock.pass_(days=days)
    made = plan(rig, [ANNA], alpha, beta)
    if days:
        assert (lanes(made), made.unconfirmed) == ({"alpha": (0, 1, 0), "beta": (0, 0, 0)}, 1)
    else:
        assert (lanes(made), made.unconfirmed) == ({"alpha": (1, 0, 0), "beta": (1, 0, 1)}, 0)
    rig.vendors["alpha"].plays = {ANNA: ["404"]}
    rig.run([ANNA], alpha, beta)
    assert len(rig.vendor(beta).requests) == (0 if days else 1)


def test_a_limit_counts_records_that_need_asking(rig):
    made = plan(rig, [(CARL, "1", ""), ANNA, BOB], provider(), limit=1)
    assert lanes(made) == {"alpha": (1, 0, 1)}


def test_a_budget_bounds_the_plan(rig):
    room = Room(Decimal(2), Decimal(9), "day")
    made = plan(rig, [ANNA, BOB, CARL], provider(), budgets={"alpha": room})
    assert (lanes(made), made.lanes[0].room) == ({"alpha": (3, 0, 2)}, room)
    assert calls(made) == (2, 3, 3)  # two matches use it up; misses are free


def test_a_budget_into_which_no_call_fits_lets_nothing_be_spent(rig):
    room = Room(Decimal("0.5"), Decimal("0.5"), "run")
    made = plan(rig, [ANNA, BOB, CARL], provider(), budgets={"alpha": room})
    spread = made.lanes[0].credits
    assert (spread.least, spread.expected, spread.most) == (0, 0, 0)
    assert calls(made) == (0, 0, 0)


def test_a_budget_holds_calls_that_cost_whatever_comes_back(rig):
    alpha = provider(price=Price("call", {"*": Decimal(2)}))
    emails = [f"p{n}@acme.com" for n in range(9)]
    room = Room(Decimal(7), Decimal(9), "day")
    made = plan(rig, emails, alpha, budgets={"alpha": room})
    assert calls(made) == (3, 3, 3)


def test_a_budget_that_is_likely_to_be_used_up_makes_fewer_calls_likely(rig):
    emails = [f"p{n}@acme.com" for n in range(20)]  # each of which is expected to cost 0.5
    room = Room(Decimal(4), Decimal(9), "day")
    assert calls(plan(rig, emails, provider(), budgets={"alpha": room})) == (4, 8, 20)


def test_a_budget_for_a_part_of_what_is_wanted_may_be_spent_on_that(rig):
    """Another provider may leave only that to be asked for."""
    price = Price("match", {"city": Decimal(1), "job_title": Decimal(20)})
    alpha = provider("alpha", "city job_title", price=price)
    room = Room(Decimal(2), Decimal(2), "run")
    made = plan(rig, [ANNA], alpha, budgets={"alpha": room})
    assert made.lanes[0].credits.most == 2


def test_a_plan_asks_nobody_and_writes_nothing(rig):
    alpha = provider()
    plan(rig, [ANNA], alpha)
    assert (rig.vendor(alpha).requests, rig.attempts()) == ([], [])


def test_a_plan_reads_answers_only_where_they_make_a_difference(rig, monkeypatch):
    alpha, beta = provider("alpha"), provider("beta", "city job_title")
    rig.run([ANNA, BOB], alpha, beta)
    read = []
    for one in (alpha, beta):
        find = type(one).read
        monkeypatch.setattr(
            type(one),
            "read",
            lambda self, *how, find=find: read.append(self.name) or find(self, *how),
        )

    made = plan(rig, [ANNA, BOB, CARL], alpha, beta)

    assert lanes(made) == {"alpha": (1, 2, 1), "beta": (1, 2, 1)}
    assert read == ["alpha", "alpha"]


def test_what_an_answer_says_beyond_the_question_is_not_planned_to_be_asked(rig):
    alpha = provider("alpha", "city job_title")
    plain = provider("alpha", "city")
    rig.vendor(plain).facts = {"city": "1", "job_title": "CEO"}
    rig.run([ANNA], plain)

    assert lanes(plan(rig, [ANNA], alpha))["alpha"] == (0, 1, 0)


def test_of_an_account_that_was_never_asked_a_plan_looks_for_nothing(rig, monkeypatch):
    """It is one look at the journal then, not one for each of a million rows."""
    alpha, beta = provider("alpha", "city"), provider("beta", "job_title")
    rig.run([ANNA, BOB], alpha)
    read, looked = rig.journal.attempts, []
    monkeypatch.setattr(
        rig.journal, "attempts", lambda *key, **how: looked.append(key[0]) or read(*key, **how)
    )
    made = plan(rig, [ANNA, BOB, CARL], alpha, beta)
    assert lanes(made) == {"alpha": (1, 2, 1), "beta": (3, 0, 3)}
    assert set(looked) == {"alpha"}
