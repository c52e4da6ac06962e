import random

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


def divided(number):
    """Return the calling code and the national number, None where there is no number."""
    if number is None:
        return None
    return number.country_code, phonenumbers.national_significant_number(number)


@given(numbers(), st.sampled_from([None, "DE", "US", "XX"]))
@example("+49 30 23125042", None)
@example("+1 (212) 555-0143", "US")
@example("+44 (0)20 7946 0018", None)
@example("+39 06 1234567", "IT")
@example("+1 1 212 555 0143", None)
@example("+1 012 555 0143", None)
@example("+54 9 11 2345-6789", None)
def test_a_plain_number_is_what_phonenumbers_parses(text, region):
    number = numbering.split_plain(text)
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        parsed = None
    assert number is None or number == divided(parsed)


@pytest.mark.parametrize("text", ["+49 30 23125042", "+1 (212) 555-0143", "+442079460018"])
def test_a_number_as_most_are_written_is_plain(text):
    assert numbering.split_plain(text) == divided(phonenumbers.parse(text))


@pytest.mark.parametrize(
    "text",
    [
        "030 23125042", "+49 030 23125042", "+44 (0)20 7946 0018", "+39 06 1234567",
        "+49 30 23125042 ext. 5", "+1 800 FLOWERS", "+999 123456789", "+49 1", "",
    ],
)  # fmt: skip
def test_a_number_that_needs_a_closer_look_is_not_plain(text):
    assert numbering.split_plain(text) is None


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


def examples():
    """Yield an example of each type of number in each country, and others much like it."""
    chance = random.Random(3)  # noqa: S311 - reproducible, not secret
    types = [n for name, n in vars(phonenumbers.PhoneNumberType).items() if name.isupper()]
    for country in sorted(phonenumbers.SUPPORTED_REGIONS):
        for type_ in types:
            number = phonenumbers.example_number_for_type(country, type_)
            if number is None:
                continue
            yield number
            for _ in range(5):
                digits = list(phonenumbers.national_significant_number(number))
                for _ in range(chance.choice((1, 1, 2, 4))):
                    digits[chance.randrange(len(digits))] = str(chance.randrange(10))
                digits += str(chance.randrange(10)) * chance.choice((0, 0, 0, 1))
                yield phonenumbers.parse(f"+{number.country_code}{''.join(digits)}")
    for code in phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS:
        yield phonenumbers.example_number_for_non_geo_entity(code)


def test_a_number_is_valid_of_the_kind_and_country_that_phonenumbers_says():
    valid = 0
    for number in filter(None, examples()):
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        kind = phonenumbers.number_type(number)
        found = numbering.valid(e164, "")
        if kind == phonenumbers.PhoneNumberType.UNKNOWN:
            # Plans that have changed: what is called by a new number is another one.
            assert found is None or found.e164 != e164
            continue
        valid += 1
        country = phonenumbers.region_code_for_number(number)
        assert found == (e164, kind, number.country_code, country)
    assert valid > 3_000
