"""Rows that share an address and name different people."""

import pytest

from enrichctl.conflicts import NO_CONFLICTS, Conflicts
from enrichctl.journal.scratch import Scratch
from enrichctl.matching.address_conflicts import AddressConflicts

JANE = {"email": "jane@acme.com", "full_name": "Jane Doe"}


@pytest.fixture
def rows():
    with Scratch() as scratch:
        yield AddressConflicts(scratch.first)


@pytest.mark.parametrize(
    "other",
    [
        {"full_name": "John Smith"},
        {"first_name": "John", "last_name": "Smith"},
        {"full_name": "SMITH, John"},
        {"full_name": "Jöhn Smíth"},
        {"full_name": "Джон Смит"},
        {"full_name": "John Doe"},  # a relative
    ],
)
def test_another_name_under_the_same_address_is_somebody_else(rows, other):
    assert rows.other(JANE) == ""
    first = rows.other({"email": "JANE@acme.com", **other})
    assert first
    name = other.get("full_name") or "Smith John"
    assert rows.other({"email": "jane@acme.com", "full_name": name}) == first
    assert rows.other(JANE) == ""


@pytest.mark.parametrize(
    "other",
    [
        {"full_name": "Doe, Jane"},
        {"full_name": "Jané Smith"},
        {"full_name": "J. Doe"},
        {"first_name": "John"},
        {},
    ],
)
def test_a_name_with_a_word_in_common_or_that_tells_nothing_contradicts_nobody(rows, other):
    rows.other(JANE)
    assert rows.other({"email": "jane@acme.com", **other}) == ""


def test_a_name_in_another_script_is_the_same(rows):
    yuri = {"phone": "030 2345678"}
    rows.other({**yuri, "full_name": "Yuri Shcherbakov"})
    assert rows.other({**yuri, "full_name": "Юрий Щербаков"}) == ""


def test_a_national_number_is_of_its_country(rows):
    jane, john = ({"phone": "030 2345678", "full_name": name} for name in ("Jane Doe", "John Roe"))
    assert rows.conflicts(jane, "DE") == rows.conflicts(john, "NL") == NO_CONFLICTS
    assert rows.conflicts(john | {"phone": "+49 30 2345678"}).name


def test_a_name_and_a_company_in_another_country_are_others(rows):
    jane = {"full_name": "Jane Doe", "company_name": "Acme"}
    assert rows.conflicts(jane | {"country": "Norway"}) == NO_CONFLICTS
    assert rows.conflicts(jane | {"country": "NO", "company_name": "ACME"}) == NO_CONFLICTS
    assert rows.conflicts(jane) == NO_CONFLICTS
    assert rows.conflicts(jane | {"country": "Chile"}) == Conflicts("", "CL", "CL")
    tom = {"full_name": "Tom Roe", "company_name": "Acme", "country_code": "CL"}
    assert rows.conflicts(tom) == Conflicts("", "", "CL")


def test_a_profile_is_one_persons_too_and_its_spelling_does_not_matter(rows):
    rows.other({"linkedin_url": "https://www.linkedin.com/in/jane/", "full_name": "Jane Doe"})
    assert rows.other({"linkedin_url": "linkedin.com/in/Jane", "full_name": "John Smith"})
    assert not rows.other({"linkedin_url": "linkedin.com/in/john", "full_name": "John Smith"})


def test_a_scratch_remembers_the_first_value_beyond_its_cache():
    with Scratch() as scratch:
        keys = [number.to_bytes(16) for number in range(20_000)]
        assert all(scratch.first(key, key * 20) == key * 20 for key in keys)
        assert scratch.first(keys[7], b"other") == keys[7] * 20
        assert (scratch.add(b"new"), scratch.add(b"new")) == (True, False)
