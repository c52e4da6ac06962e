"""An answer that has just come is used as the journal has it, without reading it there."""

from collections.abc import Callable
from typing import Any

import pytest
from rig import Asked, Known, Queued, provider

from enrichctl.engine.lead import lead_from_record
from enrichctl.engine.question import END, Ask, Rules, RunState, Step
from enrichctl.engine.run import Runner
from enrichctl.engine.waterfall import Waterfall
from enrichctl.model import Outcome, Record, Value


@pytest.fixture
def heard(monkeypatch) -> list[Any]:
    """Everything that came fresh in the runs of a test."""
    fresh: list[Any] = []
    take = Runner._take

    def keep(runner: Runner, done: Any) -> None:
        if done.latest is not None:
            fresh.append(done.latest)
        take(runner, done)

    monkeypatch.setattr(Runner, "_take", keep)
    return fresh


class Counting:
    """Counts how often answers are read."""

    def __init__(self, monkeypatch) -> None:
        self.read: list[Any] = []
        read: Callable[..., Any] = Known.read

        def count(it: Known, body: Any, query: Any) -> Any:
            self.read.append((body, query.wants))
            return read(it, body, query)

        monkeypatch.setattr(Known, "read", count)


def test_what_came_fresh_is_what_the_journal_has(rig, heard):
    alpha = provider("alpha", "city job_title")
    rig.clock.pass_(microseconds=1234)  # the journal keeps milliseconds
    rig.run(["a@x.de", "b@x.de", "c@x.de"], alpha)
    assert len(heard) == 3
    for fresh in heard:
        assert rig.journal.attempts("alpha", "account", *fresh.key[1:]) == [fresh.attempt]


def test_what_has_a_ticket_is_read_from_the_journal(rig, heard):
    ended = rig.run(["a@x.de", "b@x.de"], provider("alpha", "city", Queued))
    assert ended.cells("city") == ["alpha's city"] * 2
    assert heard == []


def test_misses_and_refusals_come_fresh_as_well(rig, heard):
    alpha = provider("alpha", "city")
    rig.vendor(alpha).plays = {"b@x.de": ["404"], "c@x.de": ["400"]}
    rig.run(["a@x.de", "b@x.de", "c@x.de"], alpha)
    outcomes = {fresh.attempt.outcome for fresh in heard}
    assert outcomes == {Outcome.MATCHED, Outcome.MISSED, Outcome.FAILED}
    for fresh in heard:
        assert fresh.attempt == rig.journal.attempt(fresh.attempt.id)


def test_an_answer_is_read_once(rig, monkeypatch):
    counting = Counting(monkeypatch)
    ended = rig.run(["a@x.de", "b@x.de"], provider("alpha", "city"))
    assert ended.cells("city") == ["alpha's city"] * 2
    assert len(counting.read) == 2


def test_what_was_read_for_one_row_is_not_used_for_another_with_other_holes(rig):
    class Choosy(Asked):
        """Says only what it was asked for."""

        def read(self, body, query):
            return {name: Value(body[name]) for name in query.wants}

        def covers(self, query):
            del query
            return self.finds

    alpha = provider("alpha", "city job_title", Choosy)
    ended = rig.run([("a@x.de", "1", ""), ("a@x.de", "", "CEO"), ("a@x.de", "", "")], alpha)
    assert rig.vendor(alpha).asked == ["a@x.de"]
    assert ended.cells("city") == ["1", "alpha's city", "alpha's city"]
    assert ended.cells("job_title") == ["alpha's job_title", "CEO", "alpha's job_title"]


def test_an_answer_under_an_earlier_key_is_read_from_the_journal(rig, heard):
    alpha = provider("alpha", "city", key_header="Key", key_hours=24)
    rig.vendor(alpha).plays = {"a@x.de": ["lost"]}
    rig.run(["a@x.de"], alpha)
    rig.vendor(alpha).plays = {}
    ended = rig.run(["a@x.de"], alpha)
    assert ended.cells("city") == ["alpha's city"]
    assert heard == []
    (attempt,) = rig.attempts()
    assert (attempt.run, attempt.outcome) == ("run-1", Outcome.MATCHED)


def test_a_row_waits_for_what_is_asked_about_its_person_even_if_the_journal_has_it_already(rig):
    alpha = provider("alpha", "city")
    rig.run(["a@x.de"], alpha)
    step = Step(alpha, alpha.finds, "account")

    def following(tried: tuple[str, ...] = (), **how: Any) -> Any:
        waterfall = Waterfall([step], Rules(), rig.journal)
        lead = lead_from_record(Record(1, 2, {"email": "a@x.de"}), waterfall.wanted)
        lead.mark_tried("alpha", tried)
        return waterfall.next_step(lead, RunState(**how))

    key = ("alpha", rig.attempts()[0].person, "")
    assert following() is END
    assert isinstance(following(in_flight=[key]), Ask)
    assert following(("city",), in_flight=[key]) is END  # it was given up
