"""What came back for money is never dropped, whatever the disk does when it is to be written."""

import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from places import IN_A_FILE, OPEN

from enrichctl.errors import EnrichctlError, Locked, StateError
from enrichctl.journal import Intent, failpoints, history, record_rows
from enrichctl.journal.sqlite import connect
from enrichctl.journal.sweep import sweep
from enrichctl.journal.writer import BUSY_PATIENCE, PATIENCE
from enrichctl.model import Outcome

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RUN = "20260301-120000-aaaa"


@pytest.fixture
def journal(place, watch):
    journal = opened(place, watch)
    history.begin(journal, history.RunEntry(RUN, NOW, "/in.csv", "/out.csv", ()))
    yield journal
    journal.close()


@pytest.fixture
def fail(monkeypatch):
    """Let the n-th write of a kind fail, as a disk does."""

    def arm(text=""):
        monkeypatch.setattr(failpoints, "point", failpoints.Point.read(text))

    return arm


def opened(place, watch):
    return place.open(now=lambda: NOW, clock=watch, pause=watch.pause)


def intent(person="p", **how):
    return Intent(
        "lemlist", "acc", person.encode(), "", ("email",), ("phone",), how.pop("run", RUN),
        worst=Decimal(20), payload={"key": "k"}, **how,
    )  # fmt: skip


def spools(place):
    return sorted(place.folder.glob("*-spool-*"))


def written(place):
    """Return how many bytes are in the spools."""
    return sum(len(file.read_bytes().rstrip(b"\0")) for file in spools(place))


def booked(journal, number):
    attempt = journal.attempt(number)
    return str(attempt.outcome), attempt.ticket, attempt.answer, attempt.credits


def dead(journal):
    """Leave a journal as a process does that is killed."""
    journal._writer._jobs.put(None)
    journal._writer._thread.join()
    own = journal._writer._spool._own
    if own is not None:
        import os  # noqa: PLC0415 - what a kill does to its files

        os.close(own.number)
        journal._writer._spool._own = None
    journal._writer._held.clear()
    journal.alive.close()


