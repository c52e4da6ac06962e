"""Who is asked what, how often, and what each record comes to."""

import threading

import pytest
from rig import found, provider

from enrichctl.engine.report import Report
from enrichctl.engine.stop import Limits, Stop
from enrichctl.errors import ExitStatus, StateError
from enrichctl.events import LaneStopped
from enrichctl.journal import record_rows
from enrichctl.matching.suppression import Suppression
from enrichctl.model import Status

ANNA, BOB, CARL = "anna@acme.com", "bob@acme.com", "carl@acme.com"
MANY = [f"p{n}@acme.com" for n in range(40)]


def test_one_person_is_asked_about_once_and_every_row_gets_the_answer(rig):
    alpha = provider()
    ended = rig.run([ANNA, BOB, "Anna@ACME.com", ANNA, " anna@acme.com "], alpha)
    assert sorted(rig.vendors["alpha"].asked) == [ANNA, BOB]
    assert ended.cells("city") == ["alpha's city"] * 5
    assert [lead.spent for lead in ended.leads] == [1, 1, 0, 0, 0]
    assert rig.spent() == 2


def test_rows_are_written_in_the_order_in_which_they_came(rig):
    alpha = provider()
    last_asked = threading.Event()

    def slow(seen):
        assert last_asked.wait(5)
        return found(city=seen.email)

    def quick(seen):
        if seen.email == MANY[-1]:
            last_asked.set()
        return found(city=seen.email)

    rig.vendor(alpha).plays |= {MANY[0]: [slow], "*": [quick]}
    ended = rig.run(MANY, alpha)
    assert ended.rows == list(range(1, 41))
    assert ended.cells("city") == MANY


def test_the_same_command_again_asks_nothing_and_ends_the_same(rig):
    alpha = provider()
    rig.vendor(alpha).plays = {BOB: ["404"], CARL: ["422"]}
    first = rig.run([ANNA, BOB, CARL], alpha)
    asked = len(rig.vendors["alpha"].requests)
    again = rig.run([ANNA, BOB, CARL], alpha)
    assert (asked, len(rig.vendors["alpha"].requests), rig.spent()) == (3, 3, 1)
    assert first.statuses == again.statuses == ["enriched", "no_match", "failed"]
    assert first.notes == again.notes
    assert first.cells("city") == again.cells("city")
    assert again.runner.report.lanes["alpha"].reused == 3


@pytest.mark.parametrize("play", ["match", "404"])
@pytest.mark.parametrize(
    ("days", "rules", "asked"), [(29, {}, 1), (31, {}, 2), (1, {"max_age": 0}, 2)]
)
def test_an_answer_is_used_again_for_as_long_as_it_is_fresh(play, days, rules, asked, rig):
    alpha = provider()
    rig.vendor(alpha).plays = {"*": [play]}
    rig.run([ANNA], alpha)
    rig.clock.pass_(days=days)
    if rules:
        rules = {"max_age": rig.clock() - rig.clock()}
    rig.run([ANNA], alpha, **rules)
    assert len(rig.vendors["alpha"].requests) == asked


def test_an_answer_of_another_account_is_none(rig):
    alpha = provider()
    rig.run([ANNA], alpha)
    rig.journal.write(lambda db: db.execute("UPDATE attempts SET account='other'"))
    rig.run([ANNA], alpha)
    assert len(rig.vendors["alpha"].requests) == 2


def test_what_failed_is_asked_again_only_when_told_to(rig):
    alpha = provider()
    rig.vendor(alpha).plays = {ANNA: ["422", "match"]}
    rig.run([ANNA], alpha)
    rig.clock.pass_(days=400)
    assert rig.run([ANNA], alpha).statuses == ["failed"]
    assert rig.run([ANNA], alpha, retry_failed=True).statuses == ["enriched"]
    assert len(rig.vendors["alpha"].requests) == 2


def test_each_provider_is_asked_only_for_what_is_still_missing(rig):
    alpha, beta = provider("alpha", "city"), provider("beta", "city job_title")
    rig.vendor(alpha).plays = {BOB: ["404"]}
    ended = rig.run([ANNA, BOB, (CARL, "1", "CEO")], alpha, beta)
    assert ended.cells("city") == ["alpha's city", "beta's city", "1"]
    assert ended.cells("job_title") == ["beta's job_title", "beta's job_title", "CEO"]
    assert ended.statuses == ["enriched", "enriched", "complete"]
    wants = {a.person: a.wants for a in rig.attempts() if a.provider == "beta"}
    assert sorted(wants.values()) == [("city", "job_title"), ("job_title",)]


def test_a_filled_cell_is_asked_about_only_to_be_overwritten(rig):
    alpha = provider()
    rig.run([(ANNA, "1", "")], alpha)
    assert rig.vendor(alpha).requests == []
    ended = rig.run([(ANNA, "1", "")], alpha, overwrite=frozenset({"city"}))
    assert ended.cells("city") == ["alpha's city"]
    assert ended.leads[0].origin["city"].previous == "1"


