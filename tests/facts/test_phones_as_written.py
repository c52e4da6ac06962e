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
        ("+39 (0) 312 345 6789", "", "+393123456789"),  # a mobile has no zero,
        ("+39 (0)347.1234567", "DE", "+393471234567"),
        ("+39 (0) 6 1234567", "", "+39061234567"),  # a fixed line has one
        ("+39 (0)331 123456", "", "+390331123456"),
        ("+49 30 901820 ::: +49 171 2345678", "", "+4930901820"),
        ("+49·30·901820", "", "+4930901820"),
        ("030 2345678", "NL", "+31302345678"),
        ("030 2345678", "", None),
        ("+43 (0)664 / 12 34 56", "", "+43664123456"),  # one number, parted by a slash
        ("+49 30 901820 / 901821", "", "+4930901820"),
    ],
)
def test_the_number_that_is_meant(text, region, e164):
    assert spelling.phone(text, region) == e164


@pytest.mark.parametrize(
    ("old", "e164"),
    [
        ("+52 1 222 123 4567", "+522221234567"),
        ("+55 11 9123-4567", "+5511991234567"),
        ("+57 1 2345678", "+576012345678"),
        ("+84 123 123 4567", "+84831234567"),
        ("+225 07 12 34 56", "+2250707123456"),
        ("+229 90 01 12 34", "+2290190011234"),
        ("+225 20 12 34 56", None),  # a fixed line, whose network is not told
        ("+55 11 3123-456", None),  # a digit short, not an old mobile
    ],
)
def test_a_number_of_an_old_plan_is_as_it_is_called_today(old, e164):
    assert spelling.phone(old) == e164


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
    assert phones.origin_of(text).timezone == zone


@pytest.mark.parametrize(
    ("country", "zone"),
    [("GB", "Europe/London"), ("NO", "Europe/Oslo"), ("FI", "Europe/Helsinki"),
     ("JP", "Asia/Tokyo"), ("US", ""), ("RU", ""), ("BR", "")],
)  # fmt: skip
def test_a_country_of_one_zone_has_it_without_a_number(country, zone):
    assert phones.zone_of_country(country) == zone
