import pytest

from enrichctl.declared.templates import ABSENT, Template

TOLD = {"email": "a+b@c.example/d", "n": 7, "yes": True, "asks": ["x", "y"]}


@pytest.mark.parametrize(
    ("shape", "filled"),
    [
        ("{email}", "a+b@c.example/d"),
        ("to {email}!", "to a+b@c.example/d!"),
        ("{n}", 7),
        ("no {n}", "no 7"),
        ("{yes}", True),
        ("{asks}", ["x", "y"]),
        ("{{n}} of {n}", "{n} of 7"),
        ("{absent}", ABSENT),
        ("{n} {absent}", ABSENT),
        ({"a": "{absent}", "b": 1, "c": None}, {"b": 1, "c": None}),
        ({"a": {"b": "{absent}"}, "c": {}}, {"c": {}}),
        ({"a": {"b": "{absent}"}}, ABSENT),
        (["{absent}", "{n}", 2.5], [7, 2.5]),
    ],
)
def test_holes_are_filled_and_what_is_not_known_is_left_out(shape, filled):
    assert Template(shape).fill(TOLD) == filled


def test_a_path_is_encoded_value_by_value():
    assert Template("/v1/{email}/x").path(TOLD) == "/v1/a%2Bb%40c.example%2Fd/x"


def test_a_query_string_is_pairs_of_text():
    template = Template({"q": "{email}", "f": "{asks}", "y": "{yes}", "z": "{absent}"})
    assert template.pairs(TOLD) == [
        ("q", "a+b@c.example/d"), ("f", "x"), ("f", "y"), ("y", "true"),
    ]  # fmt: skip
