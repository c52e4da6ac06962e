"""Which files of a folder this program wrote for others of them."""

from datetime import UTC, datetime

import pytest

from enrichctl.journal import history, outputs

NOW = datetime(2025, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def journal(place):
    with place.open(now=lambda: NOW) as opened:
        yield opened


@pytest.mark.parametrize(("written", "left_out"), [
    ([], ""),
    (["a>b"], "b"),
    (["a>b", "b>c"], "bc"),  # an output of an output
    (["x>b"], ""),  # its input is elsewhere
    (["a>a"], ""),  # in its own place
    (["a>b", "b>a"], ""),  # nobody can tell which came first
    (["c>a", "a>b", "b>a"], "ab"),
])  # fmt: skip
@pytest.mark.parametrize("by", ["a run", "one of a folder"])
def test_an_output_is_known_by_its_input(journal, written, left_out, by):
    pairs = [tuple(f"/leads/{name}.csv" for name in one.split(">")) for one in written]
    if by == "a run":
        for number, (input_, output) in enumerate(pairs):
            history.begin(journal, history.RunEntry(f"r{number}", NOW, input_, output, ()))
    else:
        outputs.written_for(journal, pairs)

    found = outputs.written_among(journal, [f"/leads/{name}.csv" for name in "abc"])
    assert found == {f"/leads/{name}.csv" for name in left_out}
