import sys
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from enrichctl.model import Room
from enrichctl.plan import LanePlan, Plan, Spread
from enrichctl.reasons import UNUSABLE, reasons_in_words
from enrichctl.render.planned import show_plan
from enrichctl.render.screen import Screen


@pytest.fixture
def shown(monkeypatch, capsys):
    """Return the lines of a plan on a screen of so many columns."""

    def show(columns, *lanes):
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setenv("NO_COLOR", "1")
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        show_plan(Screen(), Plan(records=9_000, people=8_000, lanes=list(lanes)))
        return capsys.readouterr().err.splitlines()

    return show


def _lane(name, room=None):
    return LanePlan(
        name,
        reused=1_234,
        calls=Spread(Decimal(10), Decimal(4_500), Decimal(8_000)),
        credits=Spread(Decimal(0), Decimal(22500), Decimal("160000.5")),
        room=room,
    )


@pytest.mark.parametrize("columns", [30, 55])
def test_a_plan_wider_than_the_terminal_has_a_block_for_each_provider(columns, shown):
    lines = shown(
        columns,
        _lane("leadlex", Room(Decimal(200_000), Decimal(300_000), "month")),
        _lane("lemlist"),
    )

    assert all(len(line.rstrip()) <= columns for line in lines)
    words = " ".join(" ".join(lines).split())
    asked = "reused 1,234 to ask 10 least, ~4,500 expected, 8,000 most"
    cost = "credits 0 least, ~22,500 expected, 160,000.5 most"
    assert f"leadlex {asked} {cost} budget 200,000 lemlist {asked} {cost}" in words
    assert "leadlex: 200,000 left of the budget of 300,000 credits a month" in words
    assert "together credits 0 least, ~45,000 expected, 320,001 most" in words


def test_a_plan_says_where_its_most_may_be_too_high(shown):
    lanes = [_lane("leadlex"), _lane("lemlist")]
    lanes[1].may_share = 1
    said = "most may be 1 call too high, as rows of one person may share an answer"
    assert [line for line in shown(100, *lanes) if "too high" in line] == [f"lemlist: {said}"]


def test_a_plan_says_what_is_only_collected(shown):
    lane = _lane("lemlist")
    assert not [line for line in shown(100, lane) if "put before" in line]
    lane.asked_before = 3
    said = "lemlist: 3 questions were put before: the answers are collected, and nothing is paid"
    assert said in shown(100, lane)


def test_a_plan_that_fits_is_a_table(shown):
    lines = shown(80, _lane("leadlex"))

    assert lines[-1].split() == [
        "leadlex", "1,234", "10", "~4,500", "8,000", "0", "~22,500", "160,000.5",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("likely", "said"),
    [
        (("8.5", "11.4"), ["~8.5", "~11.4", "~19.9"]),
        (("8.5", "11"), ["~8.5", "~11", "~19.5"]),
        (("12.4", "11.4"), ["~12", "~11", "~24"]),
        (("8", "11.4"), ["~8", "~11", "~19"]),
    ],
)
def test_an_expectation_reads_the_same_in_a_table_and_in_blocks(likely, said, shown):
    """It is rounded where nobody needs its decimals, and never to zeros that were not counted."""
    lanes = [_lane("leadlex"), _lane("lemlist")]
    for lane, expected in zip(lanes, likely, strict=True):
        lane.credits = Spread(Decimal(0), Decimal(expected), Decimal(30))
    table, blocks = (" ".join(shown(columns, *lanes)).split() for columns in (80, 40))
    for words in (table, blocks):
        assert [one for one in words if one.startswith("~") and one != "~4,500"] == said


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({"a needs email": 3}, ["a needs email: 3 records"]),
        ({f"a needs email{UNUSABLE}": 1}, ["a needs email (not usable): 1 record"]),
        (
            {"a needs email": 3, "b needs phone": 2, f"a needs email{UNUSABLE}": 1},
            ["a needs email: 4 records; the value in 1 of them cannot be used",
             "b needs phone: 2 records"],
        ),
        (
            {"a needs phone": 1, "b needs city": 1, "c needs email": 5},
            ["c needs email: 5 records", "a needs phone: 1 record", "b needs city: 1 record"],
        ),
        (
            {"a needs email": 1, "a needs email for an industry": 1, "a needs phone for a city": 1},
            ["a needs email: 2 records", "a needs phone for a city: 1 record"],
        ),
        (
            {"a needs email for a city, a phone": 4, f"a needs email{UNUSABLE} for a city": 2},
            ["a needs email: 6 records; the value in 2 of them cannot be used"],
        ),
    ],
)  # fmt: skip
def test_what_is_needed_is_said_once_of_records_without_it_and_with_a_bad_one(counts, said):
    assert list(reasons_in_words(counts.items())) == said


@pytest.mark.parametrize(("reused", "said"), [(1, "1 answer of"), (12, "12 answers of"), (0, "")])
def test_answers_of_the_job_itself_are_said(reused, said, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "100")
    since = datetime(2026, 1, 2, 22, 14, tzinfo=UTC)
    show_plan(Screen(), Plan(lanes=[LanePlan("leadlex", reused=reused)], since=since))
    shown = capsys.readouterr().err
    verb = "is" if reused == 1 else "are"
    line = f"{said} the unfinished run of 2026-01-02 22:14 UTC {verb} used again"
    assert (line in shown) == bool(said)
    assert ("used again" in shown) == bool(said)
