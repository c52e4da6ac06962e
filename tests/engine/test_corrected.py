"""What was said of an e-mail says nothing of the one that somebody has put in its place."""

import pytest
from rig import found, provider

COLUMNS = {"email": 0, "email_status": 1, "city": 2}
OWN = {"enrichctl_sources": 3, "enrichctl_note": 4}
SOURCES = "email=beta;email_status=alpha;city=alpha"
NEW = ("new@acme.com", "deliverable", "Bonn", SOURCES, "")


@pytest.fixture
def alpha(rig):
    made = provider("alpha", "email_status city")
    rig.vendor(made).plays["new@acme.com"] = [
        lambda _: found(email_status="undeliverable", city="Kiel")
    ]
    return made


def run(rig, alpha, *corrected):
    return rig.run(
        [NEW], alpha, columns=COLUMNS, own=OWN, corrected={1: frozenset(corrected)}
    )  # fmt: skip


def test_a_verdict_on_another_address_is_missing_and_the_rest_is_left(rig, alpha):
    ended = run(rig, alpha, "email")
    assert len(rig.vendor(alpha).requests) == 1
    assert (ended.cells("email_status"), ended.cells("city")) == (["undeliverable"], ["Bonn"])
    assert ended.leads[0].record.earlier[0] == "email_status=alpha;city=alpha"


def test_it_stands_with_the_address(rig, alpha):
    assert run(rig, alpha, "job_title").cells("email_status") == ["deliverable"]
    assert rig.vendor(alpha).requests == []


def test_where_nobody_is_asked_for_it_the_note_says_so(rig, alpha):
    ended = run(rig, provider("gamma", "job_title"), "email")
    assert ended.notes == ["alpha said so of another email (email_status)"]
