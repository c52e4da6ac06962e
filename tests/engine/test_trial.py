"""The first answers are looked at once, while nothing is asked, before a paid run goes on."""

from datetime import timedelta

import pytest
from rig import provider

from enrichctl.cli.enrich import signals
from enrichctl.engine.run import TRIAL
from enrichctl.engine.stop import Limits, Stop
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


@pytest.mark.parametrize("waited", [3600, 0])
def test_the_time_to_answer_is_no_part_of_how_long_a_run_may_last(waited, rig):
    alpha = provider()

    def look(run):
        runner = run.runner
        runner.report.started -= 3600
        runner._ticked -= 3600  # it looks at the clock next
        run.stop.waited += waited

    ended = rig.run(PEOPLE, alpha, trial=look, limits=Limits(duration=timedelta(minutes=30)))
    left = ended.statuses.count("pending")  # the next may be under way when the clock is looked at
    assert left == 0 if waited else 0 < left <= len(PEOPLE) - TRIAL
    assert ended.stop.word == ("" if waited else "max_duration")


def test_a_question_counts_the_seconds_until_its_answer(monkeypatch):
    stop, clock = Stop(waited=1.0), iter([10.0, 52.0])
    with monkeypatch.context() as patched:
        patched.setattr(signals.time, "monotonic", lambda: next(clock))
        with signals.answering(stop):
            pass
    assert stop.waited == 43.0
