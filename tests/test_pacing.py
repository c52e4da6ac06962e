import math
import stat
import struct
import subprocess
import sys
import threading
import time
from bisect import bisect_left
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichctl.engine.stop import Stop
from enrichctl.errors import Cancelled, ExitStatus, RateLimited, StateError
from enrichctl.model import Rate, Throttled
from enrichctl.pacing import LOOK, MARGIN, UNKNOWN, RateLimiter, WindowStore, window


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
    """A limiter on such a clock, with all it tells written down."""

    def __init__(self, *rates, patience=3600.0, store=None, ahead=0.0, known=()):
        self.clock = Clock()
        self.told, self.learned = [], []
        self.limiter = RateLimiter(
            rates,
            patience=patience,
            clock=self.clock,
            pause=self.clock.pause,
            tell=lambda seconds, why: self.told.append((round(seconds, 1), why)),
            remember=self.learned.append,
            learned=lambda: list(known),
            store=store,
            ahead=ahead,
        )

    def departures(self, count, group=""):
        times = []
        for _ in range(count):
            self.limiter.wait(group)
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
    assert paced.departures(1) == [1002.0 + MARGIN + UNKNOWN]


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
    paced.limiter.hold(Throttled(window="minute"), 30.0)
    assert paced.departures(1) == [1030.0 + MARGIN]
    assert paced.told[0] == (30.0, "minute limit")


def test_a_refusal_of_a_group_holds_that_group_back():
    paced = Paced()
    paced.limiter.hold(Throttled(), 30.0, "a")
    assert paced.departures(1, "b") == [1000.0]
    assert paced.departures(1, "a") == [1030.0 + MARGIN]


def test_a_shorter_refusal_does_not_end_a_longer_one():
    paced = Paced()
    paced.limiter.hold(Throttled(), 30.0)
    paced.limiter.hold(Throttled(), 1.0)
    assert paced.departures(1) == [1030.0 + MARGIN]


def test_a_limit_that_a_refusal_tells_is_kept_from_then_on_and_remembered_once():
    paced = Paced()
    learned = Rate(2, 60)
    paced.limiter.hold(Throttled(learned=learned), 0.0)
    paced.limiter.hold(Throttled(learned=learned), 0.0)
    assert [round(t) for t in paced.departures(4)] == [1000, 1000, 1060, 1060]
    assert paced.learned == [learned]


def test_a_refusal_that_one_process_meets_keeps_the_others_back(store):
    one, other = Paced(store=store()), Paced(store=store())
    one.limiter.hold(Throttled(), 30.0, "a")
    assert other.departures(1, "b") == [1000.0]
    assert other.departures(1, "a") == [1030.0 + MARGIN]
    assert Paced(store=store("another")).departures(1, "a") == [1000.0]


def test_who_waits_for_the_refusal_of_another_keeps_to_what_it_has_taught(store):
    known = []
    one, other = Paced(store=store(), known=known), Paced(store=store(), known=known)
    one.limiter._remember = known.append
    assert other.departures(5) == [1000.0] * 5
    one.limiter.hold(Throttled(learned=Rate(2, 60)), 30.0)
    one.clock.now += 30 + MARGIN
    assert one.departures(1) == [1030 + MARGIN]
    assert [round(time) for time in other.departures(3)] == [1030, 1090, 1090]
    assert (known, other.learned) == ([Rate(2, 60)], [])


@pytest.mark.parametrize("said", [(math.nan, 5.0), (999.0, math.inf), (999.0, -5.0), (1e9, 30.0)])
def test_a_pause_that_cannot_be_true_keeps_nobody_back(said, store, tmp_path):
    Paced(store=store()).limiter.hold(Throttled(), 30.0)
    (file,) = (tmp_path / "limits").glob("*.pause")
    file.write_bytes(struct.pack("2d", *said))
    assert Paced(store=store()).departures(1) == [1000.0]


def test_a_wait_beyond_patience_is_refused_at_once():
    paced = Paced(Rate(1, 86_400), patience=90)
    paced.departures(1)
    with pytest.raises(RateLimited, match="1440 min"):
        paced.limiter.wait("")
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

    paced.limiter._pause = stop
    with pytest.raises(Cancelled):
        paced.limiter.wait("")
    paced.limiter._pause = paced.clock.pause
    assert [round(t) for t in paced.departures(2)] == [1060, 1120]


