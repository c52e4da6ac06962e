import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichctl.matching import fingerprint_person, identity

PERSON = "https://www.linkedin.com/in/jane-doe"
COMPANY = "https://www.linkedin.com/company/acme"
NEEDS = (("email",), ("linkedin_url",), ("first_name", "last_name", "company_domain"), ("phone",))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"email": " Jane@ACME.com "}, (("email",), ("jane@acme.com",))),
        ({"email": "jane@", "phone": "+12125550100"}, (("phone",), ("+12125550100",))),
        ({"phone": "(212) 555-0100"}, (("phone",), ("+12125550100",))),
        ({"phone": "3.36E+10"}, None),
        ({"linkedin_url": "linkedin.com/in/Jane-Doe/?x=1"}, (("linkedin_url",), (PERSON,))),
        ({"linkedin_url": COMPANY}, None),
        (
            {"first_name": " JANE ", "last_name": "Doe", "company_domain": "https://www.acme.com"},
            (("first_name", "last_name", "company_domain"), ("jane", "doe", "acme.com")),
        ),
        ({"first_name": "Jane", "last_name": "Doe"}, None),
        ({"first_name": "Jane", "last_name": "Doe", "company_domain": "none"}, None),
        ({"first_name": " ", "last_name": "Doe", "company_domain": "acme.com"}, None),
        ({}, None),
    ],
)
def test_a_record_is_identified_by_the_first_complete_and_well_formed_set(values, expected):
    assert identity(NEEDS, values, "US") == expected


def test_an_id_identifies_as_it_is():
    needs = [("close.lead_id",)]
    assert identity(needs, {"close.lead_id": " Lead_A "}) == (("close.lead_id",), ("Lead_A",))
    assert identity(needs, {"close.lead_id": " "}) is None


def test_a_person_has_one_fingerprint_at_each_provider():
    one = fingerprint_person("leadlex", ("email",), ("jane@acme.com",))
    assert len(one) == 16
    assert one == fingerprint_person("leadlex", ("email",), ("jane@acme.com",))
    assert one != fingerprint_person("lemlist", ("email",), ("jane@acme.com",))
    assert one != fingerprint_person("leadlex", ("phone",), ("jane@acme.com",))


@given(st.lists(st.text(), min_size=1), st.lists(st.text(), min_size=1))
def test_fingerprints_keep_the_borders_of_values(one, other):
    same = fingerprint_person("p", (), one) == fingerprint_person("p", (), other)
    assert same is (one == other)
