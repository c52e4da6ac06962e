"""A team's server whose connections break, or that crashes, at every step of a commit."""

import subprocess
import sys
import threading
import time
from contextlib import closing
from decimal import Decimal

import psycopg
import pytest
from asking import RUN, begin, cut, intent, outcomes, spent
from places import OPEN

from enrichctl.errors import BudgetReached, JournalAway
from enrichctl.journal import Budgets, history, links
from enrichctl.journal.sweep import sweep
from enrichctl.journal.writer import AWAY_PATIENCE
from enrichctl.model import Outcome, Rate

pytestmark = pytest.mark.parametrize("place", ["postgres"], indirect=True)


def test_connections_that_an_administrator_ends_are_opened_again(journal, place, server):
    number = journal.intend(intent())
    cut(server)
    assert journal.attempt(number).outcome is Outcome.SENT
    journal.settle(number, Outcome.MATCHED, credits=Decimal(5), answer={"phone": "1"})
    cut(server)
    journal.intend(intent("q"))
    assert spent(journal) == 25
    with place.open() as other:
        assert history.is_alive(other, RUN)  # its lock was taken again


LOST = psycopg.OperationalError("server closed the connection unexpectedly")


@pytest.mark.parametrize("how", ["at once", "by statements"])
def test_a_commit_that_was_made_and_not_acknowledged_is_not_made_again(
    journal, server, monkeypatch, how
):
    def made_unheard(self):
        monkeypatch.undo()
        cut(server)
        raise LOST

    if how == "by statements":
        monkeypatch.setattr(links, "as_rows", lambda _: None)
    monkeypatch.setattr(links.WritingLink, "_is_heard", made_unheard)
    number = journal.intend(intent())
    assert (outcomes(journal), spent(journal)) == (["sent"], 20)
    assert journal.attempt(number).outcome is Outcome.SENT


def test_what_was_refused_in_a_commit_that_was_not_acknowledged_is_refused(
    journal, server, monkeypatch
):
    def made_unheard(self):
        monkeypatch.undo()
        cut(server)
        raise LOST

    monkeypatch.setattr(links.WritingLink, "_is_heard", made_unheard)
    with pytest.raises(BudgetReached, match=r"room for a call of up to 20$"):
        journal.intend(intent(budgets=Budgets(day=Decimal(3))))
    assert (outcomes(journal), spent(journal)) == ([], 0)


def test_a_commit_that_was_lost_with_its_connection_is_made_again(journal, server, monkeypatch):
    def lost(self, sql):
        monkeypatch.undo()
        cut(server)
        raise LOST

    monkeypatch.setattr(links.WritingLink, "_rows", lost)
    journal.intend(intent())
    assert (outcomes(journal), spent(journal)) == (["sent"], 20)


def test_a_commit_that_was_given_up_on_its_way_is_not_made_after_all(journal, server, monkeypatch):
    """The network may deliver it when the same was written by another connection."""
    late = []

    def lost(self, sql):
        monkeypatch.undo()
        late.append(sql.replace(f" {self._db.info.backend_pid},", " pg_backend_pid(),"))
        cut(server)
        raise LOST

    monkeypatch.setattr(links.WritingLink, "_rows", lost)
    journal.intend(intent())
    with closing(journal.store.open()) as db, pytest.raises(psycopg.DatabaseError) as caught:
        db.execute(late[0], prepare=False)
    assert caught.value.sqlstate == "EC003"
    assert (outcomes(journal), spent(journal)) == (["sent"], 20)


def test_what_was_acknowledged_is_there_after_the_server_has_crashed(place, server, watch):
    for person in "pqr":
        with place.open(clock=watch, pause=watch.pause) as journal:
            begin(journal, RUN + person)
            number = journal.intend(intent(person, RUN + person))
            server.stop("immediate")
            server.start()
            assert journal.attempt(number).person == person.encode()


def test_what_was_given_up_and_is_there_all_the_same_is_taken_back(
    journal, server, watch, monkeypatch
):
    """Nobody has sent it: it must not count as possibly charged."""
    away = psycopg.OperationalError("no route to host")

    def made_unheard(self):
        monkeypatch.undo()
        monkeypatch.setattr(links.WritingLink, "_rows", refuse)
        raise away

    def refuse(self, sql):
        raise away

    monkeypatch.setattr(links.WritingLink, "_is_heard", made_unheard)
    with pytest.raises(JournalAway):
        journal.intend(intent())
    assert watch.seconds >= AWAY_PATIENCE
    monkeypatch.undo()
    journal.intend(intent("q"))
    assert (outcomes(journal), spent(journal)) == (["sent"], 20)


