"""What a provider needs of a record is said in few kinds, so that a plan can count them."""

import pytest
from rig import provider

from enrichctl.engine.needs import needs_in_words
from enrichctl.engine.tried import Tried, not_asked
from enrichctl.model import Outcome

WAYS = [("email",), ("linkedin_url",)]


def test_a_few_fields_are_named():
    assert (
        needs_in_words(provider(), {"phone": WAYS[1:]}, {}, "")
        == "alpha needs linkedin_url for a phone"
    )


def test_what_suffices_is_named_the_cheapest_first():
    """A domain stands in a row's other cells; a profile has to be found or bought."""
    names = ("first_name", "last_name", "company_name")
    ways = [("linkedin_url",), (*names, "company_domain"), ("leadlex.contact_id",)]
    known = {"first_name": "Anna", "last_name": "Berg", "company_name": "Acme"}
    said = needs_in_words(provider(), {"email": ways}, known, "")
    assert said == "alpha needs company_domain or linkedin_url for an email"
    assert needs_in_words(provider(), {"email": ways}, {}, "") == (
        "alpha needs linkedin_url for an email"
    )


def test_records_that_lack_different_fields_by_the_dozen_are_one_kind():
    """Else seven records give seven lines that differ in a number alone."""
    many = ["city", "region", "country", "industry", "website"]
    said = {needs_in_words(provider(), dict.fromkeys(many[:n], WAYS), {}, "") for n in (4, 5)}
    assert said == {"alpha needs email or linkedin_url"}


def test_where_few_fields_need_something_else_the_others_are_called_the_rest():
    many = dict.fromkeys(("city", "region", "country", "industry", "website"), WAYS)
    said = needs_in_words(provider(), many | {"email": WAYS[1:]}, {}, "")
    assert said == ("alpha needs linkedin_url for an email; for the rest, email or linkedin_url")


def test_a_record_that_needs_the_same_for_other_fields_is_counted_once():
    needs = ("phone",)
    said = [
        Tried("alpha", Outcome.DECLINED, reason=f"alpha needs email for {what}", needs=needs)
        for what in ("a phone, a city", "a phone")
    ]
    said.append(Tried("beta", Outcome.DECLINED, reason="beta needs email", needs=needs))
    assert not_asked(said) == [
        ("alpha", "alpha needs email for a phone, a city"),
        ("beta", "beta needs email"),
    ]


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"full_name": "Sean Neill"}, "email or company_domain"),
        (
            {"full_name": "Sean Neill", "website": "https://www.harbour-demo.ie"},
            "email or company_domain (offline makes it of website)",
        ),
        (
            {"first_name": "Sean", "last_name": "Neill", "company_domain": "harbour-demo.ie"},
            "email or full_name (offline makes it of first_name and last_name)",
        ),
        ({"job_title": "CFO"}, "email"),
    ],
)
def test_what_completes_a_row_is_said_and_what_costs_nothing(known, said):
    """An e-mail is bought; a full name is there in two columns."""
    one = provider()
    one.needs = [("email",), ("full_name", "company_domain")]
    assert needs_in_words(one, {"phone": one.needs}, known, "") == f"alpha needs {said} for a phone"
