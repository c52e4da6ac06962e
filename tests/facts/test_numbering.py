import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from enrichctl.facts import numbering

MARKS = st.sampled_from(["", "", "", " ", "-", ".", ") ", " (", "(0)"])
CODES = st.sampled_from(sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)) | st.integers(1, 999)


@st.composite
def numbers(draw):
    """Give international numbers of all countries, spaced in any way, sound or not."""
    digits = f"{draw(CODES)}{draw(st.from_regex('[0-9]{3,14}', fullmatch=True))}"
    return "+" + digits[0] + "".join(draw(MARKS) + digit for digit in digits[1:])


@given(numbers(), st.sampled_from([None, "DE", "US", "XX"]))
@example("+49 30 23125042", None)
@example("+1 (212) 555-0143", "US")
@example("+44 (0)20 7946 0018", None)
@example("+39 06 1234567", "IT")
@example("+1 1 212 555 0143", None)
@example("+1 012 555 0143", None)
@example("+54 9 11 2345-6789", None)
def test_a_plain_number_is_what_phonenumbers_parses(text, region):
    number = numbering.plain(text)
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        parsed = None
    assert number is None or number == parsed


@pytest.mark.parametrize("text", ["+49 30 23125042", "+1 (212) 555-0143", "+442079460018"])
def test_a_number_as_most_are_written_is_plain(text):
    assert numbering.plain(text) == phonenumbers.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "030 23125042", "+49 030 23125042", "+44 (0)20 7946 0018", "+39 06 1234567",
        "+49 30 23125042 ext. 5", "+1 800 FLOWERS", "+999 123456789", "+49 1", "",
    ],
)  # fmt: skip
def test_a_number_that_needs_a_closer_look_is_not_plain(text):
    assert numbering.plain(text) is None


@pytest.mark.parametrize(
    ("text", "region", "e164"),
    [
        ("+49 30 23125042", "", "+493023125042"),
        ("\uff0b49 30 23125042", "", "+493023125042"),
        ("tel:020-7946-0018;phone-context=+44", "", "+442079460018"),
        ("+49 030 23125042", "", "+493023125042"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("020 7946 0018", "", None),
        ("+49 1", "", None),
        ("+1 112 555 0143", "", None),
    ],
)
def test_a_valid_number_states_its_country_or_is_given_one(text, region, e164):
    number = numbering.valid(text, region)
    assert (number and number.e164) == e164
