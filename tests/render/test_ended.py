import io

import pytest
from rich.console import Console

from enrichctl.render.ended import parts

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
