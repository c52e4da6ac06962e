import threading
import time
from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichctl.errors import Cancelled, RateLimited
from enrichctl.model import Rate, Throttled
from enrichctl.pacing import MARGIN, Pacer


class Clock:
    """Time that passes only while somebody pauses."""

    def __init__(self):
        self.now = 1000.0
        self.pauses = []

    def __call__(self):
        return self.now

    def pause(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds


class Paced:
    """A pacer on such a clock, with all it tells written down."""

    def __init__(self, *rates, patience=3600.0):
        self.clock = Clock()
        self.told, self.learned = [], []
        self.pacer = Pacer(
            rates,
            patience=patience,
            clock=self.clock,
            pause=self.clock.pause,
            tell=lambda seconds, why: self.told.append((round(seconds, 1), why)),
            remember=self.learned.append,
        )

    def departures(self, count, group=""):
        times = []
        for _ in range(count):
            self.pacer.wait(group)
            times.append(self.clock.now)
        return times


def most_in_any(times, seconds):
    """Return the most moments that any window of so many seconds holds."""
    return max(i + 1 - bisect_left(times, t - seconds + 1e-9) for i, t in enumerate(times))


@given(
    st.lists(
        st.tuples(st.integers(1, 30), st.sampled_from([0.2, 1, 2, 60])), min_size=1, max_size=3
    ),
    st.lists(st.floats(0, 3), max_size=60),
)
def test_no_window_ever_holds_more_than_its_limit(limits, idles):
    paced = Paced(*(Rate(limit, seconds) for limit, seconds in limits))
    times = []
    for idle in idles + [0.0] * 60:
        paced.clock.now += idle
        times += paced.departures(1)
    assert all(most_in_any(times, seconds) <= limit for limit, seconds in limits)


def test_all_that_is_allowed_is_used():
    paced = Paced(Rate(20, 2))
    times = paced.departures(20 * 100)
    assert 20 * 100 / (times[-1] - times[0] + 2) >= 0.99 * 10


def test_what_is_allowed_leaves_at_once():
    paced = Paced(Rate(20, 2))
    assert set(paced.departures(20)) == {1000.0}
    assert paced.departures(1) == [1002.0 + MARGIN]


def test_of_two_windows_the_tighter_one_counts():
    paced = Paced(Rate(2, 1), Rate(3, 60))
    assert [round(t) for t in paced.departures(5)] == [1000, 1000, 1001, 1060, 1060]


def test_without_limits_nothing_waits():
    paced = Paced()
    paced.departures(1000)
    assert sum(paced.clock.pauses) == 0


def test_groups_are_counted_apart_and_an_unnamed_limit_counts_all():
    paced = Paced(Rate(1, 10, group="a"), Rate(1, 10, group="b"), Rate(3, 100))
    assert paced.departures(1, "a") == paced.departures(1, "b") == [1000.0]
    assert round(paced.departures(1, "a")[0]) == 1010
    assert round(paced.departures(1, "b")[0]) == 1100


def test_a_refusal_holds_everything_back():
    paced = Paced()
    paced.pacer.hold(Throttled(window="minute"), 30.0)
    assert paced.departures(1) == [1030.0 + MARGIN]
    assert paced.told[0] == (30.0, "minute limit")


def test_a_refusal_of_a_group_holds_that_group_back():
    paced = Paced()
    paced.pacer.hold(Throttled(), 30.0, "a")
    assert paced.departures(1, "b") == [1000.0]
    assert paced.departures(1, "a") == [1030.0 + MARGIN]


def test_a_shorter_refusal_does_not_end_a_longer_one():
    paced = Paced()
    paced.pacer.hold(Throttled(), 30.0)
    paced.pacer.hold(Throttled(), 1.0)
    assert paced.departures(1) == [1030.0 + MARGIN]


def test_a_limit_that_a_refusal_tells_is_kept_from_then_on_and_remembered_once():
    paced = Paced()
    learned = Rate(2, 60)
    paced.pacer.hold(Throttled(learned=learned), 0.0)
    paced.pacer.hold(Throttled(learned=learned), 0.0)
    assert [round(t) for t in paced.departures(4)] == [1000, 1000, 1060, 1060]
    assert paced.learned == [learned]


def test_a_wait_beyond_patience_is_refused_at_once():
    paced = Paced(Rate(1, 86_400), patience=90)
    paced.departures(1)
    with pytest.raises(RateLimited, match="1440 min"):
        paced.pacer.wait("")
    assert (sum(paced.clock.pauses), paced.told) == (0, [])


def test_a_wait_within_patience_is_waited_and_told_once():
    paced = Paced(Rate(1, 60), patience=90)
    paced.departures(2)
    assert paced.told == [(60.0, "rate limit")]


def test_short_waits_are_told_to_nobody():
    paced = Paced(Rate(1, 1))
    paced.departures(5)
    assert paced.told == []


def test_a_stop_while_waiting_counts_no_call():
    paced = Paced(Rate(1, 60))
    paced.departures(1)

    def stop(seconds):
        del seconds
        raise Cancelled("the run is stopping")

    paced.pacer._pause = stop
    with pytest.raises(Cancelled):
        paced.pacer.wait("")
    paced.pacer._pause = paced.clock.pause
    assert [round(t) for t in paced.departures(2)] == [1060, 1120]


def test_many_threads_never_exceed_a_window_between_them():
    here = threading.local()
    times = []

    def clock():
        here.now = time.monotonic()
        return here.now

    pacer = Pacer(
        [Rate(50, 0.2)],
        patience=60,
        clock=clock,
        pause=threading.Event().wait,
        tell=lambda *_: None,
        remember=lambda _: None,
    )

    def work():
        for _ in range(10):
            pacer.wait("")
            times.append(here.now)  # the very moment that was let through

    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.sort()
    assert len(times) == 200
    assert most_in_any(times, 0.2) == 50
    assert times[-1] - times[0] < 0.9  # three windows, and what the threads need themselves
