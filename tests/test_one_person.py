"""Whether the rows of two runs mean one person."""

import pytest

from enrichctl.matching.one_person import are_one_person

ANA = {
    "email": "ana.ruiz@pena.es", "first_name": "Ana", "last_name": "Ruiz",
    "company_name": "Pena", "phone": "+34 911 23 45 67",
}  # fmt: skip
EVA = ANA | {"email": "eva.paz@pena.es", "first_name": "Eva", "last_name": "Paz"}


def without(values, *names):
    return {name: text for name, text in values.items() if name not in names}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (ANA, EVA, False),  # a switchboard
        (without(ANA, "email"), without(EVA, "email"), False),
        (ANA, without(EVA, "email"), False),
        ({"phone": ANA["phone"]}, {"phone": "+34911234567"}, True),  # as a run treats them
        ({"phone": ANA["phone"]}, EVA, True),
        (ANA, ANA | {"phone": "+34 911 00 00 00", "job_title": "CFO"}, True),
        (without(ANA, "email"), without(ANA, "email") | {"phone": "+34 911 00 00 00"}, True),
        (ANA, without(ANA, "email"), True),
        (ANA, ANA | {"email": "ANA.RUIZ@pena.es", "last_name": "Ruiz Sanz"}, True),
        (ANA | {"email": "info@pena.es"}, EVA | {"email": "info@pena.es"}, False),
        (ANA, {"company_name": "Beta"}, False),
        ({"job_title": "CFO"}, {"job_title": "CFO"}, True),
        ({"job_title": "CFO"}, {"job_title": "CEO"}, False),
        ({"company_name": "Pena"}, {"company_name": "PENA"}, True),
    ],
)
def test_rows_are_of_one_person_by_the_best_that_both_state(one, other, same):
    assert are_one_person(one, other) is same
    assert are_one_person(other, one) is same
