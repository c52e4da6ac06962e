import json
from datetime import UTC, datetime

import pytest

from enrichctl.cli import context
from enrichctl.cli.run_values import explained as explained_record
from enrichctl.cli.status.reasons import complete
from enrichctl.config import Settings
from enrichctl.journal.history import RunEntry
from enrichctl.journal.record_rows import RecordRow


@pytest.fixture
def stub_settings(monkeypatch):
    monkeypatch.setattr(context, "settings", Settings)


def value(before, after=None, provider=None):
    return {"before": before, "after": after or before, "provider": provider}


def explained(provider, values, *, wanted=(), accepted=(), answer=None, fields=(), stood=None):
    """Return an attempt with what was worked out of it."""
    attempt = {
        "provider": provider, "told": [], "wanted": list(wanted), "accepted": list(accepted),
        "answer": answer,
    }  # fmt: skip
    known = {name: one for name, one in values.items() if one["provider"] != provider}
    if stood is None:
        stood = {name: one["provider"] for name, one in known.items() if one["provider"]}
    complete(attempt, values, set(fields), Settings(), known, stood)
    return attempt


def leadlex(**person):
    return {"data": {"confidence": 0.6, "source": "web", "person": person}}


def test_each_value_that_was_left_has_its_reason():
    values = {
        "email": value("jane@acme.io"),
        "job_title": value("CEO"),
        "first_name": value("Jane"),
        "last_name": value(None, "Doe", "offline"),
        "seniority": value(None, "c_level", "leadlex"),
    }
    answer = leadlex(
        job_title="Chief of all", first_name="JANE", last_name="Döe", seniority="c_level",
        location="Leeds",
    )  # fmt: skip
    wanted = ("job_title", "first_name", "last_name", "seniority", "location", "phone")

    attempt = explained("leadlex", values, wanted=wanted, accepted=["seniority"], answer=answer)

    assert attempt["left"] == {
        "job_title": "the cell was filled",
        "first_name": "the cell holds it",
        "last_name": "the value of offline stands",
        "location": "its confidence of 0.6 is below the minimum",
    }


def test_an_address_that_its_provider_calls_undeliverable_is_told():
    answer = {"data": {"email": {"email": "jane@acme.io", "status": "undeliverable"}}}
    attempt = explained(
        "leadlex", {}, wanted=("email", "email_status"), answer=json.loads(json.dumps(answer))
    )
    assert attempt["left"] == {}  # an answer in no known form says nothing

    answer = {"data": {"deliverable": "undeliverable", "person": {"full_name": "Jane Doe"}}}
    attempt = explained("leadlex", {}, wanted=("email", "email_status"), answer=answer)
    assert attempt["left"]["email"] == "it calls the address undeliverable"


def test_what_a_local_provider_was_told_and_asked_is_worked_out():
    values = {
        "email": value("jane.doe@acme.io"),
        "company_name": value("Acme"),
        "first_name": value(None, "Jane", "offline"),
        "phone": value(None, "+44 20 7946 0018", "leadlex"),
    }
    fields = ("first_name", "last_name", "company_name", "phone")

    attempt = explained("offline", values, accepted=["first_name"], fields=fields)

    assert attempt["told"] == ["email", "phone"]
    assert attempt["wanted"] == ["phone", "first_name", "last_name"]
    assert attempt["left"].keys() == {"last_name"}


@pytest.mark.parametrize("name", ["gone", "leadlex"])
def test_what_cannot_be_read_any_more_is_left_unexplained(name):
    attempt = explained(name, {}, wanted=("phone",), answer=["another", "form"])

    assert attempt["left"] == {}


def test_a_value_that_nobody_wanted_came_along():
    attempt = explained(
        "leadlex",
        {"job_title": value("")},
        wanted=("job_title", "location", "seniority"),
        answer=leadlex(location="Oslo"),
        fields={"job_title"},
    )
    assert attempt["left"] == {"location": "the run does not fill it"}


def test_what_a_later_provider_found_is_no_reason():
    """The later one had not answered yet: LeadLex's value was too uncertain, or offline's stood."""
    values = {
        "phone": value(None, "+44 20 7946 0018", "lemlist"),
        "first_name": value(None, "Jane", "lemlist"),
    }
    attempt = explained(
        "leadlex",
        values,
        wanted=("phone", "first_name"),
        answer=leadlex(phone="+44 20 7946 0019", first_name="Jan"),
        stood={"first_name": "offline"},
    )
    assert attempt["left"] == {
        "phone": "its confidence of 0.6 is below the minimum",
        "first_name": "the value of offline stands",
    }


def test_a_value_that_says_nothing_is_not_called_uncertain():
    attempt = explained("leadlex", {}, wanted=("job_title",), answer=leadlex(job_title="N/A"))
    assert attempt["left"] == {"job_title": "it is no usable value"}


@pytest.mark.parametrize(("before", "replaced"), [("Boss", True), (None, False)])
def test_a_filled_cell_that_was_replaced_is_not_called_missing(before, replaced, stub_settings):
    cells = {"job_title": [before, "CEO", "offline"]}
    tried = {"provider": "offline", "outcome": "matched", "accepted": ["job_title"], "reason": ""}
    record = RecordRow(1, 2, "enriched", "", cells, [tried], b"")
    run = RunEntry("r", datetime.now(UTC), "in.csv", "out.csv", ())
    (attempt,) = explained_record(None, run, record)["attempts"]
    assert ("replaced what was there" in attempt["reason"]) is replaced
