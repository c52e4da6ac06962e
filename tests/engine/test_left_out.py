"""A provider with a condition is asked about the records for which it holds, and no others."""

from rig import found, provider

from enrichctl.engine.estimate import Estimate
from enrichctl.engine.lead import lead_from_record
from enrichctl.engine.question import Rules, Step
from enrichctl.engine.waterfall import Waterfall
from enrichctl.journal.scratch import Scratch
from enrichctl.matching.conditions import read_condition
from enrichctl.model import Record

COLUMNS = {"email": 0, "city": 1, "job_title": 2, "country": 3}
ROWS = [
    ("ann@acme.com", "", "", "Germany"), ("bob@acme.com", "", "", "France"),
    ("cem@acme.com", "", "", ""),
]  # fmt: skip
GERMAN = read_condition("country == 'DE'")


def run(rig, *providers, rows=ROWS, **conditions):
    read = {name: read_condition(text) for name, text in conditions.items()}
    return rig.run(rows, *providers, columns=COLUMNS, only_if=read)


def test_only_those_are_asked_about_and_the_others_say_why(rig):
    ended = run(rig, provider("alpha", "city"), alpha="country == 'DE'")

    assert rig.vendors["alpha"].asked == ["ann@acme.com"]
    assert ended.statuses == ["enriched", "skipped", "skipped"]
    why = "alpha is asked only if country == 'DE'"
    assert ended.notes == ["", f"{why}: country is FR", f"{why}: country is not known"]
    assert ended.runner.report.not_asked == {why: 2}


def test_the_next_provider_is_asked_instead(rig):
    ended = run(rig, provider("alpha", "city"), provider("beta", "city"), alpha="country == 'DE'")

    assert sorted(rig.vendors["beta"].asked) == ["bob@acme.com", "cem@acme.com"]
    assert ended.cells("city") == ["alpha's city", "beta's city", "beta's city"]


def test_what_an_earlier_provider_found_decides_as_well(rig):
    alpha, beta = provider("alpha", "city"), provider("beta", "job_title")
    rig.vendor(alpha).plays["bob@acme.com"] = ["404"]
    run(rig, alpha, beta, rows=ROWS[:2], beta="not city")

    assert rig.vendors["beta"].asked == ["bob@acme.com"]


def test_its_own_answer_does_not_shut_it_out_before_its_other_fields_are_asked_for(rig):
    alpha = provider("alpha", "city job_title", per_field=True)
    answers = [lambda _: found(city="Bonn"), lambda _: found(job_title="CEO")]
    rig.vendor(alpha).plays["ann@acme.com"] = answers
    ended = run(rig, alpha, rows=ROWS[:1], alpha="not city")

    assert len(rig.vendors["alpha"].requests) == 2
    assert ended.cells("job_title") == ["CEO"]
    again = run(rig, alpha, rows=ROWS[:1], alpha="not city")
    assert again.cells("job_title") == ["CEO"]
    assert len(rig.vendors["alpha"].requests) == 2


def test_a_plan_counts_who_is_left_out_and_asks_about_what_may_still_be(rig):
    alpha, beta = provider("alpha", "city"), provider("beta", "job_title")
    steps = [
        Step(alpha, ("city",), only_if=GERMAN),
        Step(beta, ("job_title",), only_if=read_condition("not city and country")),
    ]
    estimate = Estimate(Waterfall(steps, Rules()), Scratch(), lambda _: None)
    for number, (email, _, _, country) in enumerate(ROWS, 1):
        record = Record(
            number, number, {"email": email} | ({"country": country} if country else {})
        )
        estimate.count(lead_from_record(record, frozenset({"city", "job_title"})))
    plan = estimate.finish([])

    first, second = plan.lanes
    assert (first.ask, first.not_asked) == (1, {"alpha is asked only if country == 'DE'": 2})
    assert (second.ask, sum(second.not_asked.values())) == (2, 1)
    assert plan.unidentified == 0
