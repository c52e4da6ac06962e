import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from places import IN_A_FILE, OPEN

from enrichctl.errors import UsageError
from enrichctl.journal import Intent, history, record_rows, results
from enrichctl.journal.history import RunEntry
from enrichctl.journal.record_rows import RecordRow
from enrichctl.journal.sweep import sweep
from enrichctl.model import Outcome

BEGAN = datetime(2026, 1, 31, 10, tzinfo=UTC)

ONE = record_rows.pack_record(RecordRow(1, 2, "enriched", "", {}, []))


@pytest.fixture
def journal(place):
    with place.open() as journal:
        yield journal


def run(number=1, **how):
    at = BEGAN + timedelta(minutes=number)
    return RunEntry(
        f"{at:%Y%m%d-%H%M%S}-aaaa", at, "/in.csv", "/out.csv", ("enrichctl", "enrich"), **how
    )


def entered(journal, *runs):
    for one in runs:
        history.begin(journal, one)
    return runs


def killed(journal, *runs):
    """Enter runs of which the process is gone: the system has let go of their locks."""
    for one in entered(journal, *runs):
        journal.alive.let_go(one.id)
    return runs


def asked(journal, run, outcome=Outcome.SENT, **how):
    intent = Intent(
        "leadlex", "acc", run.id.encode(), "", ("email",), ("phone",), run.id,
        worst=Decimal(1), payload={"key": "k"},
    )  # fmt: skip
    if outcome is Outcome.RESERVED:
        return journal.reserve([intent])[0]
    number = journal.intend(intent)
    if outcome is not Outcome.SENT:
        journal.settle(number, outcome, **how)
    return number


def test_a_run_is_kept_as_it_was_entered(journal):
    (one,) = entered(journal, run())
    assert history.run(journal, one.id) == one
    ended = replace(
        one, finished_at=BEGAN + timedelta(hours=1), state="stopped", stopped_by="budget",
        exit_status=5, records=7, people=6, summary={"outcomes": {"enriched": 7}},
    )  # fmt: skip
    history.update(journal, ended)
    assert history.run(journal, one.id) == ended


def test_runs_are_told_newest_first_and_found_by_the_beginning_of_their_id(journal):
    first, second, third = entered(journal, run(1), run(2), run(3))
    assert history.runs(journal, 2) == [third, second]
    assert history.run(journal, "last") == third
    assert history.run(journal, first.id[:13]) == first
    assert history.run(journal, "1999") is None
    with pytest.raises(UsageError, match="several runs begin with"):
        history.run(journal, first.id[:4])


def test_without_runs_there_is_no_last_one(journal):
    assert history.run(journal, "last") is None


def tried(number: int) -> dict:
    """Return what a provider did of whose answer nothing was taken."""
    nothing = {"accepted": [], "reason": "", "held_back": [], "wanted": [], "told": []}
    return {"provider": "acme", "outcome": "missed", "attempt": number, **nothing}


def test_records_are_explained_in_input_order(journal):
    (one,) = entered(journal, run())
    rows = [
        RecordRow(n, n + 1, "failed" if n % 2 else "enriched", "é", {}, [tried(n)], b"12345678")
        for n in (3, 1, 2)
    ]
    record_rows.put_records(journal, one.id, [record_rows.pack_record(row) for row in rows])
    assert record_rows.record(journal, one.id, 3) == rows[0]
    assert record_rows.record(journal, one.id, 9) is None
    assert list(record_rows.records(journal, one.id, "failed")) == [rows[1], rows[0]]


