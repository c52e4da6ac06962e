"""Money where it is easily miscounted: open questions, other providers, what is asked again."""

import time
from datetime import timedelta
from decimal import Decimal

from rig import Queued, Rows, found, provider
from test_estimate import lanes, plan

from enrichctl.engine.lead import lead_from_record
from enrichctl.engine.question import RunState
from enrichctl.engine.stop import Limits
from enrichctl.errors import Miss
from enrichctl.events import Began
from enrichctl.price import Price

ANNA, BOB = "anna@acme.com", "bob@acme.com"
BOTH = "city job_title"
KEYED = {"key_header": "Key", "key_hours": 24}
ITEMS = Price("match", {"city": Decimal(10), "job_title": Decimal(1)})


def test_two_rows_of_a_person_with_other_holes_are_two_questions_in_the_plan_as_well(rig):
    alpha = provider("alpha", BOTH, price=ITEMS)
    rows = [(ANNA, "1", ""), (ANNA, "", "CEO")]
    made = plan(rig, rows, alpha)
    rig.run(rows, alpha)
    assert lanes(made) == {"alpha": (2, 0, 11)}
    assert rig.spent() == 11


def test_the_same_holes_are_one_question(rig):
    alpha, beta = provider("alpha", BOTH), provider("beta", BOTH)
    made = plan(rig, [ANNA, ANNA.upper()], alpha, beta)
    assert lanes(made) == {"alpha": (1, 0, 1), "beta": (1, 0, 1)}


def test_whom_another_provider_may_make_known_is_planned_to_be_asked(rig):
    alpha, beta = provider("alpha", "city"), provider("beta", "job_title", needs=(("city",),))
    rig.vendor(alpha).facts = {"city": "Berlin"}
    made = plan(rig, [ANNA], alpha, beta)
    rig.run([ANNA], alpha, beta)
    assert lanes(made)["beta"] == (1, 0, 1)
    assert rig.spent("beta") == 1


def test_whom_another_provider_may_make_known_by_something_better_is_another_question(rig):
    better = (("city",), ("email",))
    alpha, beta = provider("alpha", "city"), provider("beta", "job_title", needs=better)
    rig.vendor(alpha).facts = {"city": "Berlin"}
    rig.vendors["alpha"].plays = {ANNA: ["404", "match"]}
    rig.run([ANNA], alpha, beta)
    rig.clock.pass_(days=8)
    rules = {"miss_age": timedelta(days=7)}
    made = plan(rig, [ANNA], alpha, beta, **rules)
    rig.run([ANNA], alpha, beta, **rules)
    assert lanes(made)["beta"] == (1, 0, 1)
    assert rig.spent("beta") == 2


def test_what_a_provider_answers_does_not_make_another_person_of_the_record_there(rig):
    alpha = provider("alpha", BOTH, needs=(("city",), ("email",)), price=ITEMS)
    narrow = provider("alpha", "city", needs=alpha.needs, price=ITEMS, **KEYED)
    rig.vendor(narrow).plays = {ANNA: ["lost"]}
    rig.run([ANNA], narrow)
    new = [lambda _: found(city="Berlin"), lambda _: found(job_title="CEO")]
    rig.vendors["alpha"].plays = {"*": new, ANNA: new}
    keyed = provider("alpha", BOTH, needs=alpha.needs, price=ITEMS, **KEYED)
    rig.run([ANNA], keyed)
    sent = len(rig.vendors["alpha"].requests)
    assert rig.run([ANNA], keyed).cells("job_title") == ["CEO"]
    assert len(rig.vendors["alpha"].requests) == sent


def test_a_doubt_that_is_paid_again_leaves_the_plan_to_go_on(rig):
    alpha, beta = provider("alpha", BOTH, per_field=True), provider("beta", BOTH)
    rig.vendor(alpha).plays = {ANNA: ["lost", "404"]}
    rig.run([ANNA], alpha)
    rules = {"retry_unconfirmed": True}
    made = plan(rig, [ANNA], alpha, beta, **rules)
    rig.run([ANNA], alpha, beta, **rules)
    assert lanes(made) == {"alpha": (1, 1, 1), "beta": (1, 0, 1)}
    assert (made.unconfirmed, made.doubled) == (0, 1)
    assert rig.spent("beta") == 1


def test_one_doubt_is_doubled_once_however_many_rows_are_of_the_person(rig):
    alpha = provider()
    rig.vendor(alpha).plays = {ANNA: ["lost", "match"]}
    rig.run([ANNA], alpha)
    assert plan(rig, [ANNA, ANNA, ANNA], alpha, retry_unconfirmed=True).doubled == 1


