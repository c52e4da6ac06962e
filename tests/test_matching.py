import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichctl import aliases
from enrichctl.errors import UsageError
from enrichctl.fields import FIELDS, is_field
from enrichctl.matching import fingerprint, match_header

PERSON = "https://www.linkedin.com/in/jane-doe"
COMPANY = "https://www.linkedin.com/company/acme"


def names(columns, **options):
    """Match columns given as header → values of the sample; return field → header."""
    rows = list(zip(*columns.values(), strict=True))
    match = match_header(list(columns), rows, **options)
    assert match.ambiguous == []
    return match.names


EXPORTS = json.loads((Path(__file__).parent / "data" / "export_headers.json").read_text("utf-8"))


@pytest.mark.parametrize("source", EXPORTS)
def test_exports_are_recognised(source):
    export = EXPORTS[source]
    assert names(export["columns"]) == export["fields"]


LANGUAGES = {
    "DE": "Vorname Nachname E-Mail-Adresse Telefonnummer Jobbezeichnung Unternehmensname Stadt",
    "EN": "First_Name Last_Name Email Phone_Number Job_Title Company_Name City",
    "ES": "Nombre Apellidos Correo Número_de_teléfono Cargo Nombre_de_la_empresa Ciudad",
    "FI": "Etunimi Sukunimi Sähköposti Puhelinnumero Tehtävänimike Yrityksen_nimi Kaupunki",
    "FR": "Prénom Nom E-mail Numéro_de_téléphone Intitulé_du_poste Nom_de_l'entreprise Ville",
    "IT": "Nome Cognome E-mail Numero_di_telefono Qualifica Nome_dell'azienda Città",
    "JA": "名 姓 Eメール 電話番号 役職 会社名 市区町村",
    "NL": "Voornaam Achternaam E-mail Telefoonnummer Functie Bedrijfsnaam Plaats",
    "PL": "Imię Nazwisko E-mail Numer_telefonu Stanowisko Nazwa_firmy Miasto",
    "PT": "Nome Sobrenome E-mail Número_de_telefone Cargo Nome_da_empresa Cidade",
    "SV": "Förnamn Efternamn E-post Telefonnummer Befattning Företagsnamn Ort",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_hubspots_languages_are_recognised(language):
    header = [name.replace("_", " ") for name in LANGUAGES[language].split()]
    fields = ["first_name", "last_name", "email", "phone", "job_title", "company_name", "city"]
    row = ["Ada", "Lovelace", "ada@example.com", "+442071234567", "CEO", "Acme", "London"]
    assert names(dict(zip(header, ([cell] for cell in row), strict=True))) == dict(
        zip(fields, header, strict=True)
    )


@pytest.mark.parametrize("field", FIELDS)
def test_a_canonical_name_is_always_its_field(field):
    assert match_header([field], [["?!"]]).names == {field: field}


@pytest.mark.parametrize("source", EXPORTS)
def test_what_an_output_adds_to_an_export_is_read_again(source):
    """Else each run would add another column, and pay for what it holds once more."""
    columns = EXPORTS[source]["columns"]
    rows = len(next(iter(columns.values())))
    behind = {**columns, "Record ID - Company": ["7"] * rows}  # what follows is of the company
    for header in (columns, behind):
        sample = list(zip(*header.values(), strict=True))
        first = match_header(list(header), sample)
        added = [
            name for name in (*FIELDS, "close.cf_x", "beta.score") if name not in first.columns
        ]
        for values in ([""] * len(added), ["?!"] * len(added)):
            match = match_header(
                [*header, *added],
                [[*row, *values] for row in sample],
                is_provider=lambda name: name == "beta",
            )
            assert match.ambiguous == []
            assert {name: name for name in added}.items() <= match.names.items()


@pytest.mark.parametrize("header", ["acme.score", "beta.", "beta score", ".score"])
def test_a_column_is_no_field_of_a_provider_that_nobody_knows(header):
    match = match_header([header], [["1"]], is_provider=lambda name: name == "beta")
    assert match.names == {}


@pytest.mark.parametrize(
    "header", ["leadlex.contact_id", "leadlex_contact_id", "LeadLex Contact ID"]
)
def test_a_providers_id_is_recognised_in_any_spelling(header):
    assert names({header: ["x"]}) == {"leadlex.contact_id": header}


def test_a_canonical_name_with_other_values_is_noted():
    match = match_header(["email"], [["yes"], ["Jane"]])
    assert match.notes == ["email: most values do not look like one"]


@pytest.mark.parametrize(
    ("header", "value", "field"),
    [
        ("Email", "jane@acme.com", "email"),
        ("Email", "yes", None),
        ("Email", "jane@@acme", "email"),  # malformed, and an address
        ("Email", "@jane", None),
        ("Email Status", "Verified", None),
        ("E-mail", "", "email"),
        ("Phone", "3.36E+10", "phone"),
        ("Phone", "iPhone 15", None),
        ("Title", "Ms.", None),
        ("Titel", "Dr.", None),
        ("Title", "Dr. of Medicine", "job_title"),
        ("Title", "jane@acme.com", None),
        ("Prenom", "Jeanne", "first_name"),
        ("Te\u0301le\u0301phone", "+33612345678", "phone"),
        ("Website", "https://acme.com/", "website"),
        ("Website", "www.acme.com", "website"),
        ("Website", "acme.com", "company_domain"),
        ("Website", "yes", None),
        ("Website", COMPANY, None),
        ("Domain", "https://acme.com", "company_domain"),
        ("URL", PERSON, "linkedin_url"),
        ("URL", COMPANY, "company_linkedin_url"),
        ("URL", "https://acme.com", None),
        ("URL", "", None),
        ("LinkedIn", PERSON, "linkedin_url"),
        ("LinkedIn", COMPANY, "company_linkedin_url"),
        ("LinkedIn", "", "linkedin_url"),
        ("Company LinkedIn", COMPANY, "company_linkedin_url"),
        ("Company LinkedIn", PERSON, None),
        ("Person LinkedIn URL", COMPANY, None),
        ("Country", "France", "country"),
        ("Country", "FR", "country_code"),
        ("First Name", "jane@acme.com", None),
        ("Founded", "1999", "founded_year"),
        ("Founded", "Paris", None),
        ("properties.email", "jane@acme.com", "email"),
        ("properties.jobtitle", "CEO", "job_title"),
        ("li_url", PERSON, "linkedin_url"),
        ("Dipendenti", "50", "company_size"),
        ("Ad", "Summer campaign", None),
        ("Business Street", "12 High Street", "address"),
        ("Lead ID", "lead_abc", "close.lead_id"),
        ("Contact ID", "cont_abc", "close.contact_id"),
        ("Contact ID", "ctc_abc", "lemlist.contact_id"),
        ("Contact ID", "123", None),
        ("Notes", "jane@acme.com", None),
        ("constructor", "x", None),
    ],
)
def test_a_guess_is_checked_against_the_values(header, value, field):
    assert names({header: [value]}) == ({field: header} if field else {})


def test_values_decide_by_majority():
    assert names({"Email": ["a@b.com", "n/a"]}) == {"email": "Email"}
    assert names({"Email": ["a@b.com", "yes", "maybe"]}) == {}


def test_what_says_nothing_has_no_vote():
    assert names({"Email": ["#N/A", "#N/A", "NULL", "a@b.com"]}) == {"email": "Email"}
    assert names({"Email": ["#N/A", "-"]}) == {"email": "Email"}


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"First Name": ["Jane"], "Last Name": ["Doe"], "Name": ["Jane Doe"]}, "full_name"),
        ({"First Name": ["Jane"], "Last Name": ["Doe"], "Name": ["Acme"]}, "company_name"),
        ({"Prénom": ["Jeanne"], "Name": ["Dupont"]}, "last_name"),
        ({"Prénom": ["Jeanne"], "Name": ["Dupont Jeanne"]}, "full_name"),
        ({"Vorname": [""], "Name": [""]}, "last_name"),
        ({"Apellidos": ["Pérez"], "Name": ["Juan"]}, "first_name"),
        ({"Company": ["Acme"], "Name": ["Jane Doe"]}, "full_name"),
        ({"Email": ["jdoe@acme.com"], "Name": ["Jane Doe"]}, "full_name"),
        ({"Email": ["info@acme.com"], "Name": ["Acme"]}, "company_name"),
        ({"Job Title": ["CEO"], "Name": ["J D"]}, "full_name"),
        ({"Website": ["https://acme.com"], "Name": ["Acme"]}, "company_name"),
        ({"Phone": ["+12125550100"], "Name": ["Acme Ltd."]}, "company_name"),
        ({"Phone": ["+12125550100"], "Name": ["Jane Doe"]}, "full_name"),
        ({"Industry": ["Food"] * 4, "Name": ["Tom Roe", "Ann Poe", "X Y", "Eva Fay"]}, "full_name"),
        ({"Industry": ["Food", "Law"], "Name": ["Jane Street", "Cedar Works"]}, "company_name"),
    ],
)
def test_a_name_is_what_the_other_columns_make_it(columns, field):
    assert names(columns)[field] == "Name"


