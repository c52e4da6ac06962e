"""Numbers as people and spreadsheets write them."""

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from enrichctl.facts import phones, spelling


@pytest.mark.parametrize(
    ("text", "region", "e164"),
    [
        ("+49 30 901820 (work)", "", "+4930901820"),
        ("+49 30 901820 mobile after 6", "", "+4930901820"),
        ("030 901820 / 0171 2345678", "DE", "+4930901820"),
        ("030 901820; 030 901821", "DE", "+4930901820"),
        ("030 901820 or 030 901821", "DE", "+4930901820"),
        ("Tel: +49 30 901820", "", "+4930901820"),
        ("+1 415 555 0117 ext. 5", "", "+14155550117"),
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("491712345678", "DE", "+491712345678"),  # a spreadsheet has eaten the plus
        ("49 (0) 171 2345678", "DE", "+491712345678"),
        ("393 123 4567", "IT", "+393931234567"),  # a mobile that begins with 39
        ("030 2345678", "NL", "+31302345678"),
        ("030 2345678", "", None),
    ],
)
def test_the_number_that_is_meant(text, region, e164):
    assert spelling.phone(text, region) == e164


def test_a_number_of_any_country_is_the_same_with_and_without_its_plus_and_its_words():
    """The examples of the numbering plans themselves, in every country that has one."""
    wrong = []
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE):
            number = phonenumbers.example_number_for_type(region, kind)
            if number is None:
                continue
            e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
            national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
            written = [national, phonenumbers.national_significant_number(number), e164[1:]]
            if len(e164) > 9:  # shorter ones cannot be told from a word's digits
                written.append(f"{national} (work)")
            wrong += [(region, text) for text in written if spelling.phone(text, region) != e164]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("+353 1 234 5678", "Europe/Dublin"), ("+91 22 2345 6789", "Asia/Kolkata"),
        ("+977 1 4123456", "Asia/Kathmandu"), ("+95 1 234567", "Asia/Yangon"),
        ("+298 201234", "Atlantic/Faroe"),
    ],
)  # fmt: skip
def test_zones_have_the_names_of_today(text, zone):
    assert phones.place(text).timezone == zone


@pytest.mark.parametrize(
    ("country", "zone"),
    [("GB", "Europe/London"), ("NO", "Europe/Oslo"), ("FI", "Europe/Helsinki"),
     ("JP", "Asia/Tokyo"), ("US", ""), ("RU", ""), ("BR", "")],
)  # fmt: skip
def test_a_country_of_one_zone_has_it_without_a_number(country, zone):
    assert phones.zone_of_country(country) == zone
