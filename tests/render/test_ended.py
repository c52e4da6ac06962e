import io

import pytest
from rich.console import Console

from enrichctl.render.ended import COUNTS, parts

RUN = {
    "providers": [],
    "records": 8,
    "fields": [{"name": "job_title", "filled_before": 2, "filled_after": 6}],
}


@pytest.mark.parametrize(("room", "bar"), [(120, 20), (40, 14), (31, 0)])
def test_figures_are_whole_where_there_is_little_room_for_bars(room, bar):
    shown = io.StringIO()
    console = Console(file=shown, width=room)
    for part in parts(RUN, room):
        console.print(part)

    line = next(x for x in shown.getvalue().splitlines() if x.startswith("job_title"))
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
