from datetime import UTC, datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichctl.engine.layout import lowest_confidence
from enrichctl.engine.lead import Lead, accept
from enrichctl.engine.result import status_of
from enrichctl.engine.tried import Tried
from enrichctl.model import Outcome, Provenance, Record, Status, Value

AT = datetime(2026, 1, 31, 10, tzinfo=UTC)
FIELDS = ("email", "city", "job_title")


def lead(missing=FIELDS, **values):
    return Lead(Record(1, 2, values), frozenset(missing) - values.keys())


def take(lead, match, provider="leadlex", wants=FIELDS, overwrite=(), least=0.0):
    return accept(
        lead, match, wants, provider=provider, at=AT, derived=provider == "offline",
        overwrite=frozenset(overwrite), min_confidence=least,
    )  # fmt: skip


def value(text="new", confidence=None, source=""):
    return Value(text, confidence, source)


@pytest.mark.parametrize(
    ("cell", "match", "how", "after"),
    [
        ("", value(), {}, "new"),
        ("", value(""), {}, ""),
        ("old", value(), {}, "old"),
        ("old", value(), {"overwrite": ["city"]}, "new"),
        ("old", value(), {"overwrite": ["email"]}, "old"),
        ("old", value(""), {"overwrite": ["city"]}, "old"),
        ("", value(confidence=0.5), {"least": 0.6}, ""),
        ("", value(confidence=0.6), {"least": 0.6}, "new"),
        ("old", value(confidence=0.5), {"least": 0.6, "overwrite": ["city"]}, "old"),
        ("", value(confidence=None), {"least": 1.0}, "new"),
        ("", value(), {"wants": ("email",)}, ""),
    ],
)
def test_what_a_cell_holds_after_an_answer(cell, match, how, after):
    one = lead(**{"city": cell} if cell else {})
    taken = take(one, {"city": match}, **how)
    assert one.text("city") == after
    assert taken == (("city",) if after == "new" else ())
    assert one.changed == ({"city": "new"} if after == "new" else {})


@pytest.mark.parametrize(
    ("first", "second", "stands"),
    [
        (0.5, 0.9, "second"),
        (0.5, None, "second"),
        (0.9, 0.5, "first"),
        (0.5, 0.5, "first"),
        (None, 1.0, "first"),
        (None, None, "first"),
        (1.0, None, "first"),
    ],
)
def test_a_guess_yields_to_a_surer_answer_and_to_nothing_else(first, second, stands):
    one = lead()
    take(one, {"city": value("first", first)}, "offline")
    take(one, {"city": value("second", second)}, "leadlex")
    assert one.text("city") == stands
    assert one.origin["city"].provider == {"first": "offline", "second": "leadlex"}[stands]


@pytest.mark.parametrize(
    ("first", "second", "stands"),
    [
        (0.79, 0.93, "second"),
        (0.79, None, "first"),  # who states none is not known to be surer
        (None, 0.99, "first"),
    ],
)
def test_of_two_who_were_asked_the_first_stands_unless_the_second_says_it_is_surer(
    first, second, stands
):
    one = lead()
    take(one, {"city": value("first", first)}, "lemlist")
    take(one, {"city": value("second", second)}, "leadlex")
    assert one.text("city") == stands


def test_who_gave_a_value_first_is_its_source_though_others_are_surer_of_it():
    one = lead()
    take(one, {"city": value("Bonn", 0.6)}, "lemlist")
    take(one, {"city": value("Bonn", 0.9)}, "leadlex")
    assert one.origin["city"].provider == "lemlist"
    guessed = lead()  # but who only guesses it is none
    take(guessed, {"city": value("Bonn", 0.6)}, "offline")
    take(guessed, {"city": value("Bonn", 0.9)}, "leadlex")
    assert guessed.origin["city"].provider == "leadlex"


def test_of_a_value_that_gave_way_it_is_known_why():
    one = lead()
    accepted = take(one, {"city": value("a", 0.6)}, "lemlist")
    first = Tried("lemlist", Outcome.MATCHED, 1, accepted=accepted)
    one.note(first)
    take(one, {"city": value("b", 0.9)}, "leadlex")
    assert first.accepted == ("city",)  # which its answer has brought all the same
    assert first.taken_back == {"city": "leadlex is surer of another value"}


