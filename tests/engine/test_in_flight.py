"""What another run is asking is waited for, by name, and not for ever."""

import itertools
from datetime import timedelta

import pytest
from rig import Asked, Queued, found, provider

from enrichctl.engine.in_flight import MOST
from enrichctl.errors import ExitStatus
from enrichctl.events import Waiting
from enrichctl.journal import history
from enrichctl.model import Outcome

ANNA, BOB = "anna@acme.com", "bob@acme.com"


def hangs(rig, alpha, outcome="sent"):
    """Let another run ask about Anna and hang; return its id."""
    rig.run([ANNA], alpha)
    other = rig.entry()
    rig.journal.write(
        lambda db: db.execute(
            "UPDATE attempts SET outcome=?, run=?, packed=NULL", (outcome, other.id)
        )
    )
    rig.clock.pass_(minutes=12)
    return other


def hurried():
    """Return a clock on which minutes pass between any two looks at it."""
    looks = itertools.count()
    return lambda: next(looks) * MOST


def about_bob(rig, alpha):
    if isinstance(alpha, Queued):
        rig.vendor(alpha).plays |= {
            "/submit": [lambda _: found(ok="yes")],
            ANNA: [lambda _: found(city="1")],
            BOB: [lambda _: found(city="2")],
        }


@pytest.mark.parametrize(
    ("kind", "outcome", "rules"),
    [
        (Asked, "sent", {}),
        (Queued, "sent", {}),
        (Queued, "planned", {}),
        (Asked, "sent", {"max_age": timedelta(0)}),
        (Asked, "sent", {"retry_failed": True, "retry_unconfirmed": True}),
    ],
)
def test_a_run_that_hangs_is_named_with_its_age_and_not_waited_for_for_ever(
    rig, kind, outcome, rules
):
    alpha = provider(kind=kind)
    about_bob(rig, alpha)
    other = hangs(rig, alpha, outcome)
    asked = len(rig.vendors["alpha"].requests)
    ended = rig.run([ANNA, BOB], alpha, seconds=hurried(), **rules)
    assert ended.statuses == ["pending", "enriched"]
    assert other.id in ended.notes[0]
    said = [event.why for event in ended.events if isinstance(event, Waiting)]
    assert said[0] == f"run {other.id}, begun 12 min ago, is asking the same"
    assert (ended.stop.status, ended.stop.word) == (ExitStatus.LOCKED, "unavailable")
    assert f"{other.id}, begun 12 min ago, is still asking" in ended.runner.waited_in_vain
    assert rig.attempts()[0].outcome == outcome  # it is alive: its question is left alone
    bodies = [str(seen.body) for seen in rig.vendors["alpha"].requests[asked:]]
    assert not any(ANNA in body for body in bodies)


@pytest.mark.parametrize("kind", [Asked, Queued])
def test_a_run_that_asks_something_else_about_the_same_person_is_not_waited_for_for_ever(rig, kind):
    alpha, titles = provider(kind=kind), provider(kind=kind, finds="job_title")
    about_bob(rig, alpha)
    hangs(rig, alpha)
    ended = rig.run([ANNA], titles, seconds=hurried())
    assert ended.statuses == ["pending"]
    assert ended.stop.status is ExitStatus.LOCKED


def test_waiting_is_worth_it_for_as_long_as_a_call_may_take(rig):
    alpha = provider()
    other = hangs(rig, alpha)
    number = rig.attempts()[0].id
    seconds = itertools.count(step=MOST / 4)
    looks = []

    def answer(event):
        if isinstance(event, Waiting):
            looks.append(event)
            if len(looks) == 2:
                rig.journal.settle(number, Outcome.MATCHED, answer={"city": "late"})

    ended = rig.run([ANNA], alpha, seconds=lambda: float(next(seconds)), watch=answer)
    assert ended.cells("city") == ["late"]
    assert ended.stop.word == ""
    assert other.id


@pytest.mark.parametrize("state", ["done", "stopped"])
def test_a_run_that_has_ended_holds_nobody_up(rig, state):
    alpha = provider()
    other = hangs(rig, alpha)
    other.state = state
    history.update(rig.journal, other)
    ended = rig.run([ANNA, BOB], alpha)
    assert ended.statuses == ["unconfirmed", "enriched"]
    assert ended.stop.word == ""
