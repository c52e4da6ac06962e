"""Moving a journal of one's own to a team's server: everything arrives once."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from decimal import Decimal

import pytest

from enrichctl.errors import Locked
from enrichctl.journal import (
    Intent,
    Journal,
    history,
    move,
    move_copy,
    move_records,
    record_rows,
)
from enrichctl.journal.erase import PersonToErase, forget
from enrichctl.journal.gains import keep_gains, tallies, unexplained
from enrichctl.journal.written import Written, fingerprint, remember, remembered
from enrichctl.model import Gain, Outcome, Rate, Segment

pytestmark = pytest.mark.parametrize("place", ["postgres"], indirect=True)
RUN = "20260301-120000-aaaa"


@pytest.fixture
def source(tmp_path):
    return tmp_path / "journal.db"


@pytest.fixture
def own(source):
    with Journal(source) as journal:
        history.begin(journal, history.RunEntry(RUN, journal.now(), "/in.csv", "/out.csv", ()))
        yield journal


@pytest.fixture
def team(place):
    with place.open() as journal:
        yield journal


def ask(journal, person, outcome=Outcome.MATCHED, run="", **how):
    number = journal.intend(
        Intent("lemlist", "acc", person.encode(), "", ("email",), ("phone",), run or RUN,
               subjects=(person.encode().rjust(8),), worst=Decimal(20), payload={"key": "k"})
    )  # fmt: skip
    if outcome is Outcome.SUBMITTED:
        journal.submitted({number: "ticket"})
    elif outcome is not Outcome.SENT:
        journal.settle(number, outcome, credits=Decimal(5), answer={"of": person}, **how)
    return number


def ended(own):
    run = history.run(own, RUN)
    run.state = "done"
    history.update(own, run)


def test_answers_tickets_doubts_and_spending_arrive(own, team, source):
    ask(own, "anna", balance=Decimal(7))
    ask(own, "ben", Outcome.SUBMITTED)
    ask(own, "cara", Outcome.SENT)
    own.remember_window("lemlist", "acc", Rate(20, 2.0))
    ended(own)

    done = move.move(source, team)

    assert (done.attempts, done.before, done.credits) == (3, 0, 45)
    (anna,) = team.attempts("lemlist", "acc", b"anna")
    (ben,) = team.attempts("lemlist", "acc", b"ben")
    (cara,) = team.attempts("lemlist", "acc", b"cara")
    assert (anna.answer, anna.outcome, anna.credits) == ({"of": "anna"}, Outcome.MATCHED, 5)
    assert (ben.ticket, ben.outcome) == ("ticket", Outcome.SUBMITTED)
    assert (cara.outcome, team.payload(cara.id)) == (Outcome.UNCONFIRMED, {"key": "k"})
    assert team.spent("lemlist", f"run:{RUN}") == 45
    assert team.spent("lemlist", f"month:{own.now():%Y-%m}") == 45
    assert team.balance("lemlist").credits == 7
    assert team.windows("lemlist", "acc") == [Rate(20, 2.0)]
    assert history.run(team, RUN).input == "/in.csv"
    assert forget(team, PersonToErase((b"    anna",), ()), names=lambda _: False).attempts == 1


def test_what_the_money_bought_arrives_with_the_answers(own, team, source):
    """Numbers are others there, and a number of ours may be somebody else's."""
    begin = history.RunEntry("20260201-120000-bbbb", team.now(), "/other.csv", "/o.csv", ())
    history.begin(team, begin)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"{__name__}.RUN", begin.id)
        ask(team, "of the team")
    found = ("phone",)
    gains = [
        Gain(ask(own, "anna"), Segment("DE", "vp"), found, found, found, found, True),
        Gain(ask(own, "ben"), Segment("FR"), found, found, (), (), False),
    ]
    keep_gains(own, gains)
    ask(own, "not used yet")
    ended(own)

    move.move(source, team)

    assert sorted(tallies(team)) == sorted(tallies(own)) != []
    assert unexplained(team) == {"lemlist": 2}


def test_what_was_written_into_tables_arrives_once_and_what_is_forgotten_stays_away(
    own, team, source
):
    for key in ("1", "2"):
        sources = {"phone": ("lemlist", fingerprint("+49 30 1"))}
        remember(own, "sqlite:////crm.db?table=leads", [Written(key, sources, keys=b"anna" * 2)])
        ended(own)
        move.move(source, team)
        known = remembered(team, "sqlite:////crm.db?table=leads", ["1", "2"])
        assert [one.said({"phone": "+49 30 1"}) for one in known.values()] == (
            [("phone=lemlist", "", "")] if key == "1" else []
        )
        forget(team, PersonToErase((b"anna" * 2,), ()), names=lambda _: False)


def test_moving_again_adds_only_what_came_since(own, team, source):
    ask(own, "anna")
    ended(own)
    move.move(source, team)
    again = move.move(source, team)
    assert (again.attempts, again.before, again.credits) == (0, 1, 0)
    ask(own, "ben")
    later = move.move(source, team)
    assert (later.attempts, later.before, later.credits) == (1, 1, 5)
    assert team.spent("lemlist", f"run:{RUN}") == 10