def test_an_answer_below_the_least_confidence_fills_nothing_and_is_kept(rig):
    alpha, beta = provider("alpha"), provider("beta")
    rig.vendor(alpha).plays = {ANNA: [lambda _: found(city="guess", confidence=0.4)]}
    ended = rig.run([ANNA], alpha, beta, min_confidence=0.5)
    assert ended.cells("city") == ["beta's city"]
    assert rig.attempts()[0].answer == {"city": "guess", "confidence": 0.4}
    assert rig.run([ANNA], alpha, beta).cells("city") == ["guess"]
    assert len(rig.vendors["alpha"].requests) == 1


def test_nobody_is_asked_about_who_cannot_be_told_apart(rig):
    alpha = provider()
    ended = rig.run(["", "not an address"], alpha)
    assert (ended.statuses, rig.vendor(alpha).requests) == (["skipped", "skipped"], [])


def test_who_is_suppressed_is_never_sent_anywhere(rig, tmp_path):
    (tmp_path / "never").write_text(f"{ANNA}\n@gmbh.de\n")
    alpha = provider()
    never = Suppression.read(tmp_path / "never")
    ended = rig.run([ANNA, BOB, "x@gmbh.de", "ANNA@acme.com"], alpha, suppression=never)
    assert rig.vendors["alpha"].asked == [BOB]
    assert ended.statuses == ["skipped", "enriched", "skipped", "skipped"]
    assert rig.outcomes() == ["matched"]


def test_a_pilot_asks_about_the_first_and_the_full_run_about_the_rest(rig):
    alpha = provider()
    first = rig.run([(ANNA, "1", ""), *MANY[:5]], alpha, limits=Limits(records=2))
    assert first.statuses == ["complete", "enriched", "enriched", "pending", "pending", "pending"]
    assert first.notes[-1] == "alpha: left out by --limit"
    rig.run(MANY[:5], alpha)
    assert sorted(rig.vendors["alpha"].asked) == MANY[:5]


@pytest.mark.parametrize("stops", ["budget", "refusal", "interrupted"])
def test_what_stops_a_pilot_counts_none_of_those_that_it_is_not_about(rig, stops):
    """The others are left out by the limit alone, and the rest of the pilot is what is pending."""
    alpha, stop = provider(), Stop()
    plays = {"budget": ["match"], "refusal": ["401"], "interrupted": [ended_by(stop)]}
    rig.vendor(alpha).plays["*"] = plays[stops]
    budget = "1" if stops == "budget" else ""
    ended = rig.run(MANY[:9], alpha, limits=Limits(records=3), budget=budget, stop=stop, workers=1)

    asked = ended.statuses.count("enriched")
    assert asked == (stops != "refusal")
    assert ended.notes[3:] == ["alpha: left out by --limit"] * 6
    assert "left out" not in " ".join(ended.notes[:3])
    assert ended.runner.report.pending == {"alpha": 3 - asked}
    assert ended.runner.report.summary()["rest"] == 3 - asked


def ended_by(stop):
    """Answer, and have the run stop."""

    def answer(_):
        stop.now("interrupted", ExitStatus.INTERRUPTED)
        return found(city="Oslo")

    return answer


def test_a_budget_is_never_exceeded_and_what_it_leaves_is_pending(rig):
    alpha, beta = provider("alpha"), provider("beta", "job_title")
    ended = rig.run(MANY, alpha, beta, budget="7", workers=8)
    assert len(rig.vendors["alpha"].requests) == len(rig.vendors["beta"].requests) == 7
    assert rig.spent() == rig.spent("beta") == 7
    assert ended.cells("city").count("alpha's city") == 7
    assert ended.statuses.count("pending") >= 33
    assert ended.stopped_by == ["budget", "budget"]
    again = rig.run(MANY, alpha, beta)
    assert set(again.statuses) == {"enriched"}
    assert sorted(rig.vendors["alpha"].asked) == sorted(MANY)


@pytest.mark.parametrize(
    ("play", "word", "status"),
    [
        ("401", "login", ExitStatus.LOGIN),
        ("402", "credits", ExitStatus.BUDGET),
        ("down", "unavailable", ExitStatus.UNAVAILABLE),
    ],
)
def test_a_lane_that_stops_lets_the_others_go_on(play, word, status, rig):
    alpha, beta = provider("alpha"), provider("beta", "job_title")
    rig.vendor(alpha).plays = {"*": [play]}
    ended = rig.run(MANY, alpha, beta, workers=1)
    assert len(rig.vendors["alpha"].requests) == (4 if play == "down" else 1)
    assert ended.cells("job_title") == ["beta's job_title"] * 40
    assert set(ended.statuses) == {"pending"}
    assert ended.stopped_by == [word]
    assert ended.steps[0].stopped.exit_status is status
    assert rig.spent() == 0
    assert "alpha" not in {attempt.provider for attempt in rig.attempts()}


def test_a_lane_that_stops_says_so_once(rig):
    alpha = provider()
    rig.vendor(alpha).plays = {"*": ["401"]}
    ended = rig.run(MANY, alpha)
    assert [e.provider for e in ended.events if isinstance(e, LaneStopped)] == ["alpha"]


