"""Rows of one address that name different people are asked about apart, where the name is told."""

from rig import found, provider

from enrichctl.journal.scratch import Scratch
from enrichctl.matching.address_conflicts import AddressConflicts

COLUMNS = {"email": 0, "city": 1, "full_name": 2}
ROWS = [
    ("jane@acme.com", "", "Jane Doe"),
    ("jane@acme.com", "", "John Smith"),
    ("JANE@acme.com", "", "Doe Jane"),
    ("jane@acme.com", "", "Smith, John"),
]


def run(rig, one):
    rig.vendor(one).plays = {"*": [lambda seen: found(city=seen.body.get("full_name", "same"))]}
    with Scratch() as scratch:
        return rig.run(ROWS, one, columns=COLUMNS, conflicts=AddressConflicts(scratch.first))


def test_who_is_told_the_name_is_asked_once_for_each_of_them_in_this_run_and_the_next(rig):
    one = provider(optional_inputs=("full_name",), uses=("email", "full_name"))
    cells = ["Jane Doe", "John Smith", "Jane Doe", "John Smith"]
    assert run(rig, one).cells("city") == cells
    assert run(rig, one).cells("city") == cells
    assert len(rig.vendor(one).requests) == 2


def test_who_is_told_the_address_alone_is_asked_once_and_answers_about_the_first(rig):
    one = provider()
    ran = run(rig, one)
    assert ran.cells("city") == ["same", "", "same", ""]
    assert [lead.tried[0].held_back for lead in ran.leads] == [(), ("city",)] * 2
    assert len(rig.vendor(one).requests) == 1
