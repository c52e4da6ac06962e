"""A caution is about the values that it came with, and about those that follow from them."""

from datetime import UTC, datetime

import pytest

from enrichctl.engine.cautions import cautions_in, cautions_of
from enrichctl.engine.lead import accept, lead_from_record
from enrichctl.engine.result import status_of
from enrichctl.engine.tried import Tried
from enrichctl.model import Outcome, Record, Remark, Value
from enrichctl.provider import EMAIL

AT = datetime(2026, 1, 31, 10, tzinfo=UTC)
WANTED = ("phone", "website", "phone_e164", "country", EMAIL)
CARE = Remark("take care; it may not be so", fields=("phone",))
ALL = Remark("all of it is old")
UNDONE = Remark("not saved", cause="not saved")


def take(lead, provider, remarks=(), attempt=None, inputs=(), overwrite=(), **found):
    """Take an answer as the waterfall does: values, then what is told of the provider's part."""
    match = {
        name: value if isinstance(value, Value) else Value(value) for name, value in found.items()
    }
    fields = accept(
        lead, match, WANTED, provider=provider, at=AT,
        overwrite=frozenset(overwrite), min_confidence=0.0,
    )  # fmt: skip
    lead.note(
        Tried(provider, Outcome.MATCHED, attempt, fields, remarks=remarks, inputs=inputs,
              found=tuple(match))
    )  # fmt: skip


def told(lead) -> dict[str, set[str]]:
    """Return caution → the fields that it is about."""
    found = {}
    for said in cautions_of(lead):
        text, _, names = said.removesuffix(")").rpartition(" (")
        found[text] = set(names.split(", "))
    return found


def read(note, **values):
    """Return a lead of a file in which an earlier run's note stands."""
    sources = ";".join(f"{name}=acme" for name in values)
    return lead_from_record(Record(1, 2, values, earlier=(sources, "", note)), frozenset(WANTED))


@pytest.fixture
def lead():
    return lead_from_record(Record(1, 2, {"city": "Bonn"}), frozenset(WANTED))


def test_a_caution_is_about_the_values_that_the_provider_gave_it_for(lead):
    take(lead, "acme", (CARE, ALL, UNDONE), 1, phone="+49 228 901820", website="https://acme.de")
    assert told(lead) == {
        "acme: take care, it may not be so": {"phone"},
        "acme: all of it is old": {"phone", "website"},
    }
    assert status_of(lead)[1].startswith("acme: not saved; acme: take care")


def test_of_an_answer_that_fills_nothing_there_is_no_caution(lead):
    take(lead, "acme", (ALL,), 1)
    take(lead, "acme", (CARE,), 2, website="https://acme.de")
    assert told(lead) == {}


def test_what_follows_from_a_value_has_its_cautions_and_nothing_else_has(lead):
    take(lead, "acme", (CARE,), 1, phone="+49 228 901820")
    take(
        lead, "offline", inputs=("phone", "city"), phone_e164=Value("+49228901820", 1.0, "phone"),
        website=Value("https://bonn.de", 0.5, "city"),
    )  # fmt: skip
    take(lead, "offline", inputs=("phone_e164",), country=Value("Germany", 1.0, "phone_e164"))
    assert list(told(lead).values()) == [{"phone", "phone_e164", "country"}]


def test_what_was_held_for_others_and_is_told_to_them_is_cautioned_of_too(lead):
    lead.held["location"] = "Bonn, Germany"
    lead.note(Tried("acme", Outcome.MATCHED, 1, remarks=(ALL,), found=("location",)))
    take(lead, "offline", inputs=("location",), country=Value("Germany", 0.9, "location"))
    assert told(lead) == {"acme: all of it is old": {"country"}}


def test_a_surer_value_in_its_place_takes_the_caution_away(lead):
    take(lead, "acme", (CARE,), 1, phone=Value("+49 228 901820", 0.5))
    take(lead, "crm", inputs=("city",), phone=Value("+49 228 901821", 1.0, "row 3"))
    assert lead.text("phone") == "+49 228 901821"
    assert told(lead) == {}


def test_a_note_is_read_as_it_was_written(lead):
    take(lead, "acme", (CARE, ALL, UNDONE), 1, phone="+49 228 901820", website="https://acme.de")
    note = status_of(lead)[1]
    again = read(note, phone="+49 228 901820", website="https://acme.de")
    assert list(cautions_of(again)) == list(cautions_of(lead))
    assert "not saved" not in status_of(again)[1]  # which is of the run in which it was not
    assert told(read(note, website="https://acme.de")) == {"acme: all of it is old": {"website"}}


def test_a_value_that_is_overwritten_loses_its_caution_unless_it_follows_from_it(lead):
    take(lead, "acme", (CARE,), 1, phone="0228 901820")
    note = status_of(lead)[1]
    one, two = (read(note, phone="0228 901820") for _ in range(2))
    take(one, "other", (), 7, overwrite=("phone",), phone="+49 228 901820")
    assert told(one) == {}
    spelled = Value("+49228901820", 1.0, "phone")
    take(two, "offline", inputs=("phone",), overwrite=("phone",), phone=spelled)
    assert list(told(two).values()) == [{"phone"}]


@pytest.mark.parametrize(
    "note",
    [
        "(",
        ")",
        " ()",
        "a (b)",
        "a (404)",
        "a (phone",
        "a (phone )",
        "(phone)",
        " (phone)",
        "; ; (; )",
    ],
)
def test_what_is_no_caution_is_not_taken_for_one(note):
    assert list(cautions_of(read(note, phone="+49 228 901820"))) == []


def test_of_a_note_the_cautions_alone_can_be_kept(lead):
    take(lead, "acme", (CARE, UNDONE), 1, phone="+49 228 901820")
    _, note = status_of(lead)
    caution = "acme: take care, it may not be so (phone)"
    assert note == f"acme: not saved; {caution}"
    assert cautions_in(note) == caution
    assert cautions_in("leadlex: out of credits") == ""
