"""Money in doubt: never asked again untold, never reported as done, settled where it can be."""

from datetime import timedelta
from decimal import Decimal

import pytest
from rig import Asked, found, provider
from test_estimate import plan

from enrichctl.engine.stop import Limits, Stop
from enrichctl.errors import BadRecord, Declined, ExitStatus, Miss, RecordError, Unconfirmed
from enrichctl.events import Waiting
from enrichctl.model import Answer, Outcome
from enrichctl.reasons import TO_DOUBLE, TO_SETTLE
from enrichctl.transport import Lost

pytestmark = pytest.mark.parametrize("rig", ["file", "postgres"], indirect=True)
ANNA, BOB = "anna@acme.com", "bob@acme.com"
MANY = [f"p{n}@acme.com" for n in range(20)]
KEYED = {"key_header": "Key", "key_hours": 24}


def lost(rig, who=ANNA, then="match", **declared):
    """Return a provider that has lost its answer about somebody, and how that run ended."""
    one = provider(**declared)
    losses = 4 if declared.get("key_header") else 1  # a keyed call is sent four times
    rig.vendor(one).plays = {who: ["lost"] * losses + [then]}
    return one, rig.run([who], one)


def test_a_lost_answer_is_in_doubt_and_counts_as_spent(rig):
    _, ended = lost(rig)
    assert ended.statuses == ["unconfirmed"]
    assert "possibly charged" in ended.notes[0]
    assert (rig.outcomes(), rig.spent()) == (["unconfirmed"], 1)
    assert ended.runner.report.exit_status() is ExitStatus.UNCONFIRMED


def test_nobody_else_is_asked_for_what_is_in_doubt(rig):
    alpha, beta, gamma = provider("alpha"), provider("beta"), provider("gamma", "job_title")
    rig.vendor(alpha).plays = {ANNA: ["lost"]}
    ended = rig.run([ANNA], alpha, beta, gamma)
    assert rig.vendor(beta).requests == []
    assert ended.cells("job_title") == ["gamma's job_title"]
    assert ended.statuses == ["unconfirmed"]


def test_without_a_key_it_is_asked_again_only_when_told_to(rig):
    alpha, _ = lost(rig)
    assert rig.run([ANNA], alpha).statuses == ["unconfirmed"]
    assert len(rig.vendors["alpha"].requests) == 1
    assert rig.run([ANNA], alpha, retry_unconfirmed=True).statuses == ["enriched"]
    assert rig.outcomes() == ["unconfirmed", "matched"]
    assert rig.run([ANNA], alpha).statuses == ["enriched"]
    assert len(rig.vendors["alpha"].requests) == 2


def test_a_key_settles_it_in_the_next_run_with_the_same_bytes(rig):
    alpha, ended = lost(rig, **KEYED)
    assert ended.statuses == ["unconfirmed"]
    rig.clock.pass_(hours=23)
    assert rig.run([ANNA], alpha).statuses == ["enriched"]
    requests = rig.vendors["alpha"].requests
    assert len(requests) == 5
    assert len({(seen.key, seen.path, str(seen.body)) for seen in requests}) == 1
    assert requests[0].key
    assert (rig.outcomes(), rig.spent()) == (["matched"], 1)


def advised(ended):
    """Return what is advised to do."""
    return [error["next"] for error in ended.runner.report.summary()["errors"]]


def test_what_the_same_command_settles_is_not_said_to_be_asked_again(rig):
    alpha, first = lost(rig, **KEYED)
    left_out = rig.run([BOB, ANNA], alpha, limits=Limits(records=1))
    assert left_out.statuses == ["enriched", "unconfirmed"]
    assert advised(first) == advised(left_out) == [TO_SETTLE]
    rig.clock.pass_(hours=25)
    assert advised(rig.run([ANNA], alpha)) == [TO_DOUBLE]


def test_nor_is_what_can_be_read_and_was_not_yet(rig):
    alpha, _ = lost(rig, recovers=True, recover=lambda *_: None)
    left_out = rig.run([BOB, ANNA], alpha, limits=Limits(records=1))
    assert advised(left_out) == [TO_SETTLE]
    assert advised(rig.run([ANNA], alpha)) == [TO_DOUBLE]  # it was read in vain


def test_what_an_earlier_run_asked_is_counted_as_its_question(rig):
    alpha, first = lost(rig, **KEYED)
    rig.clock.pass_(hours=1)
    second = rig.run([ANNA, BOB], alpha)
    lanes = [ended.runner.report.lanes["alpha"] for ended in (first, second)]
    assert [(lane.asked, lane.earlier, lane.credits) for lane in lanes] == [(1, 0, 1), (2, 1, 1)]
    assert lanes[1].matched == 2


