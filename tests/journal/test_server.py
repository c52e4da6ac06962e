"""A team's server: who is alive, what it takes back, and what its loss in the middle costs."""

import struct
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest
from asking import OTHER, RUN, begin, intent, outcomes, spent
from places import Place
from relay import relay

from enrichctl.errors import BudgetReached, JournalAway, StateError, UnderWay
from enrichctl.journal import Budgets, history, links, outputs, session_locks
from enrichctl.journal.erase import PersonToErase, forget
from enrichctl.journal.server import security
from enrichctl.journal.server_clock import seconds
from enrichctl.journal.stores import store_at
from enrichctl.journal.sweep import sweep
from enrichctl.model import Outcome

ON_A_SERVER = pytest.mark.parametrize("place", ["postgres"], indirect=True)
pytestmark = ON_A_SERVER


def test_a_late_answer_of_a_run_that_was_taken_for_dead_is_booked_once(journal, place):
    number = journal.intend(intent())
    journal.store.locks.let_go(RUN)  # as after a minute without its machine
    with place.open() as other:
        begin(other, OTHER)
        sweep(other)
        assert other.attempt(number).outcome is Outcome.UNCONFIRMED
        assert spent(other) == 20
    for _ in range(2):
        journal.settle(number, Outcome.MATCHED, credits=Decimal(5), answer={"phone": "1"})
    assert (outcomes(journal), spent(journal)) == (["matched"], 5)


def test_what_a_run_had_reserved_when_it_was_taken_for_dead_is_not_sent(journal, place):
    numbers = journal.reserve([intent("p"), intent("q")])
    journal.store.locks.let_go(RUN)
    with place.open() as other:
        begin(other, OTHER)
        sweep(other)
        other.intend(intent("p", run=OTHER))
    with pytest.raises(UnderWay):
        journal.sent(numbers)
    for number in numbers:
        journal.void(number)
    assert (spent(journal), spent(journal, OTHER)) == (0, 20)


def test_after_the_server_has_started_runs_of_before_have_time_to_come_back(
    place, server, monkeypatch
):
    monkeypatch.setattr(session_locks, "GRACE", 60)
    server.stop()
    server.start()
    with place.open() as journal:
        long_ago = history.RunEntry(RUN, datetime(2020, 1, 1, tzinfo=UTC), "/in.csv", "-", ())
        history.begin(journal, long_ago)
        begin(journal, OTHER)
        for run in (RUN, OTHER):
            journal.alive.let_go(run)
        assert history.is_alive(journal, RUN)
        assert not history.is_alive(journal, OTHER)  # it began since
        monkeypatch.setattr(session_locks, "GRACE", 0)
        assert not history.is_alive(journal, RUN)


def test_times_and_days_are_those_of_the_server(place):
    store = place.store()
    assert abs(store.now() - datetime.now(UTC)) < timedelta(seconds=5)
    asked = seconds() - 0.3
    late = store.now() - timedelta(milliseconds=300)
    store.clock.hear(late.timestamp(), asked)  # an answer that came late sets no clock back
    assert store.now() - late > timedelta(milliseconds=290)
    store.clock.hear(datetime(2031, 5, 1, tzinfo=UTC).timestamp(), seconds())
    assert (store.now().year, store.now().month) == (2031, 5)


def test_whoever_writes_is_alone_over_all_machines(place):
    first, second = place.store().writer(), place.store().writer()
    second.execute("SET lock_timeout = 50")
    first.begin()
    with pytest.raises(psycopg.errors.LockNotAvailable):
        second.begin()
    second.rollback()
    first.commit()
    second.begin()
    second.rollback()
    for one in (first, second):
        one.close()


def test_budgets_hold_over_machines(journal, place, tmp_path):
    elsewhere = Place("postgres", place.where, tmp_path / "elsewhere")
    elsewhere.folder.mkdir()
    budgets = Budgets(day=Decimal(30))
    journal.intend(intent("p", budgets=budgets))
    with elsewhere.open() as other:
        begin(other, OTHER)
        with pytest.raises(BudgetReached):
            other.intend(intent("q", run=OTHER, budgets=budgets))
        with pytest.raises(UnderWay):
            other.intend(intent("p", run=OTHER))


def test_a_path_of_two_machines_is_not_one_file(place):
    store = place.store()
    first, second = place.open(), place.open()
    first.store.who, second.store.who = "ana@one", "ben@two"
    with first, second:
        one, two = begin(first), begin(second, OTHER)
        assert outputs.has_written(first, "/in.csv", "/out.csv")
        second.write(lambda db: db.execute("DELETE FROM runs WHERE id=?", (OTHER,)))
        assert not outputs.has_written(second, "/in.csv", "/out.csv")
        assert history.run(second, RUN).who == "ana@one"
        assert (one.who, two.who) == ("ana@one", "ben@two")
    assert "@" in store.who


