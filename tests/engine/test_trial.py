"""The first answers are looked at once, while nothing is asked, before a paid run goes on."""

from rig import provider

from enrichctl.engine.run import TRIAL
from enrichctl.errors import ExitStatus

PEOPLE = [f"p{n}@acme.com" for n in range(3 * TRIAL)]


def test_all_answers_of_the_first_records_are_there_and_nothing_else_was_asked(rig):
    alpha, seen = provider(), []

    def look(ended):
        asked = len(rig.vendor(alpha).requests)
        seen.append((asked, ended.statuses.count("enriched"), rig.outcomes().count("matched")))

    ended = rig.run(PEOPLE, alpha, trial=look)
    assert seen == [(TRIAL, TRIAL, TRIAL)]
    assert ended.statuses == ["enriched"] * len(PEOPLE)
    assert len(rig.vendor(alpha).requests) == len(PEOPLE)


def test_a_no_leaves_the_rest_pending_and_unpaid_and_the_next_run_goes_on(rig):
    alpha = provider()
    ended = rig.run(
        PEOPLE, alpha, trial=lambda run: run.stop.now("interrupted", ExitStatus.INTERRUPTED)
    )
    assert ended.statuses == ["enriched"] * TRIAL + ["pending"] * (len(PEOPLE) - TRIAL)
    assert rig.spent() == len(rig.vendor(alpha).requests) == TRIAL
    looked = []
    again = rig.run(PEOPLE, alpha, trial=lambda _: looked.append(len(rig.vendor(alpha).requests)))
    assert again.statuses == ["enriched"] * len(PEOPLE)
    assert rig.spent() == len(PEOPLE)
    assert looked == [2 * TRIAL]  # what is known already is no trial


def test_records_that_need_not_be_asked_do_not_count(rig):
    alpha, looked = provider(), []
    rows = [(email, "there", "") for email in PEOPLE[TRIAL:]] + PEOPLE[:TRIAL]
    rig.run(rows, alpha, trial=looked.append)
    assert looked == []
    assert len(rig.vendor(alpha).requests) == TRIAL