def test_what_each_provider_did_by_itself_stays_beside_what_others_did(journal):
    (one,) = entered(journal, run())
    titled = {"email": ["a@b.example"], "job_title": [None, "CEO", "acme", "web", 0.9]}
    other = {"email": ["a@b.example"], "job_title": [None, "Chief", "other"]}
    passes = [
        [RecordRow(1, 2, "enriched", "", titled, [tried(1)], b"12345678"),
         RecordRow(2, 3, "no_match", "acme: nobody", {}, [tried(2)])],
        [RecordRow(1, 2, "no_match", "other: nobody", other, [tried(3) | {"provider": "other"}],
                   b"12345678"),
         RecordRow(2, 3, "failed", "other: refused", {}, [tried(4) | {"provider": "other"}])],
    ]  # fmt: skip
    for rows in (*passes, passes[1]):  # written again after a full disk: nothing is there twice
        packed = [record_rows.pack_record(row) for row in rows]
        record_rows.put_records(journal, one.id, packed, merge=True)
    first, second = (record_rows.record(journal, one.id, row) for row in (1, 2))
    assert [one["attempt"] for one in first.tried] == [1, 3]
    assert [one["attempt"] for one in second.tried] == [2, 4]
    assert (first.status, first.note) == ("enriched", "")
    assert (second.status, second.note) == ("failed", "other: refused")
    assert first.values["job_title"]["after"] == "CEO"
    assert first.keys == b"12345678"


def test_the_newest_run_on_an_input_explains_it(journal):
    earlier, other, newest = entered(journal, run(1), replace(run(2), input="/other.csv"), run(3))
    for one in (earlier, other, newest):
        record_rows.put_records(journal, one.id, [ONE])
    history.supersede(journal, newest)
    kept = [record_rows.record(journal, one.id, 1) is not None for one in (earlier, other, newest)]
    assert kept == [False, True, True]


def test_a_run_takes_the_place_of_those_that_were_killed_and_of_no_other(journal):
    ended, alive = entered(journal, run(1, state="done", finished_at=BEGAN), run(3))
    here, elsewhere = killed(journal, run(2), replace(run(4), input="/other.csv"))
    for one in (ended, here, alive, elsewhere):
        record_rows.put_records(journal, one.id, [ONE])
    sweep(journal)
    entered(journal, run(5))

    runs = (ended, here, alive, elsewhere)
    kept = {one.id for one in runs if record_rows.record(journal, one.id, 1)}
    assert kept == {ended.id, alive.id, elsewhere.id}


@pytest.mark.parametrize(("looked_at", "newest"), [(9, 9), (None, 4)])
def test_results_that_are_taken_over_know_of_no_more_than_was_looked_at(journal, looked_at, newest):
    """A run that broke off has not looked at what was to be worked out again."""
    former, broken = entered(journal, run(1, state="done", finished_at=BEGAN), run(2))
    block = results.Block(1, b"seal", 4, BEGAN, b"packed")
    record_rows.put_records(journal, former.id, [ONE], kept=[block])
    record_rows.take_over(journal, broken, former.id, 1, looked_at)
    assert results.block(journal, former.id, 1) is None
    assert results.block(journal, broken.id, 1) == block._replace(seen=newest)


def test_runs_on_stdin_do_not_supersede_each_other(journal):
    first, second = entered(journal, replace(run(1), input="-"), replace(run(2), input="-"))
    record_rows.put_records(journal, first.id, [ONE])
    history.supersede(journal, second)
    assert record_rows.record(journal, first.id, 1) is not None


def test_the_match_rate_counts_answers_only(journal):
    (one,) = entered(journal, run())
    assert history.match_rate(journal, "leadlex", "acc") is None
    for outcome in ("matched", "missed", "missed", "missed", "failed", "unconfirmed", "declined"):
        asked(journal, one, Outcome(outcome))
    asked(journal, one)
    assert history.match_rate(journal, "leadlex", "acc") == 0.25
    assert history.match_rate(journal, "close", "acct") is None


