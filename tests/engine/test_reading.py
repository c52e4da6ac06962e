"""Answers that their provider cannot read: kept as paid, the record failed, the run goes on."""

import json
from decimal import Decimal

import pytest
from rig import Asked, Queued, found, provider

from enrichctl.engine.reading import STUMBLES, read_answer, remarks_on
from enrichctl.json_values import as_confidence, decimal, text
from enrichctl.model import UNREADABLE, Query, Remark, Value

PEOPLE = ["a@x.example", "b@x.example", "c@x.example"]
ASKED = Query({"email": PEOPLE[0]}, ("city",))


class Trips:
    """Trips over an answer that says so."""

    trips: type[Exception] = ValueError

    def read(self, body, query):
        if body.get("odd"):
            raise self.trips("+49 30 901820 is in the words of an error")
        return super().read(body, query)


class Picky(Trips, Asked):
    """Answers at once."""


class PickyLater(Trips, Queued):
    """Answers later."""


def picky(rig, kind=Picky, *, trips=ValueError, **declared):
    alpha = provider(kind=kind, trips=trips, **declared)
    rig.vendor(alpha).plays[PEOPLE[1]] = [lambda _: found(city="2", odd=True)]
    return alpha


@pytest.mark.parametrize("trips", STUMBLES, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("kind", [Picky, PickyLater])
def test_it_is_kept_as_paid_the_record_is_failed_and_the_run_goes_on(rig, kind, trips):
    alpha = picky(rig, kind, trips=trips)
    for _ in range(2):  # neither this run nor a later one ends, asks again or pays again
        ended = rig.run(PEOPLE, alpha)
        assert ended.statuses == ["enriched", "failed", "enriched"]
        assert f"answer cannot be read ({trips.__name__})" in ended.notes[1]
        assert "901820" not in ended.notes[1]
        assert rig.outcomes() == ["matched"] * 3
        assert rig.spent() == 3
    assert len([who for who in asked_about(rig) if who == PEOPLE[1]]) == 1


def asked_about(rig):
    return [seen.body["email"] for seen in rig.vendors["alpha"].requests if "email" in seen.body]


def test_a_mended_version_reads_it_without_paying(rig):
    rig.run(PEOPLE, picky(rig))
    ended = rig.run(PEOPLE, provider())
    assert (ended.statuses[1], ended.cells("city")[1]) == ("enriched", "2")
    assert (len(asked_about(rig)), rig.spent()) == (3, 3)


def test_what_it_holds_is_not_known_so_its_price_is_the_most_that_was_set_aside(rig):
    alpha = provider(finds="city job_title", kind=Picky)
    rig.vendor(alpha).plays["*"] = [lambda _: found(city="1", odd=True)]
    rig.run(PEOPLE[:1], alpha)
    assert rig.spent() == alpha.price.most(("city", "job_title"))


def test_the_next_provider_is_asked_instead(rig):
    ended = rig.run(PEOPLE, picky(rig), provider("beta"))
    assert ended.cells("city")[1] == "beta's city"
    assert ended.statuses[1] == "enriched"


def test_what_is_about_the_whole_run_is_no_trouble_of_an_answer():
    alpha = provider(kind=Picky, trips=MemoryError)
    with pytest.raises(MemoryError):
        read_answer(alpha, {"odd": True}, ASKED)


def test_remarks_that_cannot_be_made_are_none():
    def remarks(*_):
        raise KeyError("what")

    assert remarks_on(provider(remarks=remarks), {"city": "1"}, ASKED) == ()


@pytest.mark.parametrize(
    ("said", "held"),
    [(0.5, 0.5), (1.5, 1.0), (-3, 0.0), (float("inf"), 1.0), (float("nan"), None), (10**400, 1.0)],
    ids=str,
)
def test_confidences_are_held_to_their_bounds_whatever_a_package_makes_of_them(said, held):
    alpha = provider(read=lambda *_: {"city": Value("1", said)})
    assert read_answer(alpha, {}, ASKED) == {"city": Value("1", held)}


@pytest.mark.parametrize(
    ("said", "held"),
    [(0.5, 0.5), (2, 1.0), (-1, 0.0), (10**400, None), (True, None), ("0.5", None), (None, None)],
    ids=lambda value: str(value)[:9],
)
def test_a_confidence_is_a_number_from_0_to_1_or_none(said, held):
    assert as_confidence(said) == held


def test_credits_beyond_what_an_account_can_hold_are_none():
    assert decimal("1e13") is None
    assert decimal(10**400) is None
    assert decimal("-1e999999") is None
    assert decimal("999999999999") == Decimal(999999999999)


def test_what_is_nested_deeper_than_a_cell_can_hold_is_blank():
    deep = json.loads("[" * 600 + '"x"' + "]" * 600)
    assert text(deep) == ""
    assert text([["a"], ["b", ["c"]]]) == "a, b, c"


def test_an_answer_nested_600_deep_is_kept_and_read_again(rig):
    deep = json.loads('{"a":' * 600 + "1" + "}" * 600)
    alpha = provider()
    rig.vendor(alpha).plays["*"] = [lambda _: found(city="1", more=deep)]
    for _ in range(2):
        assert rig.run(PEOPLE[:1], alpha).cells("city") == ["1"]
    assert rig.spent() == 1


def test_it_says_so_as_a_remark():
    said = read_answer(provider(kind=Picky), {"odd": True}, ASKED)
    assert isinstance(said, Remark)
    assert (said.cause, said.redo) == (UNREADABLE, "")
    assert "without paying" in said.next
