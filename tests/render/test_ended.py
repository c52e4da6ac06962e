import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from rich.console import Console

from enrichctl.render.ended import COUNTS, parts, show_left, show_summary, waiting
from enrichctl.render.screen import Screen

RUN = {
    "providers": [],
    "finished_at": datetime(2026, 1, 31, tzinfo=UTC),
    "waited": 0.0,
    "records": 8,
    "fields": [{"name": "job_title", "filled_before": 2, "filled_after": 6}],
}


def lines_of(run, room=100):
    shown = io.StringIO()
    console = Console(file=shown, width=room)
    for part in parts(run, room):
        console.print(part)
    return shown.getvalue().splitlines()


@pytest.mark.parametrize(("room", "bar"), [(120, 20), (40, 14), (31, 0)])
def test_figures_are_whole_where_there_is_little_room_for_bars(room, bar):
    line = next(x for x in lines_of(RUN, room) if x.startswith("job_title"))
    assert line.split()[-2:] == ["25%", "75%"]
    assert sum(cell in "▒█·" for cell in line) == bar


@pytest.mark.parametrize("room", [40, 55, 80, 120])
def test_a_lane_with_every_kind_of_outcome_shows_each_figure_whole(room):
    lane = {name: 12_345 + n for n, name in enumerate(COUNTS)}
    lane |= {"name": "superoffice", "match_rate": 0.81, "calls": 1, "requests": 98_765,
             "credits": "12345.5", "set_aside": "54"}  # fmt: skip
    shown = io.StringIO()
    console = Console(file=shown, width=room)
    for part in parts(RUN | {"providers": [lane], "fields": []}, room):
        console.print(part, crop=False)

    lines = shown.getvalue().splitlines()
    assert max(map(len, lines)) <= room
    words = {word.rstrip(",") for line in lines for word in line.split()}
    assert words >= {*COUNTS, "answered", "requests", "spent", "aside"}
    assert words >= {*(f"{lane[name]:,}" for name in COUNTS), "81%", "98,765", "12,345.5", "54"}


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, None),
        (1, "1 of the questions to leadlex was put by an earlier run, which bears the cost"),
        (3, "3 of the questions to leadlex were put by an earlier run, which bears the cost"),
    ],
)
def test_answers_that_an_earlier_run_paid_for_are_said_below_what_was_spent(count, said):
    lane = dict.fromkeys(COUNTS, 303) | {
        "name": "leadlex", "match_rate": 0.8, "calls": 303, "requests": 303, "credits": "300",
        "set_aside": "0", "earlier": count,
    }  # fmt: skip
    lines = lines_of(RUN | {"providers": [lane], "fields": []})
    assert [line for line in lines if "earlier run" in line] == ([said] if said else [])


def test_a_provider_all_of_whose_answers_came_after_the_run_still_shows_what_was_spent():
    lane = dict.fromkeys(COUNTS, 0) | {
        "name": "lemlist", "match_rate": None, "calls": 0, "requests": 33, "credits": Decimal(93),
        "set_aside": Decimal(0), "late": 32,
    }  # fmt: skip
    lines = lines_of(RUN | {"providers": [lane], "fields": []})
    assert [line.split()[-1] for line in lines if line.startswith("lemlist")] == ["93"]
    assert "32 answers of lemlist came after this run: spent here, counted where collected" in lines


@pytest.mark.parametrize(
    ("count", "state", "said"),
    [
        (600, "running", ["600 answers are on the way: this run collects them"]),
        (600, "stopped", ["600 answers are waiting, their cost set aside: run again, free"]),
        (1, "done", ["1 answer is waiting, its cost set aside: run again, free"]),
        (0, "running", []),
    ],
)
def test_what_has_not_come_is_collected_by_the_run_that_goes_on_else_by_the_next(
    count, state, said
):
    assert list(waiting({"waiting": count, "state": state})) == said


STOPPED = RUN | {
    "started_at": datetime(2026, 1, 30, tzinfo=UTC), "sandbox": False, "state": "stopped",
    "stopped_by": "max_duration", "exit_status": 6, "outcomes": {"pending": 8}, "waiting": 0,
    "errors": [], "needs_you": False, "piloted": False, "input": "/in.csv",
    "resume": "enrichctl enrich in.csv -q",
}  # fmt: skip


@pytest.mark.parametrize("resume", [STOPPED["resume"], None])
@pytest.mark.parametrize("show", [lambda *run: show_summary(*run, ""), show_left])
def test_a_quiet_run_that_ended_early_says_that_and_why(show, resume, capsys):
    show(Screen(quiet=True), STOPPED | {"resume": resume})
    said = capsys.readouterr().err
    assert "stopped (max duration)" in said
    assert ("go on: enrichctl" in said) == bool(resume)
    assert "filled" not in said


def test_a_quiet_run_that_came_to_its_end_says_nothing(capsys):
    done = STOPPED | {"state": "done", "stopped_by": None, "exit_status": 0, "resume": None}
    show_summary(Screen(quiet=True), done, "out.csv")
    assert capsys.readouterr().err == ""