def test_many_threads_never_exceed_a_window_between_them():
    here = threading.local()
    times = []

    def clock():
        here.now = time.monotonic()
        return here.now

    limiter = RateLimiter(
        [Rate(50, 0.2)],
        patience=60,
        clock=clock,
        pause=threading.Event().wait,
        tell=lambda *_: None,
        remember=lambda _: None,
    )

    def work():
        for _ in range(10):
            limiter.wait("")
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


@pytest.fixture
def store(tmp_path):
    """Open stores in one folder, each as if in a process of its own."""
    opened = []

    def open_(name="leadlex account"):
        opened.append(WindowStore(tmp_path / "limits", name))
        return opened[-1]

    yield open_
    for one in opened:
        one.close()


def test_whoever_shares_a_store_shares_the_window(store):
    first, second = (Paced(Rate(3, 60), store=store()) for _ in range(2))
    assert first.departures(2) == [1000.0] * 2
    assert [round(t) for t in second.departures(2)] == [1000, 1060]


@pytest.mark.parametrize("shared", [False, True])
def test_who_looks_at_a_window_keeps_all_others_out(shared, store):
    ours = store() if shared else WindowStore()
    theirs = Paced(Rate(1, 60), store=store() if shared else ours)
    thread = threading.Thread(target=theirs.departures, args=(1,))
    theirs.limiter._pause = time.sleep
    with ours.held(time.sleep):
        thread.start()
        thread.join(0.05)
        assert thread.is_alive()
    thread.join(5)
    assert not thread.is_alive()


def test_accounts_and_windows_have_logs_of_their_own(store):
    Paced(Rate(1, 60), store=store()).departures(1)
    assert Paced(Rate(1, 60), store=store("another")).departures(1) == [1000.0]
    assert Paced(Rate(1, 90), store=store()).departures(1) == [1000.0]
    assert Paced(Rate(1, 60), store=store()).departures(1) == [1060.0 + MARGIN + UNKNOWN]


def test_moments_from_before_the_machine_started_anew_count_for_nothing(store):
    Paced(Rate(1, 60), store=store()).departures(1)
    later = Paced(Rate(1, 60), store=store())
    later.clock.now = 5.0
    assert later.departures(1) == [5.0]


def _spoil(log: Path, **places: float) -> None:
    """Write numbers into a log, by place; the first one counts."""
    data = bytearray(log.read_bytes())
    for place, number in places.items():
        struct.pack_into("d", data, 8 * int(place[1:]), number)
    log.write_bytes(data)


@pytest.mark.parametrize(
    ("places", "left"),
    [
        ({"_0": math.nan}, 3),
        ({"_0": math.inf}, 3),
        ({"_0": -1.0}, 3),
        ({"_0": 1e300}, 3),
        ({"_0": 2.5}, 3),
        ({"_0": 1e15}, 3),
        ({"_1": math.nan}, 2),
        ({"_2": math.inf}, 2),
        ({"_3": -5.0}, 2),
        ({"_1": 1e12, "_2": 1e300}, 1),
        ({"_1": 0.0, "_2": 0.0, "_3": 0.0}, 0),
    ],
)
def test_of_a_log_that_cannot_be_true_what_can_be_is_kept(places, left, store, tmp_path):
    Paced(Rate(3, 60), store=store()).departures(3)
    (log,) = (tmp_path / "limits").glob("*.ring")
    _spoil(log, **places)
    again = Paced(Rate(3, 60), store=store())
    times = again.departures(6)
    assert [round(time) for time in times] == [1000] * (3 - left) + [1060] * 3 + [1120] * left


@pytest.mark.parametrize("size", [0, 4, 8, 17, 24])
def test_a_log_that_was_cut_short_is_laid_anew(size, store, tmp_path):
    Paced(Rate(3, 60), store=store()).departures(3)
    (log,) = (tmp_path / "limits").glob("*.ring")
    log.write_bytes(log.read_bytes()[:size])
    times = Paced(Rate(3, 60), store=store()).departures(9)
    assert most_in_any(times, 60) == 3


def test_a_log_that_is_spoilt_while_it_is_used_is_laid_anew(store, tmp_path):
    paced = Paced(Rate(3, 60), store=store())
    paced.departures(3)
    (log,) = (tmp_path / "limits").glob("*.ring")
    with log.open("r+b") as file:
        file.write(struct.pack("d", math.nan))
    assert [round(time) for time in paced.departures(2)] == [1060, 1060]


