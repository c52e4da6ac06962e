"""The look at the first answers that a first paid run at a terminal gives."""

import csv

import pytest
from e2e_tty import CTRL_C, Tty

WORDS = "enrich in.csv -p leadlex -w job_title -o out.csv"
ASKS = "go on? [Y/n]"


@pytest.fixture
def tty(paid, box):
    box.set(limits=False, miss_rate=0, hole_rate=0)
    rows = "".join(f"anna.berg{n}@nord-{n}.de\n" for n in range(30))
    paid.write("in.csv", f"email\n{rows}")

    def run(words):
        return Tty(words.split(), paid.folder, paid.environ)

    return run


def statuses(paid):
    text = (paid.folder / "out.csv").read_text("utf-8")
    return [row["enrichctl_status"] for row in csv.DictReader(text.splitlines())]


def test_a_first_run_shows_three_rows_and_asks_nobody_meanwhile(tty, paid, box):
    with tty(WORDS) as terminal:
        terminal.sees("continue? [y/N]").type(b"y\n").sees(ASKS)
        shown = [line for line in terminal.lines() if line.startswith("row ")]
        assert len(shown) == 3
        assert all(line.endswith("(leadlex)") for line in shown)
        assert len(box.requests) == 10
        terminal.type(b"\n")
        assert terminal.ends() == 0
    found = [n for n, status in enumerate(statuses(paid), 1) if status == "enriched"]
    assert [line.split()[:3] for line in shown] == [["row", str(n), "job_title"] for n in found[:3]]
    assert ("pending" in statuses(paid), len(box.requests)) == (False, 30)

    with tty(f"{WORDS} --fresh") as terminal:  # it has spent on this input before
        terminal.sees("continue? [y/N]").type(b"y\n")
        assert terminal.ends() == 0
        assert ASKS not in terminal.text


@pytest.mark.parametrize("keys", [b"n\n", CTRL_C])
def test_no_keeps_what_was_bought_and_asks_no_more(keys, tty, paid, box):
    with tty(WORDS) as terminal:
        terminal.sees("continue? [y/N]").type(b"y\n").sees(ASKS).type(keys)
        assert terminal.ends() == 130
        assert "Traceback" not in terminal.text
    assert [status == "pending" for status in statuses(paid)] == [False] * 10 + [True] * 20
    assert "enriched" in statuses(paid)
    assert len(box.requests) == 10


def test_yes_on_the_command_line_skips_it(tty, paid):
    with tty(f"{WORDS} -y") as terminal:
        assert terminal.ends() == 0
        assert ASKS not in terminal.text
    assert "pending" not in statuses(paid)