def test_a_doubt_newer_than_an_answer_is_asked_again_when_told_to(rig):
    alpha = provider()
    rig.vendor(alpha).plays = {ANNA: ["match", "lost", "match"]}
    rig.run([ANNA], alpha)
    rig.clock.pass_(hours=1)
    rig.run([ANNA], alpha, max_age=timedelta(0))
    rig.clock.pass_(hours=1)
    made = plan(rig, [ANNA], alpha, retry_unconfirmed=True)
    assert (lanes(made), made.doubled) == ({"alpha": (1, 0, 1)}, 1)
    assert rig.run([ANNA], alpha, retry_unconfirmed=True).statuses == ["enriched"]
    assert rig.run([ANNA], alpha).statuses == ["enriched"]


def test_a_doubt_about_one_field_is_settled_for_that_field_and_the_other_is_asked(rig):
    narrow = provider("alpha", "job_title", price=ITEMS, **KEYED)
    rig.vendor(narrow).plays = {ANNA: ["lost"]}
    rig.run([ANNA], narrow)
    wide = provider("alpha", BOTH, price=ITEMS, **KEYED)
    rig.vendors["alpha"].plays = {ANNA: ["404", "match"]}
    rig.vendors["alpha"].facts = {"city": "1"}
    made = plan(rig, [ANNA], wide)
    ended = rig.run([ANNA], wide)
    assert lanes(made) == {"alpha": (2, 0, 10)}
    assert ended.cells("city") == ["1"]
    assert [(a.wants, a.credits) for a in rig.attempts()] == [(("job_title",), 0), (("city",), 10)]


def test_what_was_bought_with_a_ticket_costs_what_was_bought(rig):
    wide = provider("alpha", BOTH, Queued, price=ITEMS, give_up=0.0)
    rig.vendor(wide).plays = {ANNA: [lambda _: found(wait=True)]}
    assert rig.run([ANNA], wide).statuses == ["pending"]
    rig.vendors["alpha"].plays = {}
    rig.run([(ANNA, "", "CEO")], wide)
    assert (rig.outcomes(), rig.spent()) == (["matched"], 11)


def test_a_ticket_that_this_run_gave_up_is_not_bought_again_for_a_later_row(rig):
    alpha = provider("alpha", "city", Queued, give_up=0.0)
    rig.vendor(alpha).plays = {ANNA: [lambda _: found(wait=True)]}
    ended = rig.run([ANNA], alpha)
    waterfall = ended.runner._waterfall  # as for a row that is read only now
    lead = lead_from_record(ended.leads[0].record, waterfall.wanted)
    assert waterfall.next_step(lead, RunState()).question.reopen.ticket == ANNA


def test_a_key_that_was_never_sent_settles_nothing(rig):
    alpha = provider()
    rig.vendor(alpha).plays = {ANNA: ["lost", "match"]}
    rig.run([ANNA], alpha)
    keyed = provider(**KEYED)  # the definition has one since
    assert lanes(plan(rig, [ANNA], keyed)) == {"alpha": (0, 1, 0)}
    assert rig.run([ANNA], keyed).statuses == ["unconfirmed"]
    assert len(rig.vendors["alpha"].requests) == 1


def test_a_key_that_is_too_old_is_not_sent_again_by_who_can_read(rig):
    alpha = provider(**KEYED, recovers=True, recover=lambda *_: None)
    rig.vendor(alpha).plays = {ANNA: ["lost"]}
    rig.run([ANNA], alpha)
    rig.clock.pass_(hours=25)
    rig.vendors["alpha"].plays = {}
    assert rig.run([ANNA], alpha).statuses == ["unconfirmed"]
    assert len(rig.vendors["alpha"].requests) == 4


def test_a_refusal_to_read_leaves_the_doubt(rig):
    def recover(*_):
        raise Miss("there is nothing to read")

    alpha = provider(recovers=True, recover=recover)
    rig.vendor(alpha).plays = {ANNA: ["lost"]}
    rig.run([ANNA], alpha)
    assert rig.run([ANNA], alpha).statuses == ["unconfirmed"]
    assert (rig.outcomes(), rig.spent()) == (["unconfirmed"], 1)


def test_a_doubt_counts_in_the_run_that_it_began_in(rig):
    alpha = provider(**KEYED)
    rig.vendor(alpha).plays = {ANNA: ["lost"] * 8 + ["match"]}
    runs = [rig.run([ANNA], alpha).runner.report.lanes["alpha"] for _ in range(3)]
    assert [run.credits for run in runs] == [1, 0, 0]
    assert rig.spent() == 1


