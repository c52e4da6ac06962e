"""Texts that stand where a value would, and values that look like them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichctl.facts.placeholders import is_nothing, stated
from enrichctl.facts.words import lines

NOTHING = [
    # What people write.
    "", " ", "-", "--", "—", "?", "???", ".", "...", "n/a", "N/A", "N.A.", "na", "n.d.",
    "TBD", "tba", "xxx", "none", "Unknown", "unknown unknown", "[not provided]",
    "(not set)", "<unknown>",
    "Not available", "not applicable", "no email", "No email found", "email not available",
    "no valid email address found", "Name unknown", "no data", "none found", "don't know",
    # What programs write.
    "NULL", "null", "\\N", "nan", "NaN", "None", "<NA>", "NaT", "undefined", "[]", "{}", "()",
    "{{first_name}}", "*|FNAME|*", "${company}", "%COMPANY%", "(blank)", "[object Object]",
    # What spreadsheets write, in the languages of their users.
    "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#ERROR!", "#NV", "#BEZUG!",
    "#WERT!", "#N/D", "#VALEUR!", "#NOM?", "#¡REF!", "#¿NOMBRE?", "#N/B", "#VERW!",
    "#SAKNAS!", "#I/T", "#PUUTTUU!", "#NÚM!", "#ADR!", "Err:508", "#####",
    # German, French, Spanish, Italian, Portuguese, Dutch, Polish, Swedish, Danish, Norwegian,
    # Finnish, Japanese, Chinese, Korean, Thai.
    "unbekannt", "k. A.", "keine Angabe", "nicht verfügbar", "Keine E-Mail gefunden",
    "inconnu", "non renseigné", "pas de mail", "aucun résultat",
    "desconocido", "sin especificar", "no disponible", "sin correo electrónico",
    "sconosciuto", "non disponibile", "nessuna email trovata",
    "desconhecido", "não informado", "sem e-mail",
    "onbekend", "n.v.t.", "niet beschikbaar", "geen e-mail gevonden",
    "brak", "brak danych", "nie dotyczy", "nieznany",
    "saknas", "ej angivet", "ingen uppgift", "ukendt", "ikke oplyst", "ukjent", "ikke oppgitt",
    "ei tiedossa", "ei saatavilla", "tuntematon",
    "なし", "不明", "該当なし", "无", "未知", "暂无", "無資料", "없음", "해당 없음", "ไม่มี",
    "ไม่ทราบ", "未填", "sans objet", "s/o", "LinkedIn Member",
]  # fmt: skip

SOMETHING = [
    ("first_name", "Nora"), ("first_name", "An"), ("last_name", "Offen"), ("last_name", "Ingen"),
    ("city", "Leer"), ("country_code", "NO"), ("country", "No"), ("company_name", "X"),
    ("company_name", "3M"), ("company_name", "Nothing"), ("company_name", "No Borders"),
    ("company_name", "Missing Link"), ("company_name", "Not Just A Label"),
    ("company_name", "Position"), ("company_name", "The Information"), ("company_name", "E.ON"),
    ("company_name", "Unknown Worlds Ltd"), ("company_name", "Freelance Solutions GmbH"),
    ("job_title", "Self-employed"), ("job_title", "Freelancer"), ("department", "I.T."),
    ("phone", "+49 30 901820"), ("phone", "030 901820"), ("email", "jane@@acme"),
    ("email", "test@acme.de"), ("email", "jane@none-such.de"), ("tech_stack", "C#"),
    ("linkedin_url", "https://www.linkedin.com/in/jane-doe"), ("tech_stack", "R"),
    ("linkedin_url", "https://www.linkedin.com/in/unknown-artist"), ("job_title", "#1 in sales"),
]  # fmt: skip


def test_a_marker_says_nothing() -> None:
    """Whichever field it stands in."""
    taken = [one for one in NOTHING if not (is_nothing(one) and is_nothing(one, "company_name"))]
    assert taken == []


@pytest.mark.parametrize(("field", "text"), SOMETHING)
def test_a_value_says_something(field: str, text: str) -> None:
    """A value that is short, odd or wrong is one."""
    assert not is_nothing(text, field)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("email", "none@none.com"), ("email", "no-email@acme.de"), ("email", "test@test.com"),
        ("phone", "0000000000"), ("phone", "123-456-7890"),
        ("linkedin_url", "https://www.linkedin.com/in/unavailable"),
        ("linkedin_url", "https://www.linkedin.com/in/"), ("linkedin_url", "linkedin.com/in/me/"),
    ],
)  # fmt: skip
def test_some_values_are_markers_of_their_kind(field: str, text: str) -> None:
    """They look like an address, a number, a profile, and are nobody's."""
    assert is_nothing(text, field)