def test_while_another_process_is_stopped_inside_a_stop_still_ends_the_waiting(store):
    stop = Stop()
    ours, theirs = Paced(Rate(1, 60), store=store()), store()
    ours.limiter._pause = stop.pause
    caught: list[BaseException] = []

    def wait() -> None:
        try:
            ours.limiter.wait()
        except Cancelled as error:
            caught.append(error)

    thread = threading.Thread(target=wait)
    with theirs.held(time.sleep):
        thread.start()
        thread.join(0.05)
        assert thread.is_alive()
        stop.now("interrupted", ExitStatus.INTERRUPTED)
        thread.join(5)
        assert [type(error) for error in caught] == [Cancelled]


def test_who_waits_for_another_process_is_told_and_loses_patience(store):
    ours, theirs = Paced(Rate(1, 60), patience=30, store=store()), store()
    with (
        theirs.held(time.sleep),
        pytest.raises(RateLimited, match="another run has held the shared rate limits for 30 s"),
    ):
        ours.limiter.wait()
    assert ours.told == [(2.0, "another run holds the rate limits")]


def test_shared_limits_are_the_owners_alone(store, tmp_path):
    Paced(Rate(1, 60), store=store()).departures(1)
    assert stat.S_IMODE((tmp_path / "limits").stat().st_mode) == 0o700
    modes = [stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "limits").iterdir()]
    assert modes == [0o600] * 3


def test_a_place_that_cannot_hold_shared_limits_is_a_state_error(tmp_path):
    (tmp_path / "limits").touch()
    with pytest.raises(StateError):
        WindowStore(tmp_path / "limits", "leadlex")


def trip(paced, seconds):
    """Make a call outside all windows that takes so long."""
    paced.limiter.departed()
    paced.clock.now += seconds
    paced.limiter.answered(seconds)


def test_the_margin_grows_with_the_jitter_of_round_trips_up_to_a_share_of_the_window():
    steady, uneven, wild = (Paced(Rate(1, 2)) for _ in range(3))
    for paced, spread in ((steady, 0.0), (uneven, 0.02), (wild, 9.0)):
        for n in range(64):
            trip(paced, 0.1 + spread * (n % 2))
    waits = []
    for paced in (steady, uneven, wild):
        first, second = paced.departures(2)
        waits.append(round(second - first - 2, 4))
    assert waits == pytest.approx([MARGIN, MARGIN + 0.02, MARGIN + 0.1])


def test_a_call_that_leaves_late_opens_its_window_that_much_later():
    paced = Paced(Rate(1, 2))
    for _ in range(64):
        trip(paced, 0.1)
    (first,) = paced.departures(1)
    paced.clock.now += 0.3
    paced.limiter.departed()
    assert paced.departures(1) == pytest.approx([first + 2.3 + MARGIN])


def test_a_call_that_is_far_too_late_takes_another_turn(store):
    """By then others may have its place: it would leave without one."""
    one, other = Paced(Rate(1, 2), store=store()), Paced(Rate(1, 2), store=store())
    one.limiter.wait()  # and writes for so long that its window is over
    one.clock.now = other.clock.now = 1002.1
    assert other.departures(1) == [1002.1]
    one.limiter.departed()
    assert one.clock.now == 1004.1 + MARGIN + UNKNOWN


def test_one_round_trip_that_went_astray_widens_no_margin():
    paced = Paced(Rate(1, 2))
    for n in range(64):
        trip(paced, 5.0 if n == 30 else 0.1)
    first, second = paced.departures(2)
    assert second - first == pytest.approx(2.0 + MARGIN)


def test_while_calls_are_few_the_slowest_round_trip_is_the_margin():
    paced = Paced(Rate(1, 2))
    for seconds in (0.01, 0.04, 0.02):
        trip(paced, seconds)
    first, second = paced.departures(2)
    assert second - first == pytest.approx(2.0 + MARGIN + 0.04)


SHARING = """
import sys, time
from pathlib import Path
from enrichctl.model import Rate
from enrichctl.pacing import RateLimiter, WindowStore
limiter = RateLimiter([Rate(20, 0.2)], patience=60, clock=time.monotonic, pause=time.sleep,
    tell=print, remember=print, store=WindowStore(Path(sys.argv[1]), "account"))
print("ready", flush=True)
sys.stdin.readline()
times = []
real, limiter._clock = limiter._clock, lambda: times.append(real()) or times[-1]
left = []
for _ in range(20):
    limiter.wait("")
    left.append(times[-1])
print(*map(repr, left))
"""