def test_a_server_that_goes_away_stops_calls_and_loses_no_answer(place, server, watch):
    told = []
    journal = place.open(clock=watch, pause=watch.pause, tell=told.append)
    begin(journal)
    number = journal.intend(intent())
    server.stop("immediate")
    with pytest.raises(JournalAway) as caught:
        journal.settle(number, Outcome.MATCHED, credits=Decimal(5), answer={"phone": "1"})
    with pytest.raises(JournalAway):
        journal.intend(intent("q"))
    assert caught.value.exit_status == 6
    assert len(told) == 1
    (spool,) = place.folder.glob("*-spool-*")
    assert b'"matched"' in spool.read_bytes()
    journal.close()
    server.start()
    with place.open() as later:
        sweep(later)
        assert later.attempt(number).answer == {"phone": "1"}
        assert (outcomes(later), spent(later)) == (["matched"], 5)
    assert list(place.folder.glob("*-spool-*")) == []


def test_a_server_that_comes_back_in_time_is_hardly_noticed(place, server, watch):
    with place.open(clock=watch, pause=watch.pause) as journal:
        begin(journal)
        number = journal.intend(intent())
        server.stop("immediate")
        watch.then = lambda: server._process is None and server.start()
        journal.settle(number, Outcome.MATCHED, credits=Decimal(5))
        assert (outcomes(journal), spent(journal)) == (["matched"], 5)
        with place.open() as other:
            assert history.is_alive(other, RUN)


def test_who_is_stopped_while_writing_loses_the_turn(place, journal, monkeypatch):
    monkeypatch.setattr("enrichctl.journal.server._SET_UP", _quick_to_lose_patience())
    with place.open() as stopped:
        monkeypatch.undo()
        busy, go, told = threading.Event(), threading.Event(), []

        def job(db):
            db.execute("INSERT INTO spools VALUES ('half')")
            busy.set()
            go.wait(20)

        stopped._writer.later(job, told.append)
        busy.wait(5)
        journal._pause = journal._writer._pause = time.sleep  # for real: the server's clock counts
        journal.intend(intent())  # has waited until the server ended the other's transaction
        assert journal.read("SELECT * FROM spools") == []
        go.set()
    assert told == [None]  # and it was written after that, whole
    assert journal.read("SELECT * FROM spools") == [("half",)]


def _quick_to_lose_patience():
    from enrichctl.journal import server  # noqa: PLC0415 - its text is changed

    return server._SET_UP.replace(f"_timeout = {server.IDLE_MS}", "_timeout = 200")


HOLDING = {
    "the turn": "journal.store.writer().begin()",
    "an intent": """
db = journal.store.writer()
db.begin()
db.execute("INSERT INTO spools VALUES ('half')")
""",
    "a rate limit": """
windows = journal.store.windows("lemlist acc")
held = windows.held(print)
held.__enter__()
windows.window(Rate(1, 3600.0)).add(windows.clock())
""",
}
DIE = """
import os
from enrichctl.model import Rate
{held}
os._exit(137)
"""


@pytest.mark.parametrize("held", HOLDING)
def test_what_a_process_held_when_it_was_killed_is_free_at_once(place, journal, held):
    said = OPEN + DIE.format(held=HOLDING[held])
    died = subprocess.run([sys.executable, "-c", said, *place.words], check=False)
    assert died.returncode == 137
    journal._pause = journal._writer._pause = time.sleep
    began = time.monotonic()
    journal.intend(intent())
    windows = journal.store.windows("lemlist acc")
    window = windows.window(Rate(1, 3600.0))
    with windows.held(time.sleep):
        assert window.oldest(windows.clock()) is None
    assert journal.read("SELECT * FROM spools") == []
    assert time.monotonic() - began < 10  # it has not waited for the server to lose patience


@pytest.mark.parametrize("mark", [True, False], ids=["on the disk", "in memory"])
@pytest.mark.parametrize("how", ["at once", "by statements"])
def test_a_server_that_crashes_between_a_commit_and_its_acknowledgement_costs_nothing(
    journal, server, watch, monkeypatch, how, mark
):
    """Without the mark that waits for the disk the commit may be lost: then it is made again."""

    def crash(self):
        monkeypatch.undo()
        server.stop("immediate")
        raise LOST

    if how == "by statements":
        monkeypatch.setattr(links, "as_rows", lambda _: None)
    if not mark:
        monkeypatch.setattr(links, "_COMMIT", "COMMIT")
    monkeypatch.setattr(links.WritingLink, "_is_heard", crash)
    watch.then = lambda: server._process is None and server.start()
    number = journal.intend(intent(budgets=Budgets(day=Decimal(20))))
    assert (outcomes(journal), spent(journal)) == (["sent"], 20)
    with pytest.raises(BudgetReached):
        journal.intend(intent("q", budgets=Budgets(day=Decimal(20))))

    monkeypatch.setattr(links.WritingLink, "_is_heard", crash)
    journal.settle(number, Outcome.MATCHED, credits=Decimal(5), answer={"phone": "1"})
    assert (outcomes(journal), spent(journal)) == (["matched"], 5)
    assert journal.attempt(number).answer == {"phone": "1"}
