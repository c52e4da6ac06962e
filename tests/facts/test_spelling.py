import string

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from enrichctl.facts import spelling
from enrichctl.fields import FIELDS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jane@Acme.COM", "jane@acme.com"),
        ("  jane@acme.com\n", "jane@acme.com"),
        ("Jane Doe <Jane@acme.com>", "jane@acme.com"),
        ('"Doe, Jane" <jane@acme.com>', "jane@acme.com"),
        ("mailto:Jane@acme.com?subject=Hi", "jane@acme.com"),
        ("jane+list@acme.com", "jane+list@acme.com"),
        ("o'brien@acme.ie", "o'brien@acme.ie"),
        ("jane@müller.de", "jane@xn--mller-kva.de"),
        ("JANE@MÜLLER.DE", "jane@xn--mller-kva.de"),
        ("jane@mu\u0308ller.de", "jane@xn--mller-kva.de"),
        ("jörg@acme.de", "jörg@acme.de"),
        ("jo\u0308rg@acme.de", "jörg@acme.de"),
        ("jane@a.acme.example", "jane@a.acme.example"),
        ("", None),
        ("n/a", None),
        ("jane", None),
        ("jane@acme", None),
        ("jane@acme.c", None),
        ("jane@@acme.com", None),
        ("jane@acme..com", None),
        ("jane..doe@acme.com", None),
        (".jane@acme.com", None),
        ("jane doe@acme.com", None),
        ("jane@-acme.com", None),
        ("jane@192.168.0.1", None),
        ("jane(at)acme.com", None),
        ("jane@acme.com, joe@acme.com", None),
        ("x" * 65 + "@acme.com", None),
    ],
)
def test_an_email_has_one_spelling(text, expected):
    assert spelling.email(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("acme.com", "acme.com"),
        ("WWW.Acme.com", "acme.com"),
        ("https://www.acme.co.uk/about?x=1#y", "acme.co.uk"),
        ("http://user:pw@acme.com:8080/", "acme.com"),
        ("acme.com:8080/shop", "acme.com"),
        ("//shop.acme.com", "shop.acme.com"),
        ("jane@acme.com", "acme.com"),
        ("mailto:jane@acme.com", "acme.com"),
        ("münchen.de", "xn--mnchen-3ya.de"),
        ("acme.com.", "acme.com"),
        ("www.com", "www.com"),
        ("https:/www.acme.com", "acme.com"),
        ("localhost", None),
        ("10.0.0.1", None),
        ("Acme Inc.", None),
        ("n.a.", None),
        ("acme.com; acme.de", None),
        ("", None),
    ],
)
def test_a_domain_is_the_bare_host(text, expected):
    assert spelling.domain(text) == expected


PROFILE = "https://www.linkedin.com/in/jane-doe"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://www.linkedin.com/in/jane-doe", PROFILE),
        ("http://linkedin.com/in/Jane-Doe/", PROFILE),
        ("linkedin.com/in/jane-doe?trk=people#top", PROFILE),
        ("https://fr.linkedin.com/in/jane-doe/de", PROFILE),
        ("m.linkedin.com/in/jane-doe", PROFILE),
        ("https://www.linkedin.com/mwlite/in/jane-doe", PROFILE),
        (" HTTPS://WWW.LINKEDIN.COM/IN/JANE-DOE ", PROFILE),
        ("linkedin.com/in/jürgen", "https://www.linkedin.com/in/j%C3%BCrgen"),
        ("linkedin.com/in/j%c3%bcrgen", "https://www.linkedin.com/in/j%C3%BCrgen"),
        (
            "linkedin.com/in/ACwAABcdEfGhIjKlMnOpQrStUvWxYz12345",
            "https://www.linkedin.com/in/ACwAABcdEfGhIjKlMnOpQrStUvWxYz12345",
        ),
        ("https://www.linkedin.com/company/acme", None),
        ("https://www.linkedin.com/sales/lead/ACwAAA", None),
        ("https://notlinkedin.com/in/jane-doe", None),
        ("https://linkedin.com.evil.com/in/jane-doe", None),
        ("https://www.linkedin.com/in/", None),
        ("jane-doe", None),
    ],
)
def test_a_profile_has_one_url(text, expected):
    assert spelling.profile_url(text) == expected