def test_what_was_derived_goes_with_the_value_that_it_was_derived_from():
    one = lead(("job_title", "department", "seniority", "company_domain", "website"))
    title = ("job_title",)
    take(one, {"job_title": value("Data Engineer", 0.7)}, "lemlist", title)
    guessed = {
        "department": value("data", 0.8, "job_title"),
        "company_domain": value("acme.com", 0.8, "email"),
        "website": value("https://acme.com", 0.8, "company_domain"),
    }
    one.note(Tried("offline", Outcome.MATCHED, accepted=take(one, guessed, "offline", guessed)))
    take(one, {"job_title": value("CFO", 0.9)}, "leadlex", title)
    assert one.filled == {
        "job_title": "CFO", "company_domain": "acme.com", "website": "https://acme.com",
    }  # fmt: skip
    take(one, {"company_domain": value("acme.de", 0.9)}, "leadlex", ["company_domain"])
    assert one.filled == {"job_title": "CFO", "company_domain": "acme.de"}
    (looked,) = one.tried
    assert looked.accepted == ("company_domain",)  # for a while
    assert looked.taken_back == {
        "company_domain": "leadlex is surer of another value",
        "department": "the job_title from which it followed was replaced",
        "website": "the company_domain from which it followed was replaced",
    }


def test_what_a_paid_provider_said_outlives_another_value_of_that_answer():
    one = lead(("job_title", "department"))
    both = {"job_title": value("Engineer", 0.7), "department": value("data", 0.7, "job_title")}
    take(one, both, "lemlist", both)
    take(one, {"job_title": value("CFO", 0.9)}, "leadlex", both)
    assert one.filled == {"job_title": "CFO", "department": "data"}