def test_a_plan_says_what_was_asked_before(rig):
    alpha, _ = lost(rig, **KEYED)
    (lane,) = plan(rig, [ANNA, BOB], alpha).lanes
    assert (lane.ask, lane.asked_before, lane.credits.most) == (2, 1, 1)


def test_two_people_have_two_keys(rig):
    alpha = provider(**KEYED)
    rig.run([ANNA, BOB], alpha)
    first, second = rig.vendors["alpha"].requests
    assert first.key != second.key


def test_a_key_that_the_vendor_has_forgotten_settles_nothing(rig):
    alpha, _ = lost(rig, **KEYED)
    rig.clock.pass_(hours=25)
    assert rig.run([ANNA], alpha).statuses == ["unconfirmed"]
    assert len(rig.vendors["alpha"].requests) == 4
    again = rig.run([ANNA], alpha, retry_unconfirmed=True)
    first, last = rig.vendors["alpha"].requests[0], rig.vendors["alpha"].requests[-1]
    assert again.statuses == ["enriched"]
    assert first.key != last.key


def test_a_key_ages_from_its_first_use_however_often_the_answer_is_lost(rig):
    alpha, _ = lost(rig, then="lost", **KEYED)
    rig.clock.pass_(hours=20)
    assert rig.run([ANNA], alpha).statuses == ["unconfirmed"]
    assert len(rig.vendors["alpha"].requests) == 8  # tried once in that run, four times each
    rig.clock.pass_(hours=20)
    rig.vendors["alpha"].plays = {}
    assert rig.run([ANNA], alpha).statuses == ["unconfirmed"]
    assert len(rig.vendors["alpha"].requests) == 8


@pytest.mark.parametrize("error", [BadRecord, Miss, Declined])
def test_what_is_refused_before_the_key_is_used_again_settles_nothing(rig, error, monkeypatch):
    alpha, _ = lost(rig, **KEYED)

    def refuses(*_):
        raise error("two of that name")

    monkeypatch.setattr(alpha, "find", refuses)
    ended = rig.run([ANNA], alpha)
    assert ended.statuses == ["unconfirmed"]
    assert "two of that name" in ended.notes[0]
    assert (rig.outcomes(), rig.spent()) == (["unconfirmed"], 1)


def test_a_refusal_under_the_same_key_settles_it(rig):
    alpha, _ = lost(rig, then="404", **KEYED)
    assert rig.run([ANNA], alpha).statuses == ["no_match"]
    assert (rig.outcomes(), rig.spent()) == (["missed"], 0)


def test_a_conflict_under_the_same_key_leaves_it_in_doubt(rig):
    alpha, _ = lost(rig, then="409", **KEYED)
    assert rig.run([ANNA], alpha).statuses == ["unconfirmed"]
    assert (rig.outcomes(), rig.spent()) == (["unconfirmed"], 1)
    assert len({seen.key for seen in rig.vendors["alpha"].requests}) == 1


def test_what_can_be_read_without_paying_is_recovered(rig):
    class Recovers:
        recovers = True

        def recover(self, query, api):
            return Answer(api.get("/read").json()) if query.inputs else None

    alpha, _ = lost(rig, recovers=True, recover=Recovers.recover)
    rig.vendors["alpha"].plays["/read"] = [lambda _: found(city="read")]
    ended = rig.run([ANNA], alpha)
    assert (ended.statuses, ended.cells("city")) == (["enriched"], ["read"])
    assert [seen.path for seen in rig.vendors["alpha"].requests] == ["/find", "/read"]
    assert rig.outcomes() == ["matched"]


def test_what_cannot_be_recovered_stays_in_doubt(rig):
    alpha, _ = lost(rig, recovers=True, recover=lambda *_: None)
    assert rig.run([ANNA], alpha).statuses == ["unconfirmed"]
    assert len(rig.vendors["alpha"].requests) == 1


def test_a_newer_answer_ends_an_older_doubt_even_when_it_is_stale(rig):
    alpha, _ = lost(rig)
    rig.run([ANNA], alpha, retry_unconfirmed=True)
    rig.clock.pass_(days=40)
    assert rig.run([ANNA], alpha).statuses == ["enriched"]
    assert len(rig.vendors["alpha"].requests) == 3


