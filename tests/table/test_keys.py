import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichctl.matching import identity
from enrichctl.table.keys import blocker, speller


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("email", "Anna <ANNA@Nordwind.de>"),
        ("linkedin_url", "linkedin.com/in/Anna/"),
        ("company_domain", "https://www.Nordwind.de/x"),
        ("company_linkedin_url", "linkedin.com/company/Nordwind"),
        ("phone", "030 123456"),
        ("leadlex.contact_id", " Ab1 "),
        ("email", "nobody"),
        ("company_domain", "nordwind"),
        ("phone", "12"),
    ],
)
def test_a_key_is_spelled_as_identity_spells_it(field, text):
    found = identity(((field,),), {field: text}, "DE")
    assert speller(field, "DE")(text) == (found[1][0] if found else None)


NUMBERS = (
    "+4930123456", "+493012345678", "+33144556677", "+12125550123", "+390612345678",
    "+358401234567",
)  # fmt: skip
FRAMES = ["{}", "00{}", "tel:{}", "'{}", "{} ext. 12", "({})"]
CUTS = st.lists(st.integers(5, 11), max_size=4)


@given(st.sampled_from(NUMBERS), st.sampled_from(FRAMES), CUTS, st.sampled_from(" -.()"))
def test_a_phone_stands_in_its_block_however_it_is_written(number, frame, cuts, mark):
    text = number
    for cut in sorted(set(cuts), reverse=True):
        text = text[:cut] + mark + text[cut:] if cut < len(text) else text
    text = frame.format(text.removeprefix("+") if frame.startswith("00") else text)
    if speller("phone", "DE")(text) == number:
        assert blocker("phone", "DE")(text) == blocker("phone", "")(number)


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("030 123456", "DE", "+4930123456"),
        ("+49 (0)30 123456", "DE", "+4930123456"),
        ("0049 30/123456", "DE", "+4930123456"),
        ("21 12 34", "FO", "+298211234"),
    ],
)
def test_a_short_number_stands_in_the_block_of_its_full_spelling(text, region, number):
    assert speller("phone", region)(text) == number
    assert blocker("phone", region)(text) == blocker("phone", "")(number)