def test_a_move_that_breaks_off_goes_on_where_it_stopped(own, team, source, monkeypatch):
    monkeypatch.setattr(move, "AT_ONCE", 2)
    for number in range(5):
        ask(own, f"p{number}")
    ended(own)

    def stop(count):
        if count >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        move.move(source, team, stop)
    done = move.move(source, team)
    assert (done.attempts, done.before) == (3, 2)
    assert team.read("SELECT COUNT(*) FROM attempts") == [(5,)]
    assert team.spent("lemlist", f"run:{RUN}") == 25


def test_what_is_spent_adds_up_with_what_the_team_has_spent(own, team, source):
    history.begin(team, history.RunEntry("theirs", team.now(), "/x.csv", "-", ()))
    number = team.intend(
        Intent("lemlist", "acc", b"zoe", "", ("email",), ("phone",), "theirs", worst=Decimal(3))
    )
    team.settle(number, Outcome.MATCHED, credits=Decimal(3), answer={})
    ask(own, "anna")
    ended(own)
    move.move(source, team)
    assert team.spent("lemlist", f"month:{team.now():%Y-%m}") == 8


def test_a_run_that_is_under_way_is_waited_for_not_moved(own, team, source):
    ask(own, "anna", Outcome.SENT)
    with pytest.raises(Locked):
        move.move(source, team)
    assert team.read("SELECT COUNT(*) FROM attempts") == [(0,)]


@pytest.mark.parametrize("who_hears", ["the team", "the file", "both, the team first"])
@pytest.mark.parametrize("outcome", [Outcome.SUBMITTED, Outcome.UNCONFIRMED])
def test_an_attempt_that_ends_after_a_move_is_counted_once(own, team, source, who_hears, outcome):
    number = ask(own, "ben", Outcome.SUBMITTED)
    if outcome is Outcome.UNCONFIRMED:
        own.settle(number, outcome)
    ended(own)
    move.move(source, team)
    (there,) = team.attempts("lemlist", "acc", b"ben")
    if "team" in who_hears:
        team.settle(there.id, Outcome.MATCHED, credits=Decimal(5), answer={"of": "ben"})
    if who_hears != "the team":
        own.settle(number, Outcome.MATCHED, credits=Decimal(5), answer={"of": "ben"})
    for _ in range(2):
        assert move.move(source, team).credits == 0
        for period in (f"run:{RUN}", f"day:{own.now():%Y-%m-%d}", f"month:{own.now():%Y-%m}"):
            assert team.spent("lemlist", period) == 5
        (ben,) = team.attempts("lemlist", "acc", b"ben")
        assert (ben.outcome, ben.credits, ben.answer) == (Outcome.MATCHED, 5, {"of": "ben"})
    ask(own, "cara")
    assert move.move(source, team).credits == 5
    assert team.spent("lemlist", f"run:{RUN}") == 10