def test_five_lost_answers_in_a_row_stop_the_lane(rig):
    alpha = provider()
    rig.vendor(alpha).plays = {"*": ["lost"]}
    ended = rig.run(MANY, alpha, workers=1)
    assert len(rig.vendors["alpha"].requests) == 5
    assert ended.statuses == ["unconfirmed"] * 5 + ["pending"] * 15
    assert ended.stopped_by == ["unavailable"]


def test_an_error_counts_records_or_is_none(rig):
    """Where all were lost that there were, nothing was left for the sake of it."""
    alpha = provider()
    rig.vendor(alpha).plays = {email: ["lost"] for email in MANY}
    for emails, causes in ((MANY[:5], 1), (MANY[5:11], 2)):
        ended = rig.run(emails, alpha, workers=1)
        stops = {step.provider.name: step.stopped for step in ended.steps}
        errors = ended.runner.report.summary(stops)["errors"]
        assert len(errors) == causes
        assert all(one["count"] > 0 for one in errors)


def of_one_company(**more):
    """Return a provider that asks once for all rows, and tells the others what came of it."""

    def find(self, query, api):
        if query.inputs["email"] != MANY[0]:
            raise Unconfirmed("asked for another row")
        return Answer(api.post("/find", dict(query.inputs), billed=True).json())

    return provider(find=find, **more)


def test_a_doubt_that_rows_share_is_one_answer_lost(rig):
    alpha = of_one_company()
    rig.vendor(alpha).plays = {MANY[0]: ["lost"]}
    ended = rig.run(MANY, alpha, workers=1)
    assert (ended.statuses, ended.stopped_by) == (["unconfirmed"] * 20, [])
    report = next(iter(ended.runner.report.lanes.values()))
    assert (rig.spent(), report.credits) == (1, 1)


def test_a_doubt_that_rows_share_is_settled_at_the_price_of_one(rig):
    alpha = of_one_company(recovers=True, recover=lambda *_: Answer({"city": "read"}))
    rig.vendor(alpha).plays = {MANY[0]: ["lost"]}
    rig.run(MANY, alpha, workers=1)
    assert rig.run(MANY, alpha).statuses == ["enriched"] * 20
    assert rig.spent() == 1


def test_what_a_provider_tells_for_nothing_is_final_on_what_was_asked_alone(rig):
    def find(self, query, api):
        del self, api
        told = dict.fromkeys(query.wants, "held")
        raise Declined("it has it", answer=Answer(told))

    alpha = provider(finds="city job_title", find=find, covers=lambda self, _: self.finds)
    assert rig.run([(ANNA, "", "CEO")], alpha).cells("city") == ["held"]
    assert rig.run([(ANNA, "1", "")], alpha).cells("job_title") == ["held"]


def test_a_good_answer_in_between_starts_the_count_anew(rig):
    alpha = provider()
    rig.vendor(alpha).plays = {"*": (["lost"] * 4 + ["match"]) * 4}
    ended = rig.run(MANY, alpha, workers=1)
    assert (ended.stopped_by, ended.statuses.count("unconfirmed")) == ([], 16)


def test_a_refusal_after_a_lost_answer_leaves_the_record_in_doubt(rig):
    alpha = provider(**KEYED)
    rig.vendor(alpha).plays = {ANNA: ["lost", "401"]}
    ended = rig.run([ANNA, *MANY], alpha, workers=1)
    assert ended.statuses[:2] == ["unconfirmed", "pending"]
    assert rig.outcomes()[0] == "unconfirmed"
    assert ended.stopped_by == ["login"]


def test_a_stop_after_a_lost_answer_leaves_the_record_in_doubt(rig):
    alpha, stop = provider(**KEYED), Stop()

    def lose(seen):
        stop.now("interrupted", ExitStatus.INTERRUPTED)
        raise Lost(seen.path)

    rig.vendor(alpha).plays = {ANNA: [lose, "match"]}
    ended = rig.run([ANNA], alpha, stop=stop)
    assert (ended.statuses, rig.outcomes()) == (["unconfirmed"], ["unconfirmed"])
    assert rig.run([ANNA], alpha).statuses == ["enriched"]


def test_a_refusal_on_the_way_to_settling_leaves_the_doubt(rig):
    alpha, _ = lost(rig, then="401", **KEYED)
    ended = rig.run([ANNA], alpha)
    assert (ended.statuses, ended.stopped_by) == (["unconfirmed"], ["login"])
    assert rig.outcomes() == ["unconfirmed"]
    rig.vendors["alpha"].plays = {}
    assert rig.run([ANNA], alpha).statuses == ["enriched"]


