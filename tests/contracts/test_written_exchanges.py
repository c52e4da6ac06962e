"""Each request and reply of the written exchanges, as the vendors document it.

A reply that a case plays wrong on purpose (a gateway's page, a body cut short) is named in
``on_purpose.yaml`` with the reason, and must be wrong; a request never is.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts import VENDORS, contract
from contracts.exchanges import written

ON_PURPOSE: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "on_purpose.yaml").read_text("utf-8")
)


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_requests_are_as_documented(vendor: str) -> None:
    found = {
        one.place: contract(vendor).request(one.sent, all_headers=False) for one in written(vendor)
    }
    assert {place: wrong for place, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_replies_are_as_documented_but_for_those_that_are_wrong_on_purpose(vendor: str) -> None:
    found = {
        one.place: contract(vendor).reply(one.sent.method, one.sent.target, one.answered)
        for one in written(vendor)
        if one.answered is not None
    }
    assert found
    wrong = {place: complaints for place, complaints in found.items() if complaints}
    on_purpose = ON_PURPOSE.get(vendor, {}).keys()
    assert {place: said for place, said in wrong.items() if place not in on_purpose} == {}
    assert on_purpose - wrong.keys() == set(), "they are right, and yet listed"


def test_what_is_wrong_on_purpose_is_still_there() -> None:
    places = {(vendor, one.place) for vendor in VENDORS for one in written(vendor)}
    listed = {(vendor, place) for vendor, cases in ON_PURPOSE.items() for place in cases}
    assert listed <= places


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_documented_call_is_exchanged_somewhere(vendor: str) -> None:
    """A contract that nothing is held against proves nothing."""
    calls = {call.name for call in contract(vendor).calls}
    found = (contract(vendor).find(one.sent.method, one.sent.target) for one in written(vendor))
    assert calls == {call.name for call, _ in filter(None, found)}