def test_an_answer_is_used_although_the_same_provider_owes_another(rig):
    alpha = provider("alpha", BOTH, per_field=True)
    rig.vendor(alpha).plays = {ANNA: ["lost", "match"]}
    ended = rig.run([ANNA], alpha)
    assert ended.statuses == ["unconfirmed"]
    assert ended.cells("job_title") == ["alpha's job_title"]


def test_what_was_answered_is_used_although_somebody_else_owes_another_field(rig):
    beta, gamma = provider("beta", BOTH), provider("gamma", "job_title")
    rig.vendor(beta).facts = {"job_title": "CEO"}
    rig.run([ANNA], beta)
    alpha = provider("alpha", "city")
    rig.vendor(alpha).plays = {ANNA: ["lost"]}
    ended = rig.run([ANNA], alpha, beta, gamma)
    assert (ended.cells("job_title"), rig.vendor(gamma).requests) == (["CEO"], [])


def test_what_was_answered_is_used_although_another_field_cannot_be_asked_now(rig):
    alpha, beta = provider("alpha", BOTH, per_field=True), provider("beta", "job_title")
    rig.run([(ANNA, "1", "")], alpha)
    ended = rig.run([ANNA], alpha, beta, budget="0")
    assert (ended.statuses, ended.cells("job_title")) == (["pending"], ["alpha's job_title"])
    assert rig.vendor(beta).requests == []


def test_fresh_is_fresh_for_each_row_of_a_person(rig):
    """Another row's question about another field makes no old answer new."""
    alpha = provider("alpha", BOTH)
    rig.run([ANNA], alpha)
    rig.clock.pass_(hours=1)
    new = [lambda _: found(job_title="new"), lambda _: found(city="new")]
    rig.vendor(alpha).plays = {ANNA: new}
    rows = [(ANNA, "1", ""), (ANNA, "", "")]
    ended = rig.run(rows, alpha, max_age=timedelta(0), workers=1)
    assert (ended.cells("city"), ended.cells("job_title")) == (["1", "new"], ["new", "new"])


def test_of_a_field_the_last_answer_counts(rig):
    alpha = provider("alpha", BOTH)
    rig.run([ANNA], alpha)
    rig.clock.pass_(days=8)
    rig.vendor(alpha).plays = {ANNA: ["404"]}
    rig.run([(ANNA, "1", "")], alpha, max_age=timedelta(days=7))
    assert rig.run([ANNA], alpha).cells("job_title") == [""]


def test_a_limit_counts_rows_of_one_person_however_fast_the_answer_is(rig, monkeypatch):
    class Late(Rows):
        def rows(self):
            for row in super().rows():
                while row.number > 1 and rig.outcomes() != ["matched"]:
                    time.sleep(0.001)
                yield row

    monkeypatch.setattr("rig.Rows", Late)
    alpha = provider()
    rig.run([ANNA, ANNA, BOB], alpha, limits=Limits(2))
    assert rig.vendors["alpha"].asked == [ANNA]


def test_each_call_is_charged_whatever_it_finds(rig):
    price = Price("call", {"city": Decimal(10), "job_title": Decimal(1)})
    alpha = provider("alpha", BOTH, price=price)
    rig.vendor(alpha).facts = {"job_title": "CEO"}
    made = plan(rig, [ANNA], alpha)
    rig.run([ANNA], alpha)
    assert rig.spent() == made.lanes[0].credits.least == 11


def test_answers_that_are_used_again_are_counted_alike_before_and_after(rig):
    alpha = provider("alpha", BOTH, per_field=True)
    rig.vendor(alpha).plays = {"*": ["404"]}
    rig.run([ANNA, BOB], alpha)
    made = plan(rig, [ANNA, BOB], alpha)
    assert made.lanes[0].reused == rig.run([ANNA, BOB], alpha).runner.report.lanes["alpha"].reused


def test_what_this_run_settles_is_not_reused(rig):
    alpha = provider(**KEYED)
    rig.vendor(alpha).plays = {ANNA: ["lost"] * 4 + ["match"]}
    rig.run([ANNA], alpha)
    rig.clock.pass_(hours=1)
    later = lambda event: rig.clock.pass_(seconds=1) if isinstance(event, Began) else None  # noqa: E731
    lane = rig.run([ANNA], alpha, watch=later).runner.report.lanes["alpha"]
    assert (lane.matched, lane.reused) == (1, 0)
