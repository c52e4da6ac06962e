"""Who is asked for what, in turn."""

from types import SimpleNamespace

import pytest

from enrichctl.engine.question import Step, route_of


def step(name: str, *wants: str) -> Step:
    return Step(SimpleNamespace(name=name), wants)


A, B = step("a", "email", "city"), step("b", "email", "city", "industry")


@pytest.mark.parametrize(
    ("chains", "expected"),
    [
        ({}, [("a", "email", "city"), ("b", "email", "city", "industry")]),
        (
            {"city": ["b", "a"]},
            [("a", "email"), ("b", "email", "city", "industry"), ("a", "city")],
        ),
        ({"city": ["b"]}, [("a", "email"), ("b", "email", "city", "industry")]),
        ({"city": ["nobody", "a"]}, [("a", "email", "city"), ("b", "email", "industry")]),
        ({"city": []}, [("a", "email"), ("b", "email", "industry")]),
        ({"industry": ["a", "b"]}, [("a", "email", "city"), ("b", "email", "city", "industry")]),
    ],
)
def test_a_field_goes_along_its_chain_and_without_one_in_waterfall_order(chains, expected):
    legs = [(leg.provider.name, *wants) for leg, wants in route_of([A, B], chains)]

    assert legs == expected
