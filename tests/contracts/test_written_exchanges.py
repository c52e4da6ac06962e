"""Each request and reply of the written exchanges, as the vendors document it.

A reply that a case plays wrong on purpose (a gateway's page, a body cut short) is named in
``on_purpose.yaml`` with the reason, and must be wrong; a request never is.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts import VENDORS, contract
from contracts.exchanges import Written, written

ON_PURPOSE: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "on_purpose.yaml").read_text("utf-8")
)


def each() -> Iterator[Any]:
    for vendor in VENDORS:
        for one in written(vendor):
            yield pytest.param(vendor, one, id=f"{vendor}: {one.place}")


EACH = list(each())


@pytest.mark.parametrize(("vendor", "one"), EACH)
def test_the_request_is_as_documented(vendor: str, one: Written) -> None:
    assert contract(vendor).request(one.sent, all_headers=False) == []


@pytest.mark.parametrize(
    ("vendor", "one"), [each for each in EACH if each.values[1].answered is not None]
)
def test_the_reply_is_as_documented(vendor: str, one: Written) -> None:
    wrong = contract(vendor).reply(one.sent.method, one.sent.target, one.answered)
    reason = ON_PURPOSE.get(vendor, {}).get(one.place, "")
    assert bool(wrong) == bool(reason), wrong or f"it is right, and yet listed: {reason}"


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