@pytest.mark.parametrize(
    ("field", "wrong", "right"),
    [
        ("email", "jane at acme", "jane@acme.example"), ("phone", "ask us", "+49 30 901820"),
        ("phone", "12", "030 901820"), ("email", "jane@acme.con", "jane@acme.example"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_value_leaves_the_field_to_the_next_provider(field, wrong, right):
    """An address that is none, and a number that is none, fill nothing and end no waterfall."""
    one = lead(missing=(field,))
    assert take(one, {field: value(wrong)}, "offline", wants=(field,)) == ()
    assert take(one, {field: value(right)}, "leadlex", wants=(field,)) == (field,)
    assert one.text(field) == right


def test_an_accepted_value_says_where_it_is_from_and_what_it_replaced():
    one = lead(city="old")
    take(one, {"city": value("new", 0.8, "web")}, overwrite=["city"])
    assert one.origin == {"city": Provenance("leadlex", "web", 0.8, AT, "old")}
    assert one.known() == {"city": "new"}


def test_an_answer_that_says_what_stands_there_changes_nothing():
    one = lead(city="old")
    take(one, {"city": value("old")}, overwrite=["city"])
    assert one.changed == {}


texts = st.sampled_from(["", "a", "b"])
values = st.builds(Value, texts, st.none() | st.sampled_from([0.0, 0.3, 0.6, 1.0]))
matches = st.dictionaries(st.sampled_from(FIELDS), values)


@given(
    st.dictionaries(st.sampled_from(FIELDS), st.just("mine")), st.lists(matches), st.floats(0, 1)
)
def test_a_filled_cell_is_never_touched_unless_told_to(cells, answers, least):
    one = lead(**cells)
    for answer in answers:
        take(one, answer, least=least)
    assert {name: one.text(name) for name in cells} == cells
    assert one.filled.keys() <= set(FIELDS) - cells.keys()
    assert all(one.filled.values())


@given(st.lists(matches), st.floats(0, 1))
def test_nothing_below_the_least_confidence_is_ever_filled(answers, least):
    one = lead()
    for answer in answers:
        take(one, answer, least=least)
    assert all(o.confidence is None or o.confidence >= least for o in one.origin.values())


@given(st.lists(st.sampled_from([0.1, 0.3, 0.6, 0.9]), min_size=1, max_size=4, unique=True))
def test_the_surest_answer_stands_in_whatever_order_they_come(confidences):
    ends = set()
    for order in permutations(confidences):
        one = lead()
        for confidence in order:
            take(one, {"city": value(str(confidence), confidence)})
        ends.add(one.text("city"))
    assert ends == {str(max(confidences))}


@given(st.lists(matches, max_size=4))
def test_the_same_answers_read_again_change_nothing(answers):
    one = lead()
    for answer in answers:
        take(one, answer)
    before = dict(one.filled), dict(one.origin)
    for answer in answers:
        assert take(one, answer) == ()
    assert (one.filled, one.origin) == before


def tried(outcome, reason="", provider="leadlex"):
    return Tried(provider, outcome, 1, reason=reason)


FAILED, MISSED, MATCHED = Outcome.FAILED, Outcome.MISSED, Outcome.MATCHED
NEEDY = Tried("acme", Outcome.DECLINED, reason="acme needs email", needs=("phone",))


@pytest.mark.parametrize(
    ("how", "status", "note"),
    [
        ({}, Status.SKIPPED, "not enough data to tell who this is"),
        ({"missing": ()}, Status.COMPLETE, ""),
        ({"tried": [tried(MISSED)]}, Status.NO_MATCH, "nothing found that was missing"),
        ({"tried": [tried(MISSED, "nobody")]}, Status.NO_MATCH, "leadlex: nobody"),
        ({"tried": [tried(MATCHED)]}, Status.NO_MATCH, "nothing found that was missing"),
        ({"tried": [tried(MATCHED)], "filled": ["city"]}, Status.ENRICHED, ""),
        ({"tried": [tried(FAILED, "404")]}, Status.FAILED, "leadlex: 404"),
        ({"tried": [tried(FAILED, "404")], "filled": ["city"]}, Status.FAILED, "leadlex: 404"),
        ({"tried": [tried(FAILED, "404")], "filled": FIELDS}, Status.ENRICHED, ""),
        (
            {"tried": [tried(FAILED, "x"), tried(FAILED, "y", "close")]},
            Status.FAILED,
            "leadlex: x; close: y",
        ),
        ({"tried": [tried(FAILED, "x"), tried(FAILED, "x")]}, Status.FAILED, "leadlex: x"),
        (
            {"tried": [tried(Outcome.DECLINED, "knows nothing of it")]},
            Status.SKIPPED,
            "leadlex: knows nothing of it",
        ),
        ({"pending": "budget", "tried": [tried(FAILED, "x")]}, Status.PENDING, "budget"),
        ({"pending": "budget", "filled": ["city"]}, Status.PENDING, "budget"),
        ({"unconfirmed": "lost", "pending": "budget"}, Status.UNCONFIRMED, "lost"),
        ({"unconfirmed": "lost", "filled": FIELDS}, Status.UNCONFIRMED, "lost"),
        (
            {"suppressed": True, "unconfirmed": "lost"},
            Status.SKIPPED,
            "suppressed: never sent to any provider",
        ),
    ],
)
def test_what_needs_somebody_comes_first(how, status, note):
    filled = how.pop("filled", ())
    one = lead(how.pop("missing", FIELDS))
    for name, what in how.items():
        setattr(one, name, what)
    one.filled = dict.fromkeys(filled, "new")
    assert status_of(one) == (status, note)


@pytest.mark.parametrize(
    ("sources", "looked", "status"),
    [
        ("website=offline", [("offline", None)], Status.COMPLETE),
        ("website=offline;city=crm", [("offline", None), ("crm", None)], Status.COMPLETE),
        ("", [("offline", None)], Status.NO_MATCH),
        ("website=offline", [("offline", None), ("crm", None)], Status.NO_MATCH),
        ("website=offline;phone=leadlex", [("offline", None), ("leadlex", 1)], Status.NO_MATCH),
    ],
)
def test_who_filled_a_record_before_and_can_add_nothing_does_know_it(sources, looked, status):
    one = lead(FIELDS)
    one.record.earlier = sources, "", ""
    one.tried = [Tried(name, MISSED, attempt) for name, attempt in looked]
    assert status_of(one)[0] is status


@pytest.mark.parametrize(
    ("others", "status"),
    [
        ([], Status.NO_MATCH),
        ([NEEDY], Status.SKIPPED),
        ([NEEDY, Tried("crm", MISSED)], Status.NO_MATCH),
        ([NEEDY, Tried("leadlex", MISSED, 1)], Status.NO_MATCH),
    ],
)
def test_nobody_is_unknown_who_was_asked_of_none_that_know_people(others, status):
    """Who looks for other vendors for `no_match` gets none that only lacks an e-mail."""
    one = lead(FIELDS)
    one.tried = [Tried("offline", MISSED, from_row=True), *others]
    assert status_of(one)[0] is status
    if status is Status.SKIPPED:
        assert status_of(one)[1] == NEEDY.reason


def test_the_lowest_stated_confidence_of_what_is_written_counts():
    one = lead(job_title="old")
    assert lowest_confidence(one, one.changed) is None
    take(one, {"email": value("a")})
    assert lowest_confidence(one, one.changed) is None
    take(one, {"city": value("b", 0.7), "job_title": value("c", 0.1)})
    assert lowest_confidence(one, one.changed) == 0.7
    take(one, {"job_title": value("c", 0.1)}, overwrite=["job_title"])
    assert lowest_confidence(one, one.changed) == 0.1