def test_an_attempt_that_ends_in_the_file_while_the_move_is_broken_off_is_counted_once(
    own, team, source, monkeypatch
):
    """The money arrives before the attempts do."""
    number = ask(own, "ben", Outcome.SUBMITTED)
    ended(own)
    with monkeypatch.context() as patch:
        patch.setattr(move, "_move_attempts", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            move.move(source, team)
    assert team.spent("lemlist", f"run:{RUN}") == 20
    own.settle(number, Outcome.MATCHED, credits=Decimal(5), answer={})
    move.move(source, team)
    assert team.spent("lemlist", f"run:{RUN}") == 5


def test_of_two_processes_that_move_a_file_at_once_one_waits(own, team, source, place):
    ask(own, "anna")
    ended(own)

    def meanwhile(_):
        with place.open() as other, pytest.raises(Locked, match="another process is moving"):
            move.move(source, other)

    assert move.move(source, team, meanwhile).attempts == 1
    again = move.move(source, team)
    assert (again.attempts, again.before, again.credits) == (0, 1, 0)


def test_a_file_is_known_by_one_number_however_many_look_at_it_first(
    own, source, monkeypatch, place
):
    inner = []

    def draw(most):
        with pytest.raises(Exception, match="locked"):
            sqlite3.connect(source, timeout=0).execute("BEGIN IMMEDIATE")
        inner.append(True)
        return most // 2

    monkeypatch.setattr(move_copy.secrets, "randbelow", draw)
    assert move._origin(source) == move._origin(source)
    assert inner == [True]


def explain(journal, row, number, run=RUN):
    """Explain a record by an attempt; return what it brought."""
    gain = Gain(
        number, Segment("DE", "head", "", "51-200"), ("phone",), ("phone",), ("phone",), ("phone",)
    )
    tried = [{"provider": "lemlist", "attempt": number, "outcome": "matched"}, {"provider": "x"}]
    told = record_rows.RecordRow(row, row + 1, "enriched", "", {"phone": ["1"]}, tried, b"k" * 8)
    record_rows.put_records(journal, run, [record_rows.pack_record(told)], [gain])


def test_explanations_and_what_answers_brought_arrive_with_their_attempts(own, team, source):
    ask(team_run(team), "zoe", run="theirs")  # numbers are others there
    numbers = [ask(own, name) for name in ("anna", "ben", "cara")]
    for row, number in enumerate(numbers[:2], 1):
        explain(own, row, number)
    ended(own)

    assert move.move(source, team).records == 2

    (ben,) = team.attempts("lemlist", "acc", b"ben")
    told = record_rows.record(team, RUN, 2)
    assert told == record_rows.record(own, RUN, 2)._replace(tried=told.tried)
    assert [one.get("attempt") for one in told.tried] == [ben.id, None]
    assert ben.id != numbers[1]
    assert tallied(team) == tallied(own) == [("DE", ("phone",), 2)]

    explain(own, 3, numbers[2])  # after the move
    assert (move.move(source, team).records, move.move(source, team).records) == (1, 0)
    assert tallied(team) == tallied(own) == [("DE", ("phone",), 3)]
    assert [one.row for one in record_rows.records(team, RUN, "enriched")] == [1, 2, 3]


def test_a_move_that_breaks_off_among_explanations_goes_on_there(own, team, source, monkeypatch):
    monkeypatch.setattr(move_records, "AT_ONCE", 2)
    for row in range(1, 6):
        explain(own, row, ask(own, f"p{row}"))
    ended(own)
    renumbered, seen = move_records._renumbered, []

    def stop(tried, became):
        seen.append(tried)
        assert len(seen) != 4
        return renumbered(tried, became)

    monkeypatch.setattr(move_records, "_renumbered", stop)
    with pytest.raises(AssertionError):
        move.move(source, team)
    monkeypatch.setattr(move_records, "_renumbered", renumbered)
    assert move.move(source, team).records == 3
    assert [one.row for one in record_rows.records(team, RUN, "enriched")] == [1, 2, 3, 4, 5]


def test_explanations_that_the_team_has_erased_or_has_newer_ones_of_stay_away(own, team, source):
    number = ask(own, "anna")
    explain(own, 1, number)
    ended(own)
    move.move(source, team)
    team.write(lambda db: db.execute("DELETE FROM records"))
    assert move.move(source, team).records == 0

    explain(own, 2, number, begun(own, "20260302-120000-cccc", "/in.csv"))
    begun(team, "20260303-120000-dddd", "/in.csv", days=30)
    assert move.move(source, team).records == 0
    assert list(record_rows.records(team, RUN, "enriched")) == []


def begun(journal, run, input_, days=0):
    """Begin and end a run; return its id."""
    at = journal.now() + timedelta(days=days)
    entry = history.RunEntry(run, at, input_, "-", ())
    history.begin(journal, entry)
    entry.state, entry.finished_at = "done", at
    history.update(journal, entry)
    return run


def team_run(team):
    begun(team, "theirs", "/x.csv")
    return team


def tallied(journal):
    return [(t.segment.country, t.gain.filled, t.attempts) for t in tallies(journal)]


@pytest.mark.parametrize("copied", ["before the first move", "after the first move"])
@pytest.mark.parametrize("is_settled", [False, True])
def test_a_copy_that_was_used_apart_adds_what_is_its_own_once(
    own, team, source, tmp_path, copied, is_settled
):
    ask(own, "anna")
    shared = ask(own, "ben", Outcome.SUBMITTED)
    ended(own)
    if copied == "after the first move":
        move.move(source, team)
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(copy)) as other:
        one.backup(other)
    ask(own, "cara", run=begun(own, "20260302-120000-cccc", "/c.csv"))
    with Journal(copy) as theirs:
        dora = begun(theirs, "20260302-120000-dddd", "/d.csv")
        ask(theirs, "dora", run=dora)
        ask(theirs, "emil", run=dora)
        if is_settled:
            theirs.settle(shared, Outcome.MATCHED, credits=Decimal(5), answer={"of": "ben"})
    if is_settled:
        own.settle(shared, Outcome.MATCHED, credits=Decimal(5), answer={"of": "ben"})

    for file in (source, copy, source, copy):
        move.move(file, team)

    people = [row[0] for row in team.read("SELECT person FROM attempts ORDER BY person")]
    assert people == [b"anna", b"ben", b"cara", b"dora", b"emil"]
    total = 4 * 5 + (5 if is_settled else 20)
    assert team.spent("lemlist", f"month:{own.now():%Y-%m}") == total
    assert team.spent("lemlist", f"run:{dora}") == 10


def test_an_older_copy_takes_nothing_back(own, team, source, tmp_path):
    ask(own, "anna")
    ended(own)
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(copy)) as other:
        one.backup(other)
    ask(own, "cara", run=begun(own, "20260302-120000-cccc", "/c.csv"))
    for file in (source, copy, source):
        move.move(file, team)
        assert team.spent("lemlist", f"month:{own.now():%Y-%m}") == 10
