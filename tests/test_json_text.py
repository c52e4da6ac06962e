"""What is spelled out by what was prepared is what the standard library spells out."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichctl.json_text import spelling_of

WORDS = st.text(st.characters(codec=None))  # half characters as well
PARTS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS
VALUES = st.recursive(PARTS, lambda of: st.lists(of) | st.dictionaries(WORDS, of), max_leaves=8)


@given(VALUES)
def test_it_is_that_of_the_standard_library(value):
    compact = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    assert spelling_of()(value) == compact
    assert spelling_of(separators=(", ", ": "), plain=True)(value) == json.dumps(value)


def test_numbers_that_json_does_not_have_are_refused_where_that_is_asked_for():
    assert spelling_of()([math.inf]) == "[Infinity]"
    with pytest.raises(ValueError, match="JSON"):
        spelling_of(nan=False)([math.inf])


def test_what_is_no_json_and_what_is_too_deep_is_refused():
    with pytest.raises(TypeError, match="not JSON serializable"):
        spelling_of()({"at": object()})
    nested: list[object] = []
    for _ in range(100_000):
        nested = [nested]
    with pytest.raises(RecursionError):
        spelling_of()(nested)


def test_without_the_quick_half_of_json_it_is_the_same(monkeypatch):
    monkeypatch.setattr(json.encoder, "c_make_encoder", None)
    assert spelling_of()({"a": ["é", 1.5, None]}) == '{"a":["é",1.5,null]}'
