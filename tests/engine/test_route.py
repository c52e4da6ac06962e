"""Who is asked for what, in turn."""

from types import SimpleNamespace

import pytest

from enrichctl.engine.questions import Course, legs_of


def course(name: str, *wants: str) -> Course:
    return Course(SimpleNamespace(name=name), wants)


A, B = course("a", "email", "phone"), course("b", "email", "phone", "industry")


@pytest.mark.parametrize(
    ("chains", "expected"),
    [
        ({}, [("a", "email", "phone"), ("b", "email", "phone", "industry")]),
        (
            {"phone": ["b", "a"]},
            [("a", "email"), ("b", "email", "phone", "industry"), ("a", "phone")],
        ),
        ({"phone": ["b"]}, [("a", "email"), ("b", "email", "phone", "industry")]),
        ({"phone": ["nobody", "a"]}, [("a", "email", "phone"), ("b", "email", "industry")]),
        ({"phone": []}, [("a", "email"), ("b", "email", "industry")]),
        ({"industry": ["a", "b"]}, [("a", "email", "phone"), ("b", "email", "phone", "industry")]),
    ],
)
def test_a_field_goes_along_its_chain_and_without_one_in_waterfall_order(chains, expected):
    legs = [(leg.provider.name, *wants) for leg, wants in legs_of([A, B], chains)]

    assert legs == expected