def test_an_address_that_fits_both_settles_no_name():
    match = match_header(["Name", "Email"], [["Acme", "acme@acme.com"]])
    assert [name for name, _ in match.ambiguous[0].choices] == ["full_name", "company_name"]


def test_a_name_that_could_be_either_is_asked_about():
    match = match_header(["Name", "Phone"], [["Morgan", "+12125550100"]])
    (question,) = match.ambiguous
    assert question.choices == (("full_name", "Name"), ("company_name", "Name"))
    assert match.names == {"phone": "Phone"}
    answered = match_header(["Name"], [["Morgan"]], dict([question.choices[1]]))
    assert (answered.names, answered.ambiguous) == ({"company_name": "Name"}, [])


def test_the_better_of_several_columns_is_taken_and_the_others_are_noted():
    match = match_header(
        ["Personal Email", "Email", "Work Email"],
        [["jane@home.example", "jane@acme.com", "j.doe@acme.com"]],
    )
    assert match.names == {"email": "Work Email"}
    assert match.notes == [
        "email is read from Work Email, where it is blank from Email; not from Personal Email"
    ]
    assert match.fallbacks == {"email": (1,)}


def test_a_column_with_values_is_better_than_a_blank_one():
    assert names({"Work Email": [""], "Email": ["a@b.com"]}) == {"email": "Email"}


