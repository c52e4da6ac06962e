"""What attempts brought is kept with the records that used them, once."""

from contextlib import suppress

import pytest
from rig import found, provider

from enrichctl.config import Settings
from enrichctl.journal.gains import tallies
from enrichctl.model import Gain, Outcome, Segment
from enrichctl.registry import load

COLUMNS = {"email": 0, "city": 1, "job_title": 2, "country": 3}
ROWS = [
    ("a@acme.com", "", "", "Germany"), ("b@acme.com", "", "CEO", "France"),
    ("c@acme.com", "Berlin", "", ""),
]  # fmt: skip


def counted(rig):
    return sorted(tallies(rig.journal), key=lambda t: (t.provider, t.segment))


def test_an_attempt_says_what_was_asked_found_and_filled_and_of_whom(rig):
    alpha = provider("alpha", "city job_title")
    rig.vendor(alpha).facts = {"city": "Rome", "country": "Italy"}
    rig.vendor(alpha).plays["b@acme.com"] = ["404"]
    rig.run(ROWS, alpha, columns=COLUMNS)

    both, city, title = ("city", "job_title"), ("city",), ("job_title",)
    assert [(t.outcome, t.segment, t.gain, t.attempts, t.credits) for t in counted(rig)] == [
        (Outcome.MATCHED, Segment(), Gain(0, Segment(), title, title), 1, 1),
        (Outcome.MATCHED, Segment("DE"), Gain(0, Segment(), both, both, city, city), 1, 1),
        (Outcome.MISSED, Segment("FR", "c_level"), Gain(0, Segment(), city, city), 1, 0),
    ]


def test_what_an_answer_says_makes_no_segment_of_the_person(rig):
    alpha, beta = provider("alpha", "country"), provider("beta", "city")
    rig.vendor(alpha).facts = {"country": "Italy"}
    rig.run([(*ROWS[2][:1], "", "", "")], alpha, beta, columns=COLUMNS)

    assert {tally.segment for tally in counted(rig)} == {Segment()}


def test_nor_does_what_is_derived_from_an_answer(rig):
    alpha, offline = provider("alpha", "job_title"), load("offline", Settings())
    rig.vendor(alpha).facts = {"job_title": "CFO"}
    rig.vendor(alpha).plays["b@acme.com"] = ["404"]
    rows = [("a@acme.com", "", "", ""), ("b@acme.com", "", "", "Francia")]
    ended = rig.run(rows, offline, alpha, columns=COLUMNS)

    assert ended.leads[0].filled["seniority"] == "c_level"
    assert {tally.segment for tally in counted(rig)} == {Segment(), Segment("FR")}


def test_a_later_run_that_uses_the_answers_again_counts_nothing_twice(rig):
    alpha = provider("alpha", "city job_title")
    rig.run(ROWS, alpha, columns=COLUMNS)
    before = counted(rig)
    ended = rig.run([(*row[:3], "Spain") for row in ROWS], alpha, columns=COLUMNS)

    assert len(rig.vendor(alpha).requests) == 3
    assert ended.statuses == ["enriched"] * 3
    assert counted(rig) == before


def test_a_run_that_breaks_off_leaves_it_to_the_next(rig):
    alpha = provider("alpha", "city")

    def broken(ended):
        raise KeyboardInterrupt

    with suppress(KeyboardInterrupt):
        rig.run(ROWS[:1], alpha, columns=COLUMNS, write=broken)
    assert counted(rig) == []
    rig.go_on()
    rig.run(ROWS[:1], alpha, columns=COLUMNS)

    assert [(t.segment.country, t.attempts) for t in counted(rig)] == [("DE", 1)]


@pytest.mark.parametrize("rig", ["file", "postgres"], indirect=True)
def test_an_answer_that_came_under_its_key_brought_what_the_later_run_found_in_it(rig):
    """The record of the run that lost it knew of nothing that it filled."""
    alpha = provider("alpha", "city", key_header="Key", key_hours=24)
    rig.vendor(alpha).plays["a@acme.com"] = [*["lost"] * 4, "match"]
    assert rig.run(ROWS[:1], alpha, columns=COLUMNS).statuses == ["unconfirmed"]
    assert [(t.outcome, t.gain.filled) for t in counted(rig)] == [(Outcome.UNCONFIRMED, ())]
    rig.go_on()
    assert rig.run(ROWS[:1], alpha, columns=COLUMNS).statuses == ["enriched"]

    assert [(t.outcome, t.gain.filled) for t in counted(rig)] == [(Outcome.MATCHED, ("city",))]
    assert rig.run(ROWS[:1], alpha, columns=COLUMNS).statuses == ["enriched"]
    assert [(t.attempts, t.gain.filled) for t in counted(rig)] == [(1, ("city",))]


def test_a_verified_email_is_told_apart(rig):
    alpha = provider(
        "alpha", "email email_status", needs=(("linkedin_url",),), uses=("linkedin_url",)
    )
    columns = {"linkedin_url": 0, "email": 1}
    rig.vendor(alpha).plays["/find"] = [
        lambda _: found(email="ann@acme.com", email_status="deliverable")
    ]
    rig.run([("https://www.linkedin.com/in/ann-lee", "")], alpha, columns=columns)

    (tally,) = counted(rig)
    assert tally.gain.verified
    assert tally.gain.filled == ("email", "email_status")
