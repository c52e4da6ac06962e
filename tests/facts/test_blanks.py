"""What stands in a cell and is no value, in the languages whose exports are read."""

import pytest

from enrichctl.facts import blanks


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
    assert not blanks.could_be("job_title", text)


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
    assert not blanks.could_be(field, text)


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
    assert blanks.could_be(field, text)
