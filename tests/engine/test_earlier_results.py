"""What the last run wrote is written again, and is what working it out would come to."""

import random
import shutil
from dataclasses import asdict
from datetime import timedelta

import pytest
from rig import Queued, Rig, found, provider
from test_estimate import plan
from test_invariants import Case

from enrichctl.engine import delay_queue, earlier_results
from enrichctl.engine import lane as lanes
from enrichctl.engine.earlier_results import EarlierResults
from enrichctl.engine.waterfall import Waterfall
from enrichctl.journal import erase, record_rows, subject_key
from enrichctl.journal.results import last_run

ANNA, BOB, CARL, DORA = ((f"{name}@acme.com", "", "") for name in ("anna", "bob", "carl", "dora"))


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Blocks of two records, and nobody who waits for more."""
    monkeypatch.setattr(earlier_results, "SIZE", 2)
    monkeypatch.setattr(lanes, "LINGER", 0.005)
    monkeypatch.setattr(delay_queue, "IDLE", 0.005)


@pytest.fixture
def steps(monkeypatch):
    """How many records were taken through the waterfall, one by one."""
    seen = []
    usual = Waterfall.next_step
    monkeypatch.setattr(
        Waterfall, "next_step", lambda *how: seen.append(how[1].record.row) or usual(*how)
    )
    return seen


def earlier(rig: Rig, conditions: bytes = b"as ever") -> EarlierResults:
    return EarlierResults(rig.journal, last_run(rig.journal, "/in.csv"), conditions)


def go(rig, rows, *providers, conditions=b"as ever", **how):
    return rig.run(rows, *providers, earlier=earlier(rig, conditions), **how)


def said(ended) -> tuple:
    """Return all that a run shows of its records and its counts."""
    summary = ended.runner.report.summary()
    for lane in summary["providers"]:
        del lane["requests"]  # polls are as many as there is time for
    return ended.rows, ended.written, summary


def test_nothing_is_worked_out_where_nothing_has_changed(rig, steps):
    alpha = provider()
    rig.vendor(alpha).plays = {BOB[0]: ["404"]}
    go(rig, [ANNA, BOB, CARL], alpha)
    worked_out = go(rig, [ANNA, BOB, CARL], alpha, conditions=b"others")
    steps.clear()
    again = go(rig, [ANNA, BOB, CARL], alpha, conditions=b"others")
    assert steps == []
    assert said(again) == said(worked_out)
    assert again.runner.report.lanes["alpha"].reused == 3


def test_records_are_explained_by_the_newest_run_though_it_wrote_them_as_they_were(rig):
    alpha = provider()
    first = go(rig, [ANNA, BOB, CARL], alpha)
    before = [record_rows.record(rig.journal, first.id, row) for row in (1, 2, 3)]
    again = go(rig, [ANNA, BOB, CARL], alpha)
    assert [record_rows.record(rig.journal, again.id, row) for row in (1, 2, 3)] == before
    assert rig.journal.read("SELECT DISTINCT run FROM records") == [(again.id,)]
    assert rig.journal.read("SELECT DISTINCT run FROM results") == [(again.id,)]


def test_only_what_comes_after_a_change_is_worked_out(rig, steps):
    alpha = provider()
    rows = [ANNA, BOB, CARL, DORA]
    go(rig, rows, alpha)
    steps.clear()
    again = go(rig, [*rows[:3], ("eva@acme.com", "", "")], alpha)
    assert set(steps) == {3, 4}
    assert again.rows == [1, 2, 3, 4]
    assert again.runner.report.lanes["alpha"].reused == 3


def test_a_row_that_is_added_at_the_end_is_all_that_is_asked(rig):
    alpha = provider()
    go(rig, [ANNA, BOB], alpha)
    again = go(rig, [ANNA, BOB, CARL], alpha)
    assert sorted(rig.vendor(alpha).asked) == ["anna@acme.com", "bob@acme.com", "carl@acme.com"]
    assert [cells[1] for cells, *_ in again.written] == ["alpha's city"] * 3


@pytest.mark.parametrize("play", ["400", "lost"])
def test_what_failed_or_is_in_doubt_is_looked_at_each_time(rig, steps, play):
    alpha = provider()
    rig.vendor(alpha).plays = {BOB[0]: [play]}
    first = go(rig, [ANNA, BOB], alpha)
    steps.clear()
    again = go(rig, [ANNA, BOB], alpha)
    assert set(steps) == {2}
    assert again.written[1] == first.written[1]


def test_an_answer_is_used_no_longer_than_its_age_allows(rig):
    alpha = provider()
    rig.vendor(alpha).plays = {BOB[0]: ["404"]}
    ages = {"max_age": timedelta(days=30), "miss_age": timedelta(days=7)}
    go(rig, [ANNA, BOB], alpha, **ages)
    rig.clock.pass_(days=8)
    go(rig, [ANNA, BOB], alpha, **ages)
    assert rig.vendor(alpha).asked.count(BOB[0]) == 2
    rig.clock.pass_(days=23)
    go(rig, [ANNA, BOB], alpha, **ages)
    assert rig.vendor(alpha).asked.count(ANNA[0]) == 2


def test_what_another_run_learns_of_a_person_is_seen(rig):
    alpha = provider(finds="city job_title")
    go(rig, [ANNA, BOB], alpha)
    rig.clock.pass_(hours=1)
    rig.vendor(alpha).plays = {ANNA[0]: [lambda _: found(city="Bonn", job_title="CEO")]}
    other = rig.run([ANNA], alpha, max_age=timedelta(0))  # of another input
    again = go(rig, [ANNA, BOB], alpha)
    assert again.written[0] == other.written[0]
    assert again.written[0][0][1] == "Bonn"


def test_another_order_of_providers_or_another_rule_is_another_condition(rig, steps):
    alpha = provider()
    go(rig, [ANNA], alpha)
    steps.clear()
    go(rig, [ANNA], alpha, conditions=b"others")
    assert steps


class Calm(Case):
    """Vendors whose answers do not depend on who is first."""

    def play(self, one):
        refused = found(miss=True) if isinstance(one, Queued) else None
        return self.dice.choice(["match", "match", (lambda _: refused) if refused else "404"])


@pytest.mark.parametrize("seed", range(40))
def test_it_is_what_working_everything_out_comes_to(seed, rig, tmp_path):
    case = Calm(rig, random.Random(seed))  # noqa: S311 - no secrets
    case.rows += [case.row() for _ in range(case.dice.randint(0, 4))]
    for number in range(4):
        if case.happens(0.5):
            case.shuffle()
        if case.happens(0.3):
            case.rows = [*case.rows[: case.dice.randint(1, len(case.rows))], case.row()]
        rules = case.rules() if case.happens(0.5) else {}
        how = repr(sorted(rules.items())).encode()
        other = copied(rig, tmp_path / f"{number}.db")
        planned = plan(rig, case.rows, *case.providers, earlier=earlier(rig, how), **rules)
        ours = go(rig, case.rows, *case.providers, conditions=how, workers=1, **rules)
        plain = plan(other, case.rows, *case.providers, **rules)
        theirs = other.run(case.rows, *case.providers, workers=1, **rules)
        assert said(ours) == said(theirs)
        planned.people = plain.people  # no command has entered them in the run
        assert asdict(planned) == asdict(plain)
        rows = range(1, len(case.rows) + 1)
        assert [explained(rig, ours, row) for row in rows] == [
            explained(other, theirs, row) for row in rows
        ]
        other.journal.close()


def copied(rig: Rig, path) -> Rig:
    """Return another world that was the same up to now."""
    rig.journal.close()
    shutil.copy(rig.journal.store.files, path)
    rig.go_on()
    other = Rig(path)
    other.clock, other.journal.now = rig.clock, rig.clock
    other.boot, other.started = rig.boot, rig.started
    other.vendors = rig.vendors
    return other


def explained(rig: Rig, ended, row: int):
    record = record_rows.record(rig.journal, ended.id, row)
    # Lanes go side by side, and of several answers of one the latest is looked at first.
    tried = sorted(repr({**one, "attempt": None}) for one in record.tried)
    return record.status, record.note, record.cells, tried, record.keys


def test_nothing_that_was_written_is_left_of_who_is_forgotten(rig):
    alpha = provider()
    go(rig, [ANNA, BOB], alpha)
    assert rig.journal.read("SELECT COUNT(*) FROM results") == [(1,)]
    anna = erase.PersonToErase((subject_key(ANNA[0]),), (ANNA[0],))
    erase.forget(rig.journal, anna, names=lambda _: False)
    assert rig.journal.read("SELECT COUNT(*) FROM results") == [(0,)]
    go(rig, [ANNA, BOB], alpha)
    assert sorted(rig.vendor(alpha).asked) == ["anna@acme.com", "anna@acme.com", "bob@acme.com"]


def test_a_run_that_breaks_off_hides_no_answer_that_another_has_had_meanwhile(rig):
    alpha = provider(finds="city job_title")
    go(rig, [ANNA, BOB, CARL, DORA], alpha)
    rig.clock.pass_(hours=1)
    rig.vendor(alpha).plays = {DORA[0]: [lambda _: found(city="Bonn", job_title="CEO")]}
    rig.run([DORA], alpha, max_age=timedelta(0))  # of another input

    def full(_):
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        go(rig, [ANNA, BOB, CARL, DORA], alpha, write=full)
    again = go(rig, [ANNA, BOB, CARL, DORA], alpha)
    assert again.written[3][0][1] == "Bonn"