def test_two_columns_of_one_name_are_asked_about():
    match = match_header(["Email", "Name", "Email"], [["a@b.com", "A", "c@d.com"]])
    assert match.ambiguous[0].choices == (("email", "#1"), ("email", "#3"))
    assert "email" not in match.columns
    answered = match_header(["Email", "Email"], [["a@b.com", "c@d.com"]], {"email": "#2"})
    assert (answered.columns, answered.ambiguous) == ({"email": 1}, [])


def test_two_columns_that_agree_are_no_question():
    match = match_header(["Email", "Email"], [["a@b.com", "a@b.com"]])
    assert (match.columns, match.ambiguous) == ({"email": 0}, [])
    match = match_header(["Email", "Email"], [["", "a@b.com"]])
    assert (match.columns, match.ambiguous) == ({"email": 1}, [])


@pytest.mark.parametrize("column", ["Wohin", "wohin ", "#2"])
def test_the_user_says_which_column_holds_a_field(column):
    match = match_header(["Email", "Wohin"], [["a@b.com", "x"]], {"email": column})
    assert match.columns == {"email": 1}


def test_an_exact_name_wins_over_one_in_other_case():
    assert match_header(["MAIL", "mail"], [], {"email": "mail"}).columns == {"email": 1}


def test_a_header_that_looks_like_a_number_is_a_name_first():
    assert match_header(["#2", "x"], [], {"email": "#2"}).columns == {"email": 0}


