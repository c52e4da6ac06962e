"""What stands in a cell and is no value, in the languages whose exports are read."""

import pytest

from enrichctl.facts import placeholders


@pytest.mark.parametrize(
    "text",
    [
        "N/A", "n/a", "-", "--", "—", ".", "?", "[not provided]", "(none)", "<unknown>", "#N/A",
        "#REF!", "#DIV/0!", "#NV", "#BEZUG!", "#NOMBRE?", "NULL", r"\N", "nan", "None", "TBD",
        "unknown", "Unbekannt", "k.A.", "keine Angabe", "inconnu", "non renseigné", "desconocido",
        "no disponible", "não informado", "sconosciuto", "onbekend", "n.v.t.", "okänd", "ukendt",
        "ukjent", "tuntematon", "brak danych", "neuvedeno", "nincs", "неизвестно", "不明", "未知",
        "no email found", "No e-mail", "email not found", "Phone not available", "keine E-Mail",
    ],
)  # fmt: skip
def test_these_say_nothing_in_any_field(text):
    assert not placeholders.could_be("job_title", text)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("company_name", "Self-employed"), ("company_name", "Freiberufler"),
        ("company_name", "Autónomo"), ("company_name", "zzp'er"), ("phone", "0000000000"),
        ("phone", "+1111111111"), ("linkedin_url", "https://www.linkedin.com/in/unavailable"),
        ("company_domain", "gmail.com"), ("company_domain", "acme.con"),
    ],
)  # fmt: skip
def test_these_are_no_value_of_their_field(field, text):
    assert not placeholders.could_be(field, text)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("job_title", "Unknown Markets Lead"), ("company_name", "None Such Records"),
        ("company_name", "3M"), ("company_name", "#1 Plumbing"), ("first_name", "Nil Ida"),
        ("job_title", "Freelance Editor"), ("city", "Nancy"), ("company_domain", "acme.example"),
        ("company_name", "A-"), ("phone", "+49 30 901820"), ("company_name", "No Name Brands Ltd"),
        ("linkedin_url", "linkedin.com/in/jane-doe"), ("company_name", "Brak & Sons"),
    ],
)  # fmt: skip
def test_these_are_values(field, text):
    assert placeholders.could_be(field, text)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("email", "jane.doe"), ("email", "jane@"), ("email", "jane@@acme.de"), ("email", "p1"),
        ("email", "jane doe@acme.de, or call"), ("email", "jane@acme.con"), ("email", "@acme.de"),
        ("email", "jane@acme"), ("phone", "p1"), ("phone", "123"), ("phone", "call reception"),
        ("phone", "jane@acme.de"), ("phone", "2024-01-15"), ("phone", "ext. 12"),
        ("phone", "+49"), ("mobile", "yes"), ("phone", "https://acme.de/123456789"),
        ("phone", "12 34"), ("phone", "+123456789012345678901"),
    ],
)  # fmt: skip
def test_what_is_no_address_and_no_number_fills_nothing(field, text):
    """It would stand in the cell, and the next provider would not be asked."""
    assert not placeholders.could_be(field, text)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("email", "jane.doe@acme.de"), ("email", "Jane Doe <jane@acme.de>"),
        ("email", "jürgen@müller.de"), ("email", "jane@acme.example"), ("phone", "030 901820"),
        ("phone", "+49 (0)30 901820-12"), ("phone", "(650) 253-0000 ext. 12"),
        ("phone", "1-800-FLOWERS"), ("phone", "+49 30 901820 (work)"), ("phone", "tel:+4930901820"),
        ("mobile", "0171/2345678"), ("phone", "+1.650.253.0000"), ("phone", "650253"),
        ("phone", "22 12 34 56"), ("phone", "+44 20 7946 0018 / +44 20 7946 0019"),
        ("phone", "030 9018200 / 030 9018201"),
    ],
)  # fmt: skip
def test_addresses_and_numbers_as_people_write_them_are_values(field, text):
    """With words, brackets and marks; a national number as well."""
    assert placeholders.could_be(field, text)


def test_a_shared_domain_is_a_value_for_who_has_mail_there():
    """GitHub is the employer of those with its addresses, and of nobody else."""
    assert placeholders.could_be("company_domain", "github.com", "jane@github.com")
    assert not placeholders.could_be("company_domain", "github.com", "jane@acme.de")
    assert not placeholders.could_be("company_domain", "github.com")