@pytest.mark.parametrize(
    "text",
    [
        "Self-employed", "self employed", "Freelance", "Selbstständig", "indépendant", "Autónomo",
        "libero professionista", "zzp'er", "Egenföretagare", "自営業", "프리랜서",
    ],
)  # fmt: skip
def test_who_works_alone_names_no_company(text: str) -> None:
    """It says what somebody does, not for whom."""
    assert is_nothing(text, "company_name")
    assert not is_nothing(text, "job_title")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Christopher|Null|Acme", "Christopher|Null|Acme"),
        ("CHRISTOPHER|NULL|ACME", "CHRISTOPHER|NULL|ACME"),
        ("Jane|NULL|Acme", "Jane||Acme"),
        ("Jane|null|Acme", "Jane||Acme"),
        ("Jane|Null|N/A", "Jane||"),
        ("|Null|Acme", "||Acme"),
        ("Null|Null|Acme", "||Acme"),
        ("Min-ho|Na|Acme", "Min-ho|Na|Acme"),
        ("Nan|Roe|Acme", "Nan|Roe|Acme"),
        ("Jane|NaN|Acme", "Jane||Acme"),
        ("Jane|None|Acme", "Jane||Acme"),
        ("Jane|[not provided]|Acme", "Jane||Acme"),
    ],
)
def test_null_is_a_surname_where_nothing_else_is_a_marker(row: str, said: str) -> None:
    """A first name has to be there, and no marker but this one."""
    fields = ("first_name", "last_name", "company_name")
    values = {name: text for name, text in zip(fields, row.split("|"), strict=True) if text}
    assert "|".join(stated(values).get(name, "") for name in fields) == said


@pytest.mark.parametrize(
    ("row", "surname"),
    [
        ({"job_title": "Na"}, "Na"), ({"phone": "n/a", "city": "-"}, "Null"),
        ({"job_title": "N/A"}, "Nil"), ({"company_name": "N/A"}, ""), ({"email": "null"}, ""),
    ],
)  # fmt: skip
def test_a_surname_is_no_marker_for_an_odd_cell_elsewhere(row, surname):
    """Only a marker where the row says who somebody is makes a surname like it one."""
    written = surname or "Null"
    values = {"first_name": "Jane", "last_name": written, **row}
    assert stated(values).get("last_name", "") == surname


def test_na_is_a_place_where_the_row_says_so() -> None:
    """Namibia has the code NA, Naples the letters; elsewhere it is a marker."""
    assert stated({"country": "Namibia", "country_code": "NA"})["country_code"] == "NA"
    assert stated({"country": "Italy", "region": "NA"})["region"] == "NA"
    assert stated({"country": "France", "region": "NA", "country_code": "NA"}) == {
        "country": "France"
    }


@pytest.mark.parametrize(
    "address", ["na@acme.io", "unknown@acme.com", "asdf@mailinator.com", "no.name@acme.com"]
)
def test_an_address_at_somebodys_domain_is_one_whatever_stands_before_the_at(address):
    """Else the cell would be bought again, and replaced."""
    assert not is_nothing(address, "email")


@pytest.mark.parametrize("address", ["none@none.com", "noemail@acme.com", "unknown@unknown.org"])
def test_an_address_that_says_so_twice_is_none(address):
    assert is_nothing(address, "email")


WRITTEN = [
    shape.format(phrase.strip())
    for line in lines("no_values.txt")
    for phrase in re.split(r"[,|]", line.partition(": ")[2])
    for shape in ("{}", "[{}]", "{0} {0}", "{0}@{0}.de")
]
ODD = ["0000000000", "+1 2345678", "123-456-7890", "+49 30 901820", "(00) 000 0000", "1111111111"]
LINKS = [f"https://www.linkedin.com/in/{name}" for name in ("", "me/", "unavailable", "none", "jd")]
FIELDS_OF_KINDS = ("job_title", "company_name", "email", "phone", "linkedin_url", "country")


@pytest.mark.parametrize("field", FIELDS_OF_KINDS)
def test_a_row_leaves_out_just_what_says_nothing(field: str) -> None:
    """However a text begins: the quick look at a row and the thorough one at a text agree."""
    for text in (*WRITTEN, *NOTHING, *(text for _, text in SOMETHING), *ODD, *LINKS):
        for spelled in (text, text.upper(), text.capitalize()):
            assert (field in stated({field: spelled})) is not is_nothing(spelled, field), spelled


@given(st.text(max_size=12), st.sampled_from(FIELDS_OF_KINDS))
def test_so_they_do_on_any_text(text: str, field: str) -> None:
    """A text that nobody has thought of is no exception."""
    assert (field in stated({field: text})) is not is_nothing(text, field)
