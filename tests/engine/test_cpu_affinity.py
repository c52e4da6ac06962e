"""A busy run is kept on one core unless that makes it slower, and no other run is."""

import os
import threading

import pytest

from enrichctl.engine import cpu_affinity
from enrichctl.engine.cpu_affinity import ROUNDS, CpuAffinity

ALL, ONE = {0, 1}, {1}


class Machine:
    """A clock, a processor, and where the threads of a run are kept."""

    def __init__(self, cores=frozenset(ALL)):
        self.now = self.spent = 0.0
        self.answered = 0
        self.kept = [set(cores)]
        self.core = CpuAffinity(
            cores, lambda cores: self.kept.append(set(cores)), lambda: 1,
            clock=lambda: self.now, used=lambda: self.spent,
        )  # fmt: skip

    def second(self, answers: int, busy: float = 1.0) -> set[int]:
        """Let a second pass; return the cores that the next one is spent on."""
        self.now += 1
        self.spent += busy
        self.answered += answers
        self.core.tick(self.answered)
        return self.kept[-1]


def test_a_busy_run_stays_on_one_core_if_that_is_hardly_slower():
    machine = Machine()
    assert machine.second(100) == ONE
    assert [machine.second(81) for _ in range(ROUNDS)] == [ONE] * ROUNDS


def test_it_goes_back_to_all_cores_if_that_was_clearly_faster():
    machine = Machine()
    assert machine.second(100) == ONE
    assert [machine.second(79) for _ in range(ROUNDS)] == [ALL] * ROUNDS


@pytest.mark.parametrize("answers", [150, 50])
def test_both_ways_are_tried_again_later(answers):
    machine = Machine()
    for _ in range(2 + ROUNDS):
        machine.second(answers if machine.kept[-1] == ONE else 100)
    assert machine.kept[-1] == ALL
    assert machine.second(100) == ONE


def test_a_run_that_waits_for_its_providers_is_left_alone():
    machine = Machine()
    assert [machine.second(100, busy=0.4) for _ in range(5)] == [ALL] * 5


def test_where_there_is_one_core_nothing_is_tried():
    machine = Machine({0})
    machine.second(100)
    assert machine.kept == [{0}]


def test_the_run_gives_all_cores_back():
    machine = Machine()
    machine.second(100)
    machine.core.end()
    assert machine.kept[-1] == ALL


def test_all_threads_are_kept_on_the_core_and_given_back():
    before = os.sched_getaffinity(0)
    go = threading.Event()
    thread = threading.Thread(target=go.wait)
    thread.start()
    core = cpu_affinity.of_this_process()
    try:
        cpu_affinity._keep({min(before)})
        assert {os.sched_getaffinity(t) == {min(before)} for t in (0, thread.native_id)} == {True}
        cpu_affinity._keep(before)
        assert os.sched_getaffinity(thread.native_id) == before
        assert cpu_affinity._here() in before
        assert core._cores == before
    finally:
        cpu_affinity._keep(before)
        go.set()
        thread.join()


def test_the_more_threads_wait_for_their_turn_the_longer_a_turn_is():
    assert [cpu_affinity.turn(threads) for threads in (1, 8, 50, 100, 512, 5000)] == [
        0.005, 0.005, 0.005, 0.01, 0.05, 0.05,
    ]  # fmt: skip