KINDS = ["full", "io", "busy"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_fault_that_passes_costs_nothing(journal, place, fail, kind, nth):
    fail(f"any:{kind}:{nth}")
    number = journal.intend(intent())
    journal.submitted({number: "t-1"})
    journal.settle(number, Outcome.MATCHED, credits=Decimal(5), answer={"phone": "1"})
    assert booked(journal, number) == ("matched", "t-1", {"phone": "1"}, 5)
    assert journal.spent("lemlist", f"run:{RUN}") == 5
    assert written(place) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_ticket_waits_beside_the_journal_until_the_next_run_books_it(
    journal, place, watch, fail, kind
):
    number = journal.intend(intent())
    fail(f"any:{kind}:1+")
    with pytest.raises(Locked if kind == "busy" else StateError):
        journal.submitted({number: "t-1"})
    assert watch.seconds <= (BUSY_PATIENCE if kind == "busy" else PATIENCE) + 1
    assert journal.attempt(number).outcome is Outcome.SENT
    assert [stat.S_IMODE(file.stat().st_mode) for file in spools(place)] == [0o600]
    dead(journal)
    fail()
    with opened(place, watch) as later:
        sweep(later)
        assert booked(later, number) == ("submitted", "t-1", None, 20)
        assert spools(place) == []
        assert history.run(later, RUN).state == "stopped"


def test_an_answer_that_the_journal_does_not_take_is_not_told_as_taken(journal, watch, fail):
    number = journal.intend(intent())
    fail("settle:full:1+")
    told = []
    journal.settle(number, Outcome.MATCHED, answer={"phone": "1"}, then=told.append)
    with pytest.raises(StateError):
        journal.settle(number, Outcome.MATCHED, answer={"phone": "1"})
    assert [type(error) for error in told] == [StateError]
    assert watch.seconds < PATIENCE + 1  # the second one did not wait again


def test_what_was_given_up_is_in_the_journal_before_anything_that_comes_later(journal, place, fail):
    number = journal.intend(intent())
    fail("settle:full:1+")
    with pytest.raises(StateError):
        journal.settle(number, Outcome.MATCHED, credits=Decimal(5), answer={"phone": "1"})
    entry = history.run(journal, RUN)
    entry.state = "done"
    with pytest.raises(StateError):  # the end of a run is never written before its attempts
        history.update(journal, entry)
    assert history.run(journal, RUN).state == "running"
    fail()
    history.update(journal, entry)
    assert booked(journal, number) == ("matched", "", {"phone": "1"}, 5)
    assert history.run(journal, RUN).state == "done"
    assert written(place) == 0


def test_a_full_disk_that_has_room_again_in_time_is_not_noticed(journal, watch, fail):
    number = journal.intend(intent())
    fail("any:full:1+")
    watch.then = lambda: watch.seconds > PATIENCE / 2 and fail()
    journal.settle(number, Outcome.MATCHED, credits=Decimal(5))
    assert booked(journal, number) == ("matched", "", None, 5)


def test_a_lock_that_is_held_for_33_seconds_is_waited_for(journal, watch, fail):
    number = journal.intend(intent())
    fail("any:busy:1+")
    watch.then = lambda: watch.seconds > 33 and fail()
    journal.settle(number, Outcome.MATCHED, credits=Decimal(5))
    assert booked(journal, number) == ("matched", "", None, 5)


@IN_A_FILE
def test_a_real_lock_of_another_process_is_waited_for(journal, place, watch):
    number = journal.intend(intent())
    other = connect(place.store().files)
    other.execute("BEGIN IMMEDIATE")
    watch.then = lambda: other.in_transaction and other.execute("ROLLBACK")
    journal.settle(number, Outcome.MATCHED, credits=Decimal(5))
    other.close()
    assert booked(journal, number) == ("matched", "", None, 5)
    assert watch.seconds > 0


def kept_then_booked(journal, place, fail):
    """Fail to write that the last attempt was taken back; return its number and its spool."""
    journal.intend(intent())
    withdrawn = journal.intend(intent("q"))
    fail("any:full:1+")
    with pytest.raises(StateError):
        journal.void(withdrawn)
    fail()
    (spool,) = spools(place)
    return withdrawn, spool, spool.read_bytes()


def test_a_run_that_dies_before_it_removes_what_it_booked_has_it_booked_once(
    journal, place, watch, fail
):
    withdrawn, spool, data = kept_then_booked(journal, place, fail)
    number = journal.intend(intent("r"))
    assert (number == withdrawn) is (place.kind == "sqlite")  # a number that is free is used again
    spool.write_bytes(data)
    dead(journal)
    with opened(place, watch) as later:
        sweep(later)
        assert later.attempt(number).outcome is Outcome.UNCONFIRMED
        assert later.spent("lemlist", f"run:{RUN}") == 40
        assert not spool.exists()


def test_a_run_that_dies_before_it_removes_what_another_left_has_it_booked_once(
    journal, place, watch, fail
):
    withdrawn, spool, data = kept_then_booked(journal, place, fail)
    dead(journal)
    with opened(place, watch) as later:
        sweep(later)
        assert later.spent("lemlist", f"run:{RUN}") == 20
    spool.write_bytes(data)
    with opened(place, watch) as last:
        history.begin(last, history.RunEntry("next", NOW, "/in.csv", "/out.csv", ()))
        number = last.intend(intent("r", run="next"))
        assert (number == withdrawn) is (place.kind == "sqlite")
        sweep(last)
        assert last.attempt(number).outcome is Outcome.SENT
        assert last.spent("lemlist", "run:next") == 20
        assert not spool.exists()


def test_what_was_cut_short_while_it_was_written_down_is_left_out(journal, place, watch, fail):
    numbers = [journal.intend(intent(who)) for who in "pq"]
    fail("any:full:1+")
    for number in numbers:
        with pytest.raises(StateError):
            journal.submitted({number: f"t-{number}"})
    dead(journal)
    fail()
    (spool,) = spools(place)
    data = spool.read_bytes().rstrip(b"\0")
    spool.write_bytes(data[:-9])
    with opened(place, watch) as later:
        sweep(later)
        assert [booked(later, n)[:2] for n in numbers] == [
            ("submitted", f"t-{numbers[0]}"),
            ("unconfirmed", ""),
        ]


def test_the_file_of_a_living_process_is_left_to_it(journal, place, watch, fail):
    number = journal.intend(intent())
    fail("submitted:full:1+")
    with pytest.raises(StateError):
        journal.submitted({number: "t-1"})
    with opened(place, watch) as other:
        sweep(other)
        assert other.attempt(number).outcome is Outcome.SENT
    fail()
    record_rows.put_records(journal, RUN, [])
    assert booked(journal, number)[:2] == ("submitted", "t-1")


def test_nothing_is_bought_where_its_answer_would_have_no_place(journal, place, fail):
    fail("room:full:1+")
    with pytest.raises(StateError, match="No space left"):
        journal.intend(intent())
    assert journal.read("SELECT * FROM attempts") == []
    fail()
    journal.intend(intent())
    (spool,) = spools(place)
    assert spool.stat().st_blocks * 512 >= 100_000  # the room is there before it is needed


@pytest.mark.parametrize("kind", ["full", "io"])
def test_what_cannot_even_be_written_down_is_held_as_long_as_the_process_lives(
    journal, place, monkeypatch, fail, kind
):
    number = journal.intend(intent())
    fail(f"any:{kind}:1+")

    def refuse(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("enrichctl.journal.spool.os.pwrite", refuse)
        with pytest.raises(StateError):
            journal.submitted({number: "t-1"})
    fail()
    journal.close()
    with place.open() as later:
        assert booked(later, number)[:2] == ("submitted", "t-1")


def test_one_bad_row_leaves_the_others_of_its_commit_alone(journal):
    """A balance beyond 64 bits, an answer about somebody else, and a ticket, in one commit."""
    numbers = [journal.intend(intent(who)) for who in "pqr"]
    busy, go, told = threading.Event(), threading.Event(), []
    waits = threading.Thread(target=journal.write, args=(lambda _: (busy.set(), go.wait(5)),))
    waits.start()
    busy.wait(5)
    huge = Decimal("9.3e13")
    journal.settle(
        numbers[0], Outcome.MATCHED, credits=huge, balance=huge, answer={"a": 1}, then=told.append
    )
    journal.settle(
        numbers[1], Outcome.MATCHED, credits=Decimal(5), answer={"b": 1}, then=told.append
    )
    go.set()
    waits.join()
    journal.submitted({numbers[2]: "t-3"})
    assert told == [None, None]
    assert [booked(journal, n) for n in numbers] == [
        ("matched", "", {"a": 1}, 20),
        ("matched", "", {"b": 1}, 5),
        ("submitted", "t-3", None, 20),
    ]
    assert journal.spent("lemlist", f"run:{RUN}") == 45


def test_a_bug_of_one_job_leaves_the_others_of_its_commit_alone(journal):
    busy, go, told = threading.Event(), threading.Event(), []
    journal._writer.later(lambda _: (busy.set(), go.wait(5)), lambda _: None)
    busy.wait(5)
    number_of = "INSERT INTO balances VALUES (?, 'a', 1, '')"

    def half(db):
        db.execute(number_of, ("bad",))
        raise KeyError("oops")

    journal._writer.later(half, told.append)
    journal._writer.later(lambda db: db.execute(number_of, ("good",)), told.append)
    go.set()
    journal.read("SELECT 1")
    journal.write(lambda _: None)
    assert [type(one) for one in told] == [KeyError, type(None)]
    assert journal.read("SELECT provider FROM balances") == [("good",)]


@pytest.mark.parametrize("state", ["done", "stopped"])
def test_what_is_open_in_a_run_that_has_ended_is_swept_all_the_same(journal, state):
    sent = journal.intend(intent())
    (reserved,) = journal.reserve([intent("q")])
    entry = history.run(journal, RUN)
    entry.state = state
    history.update(journal, entry)
    sweep(journal)
    assert journal.attempt(sent).outcome is Outcome.UNCONFIRMED
    assert journal.attempt(reserved) is None
    assert journal.spent("lemlist", f"run:{RUN}") == 20
    assert history.run(journal, RUN).state == state


@IN_A_FILE
def test_looking_for_what_is_open_does_not_read_every_attempt(journal):
    (plan,) = journal.read(
        "EXPLAIN QUERY PLAN SELECT DISTINCT run FROM attempts WHERE outcome IN ('planned', 'sent')"
    )
    assert "attempts_open" in plan[3]


def test_a_run_id_is_unique(journal, monkeypatch):
    drawn = iter(["aaaa", "aaaa", "bbbb"])
    monkeypatch.setattr(history, "urandom", lambda _: bytes.fromhex(next(drawn)))
    second = history.RunEntry(history.new_id(NOW), NOW, "/other.csv", "-", ())
    assert second.id == RUN
    history.begin(journal, second)
    assert second.id == "20260301-120000-bbbb"
    assert {one.id for one in history.runs(journal)} == {RUN, second.id}
    assert history.is_alive(journal, RUN)
    assert history.is_alive(journal, second.id)


STOPPED = """
journal.close()
db = journal.store.writer()
db.begin()
print("locked", flush=True)
sys.stdin.read()
"""


def test_a_journal_that_a_stopped_process_keeps_locked_ends_with_exit_8(journal, place, watch):
    with subprocess.Popen(
        [sys.executable, "-c", OPEN + STOPPED, *place.words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        other.stdout.readline()
        watch.then = lambda: setattr(watch, "seconds", watch.seconds + 30)
        with pytest.raises(EnrichctlError) as caught:
            journal.intend(intent())
        other.kill()
    assert caught.value.exit_status == 8
    assert "locked" in caught.value.message
    journal.intend(intent())
