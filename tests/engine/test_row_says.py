"""A name that the row states itself stands against one that says no more."""

from datetime import UTC, datetime

import pytest

from enrichctl.engine.lead import lead_from_record
from enrichctl.engine.takeable import takeable
from enrichctl.model import Provenance, Record, Value

# why, the row's name, derived first name, from, the answer's first name, its confidence, taken
NAMED = [
    ("an initial says less", "Maria Rossi", "Maria", "full_name", "M", None, False),
    ("another spelling says no more", "Jörg Müller", "Jörg", "full_name", "Joerg", None, False),
    ("another name is not the row's", "Olga Petrova", "Olga", "full_name", "Ina", None, False),
    ("the row's words, divided otherwise", "Van Anh Ho", "Van", "full_name", "Van Anh", None, True),
    ("a name for an initial", "M. Rossi", "M.", "full_name", "Maria", None, True),
    ("a guess from an address", "", "Mari", "email", "Maria", None, True),
    ("who states to be surer", "Maria Rossi", "Maria", "full_name", "Marie", 0.99, True),
]


@pytest.mark.parametrize(
    ("name", "held", "source", "text", "sure", "taken"), [one[1:] for one in NAMED],
    ids=[one[0] for one in NAMED],
)  # fmt: skip
def test_a_name_that_follows_from_the_rows_own(name, held, source, text, sure, taken):
    lead = lead_from_record(
        Record(1, 1, {"full_name": name, "email": "m@a.com"}), frozenset(), suppressed=False
    )
    lead.filled["first_name"] = held
    lead.origin["first_name"] = Provenance(
        "offline", source, 0.9, datetime(2026, 1, 1, tzinfo=UTC), derived=True
    )
    match = {"first_name": Value(text, sure, "")}
    got = takeable(lead, match, ["first_name"], overwrite=frozenset(), min_confidence=0)
    assert bool([*got]) == taken
