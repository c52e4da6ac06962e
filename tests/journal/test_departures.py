"""Rate limits that machines share, on the server's clock."""

import threading
import time

import pytest

from enrichctl.errors import RateLimited
from enrichctl.model import Rate, Throttled
from enrichctl.pacing import MARGIN, UNKNOWN, RateLimiter

pytestmark = pytest.mark.parametrize("place", ["postgres"], indirect=True)
MINUTE = Rate(5, 60.0)
ACCOUNT = "leadlex acc"


@pytest.fixture
def machines(place, server):
    """Return how a machine keeps within limits; a minute passes as soon as somebody waits."""
    stores, waited = [], []

    def pause(seconds):
        waited.append(seconds)
        for change in ("departures SET at = at", "pauses SET until = until"):
            server.execute(f"UPDATE enrichctl.{change} - {seconds}")

    def machine(*rates, patience=3600.0, account=ACCOUNT, started=1e6):
        store = place.store()
        stores.append(store)
        windows = store.windows(account)
        enter = windows._try_to_enter

        def try_to_enter():
            """The server has started so many seconds ago: its tests' one just now."""
            entered = enter()
            windows.started_at = windows.clock() - started - sum(waited)
            return entered

        windows._try_to_enter = try_to_enter
        limiter = RateLimiter(
            rates, patience=patience, clock=windows.clock, pause=pause,
            tell=lambda *_: None, remember=lambda _: None, store=windows,
        )  # fmt: skip
        limiter.waited = waited
        return limiter

    yield machine
    for store in stores:
        store.close()


def leave(limiter, calls=1):
    for _ in range(calls):
        limiter.wait()
        limiter.departed()


def test_a_window_holds_no_more_calls_than_its_limit_over_all_machines(machines):
    one, two, three = machines(MINUTE), machines(MINUTE), machines(MINUTE)
    leave(one, 3)
    leave(two, 2)
    assert one.waited == []
    leave(three)
    (wait,) = one.waited
    assert wait == pytest.approx(60 + MARGIN + UNKNOWN, abs=2)


def test_as_many_calls_leave_in_a_row_as_the_window_allows_and_then_again(machines):
    one, two = machines(MINUTE), machines(MINUTE)
    for _ in range(3):
        leave(one, 2)
        leave(two, 3)
    assert len(one.waited) <= 2 * 5
    assert sum(one.waited) == pytest.approx(2 * 60, abs=5)


def test_limits_of_accounts_and_of_windows_are_apart(machines):
    leave(machines(MINUTE), 5)
    leave(machines(MINUTE, account="leadlex other"), 5)
    leave(machines(Rate(7, 60.0)), 7)
    assert machines(MINUTE).waited == []


def test_a_refusal_that_one_machine_gets_keeps_all_of_them_back(machines):
    one, two = machines(), machines(patience=10.0)
    one.hold(Throttled(30.0), 30.0)
    with pytest.raises(RateLimited):
        two.wait()
    assert one.waited == []
    leave(machines())
    assert sum(one.waited) == pytest.approx(30, abs=2)


def test_who_waits_for_the_refusal_of_another_machine_keeps_to_what_it_has_taught(machines, place):
    learned = Rate(2, 60)  # a whole number here, as it is kept a broken one there
    one, two = machines(), machines(Rate(50, 60.0))
    with place.open() as ours, place.open() as theirs:
        one._remember = lambda rate: ours.remember_window("leadlex", "acc", rate)
        two._learned = lambda: theirs.windows("leadlex", "acc")
        leave(two, 5)
        one.hold(Throttled(30.0, learned=learned), 30.0)
        leave(one, 2)
        assert sum(one.waited) == pytest.approx(30, abs=2)
        two.wait()
    assert sum(one.waited) == pytest.approx(90, abs=2)  # both places of the window are the other's


def test_a_call_that_leaves_late_opens_its_window_that_much_later(machines, server):
    one = machines(Rate(1, 60.0))
    one.wait()
    server.execute("UPDATE enrichctl.departures SET at = at - 20")  # it took so long to leave
    (departure,) = one._mine.departures
    one._mine.at, departure.moment = one._mine.at - 20, departure.moment - 20
    departure.place[1] -= 20
    one.departed()
    one.wait()
    assert sum(one.waited) == pytest.approx(60, abs=2)


def test_after_the_server_has_started_a_whole_window_is_waited(machines, server):
    """What was about to leave when it went down may not be in its log."""
    day = Rate(5, 86_400.0)
    leave(machines(MINUTE))
    leave(machines(day))
    server.execute("UPDATE enrichctl.departures SET at = at - 30")
    after = machines(MINUTE, started=20)
    leave(after)
    assert sum(after.waited) == pytest.approx(40, abs=2)
    leave(machines(day, started=20))  # its window has lost too little
    assert sum(after.waited) < 42


def test_a_machine_whose_connection_ends_goes_on(machines, server):
    one = machines(MINUTE)
    leave(one, 2)
    server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name LIKE 'enrichctl %'"
    )
    leave(one, 3)
    with pytest.raises(RateLimited):
        machines(MINUTE, patience=1.0).wait()


def test_three_machines_use_all_that_is_allowed(place):
    """In real time, for less than a second: what one leaves unused, another takes."""
    rate, began, left = Rate(10, 0.2), time.monotonic(), []

    def work():
        store = place.store()
        windows = store.windows(ACCOUNT)
        limiter = RateLimiter(
            [rate], patience=60.0, clock=windows.clock, pause=time.sleep,
            tell=lambda *_: None, remember=lambda _: None, store=windows,
        )  # fmt: skip
        while len(left) < 30:
            limiter.wait()
            limiter.departed()
            left.append(windows.clock())
        store.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    left.sort()
    gaps = [later - earlier for earlier, later in zip(left, left[rate.limit :], strict=False)]
    assert min(gaps) > rate.seconds
    assert time.monotonic() - began < 10