def test_a_company_page_is_no_profile_and_the_other_way_round():
    acme = "https://www.linkedin.com/company/acme"
    assert spelling.company_url("de.linkedin.com/company/Acme/about/") == acme
    assert spelling.company_url(PROFILE) is None


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("+33 6 12 34 56 78", "", "+33612345678"),
        ("0033 6 12 34 56 78", "", "+33612345678"),
        ("0044 20 7946 0018", "US", "+442079460018"),
        ("06.12.34.56.78", "FR", "+33612345678"),
        ("612345678", "FR", "+33612345678"),
        ("33612345678", "FR", "+33612345678"),
        ("+44 (0)20 7946 0018", "", "+442079460018"),
        ("+34 (0) 915 550 123", "", "+34915550123"),
        ("+39 02 1234 5678", "", "+390212345678"),
        ("tel:+1-201-555-0123", "", "+12015550123"),
        ("'+44 20 7946 0018", "", "+442079460018"),
        ("+1 212 555 0123 ext. 45", "", "+12125550123"),
        ("(212) 555-0123", "us", "+12125550123"),
        ("33612345678", "", None),
        ("020 7946 0018", "", None),
        ("3.36E+10", "FR", None),
        ("33612345678.0", "FR", "+33612345678"),
        ("3023125042.0", "DE", "+493023125042"),
        ("+493023125042.0", "", "+493023125042"),
        ("2020-01-05", "DE", None),
        ("3,36E+10", "FR", None),
        ("2.125550123E+9", "US", None),
        ("+1 555 0100", "", None),
        ("12345", "US", None),
        ("n/a", "US", None),
        ("", "US", None),
        ("020 7946 0018", "XX", None),
    ],
)
def test_a_phone_is_e164_or_nothing(text, region, expected):
    assert spelling.phone(text, region) == expected


@pytest.mark.parametrize(
    ("kind", "a", "b", "expected"),
    [
        ("email", "Jane@Acme.com", "jane@acme.com", True),
        ("email", "jane+x@acme.com", "jane@acme.com", False),
        ("phone", "+44 20 7946 0018", "tel:+442079460018", True),
        ("person_url", "linkedin.com/in/Jane", "https://fr.linkedin.com/in/jane/", True),
        ("url", "http://www.acme.com/", "https://acme.com", True),
        ("url", "acme.com/de", "acme.com", False),
        ("domain", "https://www.acme.com/x", "ACME.com", True),
        ("country", "Deutschland", "Germany", True),
        ("country_code", "UK", "gb", True),
        ("number", "2004.0", "2004", True),
        ("text", "  Acme   CORP", "acme corp", True),
        ("text", "Acme", "Acne", False),
        ("id", "aB1", "ab1", False),
    ],
)
def test_two_spellings_of_one_value_are_the_same(kind, a, b, expected):
    assert spelling.same(kind, a, b) is expected


def test_the_canonical_spelling_follows_the_field():
    assert spelling.canonical("phone", "020 7946 0018", "GB") == "+442079460018"
    assert spelling.canonical("country", "UK") == "United Kingdom"
    assert spelling.canonical("country_code", "Österreich") == "AT"
    assert spelling.canonical("email", " Not An Address ") == "not an address"
    assert spelling.canonical("close.lead_id", " Lead_X ") == " Lead_X "
    assert spelling.canonical("close.cf_1", "Two  Words") == "two words"


TEXT = st.text() | st.text(string.printable) | st.emails() | st.from_regex(r"\+?[\d ()-]{5,15}")


@given(st.sampled_from(sorted(FIELDS)), TEXT, st.sampled_from(["", "US", "FR", "de", "??"]))
def test_a_canonical_spelling_is_its_own(field, text, region):
    once = spelling.canonical(field, text, region)
    assert spelling.canonical(field, once, region) == once


@given(st.emails())
def test_addresses_agree_with_email_validator(address):
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return
    assert spelling.email(address) == address.lower()
