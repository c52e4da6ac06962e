from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from enrichctl.journal import Intent, history, pages, record_rows
from enrichctl.journal.history import RunEntry
from enrichctl.journal.pages import Fill, WaterfallStep
from enrichctl.journal.record_rows import RecordRow
from enrichctl.model import Outcome

BEGAN = datetime(2026, 1, 31, 10, tzinfo=UTC)
RUN = "20260131-100000-aaaa"


class Clock:
    now = BEGAN


@pytest.fixture
def journal(place):
    with place.open(now=lambda: Clock.now) as journal:
        yield journal


@pytest.fixture
def run(journal):
    run = RunEntry(RUN, BEGAN, "/in.csv", "/out.csv", ("enrichctl",))
    history.begin(journal, run)
    return run


def put(journal, *rows):
    record_rows.put_records(journal, RUN, [record_rows.pack_record(row) for row in rows])


def row(number, *tried, status="enriched", **cells):
    said = [{"provider": p, "outcome": o, "attempt": None, "accepted": []} for p, o in tried]
    return RecordRow(number, number + 1, status, "", cells, said)


def spend(journal, run, provider, seconds, cost):
    Clock.now = BEGAN + timedelta(seconds=seconds)
    person = f"{provider}{seconds}".encode()
    number = journal.intend(
        Intent(provider, "acct", person, "", ("email",), ("phone",), run.id, worst=Decimal(9))
    )
    if cost is not None:
        journal.settle(number, Outcome.MATCHED, credits=Decimal(cost), answer={})


def test_a_provider_takes_the_place_at_which_a_record_came_to_it(journal, run):
    put(
        journal,
        row(1, ("leadlex", "missed"), ("lemlist", "matched")),
        row(2, ("leadlex", "missed"), ("lemlist", "missed")),
        row(3, ("lemlist", "failed")),
        row(4),
    )

    assert pages.waterfall_steps(pages.paths(journal, RUN)) == [
        WaterfallStep(1, "leadlex", reached=2, missed=2),
        WaterfallStep(1, "lemlist", reached=1),
        WaterfallStep(2, "lemlist", reached=2, matched=1, missed=1),
    ]
    steps = pages.waterfall_steps(pages.paths(journal, RUN))
    assert [step.match_rate for step in steps] == [0, None, 0.5]


def test_several_questions_to_a_provider_are_one_look_and_none_is_no_look(journal, run):
    put(
        journal,
        row(
            1,
            ("offline", "declined"),
            ("close", "missed"),
            ("close", "matched"),
            ("lemlist", "missed"),
        ),
    )

    assert pages.waterfall_steps(pages.paths(journal, RUN)) == [
        WaterfallStep(1, "close", reached=1, matched=1),
        WaterfallStep(2, "lemlist", reached=1, missed=1),
    ]


def test_a_field_is_told_of_the_place_that_its_value_was_taken_from_in_the_end(journal, run):
    def tried(provider, *accepted):
        return {"provider": provider, "outcome": "matched", "attempt": None, "accepted": accepted}

    put(
        journal,
        RecordRow(1, 2, "enriched", "", {}, [tried("leadlex", "email"), tried("lemlist", "email")]),
        RecordRow(2, 3, "enriched", "", {}, [tried("leadlex", "email", "phone")]),
        RecordRow(3, 4, "enriched", "", {}, [tried("lemlist", "phone"), tried("lemlist", "email")]),
    )

    steps = pages.waterfall_steps(pages.paths(journal, RUN))
    assert {(step.position, step.provider): dict(step.filled) for step in steps} == {
        (1, "leadlex"): {"email": 1, "phone": 1},
        (1, "lemlist"): {"phone": 1, "email": 1},
        (2, "lemlist"): {"email": 1},
    }


def test_where_paths_do_not_say_it_fields_are_told_of_who_was_at_one_place_only():
    paths = [([["offline", "matched"], ["crm", "missed"]], 2), ([["crm", "matched"]], 1)]
    fills = [Fill("phone", 0, {"offline": 2, "crm": 1})]

    steps = pages.waterfall_steps(paths, fills)
    assert {(s.position, s.provider): dict(s.filled) for s in steps} == {
        (1, "offline"): {"phone": 2}, (1, "crm"): {}, (2, "crm"): {},
    }  # fmt: skip


def test_cells_are_counted_by_who_filled_them_in_field_order(journal, run):
    put(
        journal,
        row(1, phone=["+1"], email=[None, "a@b.c", "lemlist"]),
        row(2, phone=["+1", "+2", "leadlex"], email=[None, "a@b.c", "leadlex"]),
        row(3, phone=[None, "+3", "leadlex"], email=[None, "a@b.c", "lemlist"]),
    )

    email, phone = pages.fills(pages.cells(journal, RUN))
    assert email == Fill("email", 0, {"leadlex": 1, "lemlist": 2})
    assert phone == Fill("phone", 2, {"leadlex": 1})
    assert phone.after == 3


def test_credits_add_up_over_the_time_of_the_run(journal, run):
    for seconds, cost in ((0, "1"), (60, "2.5"), (120, None)):
        spend(journal, run, "leadlex", seconds, cost)
    spend(journal, run, "lemlist", 120, "5")

    found = pages.spending(journal, run)

    assert (found.since, found.until) == (BEGAN, BEGAN + timedelta(minutes=2))
    assert {line.provider: line.points for line in found.lines} == {
        "leadlex": [(0.0, Decimal(1)), (0.5, Decimal("3.5"))],  # what is open is not spent
        "lemlist": [(1.0, Decimal(5))],
    }


def test_however_many_attempts_there_are_a_line_has_few_points(journal, run, monkeypatch):
    monkeypatch.setattr(pages, "STEPS", 4)
    for seconds in range(20):
        spend(journal, run, "leadlex", seconds, "1")

    (line,) = pages.spending(journal, run).lines
    assert len(line.points) <= 5
    assert line.points[-1][1] == 20


def test_a_run_that_asked_nothing_has_no_line(journal, run):
    assert pages.spending(journal, run).lines == []


def test_a_sample_is_spread_over_the_records_that_changed(journal, run):
    put(
        journal,
        *(row(n, phone=[None, "+1", "leadlex"]) for n in range(1, 91)),
        *(row(n, status="failed", phone=["+1"]) for n in range(91, 101)),
        row(101, phone=["+1", None, "leadlex"]),
    )

    rows = [record.row for record in pages.sample(journal, RUN, 3)]
    assert rows == [1, 32, 62]
    assert [record.row for record in pages.sample(journal, RUN, 1000)] == list(range(1, 91))