def test_what_a_dead_run_left_open_is_in_doubt(journal):
    (one,) = killed(journal, run())
    sent, matched = asked(journal, one), asked(journal, one, Outcome.MATCHED, credits=Decimal(1))
    before = journal.attempt(sent)
    sweep(journal)
    after = journal.attempt(sent)
    assert (after.outcome, after.cause, after.at) == (Outcome.UNCONFIRMED, "unconfirmed", before.at)
    assert "possibly charged" in after.reason
    assert journal.payload(sent) == {"key": "k"}
    assert journal.spent("leadlex", f"run:{one.id}") == 2
    assert journal.attempt(matched).outcome is Outcome.MATCHED
    assert history.run(journal, one.id).state == "stopped"


def test_what_a_dead_run_had_only_reserved_is_taken_back(journal):
    (one,) = killed(journal, run())
    reserved = asked(journal, one, Outcome.RESERVED)
    sweep(journal)
    assert journal.attempt(reserved) is None
    assert journal.spent("leadlex", f"run:{one.id}") == 0


def test_tickets_of_a_dead_run_stay_to_be_collected(journal):
    (one,) = killed(journal, run())
    number = asked(journal, one, Outcome.RESERVED)
    journal.submitted({number: "t-1"})
    sweep(journal)
    assert (journal.attempt(number).outcome, journal.attempt(number).ticket) == (
        Outcome.SUBMITTED,
        "t-1",
    )


def test_what_a_living_run_has_open_is_left_alone(journal):
    ours, also = entered(journal, run(1), run(2))
    numbers = [asked(journal, ours), asked(journal, also)]
    sweep(journal)
    assert [journal.attempt(n).outcome for n in numbers] == [Outcome.SENT] * 2
    assert [history.is_alive(journal, one.id) for one in (ours, also)] == [True, True]


BEGIN = """
import sys
from datetime import UTC, datetime
from enrichctl.journal import history
history.begin(journal, history.RunEntry("theirs", datetime.now(UTC), "/in.csv", "-", (), pid=1))
print("begun", flush=True)
sys.stdin.read()
"""


def test_a_run_lives_as_long_as_its_process_whatever_other_processes_are_called(journal, place):
    with subprocess.Popen(
        [sys.executable, "-c", OPEN + BEGIN, *place.words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as theirs:
        assert theirs.stdout.readline() == b"begun\n"
        journal.write(lambda db: db.execute("UPDATE runs SET pid=?", (2**22 + 1,)))
        assert history.is_alive(journal, "theirs")
        assert history.is_alive(journal, "theirs")  # looking has not let go of it
        # A process that is alive has its number, as after a restart or in another container.
        journal.write(lambda db: db.execute("UPDATE runs SET pid=?", (os.getpid(),)))
        theirs.kill()
    number = asked(journal, replace(run(), id="theirs"))
    assert not history.is_alive(journal, "theirs")
    sweep(journal)
    assert journal.attempt(number).outcome is Outcome.UNCONFIRMED


@IN_A_FILE
def test_of_runs_that_are_over_no_lock_is_left(journal, place):
    ended, _ = (*entered(journal, run(1)), *killed(journal, run(2)))
    assert [lock.name for lock in place.folder.glob("locks/*")] == [f"run-{ended.id}"]
    history.update(journal, replace(ended, state="done"))
    lock = place.folder / "locks" / f"run-{run(2).id}"
    lock.touch()  # as a process that was killed leaves it
    sweep(journal)
    assert list(place.folder.glob("locks/*")) == []


def test_a_run_that_ended_is_not_alive_whatever_its_process_does(journal):
    (one,) = entered(journal, run())
    history.update(journal, replace(one, state="done"))
    assert not history.is_alive(journal, one.id)
    assert not history.is_alive(journal, "no such run")


def test_a_run_whose_process_is_gone_is_shown_as_interrupted_even_before_it_is_swept(journal):
    (one,) = killed(journal, run())
    found = history.run(journal, one.id)
    assert (found.state, found.stopped_by) == ("stopped", "interrupted")
    assert json.loads(journal.read("SELECT command FROM runs")[0][0]) == ["enrichctl", "enrich"]