def test_those_with_the_rights_that_init_names_can_do_everything(place, server):
    store = place.store()
    server.execute("DROP ROLE IF EXISTS colleagues")
    server.execute("CREATE ROLE colleagues LOGIN")
    for grant in store.grants:
        server.execute(grant)
    try:
        theirs = store_at(place.where.replace("user=tests", "user=colleagues"), place.folder)
        with Place("", "", place.folder).open() as _, place_of(theirs) as journal:
            begin(journal)
            number = journal.intend(intent(subjects=(b"12345678",)))
            journal.settle(number, Outcome.MATCHED, credits=Decimal(5), balance=Decimal(7))
            found = forget(journal, PersonToErase((b"12345678",), ()), names=lambda _: False)
            assert found.attempts == 1
            with pytest.raises(StateError):
                journal.write(lambda db: db.execute("UPDATE about SET version=9"))
        assert theirs.init() == links.VERSION
    finally:
        server.execute("DROP OWNED BY colleagues")
        server.execute("DROP ROLE colleagues")


def place_of(store):
    from enrichctl.journal import Journal  # noqa: PLC0415 - of a store that is there already

    return Journal(store)


def of_its_own(said):
    """Put a process number of one's own into what a server says, as poolers do."""
    at = said.find(b"K\x00\x00\x00\x0c")
    return said if at < 0 else said[: at + 5] + struct.pack("!I", 424242) + said[at + 9 :]


def test_a_pooler_in_between_is_refused_with_the_reason(place, server):
    with relay(server, change=of_its_own) as port:
        store = store_at(server.url(port=port), place.folder)
        with pytest.raises(StateError, match="pooler") as caught:
            store.writer()
    assert "server itself" in caught.value.next


def test_another_machine_has_to_prove_who_it_is_unless_the_address_says_otherwise(place):
    strict = {"sslmode": "verify-full", "sslrootcert": "system"}
    assert security("postgresql://db.example/x", "", {}) == strict
    assert security("postgresql://db.example/x", "/ca.pem", {}) == {
        "sslmode": "verify-full",
        "sslrootcert": "/ca.pem",
    }
    assert security("postgresql:///x", "", {"PGHOST": "db.example"}) == strict
    assert security("postgresql://db.example/x?sslmode=require", "", {}) == {}
    for local in ("postgresql://localhost/x", "postgresql:///x?host=/tmp", "postgresql:///x"):
        assert security(local, "", {}) == {}


def test_a_server_that_refuses_is_something_to_mend_not_to_wait_for(place, server):
    for address in (server.url("nowhere"), server.url().replace("user=tests", "user=nobody_here")):
        with pytest.raises(StateError, match="does not exist") as caught:
            store_at(address, place.folder).writer()
        assert caught.value.exit_status == 2
        assert "PGPASSFILE" in caught.value.next


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("postgresql:///?service=none_of_mine", "none_of_mine"),
        ("postgresql://127.0.0.1:99999/db", "invalid port"),
        ("postgresql://127.0.0.1:abc/db", "abc"),
        ("postgresql://localhost:abc/db", "Servname"),
        ("postgresql://127.0.0.1/db?sslmode=maybe", "sslmode"),
    ],
)
def test_an_address_that_leads_nowhere_is_something_to_mend_not_to_wait_for(place, address, why):
    with pytest.raises(StateError, match=why) as caught:
        store_at(address, place.folder).writer()
    assert caught.value.exit_status == 2
    assert "correct it" in caught.value.next


@pytest.mark.parametrize(
    "words",
    [
        "consuming input failed: SSL connection has been closed unexpectedly",
        "consuming input failed: SSL SYSCALL error: EOF detected",
        "SSL error: unexpected eof while reading",
    ],
)
def test_a_server_that_is_lost_while_it_is_spoken_to_in_private_is_waited_for(place, words):
    error = place.store().unusable(psycopg.OperationalError(words))
    assert isinstance(error, JournalAway)
    assert error.exit_status == 6


def test_who_waits_for_the_turn_sees_what_was_written_meanwhile(place, server):
    """Also where the database tells transactions to see only what was there at their start."""
    server.execute("ALTER ROLE tests SET default_transaction_isolation = 'repeatable read'")
    try:
        first, second = place.store().writer(), place.store().writer()
    finally:
        server.execute("ALTER ROLE tests RESET default_transaction_isolation")
    with closing(first), closing(second):
        first.begin()
        waiting = threading.Thread(target=second.begin, daemon=True)
        waiting.start()
        until = time.monotonic() + 10
        waits = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while not server.execute(waits) and time.monotonic() < until:
            time.sleep(0.01)
        first.execute("INSERT INTO spools VALUES ('meanwhile')")
        first.commit()
        waiting.join(10)
        assert second.execute("SELECT name FROM spools").fetchall() == [("meanwhile",)]
        second.rollback()


def test_the_server_is_told_no_password_in_any_message(place, capsys):
    store = store_at("postgresql://me@127.0.0.1:1/db", place.folder, password=lambda: "geheim")
    with pytest.raises(JournalAway) as caught:
        store.writer()
    assert "geheim" not in f"{caught.value.message} {caught.value.next} {caught.value.args}"