def test_processes_never_exceed_a_window_between_them(tmp_path):
    started = [
        subprocess.Popen(
            [sys.executable, "-c", SHARING, str(tmp_path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    assert [process.stdout.readline() for process in started] == ["ready\n"] * 3
    said = [process.communicate("go\n", timeout=30) for process in started]
    assert [error for _, error in said] == [""] * 3
    times = sorted(float(word) for words, _ in said for word in words.split())
    assert len(times) == 60
    assert most_in_any(times, 0.2) <= 20


def call(paced, seconds):
    """Make one call that takes so long; return when it left."""
    (left,) = paced.departures(1)
    paced.limiter.departed()
    paced.clock.now += seconds
    paced.limiter.answered(seconds)
    return left


def test_a_call_is_logged_as_late_as_it_may_have_arrived():
    paced = Paced(Rate(1, 2))
    trips = [0.09, *[0.05] * LOOK, 0.07, 0.05, 0.01, 0.05]
    left = [call(paced, trip) for trip in trips]
    late = [later - earlier - 2 - MARGIN for earlier, later in pairwise(left)]
    assert late[0] == pytest.approx(0.09)  # it has opened its connection
    assert late[1:LOOK] == pytest.approx([0.05] * (LOOK - 1))  # nobody knows what is quick
    assert late[LOOK:] == pytest.approx([0.0, 0.02, 0.0, 0.0])  # more than the quickest so far


def test_a_call_that_the_machine_keeps_back_on_its_way_has_left_that_much_later():
    paced = Paced(Rate(1, 2))
    for _ in range(64):
        trip(paced, 0.1)
    (first,) = paced.departures(1)
    paced.limiter.departed()
    paced.clock.now += 0.9  # the processor is another's, for longer than any jitter that counts
    paced.clock.now += 0.1
    paced.limiter.answered(0.1)
    assert paced.departures(1)[0] - first == pytest.approx(2 + MARGIN + 0.9)


def test_a_call_may_be_let_through_ahead_and_leaves_at_its_moment():
    """What it writes down before it leaves takes nothing from the window."""
    paced = Paced(Rate(1, 2), ahead=0.1)
    call(paced, 0.0)
    paced.limiter.wait()
    assert paced.clock.now == pytest.approx(1002 + MARGIN - 0.1)
    paced.clock.now += 0.06
    paced.limiter.departed()
    assert paced.clock.now == pytest.approx(1002 + MARGIN)
    paced.limiter.answered(0.0)
    paced.limiter.wait()
    paced.clock.now += 0.3  # longer than it was ahead
    paced.limiter.departed()
    paced.limiter.answered(0.0)
    assert paced.departures(1)[0] == pytest.approx(1004 + 2 * MARGIN + 0.2 + 2 + MARGIN - 0.1)


def test_an_answer_that_comes_when_another_call_has_the_place_changes_nothing():
    paced = Paced(Rate(1, 2))
    paced.limiter.wait()
    paced.limiter.departed()
    mine, paced.limiter._mine = paced.limiter._mine, type(paced.limiter._mine)()
    paced.departures(1)
    paced.limiter._mine = mine
    paced.clock.now += 1.0
    paced.limiter.answered(0.0)
    assert paced.departures(1)[0] == pytest.approx(1004 + 2 * (MARGIN + UNKNOWN))


class Looking:
    """Places of a log; whoever has looked at one does something before it goes on."""

    def __init__(self, places, then):
        self._places, self._then = places, then

    def __getitem__(self, place):
        found = self._places[place]
        self._then()
        return found

    def __setitem__(self, place, moment):
        self._places[place] = moment


def test_an_answer_undoes_no_call_that_takes_its_place_meanwhile(store):
    ours, theirs = store(), store()
    mine, other = (one.window(Rate(1, 2)) for one in (ours, theirs))
    with ours.held(time.sleep):
        place = mine.add(1000.0)

    def take():
        with theirs.held(time.sleep):
            other.add(1002.0)

    thread = threading.Thread(target=take)

    def meanwhile():
        thread.start()
        thread.join(0.05)

    mine._places = Looking(mine._places, meanwhile)
    mine.put_off(place, 1000.1)
    thread.join()
    assert other.oldest(1003.0) == 1002.0


def test_an_answer_does_not_wait_for_a_process_that_is_stopped_with_the_log(store, monkeypatch):
    monkeypatch.setattr(window, "_LONG", 0.01)
    ours, theirs = store(), store()
    mine = ours.window(Rate(1, 2))
    with ours.held(time.sleep):
        place = mine.add(1000.0)
    waiting = threading.Thread(target=Paced(Rate(1, 2), store=ours).departures, args=(1,))
    with theirs.held(time.sleep):
        waiting.start()  # another thread may wait for as long as it takes
        mine.put_off(place, 1000.1)
        assert mine.oldest(1001.0) == 1000.0
    waiting.join()