def test_nobody_else_is_asked_for_what_a_stopped_lane_may_yet_find(rig):
    alpha, beta = provider("alpha"), provider("beta")
    rig.vendor(alpha).plays = {"*": ["402"]}
    rig.run([ANNA], alpha, beta)
    assert rig.vendor(beta).requests == []


def test_a_stop_starts_no_new_call_and_loses_no_row(rig):
    alpha, stop = provider(), Stop()
    begun = []

    def third(seen):
        stop.now("interrupted", ExitStatus.INTERRUPTED)
        begun.append(len(rig.vendors["alpha"].requests))
        return found(city=seen.email)

    rig.vendor(alpha).plays = {MANY[2]: [third]}
    ended = rig.run(MANY, alpha, stop=stop, workers=2)
    assert len(rig.vendors["alpha"].requests) <= begun[0] + 1  # what the other was about to send
    answered = ended.statuses.count("enriched")
    assert answered == len(rig.vendors["alpha"].requests)
    assert ended.statuses.count("pending") == 40 - answered
    assert ended.rows == list(range(1, 41))
    assert set(rig.run(MANY, alpha).statuses) == {"enriched"}
    assert sorted(rig.vendors["alpha"].asked) == sorted(MANY)
    assert rig.spent() == 40


def test_the_first_reason_to_stop_counts(rig):
    stop = Stop()
    stop.now("max_errors", ExitStatus.SOME_FAILED)
    stop.now("interrupted", ExitStatus.INTERRUPTED)
    assert (stop.word, stop.status) == ("max_errors", ExitStatus.SOME_FAILED)


def test_so_many_failed_records_stop_the_run(rig):
    alpha = provider()
    rig.vendor(alpha).plays = {"*": ["422"]}
    ended = rig.run(MANY, alpha, limits=Limits(errors=3), workers=1)
    assert (ended.stop.word, ended.stop.status) == ("max_errors", ExitStatus.SOME_FAILED)
    assert 3 <= ended.statuses.count("failed") < 40
    assert set(ended.statuses) == {"failed", "pending"}


def test_a_bug_ends_the_run_and_leaves_its_attempt_in_doubt(rig):
    alpha = provider()

    def bug(seen):
        raise KeyError(seen.path)

    rig.vendor(alpha).plays = {ANNA: [bug]}
    with pytest.raises(KeyError, match="/find"):
        rig.run([ANNA, *MANY], alpha, workers=1)
    doubtful = rig.attempts()[0]
    assert (doubtful.outcome, doubtful.credits) == ("unconfirmed", 1)
    assert "KeyError" in doubtful.reason
    assert len(rig.vendors["alpha"].requests) < 40


def test_a_journal_that_cannot_be_written_ends_the_run(rig, monkeypatch):
    alpha = provider()

    def full(*_, **__):
        raise StateError("the disk is full")

    monkeypatch.setattr(rig.journal, "intend", full)
    with pytest.raises(StateError):
        rig.run(MANY, alpha)
    assert rig.vendors["alpha"].requests == []


def test_an_answer_that_cannot_be_kept_ends_the_run(rig, monkeypatch):
    alpha = provider()

    def full(*_, **__):
        raise StateError("the disk is full")

    monkeypatch.setattr(rig.journal, "settle", full)
    with pytest.raises(StateError):
        rig.run(MANY, alpha, workers=1)
    assert len(rig.vendors["alpha"].requests) < 40
    assert set(rig.outcomes()) == {"sent"}


def test_every_record_is_explained_in_the_journal(rig):
    alpha = provider()
    rig.vendor(alpha).plays = {BOB: ["404"]}
    ended = rig.run([ANNA, BOB], alpha)
    first, second = (record_rows.record(rig.journal, ended.id, row) for row in (1, 2))
    assert (first.status, first.line, second.note) == ("enriched", 2, "alpha: nobody of that name")
    assert first.values["city"]["after"] == "alpha's city"
    assert [tried["outcome"] for tried in second.tried] == ["missed"]


def test_counts_of_a_run_are_those_of_its_records(rig):
    alpha = provider()
    rig.vendor(alpha).plays = {BOB: ["404"], CARL: ["422"]}
    ended = rig.run([ANNA, ANNA, BOB, CARL, (ANNA, "1", "")], alpha)
    summary = ended.runner.report.summary()
    assert {k: n for k, n in summary["outcomes"].items() if n} == {
        "enriched": 2, "complete": 1, "no_match": 1, "failed": 1,
    }  # fmt: skip
    (lane,) = summary["providers"]
    assert (lane["asked"], lane["calls"], lane["credits"], lane["match_rate"]) == (3, 3, "1", 0.5)
    assert summary["fields"] == [{"name": "city", "filled_before": 1, "filled_after": 3}]


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        ("enriched complete no_match skipped pending", ExitStatus.DONE),
        ("enriched failed", ExitStatus.SOME_FAILED),
        ("failed unconfirmed", ExitStatus.UNCONFIRMED),
        ("", ExitStatus.DONE),
    ],
)
def test_the_exit_status_tells_the_worst_that_happened(outcomes, status):
    report = Report({}, ())
    report.outcomes.update(Status(word) for word in outcomes.split())
    assert report.exit_status() is status
