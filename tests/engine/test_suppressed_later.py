"""Who turns out to be suppressed only by what a provider found."""

import pytest
from rig import Asked, provider

from enrichctl.engine.result import FOUND_SUPPRESSED
from enrichctl.matching.suppression import Suppression


class Finder(Asked):
    """Finds an e-mail by a name."""

    needs = (("full_name",),)
    uses = ("full_name",)


@pytest.fixture
def listed(tmp_path):
    path = tmp_path / "never.txt"
    path.write_text("jane@found.com\n", encoding="utf-8")
    return Suppression.read(path)


@pytest.mark.parametrize(("found", "asked"), [("jane@found.com", 0), ("max@found.com", 1)])
def test_an_address_that_was_found_and_is_suppressed_is_told_to_nobody(rig, listed, found, asked):
    finder, teller = provider("a", "email", Finder), provider("b", "city")
    rig.vendor(finder).facts = {"email": found}
    rig.vendor(teller)
    ended = rig.run(
        [("", "", "Jane Doe")],
        finder,
        teller,
        columns={"email": 0, "city": 1, "full_name": 2},
        suppression=listed,
    )
    assert len(rig.vendors["b"].requests) == asked
    assert ended.cells("email") == [found]
    (lead,) = ended.leads
    reasons = [t.reason for t in lead.tried if t.provider == "b"]
    assert any("suppressed" in reason for reason in reasons) is not bool(asked)
    (note,) = ended.notes
    assert note == ("" if asked else FOUND_SUPPRESSED)


def test_the_note_says_so_though_nobody_else_was_to_be_asked(rig, listed):
    finder = provider("a", "email", Finder)
    rig.vendor(finder).facts = {"email": "jane@found.com"}
    columns = {"email": 0, "full_name": 1}
    ended = rig.run([("", "Jane Doe")], finder, columns=columns, suppression=listed)
    assert ended.notes == [FOUND_SUPPRESSED]
