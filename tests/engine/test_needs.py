"""What a provider needs of a record is said in few kinds, so that a plan can count them."""

from rig import provider

from enrichctl.engine.needs import needs_in_words

WAYS = [("email",), ("linkedin_url",)]


def test_a_few_fields_are_named():
    assert (
        needs_in_words(provider(), {"phone": WAYS[1:]}, {}, "")
        == "alpha needs linkedin_url for a phone"
    )


def test_records_that_lack_different_fields_by_the_dozen_are_one_kind():
    """Else seven records give seven lines that differ in a number alone."""
    many = ["city", "region", "country", "industry", "website"]
    said = {needs_in_words(provider(), dict.fromkeys(many[:n], WAYS), {}, "") for n in (4, 5)}
    assert said == {"alpha needs email"}