def elsewhere(rig):
    """Return a provider that another process is asking about Anna, and that attempt's number."""
    alpha, _ = lost(rig, **KEYED)
    other = rig.entry()
    rig.journal.write(
        lambda db: db.execute("UPDATE attempts SET outcome='sent', run=?", (other.id,))
    )
    return alpha, rig.attempts()[0].id, other


def when_waiting(then):
    return lambda event: then() if isinstance(event, Waiting) else None


def test_what_another_living_run_is_asking_is_waited_for_and_shared(rig):
    alpha, number, _ = elsewhere(rig)

    def answer():
        rig.journal.settle(number, Outcome.MATCHED, credits=Decimal(1), answer={"city": "+1"})

    ended = rig.run([ANNA, BOB], alpha, watch=when_waiting(answer))
    assert ended.statuses == ["enriched", "enriched"]
    assert ended.cells("city") == ["+1", "alpha's city"]
    assert len(rig.vendors["alpha"].requests) == 4 + 1


def test_what_another_run_took_back_is_asked_here(rig):
    alpha, number, _ = elsewhere(rig)
    ended = rig.run([ANNA], alpha, watch=when_waiting(lambda: rig.journal.void(number)))
    assert ended.cells("city") == ["alpha's city"]


def test_what_a_run_that_died_was_asking_is_in_doubt(rig):
    alpha, _, other = elsewhere(rig)
    alpha.__class__.key_header = ""  # there is no way out

    def die():
        rig.journal.alive.let_go(other.id)  # as the system does when a process ends

    ended = rig.run([ANNA], alpha, watch=when_waiting(die))
    assert ended.statuses == ["unconfirmed"]


def test_a_run_that_stops_does_not_wait_for_another(rig):
    alpha, _, _ = elsewhere(rig)
    stop = Stop()
    ended = rig.run(
        [ANNA], alpha, stop=stop,
        watch=when_waiting(lambda: stop.now("interrupted", ExitStatus.INTERRUPTED)),
    )  # fmt: skip
    assert ended.statuses == ["pending"]
    assert len(rig.vendors["alpha"].requests) == 4


def test_a_doubt_that_a_stop_left_unsettled_is_still_said(rig):
    alpha, _ = lost(rig, **KEYED)
    stop = Stop()
    stop.now("interrupted", ExitStatus.INTERRUPTED)
    assert rig.run([ANNA], alpha, stop=stop).statuses == ["unconfirmed"]


def test_a_doubt_older_than_any_answer_is_still_a_doubt(rig):
    alpha, _ = lost(rig)
    rig.clock.pass_(days=400)
    assert rig.run([ANNA], alpha, max_age=timedelta(0)).statuses == ["unconfirmed"]


@pytest.mark.parametrize("workers", [1, 8])
def test_each_lost_answer_is_charged_at_most_once(workers, rig):
    alpha = provider()
    rig.vendor(alpha).plays = {who: ["lost"] for who in MANY[::3]}
    rig.run(MANY, alpha, workers=workers)
    rig.run(MANY, alpha, workers=workers)
    asked = rig.vendors["alpha"].asked
    assert len(asked) == len(set(asked))
    assert rig.spent() == len(asked)


class Shrugs(Asked):
    """Takes whatever goes wrong for a miss, as a careless provider would."""

    def find(self, query, api):
        try:
            return super().find(query, api)
        except RecordError:
            return None


@pytest.mark.parametrize("trouble", ["lost", "500"])
def test_a_miss_that_may_have_been_charged_is_in_doubt_all_the_same(trouble, rig):
    """What the lane knows of the call counts, not what the provider makes of it."""
    alpha = provider("alpha", kind=Shrugs)
    rig.vendor(alpha).plays = {ANNA: [trouble]}
    ended = rig.run([ANNA], alpha)
    assert ended.statuses == ["unconfirmed"]
    assert (rig.outcomes(), rig.spent()) == (["unconfirmed"], 1)
    assert ended.runner.report.exit_status() is ExitStatus.UNCONFIRMED
    assert rig.run([ANNA], alpha).statuses == ["unconfirmed"]
    assert len(rig.vendor(alpha).requests) == 1


def test_a_miss_of_which_nothing_is_in_doubt_is_one(rig):
    alpha = provider("alpha", kind=Shrugs)
    rig.vendor(alpha).plays = {ANNA: ["404"]}
    assert rig.run([ANNA], alpha).statuses == ["no_match"]
    assert (rig.outcomes(), rig.spent()) == (["missed"], 0)