def test_an_empty_column_leaves_a_field_out():
    assert match_header(["Email", "Phone"], [], {"email": ""}).names == {"phone": "Phone"}


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"emial": "Mail"}, "emial is not a field; did you mean email?"),
        ({"email": "Mial"}, "there is no column Mial; did you mean Mail?"),
        ({"email": "#9"}, "there is no column #9: the file has 3"),
        ({"email": "#0"}, "there is no column #0"),
        ({"email": "Twin"}, "2 columns are called Twin"),
        ({"email": "Mail", "phone": "#1"}, "Mail cannot hold both email and phone"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(mapping, said):
    with pytest.raises(UsageError) as caught:
        match_header(["Mail", "Twin", "Twin"], [], mapping)
    assert caught.value.message.startswith(said)


def test_a_saved_mapping_counts_for_its_header_only_and_below_the_command_line():
    saved = {fingerprint(["A", "B"]): {"email": "A", "phone": "B"}}
    assert match_header(["A", "B"], [], {}, saved).names == {"email": "A", "phone": "B"}
    assert match_header(["A", "B", "C"], [], {}, saved).names == {}
    given_too = match_header(["A", "B"], [], {"phone": "A", "email": ""}, saved)
    assert given_too.names == {"phone": "A"}


def test_a_file_without_known_columns_is_not_recognised():
    assert match_header(["foo", "bar"], [["1", "2"]]).recognised is False
    assert match_header(["foo", "Email"], []).recognised is True
    assert match_header(["Name"], [["Morgan"]]).recognised is True


def test_columns_stand_in_the_order_of_the_output():
    match = match_header(["Phone", "Email", "close.cf_b", "close.cf_a"], [])
    assert list(match.columns) == ["email", "phone", "close.cf_a", "close.cf_b"]


@given(
    st.lists(
        st.one_of(
            st.text(max_size=12), st.sampled_from([*FIELDS, "Name", "Email", "URL", "ID", "Title"])
        ),
        max_size=8,
    ),
    st.lists(st.lists(st.text(max_size=12), max_size=9), max_size=4),
)
def test_any_header_maps_each_column_to_one_field_at_most(header, rows):
    match = match_header(header, rows)
    assert len(set(match.columns.values())) == len(match.columns)
    assert all(is_field(name) for name in match.columns)
    assert {name: header[i] for name, i in match.columns.items()} == match.names
    for question in match.ambiguous:
        for name, column in question.choices:
            again = match_header(header, rows, {name: column})
            assert name in again.columns


def test_no_header_is_listed_for_two_fields():
    listed = {}
    for name, headers in aliases.listed().items():
        for header in headers:
            key = aliases.fold(header)
            assert key
            assert key not in aliases.NAMES
            assert listed.setdefault(key, name) == name, header


def test_the_fingerprint_of_a_header_keeps_its_borders_and_order():
    prints = {fingerprint(header) for header in (["a", "b"], ["ab"], ["b", "a"], ["a", "b", ""])}
    assert len(prints) == 4


def test_ad_is_a_first_name_beside_soyad():
    """It is an advertisement elsewhere."""
    columns = {"Ad": ["Ayşe"], "Soyad": ["Demir"]}
    assert names(columns) == {"first_name": "Ad", "last_name": "Soyad"}


def test_links_of_sales_navigator_are_called_what_they_are():
    """They are people's, and no profile: the field that a profile would be is named."""
    rows = [["Anna", "Berg", f"https://www.linkedin.com/sales/lead/ACw{n}"] for n in range(3)]
    match = match_header(["First Name", "Last Name", "Linkedin URL"], rows)
    assert match.notes[0] == (
        "Linkedin URL is left out: its values are no linkedin_url"
        " but links of Sales Navigator, which are no profiles (/in/NAME)"
    )
