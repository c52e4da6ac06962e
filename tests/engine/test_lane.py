"""Questions that are answered later: one submission for several, nothing bought twice."""

from decimal import Decimal
from itertools import chain
from urllib.parse import quote

import pytest
from rig import Known, Queued, found, provider

from enrichctl.engine import delay_queue, lane
from enrichctl.engine.stop import Stop
from enrichctl.errors import BadRecord, ExitStatus, Miss, NotYet, OutOfCredits, Unconfirmed
from enrichctl.model import Answer
from enrichctl.provider import Price, Queue, Ticket
from enrichctl.transport import Reply

MANY = [f"p{n}@acme.com" for n in range(7)]


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Let a submission linger only as long as a busy machine needs to fill it."""
    monkeypatch.setattr(lane, "LINGER", 0.25)
    monkeypatch.setattr(delay_queue, "IDLE", 0.01)


def queued(rig, **declared):
    """Return a provider that takes every submission, and knows everybody when asked for it."""
    one = provider(kind=Queued, **declared)
    rig.vendor(one).plays = {"*": [taken]}
    return one


def taken(seen):
    return found(ok=True) if seen.path == "/submit" else found(city=seen.email)


def submissions(rig):
    return [seen.body for seen in rig.vendors["alpha"].requests if seen.path == "/submit"]


def looks(rig):
    return [seen.email for seen in rig.vendors["alpha"].requests if seen.path == "/collect"]


def test_questions_go_out_together_and_each_gets_its_answer(rig):
    ended = rig.run([*MANY, MANY[0]], queued(rig))
    assert ended.cells("city") == [*MANY, MANY[0]]
    assert sorted(map(len, submissions(rig))) == [1, 3, 3]
    assert sorted(chain(*submissions(rig))) == sorted(looks(rig)) == MANY
    assert (set(rig.outcomes()), rig.spent()) == ({"matched"}, 7)


def test_the_next_run_asks_nothing(rig):
    alpha = queued(rig)
    rig.run(MANY, alpha)
    before = len(rig.vendors["alpha"].requests)
    assert rig.run(MANY, alpha).cells("city") == MANY
    assert len(rig.vendors["alpha"].requests) == before


def test_an_answer_that_is_not_there_yet_is_looked_for_again(rig):
    alpha = queued(rig, batch_max=1)
    rig.vendor(alpha).plays[MANY[0]] = [lambda _: found(wait=True)] * 3 + ["match"]
    assert rig.run(MANY[:1], alpha).cells("city") == ["alpha's city"]
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
    assert rig.run(MANY[:3], alpha).cells("city") == MANY[:3]
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


class AtOnce(Known, Queue):
    """Answers a whole submission in the same call; what is said of a person stands under it."""

    batch_max = 7

    def submit(self, queries, api):
        body = [query.inputs["email"] for query in queries]
        said = api.post("/batch", body, billed=True, key_header=self.key_header).json()
        words = {
            "miss": Miss, "bad": BadRecord, "doubt": Unconfirmed, "busy": NotYet,
            "broke": OutOfCredits,
        }  # fmt: skip
        return [
            words[said[e]](said[e]) if said[e] in words else Answer({"city": said[e]}) for e in body
        ]

    def collect(self, ticket, query, api):
        raise AssertionError((ticket, query, api))


def at_once(rig, said, **declared):
    one = provider(kind=AtOnce, **declared)
    answers = iter(said if isinstance(said, list) else [said])
    rig.vendor(one).plays = {"*": [lambda _: found(**dict(next(answers)))]}
    return one


def test_a_batch_that_is_answered_at_once_is_settled_question_by_question(rig):
    said = {MANY[0]: "1", MANY[1]: "miss", MANY[2]: "bad", MANY[3]: "4"}
    ended = rig.run(MANY[:4], at_once(rig, said))
    assert ended.statuses == ["enriched", "no_match", "failed", "enriched"]
    assert ended.cells("city") == ["1", "", "", "4"]
    assert sorted(rig.outcomes()) == ["failed", "matched", "matched", "missed"]
    assert (len(rig.vendors["alpha"].requests), rig.spent()) == (1, 2)


def test_where_every_call_is_charged_a_miss_in_a_batch_is_too(rig):
    said = {MANY[0]: "1", MANY[1]: "miss", MANY[2]: "bad"}
    each = Price("call", items={"*": Decimal(3)})
    rig.run(MANY[:3], at_once(rig, said, price=each))
    assert rig.spent() == 6


def test_a_batch_whose_answer_is_lost_is_in_doubt_as_a_whole(rig):
    alpha = at_once(rig, {})
    rig.vendor(alpha).plays["*"] = ["lost"]
    assert rig.run(MANY[:3], alpha).statuses == ["unconfirmed"] * 3
    assert (len(rig.vendors["alpha"].requests), rig.spent()) == (1, 3)


def test_what_a_batch_answer_leaves_out_is_in_doubt_alone_and_one_trouble_of_the_lane(rig):
    said = dict.fromkeys(MANY, "doubt") | {MANY[0]: "1"}
    ended = rig.run(MANY, at_once(rig, said))
    assert ended.statuses == ["enriched", *["unconfirmed"] * 6]
    assert (ended.stopped_by, rig.spent()) == ([], 7)


def test_what_the_credits_did_not_suffice_for_is_asked_again_by_the_next_run(rig):
    said = [{MANY[0]: "1", MANY[1]: "broke"}, {MANY[1]: "2"}]
    alpha = at_once(rig, said)
    ended = rig.run(MANY[:2], alpha)
    assert (ended.statuses, ended.stopped_by) == (["enriched", "pending"], ["credits"])
    assert (rig.outcomes(), rig.spent()) == (["matched"], 1)
    assert rig.run(MANY[:2], alpha).cells("city") == ["1", "2"]
    assert rig.spent() == 2


def test_a_batch_with_a_key_is_sent_again_under_the_same_key(rig):
    alpha = at_once(rig, {MANY[0]: "1"}, key_header="Key")
    rig.vendor(alpha).plays["*"] = ["lost", lambda _: found(**{MANY[0]: "1"})]
    assert rig.run(MANY[:1], alpha).statuses == ["enriched"]
    first, again = rig.vendors["alpha"].requests
    assert first.key
    assert (first.key, first.body) == (again.key, again.body)


def test_an_answer_of_a_batch_that_cannot_be_read_leaves_the_others_as_they_are(rig):
    class Odd(AtOnce):
        def read(self, body, query):
            return super().read(body if body["city"] != "odd" else None, query)

    alpha = at_once(rig, {MANY[0]: "odd", MANY[1]: "2"})
    alpha.__class__ = type("alpha", (Odd,), dict(vars(type(alpha))))
    assert rig.run(MANY[:2], alpha).statuses == ["failed", "enriched"]
    assert (rig.outcomes(), rig.spent()) == (["matched"] * 2, 2)


class Jobs(AtOnce):
    """Gives one job for a submission, and looks at it anew for every ticket."""

    poll_every = 0.01

    def job(self, ticket):
        return ticket.id.partition("#")[0]

    def submit(self, queries, api):
        api.post("/submit", [], billed=True)
        return [Ticket(f"job#{query.inputs['email']}") for query in queries]

    def collect(self, ticket, query, api):
        said = api.get(f"/{ticket.id}", {"email": query.inputs["email"]}).json()
        if said.get("wait"):
            raise NotYet("not yet")
        return OutOfCredits("empty") if said.get("broke") else Answer(said)


def test_while_a_job_is_under_way_one_look_is_enough_for_all_of_its_tickets(rig):
    alpha = provider(kind=Jobs)
    waits = iter([True, True])
    rig.vendor(alpha).plays["*"] = [lambda _: found(city="1", wait=next(waits, False))]
    rig.vendor(alpha).plays["/submit"] = [lambda _: found(ok=True)]
    assert rig.run(MANY[:3], alpha).cells("city") == ["1"] * 3
    assert len(rig.vendors["alpha"].requests) == 1 + 2 + 3


def test_one_of_a_job_that_is_never_there_holds_up_no_other(rig):
    alpha = provider(kind=Jobs, give_up=0.5)

    def stuck(seen):
        waits = quote(MANY[0], safe="") in seen.path
        return found(ok=True) if seen.path == "/submit" else found(city="1", wait=waits)

    rig.vendor(alpha).plays["*"] = [stuck]

    ended = rig.run(MANY[:3], alpha)
    assert ended.statuses == ["pending", "enriched", "enriched"]


def test_a_ticket_that_ended_for_want_of_credits_is_given_up(rig):
    alpha = provider(kind=Jobs)
    rig.vendor(alpha).plays["*"] = [lambda _: found(broke=True), lambda _: found(city="1")]
    rig.vendor(alpha).plays["/submit"] = [lambda _: found(ok=True)]
    ended = rig.run(MANY[:1], alpha)
    assert (ended.statuses, ended.stopped_by) == (["pending"], ["credits"])
    assert (rig.attempts(), rig.spent()) == ([], 0)
    assert rig.run(MANY[:1], alpha).statuses == ["enriched"]


def test_looks_are_never_closer_than_the_provider_wants(rig, monkeypatch):
    alpha, waits, at = provider(kind=Jobs, poll_every=400.0), [], delay_queue.DelayQueue.at

    def soon(self, seconds, job):
        waits.append(seconds)
        at(self, min(seconds, 0.0), job)

    monkeypatch.setattr(delay_queue.DelayQueue, "at", soon)
    answers = iter([True, True])
    rig.vendor(alpha).plays["*"] = [lambda _: found(city="1", wait=next(answers, False))]
    rig.vendor(alpha).plays["/submit"] = [lambda _: found(ok=True)]
    assert rig.run(MANY[:1], alpha).statuses == ["enriched"]
    assert [seconds for seconds in waits if seconds > 1] == [400.0] * 3
