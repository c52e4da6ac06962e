"""What a run's job has bought is never bought twice, however short the age of answers is."""

from datetime import timedelta

import kept
import pytest

from enrichctl.cli.enrich.going_on import GAP, going_on
from enrichctl.engine.question import Rules
from enrichctl.journal import history

LEADS = "/in/leads.csv"
FRESH = ("enrichctl", "enrich", "leads.csv", "-p", "leadlex", "--fresh")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
KILLED = {"state": "running", "finished_at": None, "exit_status": None, "summary": {}}
OFFLINE = {"providers": [{"name": "offline", "calls": 0, "reused": 0}]}


class Runs:
    """Earlier runs on an input: each is said with how long ago it began."""

    def __init__(self, journal):
        self.journal = journal
        self.now = journal.now()

    def add(self, ago, *, command=FRESH, took=10 * MINUTE, **facts):
        at = self.now - ago
        name = history.new_id(at)
        facts = {"started_at": at, "finished_at": at + took, "command": command} | facts
        entry = kept.begin(self.journal, name, **facts)
        self.journal.alive.let_go(name)  # as the end of its process does
        return entry

    def since(self, command=FRESH, age=timedelta(0), input_=LEADS):
        """Return how long before now answers are used whatever their age; None for not at all."""
        since = going_on(Rules(max_age=age), self.journal, input_, command).since
        return since and timedelta(seconds=round((self.now - since).total_seconds()))


@pytest.fixture
def runs(journal):
    return Runs(journal)


@pytest.mark.parametrize(
    "broken",
    [
        {"stopped_by": "interrupted", "exit_status": 130},
        {"stopped_by": "budget", "exit_status": 5},
        {"stopped_by": "limit", "exit_status": 0},
        KILLED,
        {"state": "done", "stopped_by": None, "exit_status": 2},  # it was not to replace a file
    ],
)
def test_what_a_run_that_broke_off_has_bought_is_young_enough_for_the_same_command(runs, broken):
    runs.add(HOUR, **broken)
    assert runs.since() == HOUR


def test_a_job_goes_back_to_the_first_of_the_runs_that_broke_off(runs):
    runs.add(9 * HOUR, state="done", stopped_by=None, exit_status=0)
    for ago in (8 * HOUR, 4 * HOUR, HOUR):
        runs.add(ago)
    assert runs.since() == 8 * HOUR


@pytest.mark.parametrize("ended", [0, 3, 7])
def test_after_a_run_that_came_to_its_end_everybody_is_asked_again(runs, ended):
    runs.add(2 * HOUR)
    runs.add(HOUR, state="done", stopped_by=None, exit_status=ended)
    assert runs.since() is None


@pytest.mark.parametrize("retry", ["--retry-failed", "--retry-unconfirmed"])
@pytest.mark.parametrize(("ended", "counts"), [(0, False), (3, True), (7, True)])
def test_whoever_asks_again_for_what_failed_goes_on_with_the_job(runs, retry, ended, counts):
    runs.add(HOUR, state="done", stopped_by=None, exit_status=ended)
    assert runs.since((*FRESH, retry)) == (HOUR if counts else None)


def test_a_run_that_asked_nobody_beyond_this_machine_ends_no_job(runs):
    runs.add(2 * HOUR)
    runs.add(HOUR, state="done", stopped_by=None, exit_status=0, summary=OFFLINE)
    assert runs.since() == 2 * HOUR


def test_what_broke_off_half_a_day_ago_is_another_day_s_job(runs):
    runs.add(GAP + HOUR, took=HOUR + MINUTE)
    assert runs.since() == GAP + HOUR
    runs = Runs(runs.journal)
    assert runs.since(input_="/in/other.csv") is None


def test_half_a_day_after_the_last_sign_of_it_a_run_is_over(runs):
    runs.add(GAP + HOUR, took=HOUR - MINUTE)
    assert runs.since() is None


def test_a_run_that_is_under_way_has_not_broken_off(runs):
    entry = runs.add(HOUR, **KILLED)
    assert runs.journal.alive.hold(entry.id)
    assert runs.since() is None


def test_a_killed_run_is_as_old_as_its_last_answer(runs):
    entry = runs.add(GAP + HOUR, **KILLED)
    assert runs.since() is None
    kept.ask(runs.journal, entry)
    assert runs.since() == GAP + HOUR


@pytest.mark.parametrize(
    ("before", "now", "counts"),
    [
        (("--fresh",), ("--max-age", "0"), True),
        (("--max-age=0d",), ("--fresh",), True),
        (("--max-age", "10m"), ("--max-age", "10m"), True),
        ((), (), True),  # the configuration says it
        ((), ("--fresh",), False),  # now everybody is to be asked again
        (("--max-age", "10m"), ("--fresh",), False),
        (("--fresh", "--sandbox"), ("--fresh",), False),
    ],
)
def test_only_a_command_of_the_same_age_goes_on(runs, before, now, counts):
    runs.add(HOUR, command=(*FRESH[:-1], *before))
    assert runs.since((*FRESH[:-1], *now)) == (HOUR if counts else None)


def test_going_on_by_another_age_in_between_loses_nothing(runs):
    runs.add(2 * HOUR)
    runs.add(HOUR, command=(*FRESH[:-1], "--max-age", "1d"))
    assert runs.since() == 2 * HOUR


def test_answers_of_stdin_belong_to_no_job_and_young_ones_need_none(runs):
    runs.add(HOUR, input="-")
    runs.add(HOUR)
    assert runs.since(input_="-") is None
    assert runs.since(age=2 * HOUR) is None
