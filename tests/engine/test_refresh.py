"""What is old is asked for again; a blank answer replaces nothing."""

from datetime import timedelta

import pytest
from rig import found, provider

DAYS = {"max_age": timedelta(days=90), "refresh": True}
ANN = "ann@acme.com"


def play(rig, alpha, *answers):
    rig.vendor(alpha).plays[ANN] = list(answers)


@pytest.fixture
def alpha(rig):
    made = provider("alpha", "city job_title")
    play(rig, made, lambda _: found(city="Bonn", job_title="CEO"))
    rig.run([ANN], made)
    return made


def cells(ended):
    return ended.cells("city"), ended.cells("job_title")


def test_what_is_younger_is_not_asked_again(rig, alpha):
    rig.clock.pass_(days=89)
    ended = rig.run([ANN], alpha, **DAYS)
    assert len(rig.vendor(alpha).requests) == 1
    assert cells(ended) == (["Bonn"], ["CEO"])


def test_a_new_value_replaces_the_old_one_and_a_blank_one_does_not(rig, alpha):
    rig.clock.pass_(days=91)
    play(rig, alpha, lambda _: found(job_title="Chair"))
    ended = rig.run([ANN], alpha, **DAYS)
    assert len(rig.vendor(alpha).requests) == 2
    assert cells(ended) == (["Bonn"], ["Chair"])


@pytest.mark.parametrize("answer", ["404", "400", "lost"])
def test_whatever_else_comes_instead_of_an_answer_the_old_one_stands(rig, alpha, answer):
    rig.clock.pass_(days=91)
    play(rig, alpha, answer)
    ended = rig.run([ANN], alpha, **DAYS)
    assert cells(ended) == (["Bonn"], ["CEO"])


def test_a_budget_that_is_reached_leaves_the_old_values(rig, alpha):
    rig.clock.pass_(days=91)
    ended = rig.run([ANN], alpha, budget="0", **DAYS)
    assert len(rig.vendor(alpha).requests) == 1
    assert cells(ended) == (["Bonn"], ["CEO"])
    assert ended.statuses == ["pending"]


def test_running_it_again_asks_nobody_and_fills_the_same(rig, alpha):
    rig.clock.pass_(days=91)
    play(rig, alpha, lambda _: found(job_title="Chair"))
    rig.run([ANN], alpha, **DAYS)
    again = rig.run([ANN], alpha, **DAYS)
    assert len(rig.vendor(alpha).requests) == 2
    assert cells(again) == (["Bonn"], ["Chair"])


def test_a_filled_cell_is_replaced_only_if_this_tool_filled_it(rig, alpha):
    rig.clock.pass_(days=91)
    play(rig, alpha, lambda _: found(city="Kiel", job_title="Chair"))
    row = (ANN, "Bonn", "my own words", "city=alpha")
    columns = {"email": 0, "city": 1, "job_title": 2}
    ended = rig.run([row], alpha, columns=columns, own={"enrichctl_sources": 3}, **DAYS)
    assert cells(ended) == (["Kiel"], ["my own words"])


def test_a_filled_cell_stays_where_the_new_answer_is_blank_and_what_is_young_is_left(rig, alpha):
    row = (ANN, "Bonn (edited)", "CEO", "city=alpha;job_title=alpha")
    how = {"columns": {"email": 0, "city": 1, "job_title": 2}, "own": {"enrichctl_sources": 3}}
    ended = rig.run([row], alpha, **how, **DAYS)
    assert len(rig.vendor(alpha).requests) == 1
    assert cells(ended) == (["Bonn (edited)"], ["CEO"])
    rig.clock.pass_(days=91)
    play(rig, alpha, lambda _: found(job_title="Chair"))
    ended = rig.run([row], alpha, **how, **DAYS)
    assert cells(ended) == (["Bonn (edited)"], ["Chair"])


def test_what_somebody_has_typed_over_an_answer_stays_and_is_not_asked_for(rig, alpha):
    """On another machine nobody knows, and the column of sources is believed."""
    rig.clock.pass_(days=91)
    play(rig, alpha, lambda _: found(city="Kiel", job_title="Chair"))
    how = {"columns": {"email": 0, "city": 1, "job_title": 2}, "own": {"enrichctl_sources": 3}}
    typed = (ANN, "Bad Godesberg", "Boss", "city=alpha;job_title=sandbox:alpha")
    ended = rig.run([typed], alpha, **how, **DAYS)
    assert len(rig.vendor(alpha).requests) == 1
    assert cells(ended) == (["Bad Godesberg"], ["Boss"])

    ended = rig.run([(ANN, "BONN", "Boss", typed[3])], alpha, **how, **DAYS)
    assert len(rig.vendor(alpha).requests) == 2
    assert cells(ended) == (["Kiel"], ["Boss"])

    play(rig, alpha, lambda _: found(city="Kiel", job_title="Chair"))
    bob = ("bob@acme.com", "Bad Godesberg", "Boss", typed[3])
    rig.vendor(alpha).plays["bob@acme.com"] = [lambda _: found(city="Kiel", job_title="Chair")]
    assert cells(rig.run([bob], alpha, **how, **DAYS)) == (["Kiel"], ["Chair"])


def test_without_it_an_old_answer_gives_way_to_a_blank_one(rig, alpha):
    rig.clock.pass_(days=91)
    play(rig, alpha, lambda _: found(job_title="Chair"))
    assert cells(rig.run([ANN], alpha, max_age=timedelta(days=90))) == ([""], ["Chair"])


def test_what_the_job_itself_has_bought_is_used_whatever_its_age(rig, alpha):
    rig.clock.pass_(hours=1)
    job = rig.clock()
    fresh = {"max_age": timedelta(0), "miss_age": timedelta(0)}
    rig.run([ANN], alpha, **fresh)
    assert len(rig.vendor(alpha).requests) == 2
    rig.clock.pass_(hours=1)
    assert cells(rig.run([ANN], alpha, **fresh, since=job)) == (["Bonn"], ["CEO"])
    assert len(rig.vendor(alpha).requests) == 2
    rig.run([ANN], alpha, **fresh, since=job + timedelta(seconds=1))
    assert len(rig.vendor(alpha).requests) == 3


def test_who_answers_about_somebody_else_leaves_the_old_value_and_the_status_as_they_are(rig):
    """So it is when the answer has just come, and when it is read from the journal."""
    alpha = provider("alpha", "city full_name")
    alpha.about = ("full_name",)
    row = (ANN, "Ann Lee", "Bonn", "city=alpha")
    how = {"columns": {"email": 0, "full_name": 1, "city": 2}, "own": {"enrichctl_sources": 3}}
    play(rig, alpha, lambda _: found(city="Bonn", full_name="Ann Lee"))
    rig.run([row[:3]], alpha, columns=how["columns"])
    rig.clock.pass_(days=91)
    play(rig, alpha, lambda _: found(city="Kiel", full_name="Tom Roe"))
    runs = [rig.run([row], alpha, **how, **DAYS) for _ in range(3)]
    assert len(rig.vendor(alpha).requests) == 1
    assert [ended.cells("city") for ended in runs] == [["Bonn"]] * 3
    assert [ended.statuses for ended in runs] == [["complete"]] * 3
