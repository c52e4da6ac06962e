"""Questions that are answered later: one submission for several, nothing bought twice."""

from decimal import Decimal
from itertools import chain

import pytest
from rig import Queued, found, provider

from enrichctl.engine import queue_lane
from enrichctl.engine.run import Stop
from enrichctl.errors import ExitStatus
from enrichctl.transport import Reply

MANY = [f"p{n}@acme.com" for n in range(7)]


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Let a submission linger only as long as a busy machine needs to fill it."""
    monkeypatch.setattr(queue_lane, "LINGER", 0.25)
    monkeypatch.setattr(queue_lane, "IDLE", 0.01)


def queued(rig, **declared):
    """Return a provider that takes every submission, and knows everybody when asked for it."""
    one = provider(kind=Queued, **declared)
    rig.vendor(one).plays = {"*": [taken]}
    return one


def taken(seen):
    return found(ok=True) if seen.path == "/submit" else found(phone=seen.email)


def submissions(rig):
    return [seen.body for seen in rig.vendors["alpha"].requests if seen.path == "/submit"]


def looks(rig):
    return [seen.email for seen in rig.vendors["alpha"].requests if seen.path == "/collect"]


def test_questions_go_out_together_and_each_gets_its_answer(rig):
    ended = rig.run([*MANY, MANY[0]], queued(rig))
    assert ended.cells("phone") == [*MANY, MANY[0]]
    assert sorted(map(len, submissions(rig))) == [1, 3, 3]
    assert sorted(chain(*submissions(rig))) == sorted(looks(rig)) == MANY
    assert (set(rig.outcomes()), rig.spent()) == ({"matched"}, 7)


def test_the_next_run_asks_nothing(rig):
    alpha = queued(rig)
    rig.run(MANY, alpha)
    before = len(rig.vendors["alpha"].requests)
    assert rig.run(MANY, alpha).cells("phone") == MANY
    assert len(rig.vendors["alpha"].requests) == before


def test_an_answer_that_is_not_there_yet_is_looked_for_again(rig):
    alpha = queued(rig, batch_max=1)
    rig.vendor(alpha).plays[MANY[0]] = [lambda _: found(wait=True)] * 3 + ["match"]
    assert rig.run(MANY[:1], alpha).cells("phone") == ["alpha's phone"]
    assert (len(submissions(rig)), len(looks(rig))) == (1, 4)


def test_a_miss_is_final_and_costs_nothing(rig):
    alpha = queued(rig, batch_max=1)
    rig.vendor(alpha).plays[MANY[0]] = [lambda _: found(miss=True)]
    assert rig.run(MANY[:1], alpha).statuses == ["no_match"]
    assert (rig.outcomes(), rig.spent()) == (["missed"], 0)


def test_what_is_refused_in_a_submission_reaches_its_record_only(rig):
    alpha = queued(rig)
    answers = iter([{MANY[0]: "miss", MANY[1]: "busy"}, {}])
    rig.vendor(alpha).plays["*"] = [
        lambda seen: found(refused=next(answers)) if seen.path == "/submit" else taken(seen)
    ]
    ended = rig.run(MANY[:3], alpha)
    assert ended.statuses == ["no_match", "enriched", "enriched"]
    assert [len(body) for body in submissions(rig)] == [3, 1]
    assert rig.spent() == 2


def test_a_submission_without_a_good_answer_is_in_doubt_as_a_whole_and_not_repeated(rig):
    alpha = queued(rig)
    rig.vendor(alpha).plays["*"] = ["lost"]
    ended = rig.run(MANY[:3], alpha)
    assert ended.statuses == ["unconfirmed"] * 3
    assert (len(submissions(rig)), rig.spent()) == (1, 3)
    assert rig.run(MANY[:3], alpha).statuses == ["unconfirmed"] * 3
    assert len(submissions(rig)) == 1


def test_a_submission_that_never_left_leaves_nothing(rig):
    alpha = queued(rig)
    rig.vendor(alpha).plays["*"] = ["down"]
    assert rig.run(MANY[:3], alpha).statuses == ["pending"] * 3
    assert (rig.attempts(), rig.spent()) == ([], 0)


def test_tickets_of_a_stopped_run_are_collected_by_the_next_and_bought_once(rig):
    alpha, stop = queued(rig), Stop()

    def stopping(seen):
        if seen.path == "/collect":
            stop.now("interrupted", ExitStatus.INTERRUPTED)
            return found(wait=True)
        return found(ok=True)

    rig.vendor(alpha).plays["*"] = [stopping]
    assert rig.run(MANY[:3], alpha, stop=stop).statuses == ["pending"] * 3
    assert set(rig.outcomes()) == {"submitted"}
    rig.vendor(alpha).plays["*"] = [taken]
    assert rig.run(MANY[:3], alpha).cells("phone") == MANY[:3]
    assert (len(submissions(rig)), rig.spent()) == (1, 3)


def test_what_the_budget_bought_is_collected_and_the_rest_is_pending(rig):
    alpha = queued(rig)
    ended = rig.run(MANY, alpha, budget="4", workers=1)
    assert sorted(ended.statuses) == ["enriched"] * 4 + ["pending"] * 3
    assert (ended.stopped_by, rig.spent()) == (["budget"], 4)
    assert set(rig.run(MANY, alpha).statuses) == {"enriched"}
    assert sorted(chain(*submissions(rig))) == MANY


def test_what_was_bought_before_the_account_was_empty_is_collected(rig):
    alpha = queued(rig, batch_max=1)

    def empty(seen):
        if seen.path == "/submit" and seen.body == [MANY[1]]:
            return Reply(402, {}, b"{}")
        return taken(seen)

    rig.vendor(alpha).plays["*"] = [empty]
    ended = rig.run(MANY[:3], alpha, workers=1)
    assert ended.statuses == ["enriched", "pending", "pending"]
    assert (ended.stopped_by, rig.spent()) == (["credits"], 1)


def test_a_bug_while_collecting_leaves_the_ticket_to_a_mended_program(rig):
    alpha = queued(rig, batch_max=1)

    def bug(seen):
        raise KeyError(seen.path)

    rig.vendor(alpha).plays[MANY[0]] = [bug, "match"]
    with pytest.raises(KeyError):
        rig.run(MANY[:1], alpha)
    assert rig.outcomes() == ["submitted"]
    assert rig.run(MANY[:1], alpha).statuses == ["enriched"]
    assert len(submissions(rig)) == 1


def test_a_bug_while_submitting_leaves_what_was_sent_in_doubt(rig):
    alpha = queued(rig)
    rig.vendor(alpha).plays["*"] = [lambda _: found(refused={MANY[0]: "no such word"})]
    with pytest.raises(KeyError):
        rig.run(MANY[:2], alpha)
    assert (rig.outcomes(), rig.spent()) == (["unconfirmed"] * 2, Decimal(2))


def test_what_takes_longer_than_a_run_waits_is_left_to_the_next(rig):
    alpha = queued(rig, batch_max=1, give_up=0.0)
    rig.vendor(alpha).plays[MANY[0]] = [lambda _: found(wait=True), "match"]
    ended = rig.run(MANY[:1], alpha)
    assert (ended.statuses, rig.outcomes()) == (["pending"], ["submitted"])
    assert rig.run(MANY[:1], alpha).statuses == ["enriched"]
    assert len(submissions(rig)) == 1
