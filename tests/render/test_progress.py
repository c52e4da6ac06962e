import io
from decimal import Decimal

import pytest

from enrichctl.events import Answered, LaneStopped, Waiting, Wrote
from enrichctl.model import Outcome
from enrichctl.render.progress import Progress
from enrichctl.render.screen import Screen


class Clock:
    """Seconds that pass when a test says so."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def run(monkeypatch, clock):
    """Return a function that watches a run on a terminal of so many columns; none is a pipe."""

    def start(columns: int | None, **asks: int) -> Progress:
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("NO_COLOR", "1")
        if columns:
            monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setattr("sys.stderr", Terminal() if columns else io.StringIO())
        monkeypatch.setattr(Progress, "_draw", lambda _: None)  # a thread that draws by itself
        return Progress(Screen(), asks, 62, clock)

    return start


def said(progress: Progress) -> list[str]:
    """Return what would be drawn at this moment."""
    console = progress._screen.console()
    with console.capture() as shown:
        console.print(progress._lines())
    return [line.rstrip() for line in shown.get().splitlines()]


def busy(progress: Progress, clock: Clock) -> None:
    """Let two lanes answer for four seconds."""
    said(progress)
    for n in range(20):
        outcome = Outcome.MISSED if n % 4 == 0 else Outcome.MATCHED
        progress(Answered("leadlex", outcome, Decimal(n % 4 > 0), n))
    progress(Answered("lemlist", Outcome.FAILED, Decimal(0), 1))
    progress(Wrote(12))
    progress(Waiting("lemlist", 75, "rate limit"))
    clock.now += 4


def test_a_lane_has_a_line_that_fits_the_terminal(run, clock):
    progress = run(80, leadlex=55, lemlist=120)
    busy(progress, clock)

    assert said(progress) == [
        "                               asked  matched       spent    rate  left, at most",
        "leadlex  ━━━━━──────────    20 of 55       15  75%     15   5.0/s  7 s",
        "lemlist  ───────────────    1 of 120        0           0   0.2/s  waits 1m 11s",
        "lemlist: rate limit",
        "12 of 62 records done",
    ]


@pytest.mark.parametrize("columns", [50, 60, 70])
def test_where_there_is_little_room_figures_go_and_bar_and_words_stay_whole(run, clock, columns):
    progress = run(columns, leadlex=55, lemlist=120)
    busy(progress, clock)

    head, line, *_ = said(progress)
    assert line.startswith("leadlex  ━━━")
    assert "…" not in head + line
    assert set(head.split()) <= {"asked", "matched", "spent", "rate", "left,", "at", "most"}
    assert max(map(len, said(progress))) <= columns


def test_what_is_set_aside_has_a_column_of_its_own(run, clock):
    progress = run(100, leadlex=55, lemlist=120)
    progress._set_aside = lambda: {"lemlist": Decimal(54)}
    busy(progress, clock)

    head, _, line, *_ = said(progress)
    assert "set aside" in head
    assert line[: head.index("set aside") + len("set aside")].endswith("54")


def test_a_wait_that_is_over_and_a_lane_that_stopped_are_told(run, clock):
    progress = run(120, leadlex=55, lemlist=120)
    busy(progress, clock)
    assert said(progress)[2].endswith("waits 1m 11s")

    clock.now += 80
    assert "waits" not in said(progress)[2]

    progress(LaneStopped("lemlist", "out of credits", "lemlist is out of credits"))
    assert said(progress)[2].endswith("stopped")
    assert said(progress)[3] == "lemlist: out of credits"


def test_a_run_that_stops_promises_no_time(run, clock):
    progress = run(80, leadlex=55)
    busy_until = clock.now + 4
    for n in range(20):
        progress(Answered("leadlex", Outcome.MATCHED, Decimal(1), n))
    clock.now = busy_until
    progress._stopping = lambda: True
    assert said(progress)[1].endswith("  stopping")


def test_a_rate_is_that_of_late(run, clock):
    progress = run(120, leadlex=5500)
    said(progress)
    for second in range(60):
        for n in range(2 if second < 30 else 10):
            progress(Answered("leadlex", Outcome.MATCHED, Decimal(1), n))
        clock.now += 1
        said(progress)

    assert "10.0/s" in said(progress)[1]


def test_what_is_pending_is_not_done(run, clock):
    progress = run(80)
    progress(Wrote(62, 58))
    assert said(progress) == ["4 of 62 records done"]


def test_elsewhere_a_line_is_said_now_and_then(run, clock):
    progress = run(None, leadlex=55, lemlist=120)
    busy(progress, clock)
    progress(Wrote(20))
    clock.now += 7
    progress(Wrote(21))
    progress(Wrote(22))

    assert progress._screen.console().file.getvalue() == (
        "21 of 62 records done; leadlex: 20 asked, 15 matched, 15 credits;"
        " lemlist: 1 asked, 0 matched, 0 credits, waits 1m 04s (rate limit)\n"
    )


def test_a_quiet_run_is_not_drawn(monkeypatch, clock):
    monkeypatch.setattr("sys.stderr", Terminal())
    with Progress(Screen(quiet=True), {"leadlex": 5}, 5, clock) as progress:
        clock.now += 99
        progress(Wrote(1))

    assert progress._screen.console().file.getvalue() == ""


def test_what_was_declined_was_not_asked_but_brings_the_lane_on(run, clock):
    """The table at the end counts it apart as well."""
    progress = run(100, beta=4)
    for outcome in (Outcome.MATCHED, Outcome.MISSED, Outcome.DECLINED, Outcome.DECLINED):
        progress(Answered("beta", outcome, Decimal(0), 1))
    _, line, _ = said(progress)
    assert line.split()[0] == "beta"
    assert "2 of 4" in line
    assert "━" in line
    assert "─" not in line
