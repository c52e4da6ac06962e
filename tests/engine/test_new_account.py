"""Of an account that nobody has used before, a run knows by itself whom it was asked about."""

import pytest
from rig import Asked, Queued, provider

from enrichctl.engine import answer_cache
from enrichctl.engine.answer_cache import AnswerCache
from enrichctl.journal import Journal

PEOPLE = ["anna@acme.com", "bob@acme.com", "cleo@acme.com"]


@pytest.fixture
def looks(monkeypatch) -> list[bytes]:
    """Whom the journal was asked about."""
    found: list[bytes] = []
    attempts = Journal.attempts

    def look(it: Journal, provider: str, account: str, person: bytes, *how, **also):
        found.append(person)
        return attempts(it, provider, account, person, *how, **also)

    monkeypatch.setattr(Journal, "attempts", look)
    return found


def test_whom_nobody_has_asked_about_is_not_looked_up(rig, looks):
    alpha = provider()
    assert rig.run(PEOPLE, alpha).statuses == ["enriched"] * 3
    assert looks == []
    assert rig.run(PEOPLE, alpha).statuses == ["enriched"] * 3  # the account has been used
    assert len(looks) == 3
    assert len(rig.attempts()) == 3


def test_a_person_whom_the_run_has_come_to_is_looked_up(rig, looks, monkeypatch):
    alpha = provider()
    monkeypatch.setattr(AnswerCache, "_is_first", lambda *_: False)
    rig.run(PEOPLE, alpha)
    assert len(set(looks)) == 3


@pytest.mark.parametrize("kind", [Asked, Queued])
def test_what_another_run_was_told_meanwhile_is_used_and_not_paid_again(rig, kind, monkeypatch):
    alpha = provider(kind=kind)
    rig.run(PEOPLE[:1], alpha)
    sent = len(rig.vendors["alpha"].requests)
    monkeypatch.setattr(answer_cache, "is_known", lambda *_: False)  # as when this run began
    ended = rig.run(PEOPLE[:1] * 2, alpha)
    assert ended.cells("city") == ["alpha's city"] * 2
    assert len(rig.vendors["alpha"].requests) == sent
    assert len(rig.attempts()) == 1
