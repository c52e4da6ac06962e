"""Rows that share an address and name different people."""

import pytest

from enrichctl.journal.scratch import Scratch
from enrichctl.matching.namesakes import Namesakes

JANE = {"email": "jane@acme.com", "full_name": "Jane Doe"}


@pytest.fixture
def namesakes():
    with Scratch() as scratch:
        yield Namesakes(scratch.first)


@pytest.mark.parametrize(
    "other",
    [
        {"full_name": "John Smith"},
        {"first_name": "John", "last_name": "Smith"},
        {"full_name": "SMITH, John"},
        {"full_name": "Jöhn Smíth"},
    ],
)
def test_another_name_under_the_same_address_is_somebody_else(namesakes, other):
    assert namesakes.other(JANE) == ""
    first = namesakes.other({"email": "JANE@acme.com", **other})
    assert first
    assert namesakes.other({"email": "jane@acme.com", "full_name": "Smith John"}) == first
    assert namesakes.other(JANE) == ""


@pytest.mark.parametrize(
    "other",
    [
        {"full_name": "Doe, Jane"},
        {"full_name": "Jané Smith"},
        {"full_name": "J. Doe"},
        {"first_name": "John"},
        {"full_name": "Иван Петров"},
        {},
    ],
)
def test_a_name_with_a_word_in_common_or_that_tells_nothing_contradicts_nobody(namesakes, other):
    namesakes.other(JANE)
    assert namesakes.other({"email": "jane@acme.com", **other}) == ""


def test_a_profile_is_one_persons_too_and_its_spelling_does_not_matter(namesakes):
    namesakes.other({"linkedin_url": "https://www.linkedin.com/in/jane/", "full_name": "Jane Doe"})
    assert namesakes.other({"linkedin_url": "linkedin.com/in/Jane", "full_name": "John Smith"})
    assert not namesakes.other({"linkedin_url": "linkedin.com/in/john", "full_name": "John Smith"})


def test_a_scratch_remembers_the_first_value_beyond_its_cache():
    with Scratch() as scratch:
        keys = [number.to_bytes(16) for number in range(20_000)]
        assert all(scratch.first(key, key * 20) == key * 20 for key in keys)
        assert scratch.first(keys[7], b"other") == keys[7] * 20
        assert (scratch.add(b"new"), scratch.add(b"new")) == (True, False)
