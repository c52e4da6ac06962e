# ruff: noqa: RUF001 - headers in many scripts
"""Headers that are put together: whose, which of several, and in which language."""

import pytest

from enrichctl import aliases
from enrichctl.matching import match_header, wording

READ = {
    # Numbered, with labels: Google Contacts, Outlook.
    "E-mail 2 - Value": "email", "E-mail 1 - Label": None, "Phone 3 - Value": "phone",
    "Organization 1 - Title": "job_title", "Organization Department": "department",
    "Address 2 - Postal Code": "postal_code", "Address 1 - Extended Address": None,
    "E-mail 2 Address": "email", "E-mail Type": None, "Business Phone 2": "phone",
    "Business Country/Region": "country", "Home Postal Code": "postal_code", "Web Page": "website",
    "Assistant's Phone": None, "Business Fax": None, "Manager's Name": None,
    "Mobile Phone": "mobile",
    "Telefon geschäftlich": "phone", "PLZ geschäftlich": "postal_code", "Mobiltelefon": "mobile",
    # Entities in front or behind: Pipedrive, Zoho, Dynamics, Shopify, Stripe, Typeform.
    "Personne - Nom": "full_name", "Personne - E-mail - Travail": "email",
    "Persona - Teléfono - Trabajo": "phone", "Pessoa - Telefone - Celular": "mobile",
    "Persona - Organización": "company_name", "Organisatie - Naam": "company_name",
    "Organização - Endereço": "address", "Kontakt - E-Mail": "email", "Lead - Title": None,
    "Deal - Title": None, "Lead - Owner": None, "Lead - Contact person": "full_name",
    "Address 2: City": "city", "Default Address Company": "company_name",
    "Default Address Country Code": "country_code", "Card Address Line1": "address",
    "What's your job title?": "job_title", "Your name": "full_name", "Your phone number": "phone",
    "Company / Account": "company_name", "Firma / Unternehmen": "company_name",
    "Name / Company": None, "Vorname Ansprechpartner": "first_name", "Contact No.": "phone",
    "E-mail aziendale": "email", "Teléfono oficina": "phone", "Tél. fixe": "phone",
    "Nachname, Vorname": "full_name", "Q1: What is your work email?": "email", "Email ID": "email",
    "Email Address (required)": "email", "Is Verified": None, "Email Verified": None,
    "Comercial - Email": "email", "Commercial - Email": None,
    # Somebody else's, and what is a yes or no.
    "Account Manager Email": None, "Owner Phone": None, "Assigned to": None, "Is Company": None,
    "Created By": None, "Has Phone": None, "Email Opt Out": None, "Emergency Contact Phone": None,
    # German, Swedish, French of everyday.
    "Tel. (gesch.)": "phone", "E-Mail (geschäftl.)": "email", "E-Mail (privat)": "email",
    "Direct Dial": "phone", "Durchwahl": "phone", "Tél. portable": "mobile", "Mobil": "mobile",
    "LinkedIn-Profil": "linkedin_url", "Kunde": "name", "Kontakt": "name", "Ort": "city",
}  # fmt: skip


@pytest.mark.parametrize("header", READ)
def test_a_header_is_read_by_its_words(header):
    reading = wording.read(header)
    assert (reading and reading.field) == READ[header]


def test_which_of_several_is_preferred():
    order = [
        "Work Email",
        "E-mail 1 - Value",
        "E-mail 2 - Value",
        "Other E-mail 1",
        "Home E-mail 1",
    ]
    ranks = [wording.read(header).rank for header in order]
    assert ranks == sorted(ranks)
    assert wording.read("Ort geschäftlich").rank < wording.read("Ort").rank
    assert wording.read("Home E-mail 1").private


# HubSpot: https://knowledge.hubspot.com/import-and-export/export-records
LANGUAGES = {
    "da": "Fornavn|Efternavn|E-mail|Telefonnummer|Jobtitel|Virksomhedsnavn|By|Postnummer",
    "nb": "Fornavn|Etternavn|E-post|Telefonnummer|Stillingstittel|Firmanavn|Poststed|Postnummer",
    "zh-Hans": "名字|姓氏|电子邮件|电话号码|职务|公司名称|城市|邮政编码",
    "zh-Hant": "名字|姓氏|電子郵件|電話號碼|職稱|公司名稱|城市|郵遞區號",
    "ko": "이름|성|이메일|전화번호|직함|회사 이름|도시|우편번호",
    "th": "ชื่อ|นามสกุล|อีเมล|หมายเลขโทรศัพท์|ตำแหน่งงาน|ชื่อบริษัท|เมือง|รหัสไปรษณีย์",
    "cs": "Křestní jméno|Příjmení|E-mail|Telefonní číslo|Pracovní pozice|"
    "Název společnosti|Město|PSČ",
    "pt-PT": "Nome próprio|Apelido|E-mail|Número de telefone|"
    "Cargo|Nome da empresa|Cidade|Código postal",
    "tr": "Adı|Soyadı|E-posta|Telefon numarası|Unvan|Şirket adı|Şehir|Posta kodu",
    "hu": "Keresztnév|Vezetéknév|E-mail cím|Telefonszám|Beosztás|Cégnév|Város|Irányítószám",
    "ro": "Prenume|Nume de familie|Adresă de e-mail|Număr de telefon|"
    "Funcție|Companie|Oraș|Cod poștal",
    "ru": "Имя|Фамилия|Электронная почта|Номер телефона|Должность|Название компании|Город|Индекс",
}  # fmt: skip
FIELDS = [
    "first_name", "last_name", "email", "phone", "job_title", "company_name", "city", "postal_code",
]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_exports_in_more_languages_are_recognised(language):
    header = LANGUAGES[language].split("|")
    row = ["Ada", "Quill", "ada@psi-works.de", "+49301234567", "CEO", "Psi Works", "Ulm", "89073"]
    match = match_header(header, [row])
    assert (match.names, match.ambiguous) == (dict(zip(FIELDS, header, strict=True)), [])


def test_every_word_list_is_read():
    kinds = ("work", "home", "other", "mobile", "person", "company", "lead", "others", "address")
    assert all(aliases.words(kind) for kind in kinds)


def test_a_phone_number_that_stands_twice_is_told_apart_by_the_ids_between():
    header = ["Record ID - Contact", "Email", "Phone Number", "Record ID - Company", "Company name",
              "Phone Number", "City"]  # fmt: skip
    row = ["1", "ada@psi.de", "+4930123456", "7", "Psi", "+4989123456", "Ulm"]
    match = match_header(header, [row, ["2", "bo@chi.de", "", "8", "Chi", "+4989123457", "Bonn"]])
    assert match.ambiguous == []
    assert match.columns["phone"] == 2
    assert match.columns["company_name"] == 4
    assert "city" not in match.columns  # the company's, in a file of people


def test_columns_that_no_field_took_are_questions():
    header = ["Wer", "Wohin", "Anruf", "Seite", "Kurz", "Notiz"]
    rows = [
        ["Ada", "ada@psi.de", "+49 30 123456", "linkedin.com/in/ada-q", "2024-01-05", "a@psi.de"],
        ["Bo", "bo@chi.de; b@chi.de", "(030) 654321", "linkedin.com/in/bo-f", "2024-01-06", ""],
    ]  # fmt: skip
    asked = [(q.choices, q.shown) for q in match_header(header, rows).unclaimed]
    assert asked == [
        ((("email", "Wohin"), ("email", "Notiz")), ("ada@psi.de", "bo@chi.de; b@chi.de")),
        ((("phone", "Anruf"),), ("+49 30 123456", "(030) 654321")),
        ((("linkedin_url", "Seite"),), ("linkedin.com/in/ada-q", "linkedin.com/in/bo-f")),
    ]
    said = {"email": "Wohin", "phone": "", "linkedin_url": ""}
    assert match_header(header, rows, said).unclaimed == []


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Owner contact", "olga@seller.de"),  # somebody else's by its name
        ("Order", "20240105"), ("Date", "2024-01-05"), ("Amount", "1,250.00"), ("Id", "1234567890"),
        ("When", "05/01/2024"), ("enrichctl_note", "ada@psi.de"),
    ],
)  # fmt: skip
def test_what_is_no_address_of_the_lead_is_no_question(header, value):
    assert match_header([header, "Company"], [[value, "Psi"]] * 2).unclaimed == []


def test_an_address_that_is_the_same_throughout_is_not_preferred_silently():
    header = ["Email", "Customer", "Customer Email"]
    rows = [["olga@seller.de", f"Ada {n}", f"ada{n}@psi.de"] for n in range(3)]
    question, *_ = match_header(header, rows).ambiguous
    assert question.choices == (("email", "Email"), ("email", "Customer Email"))


@pytest.mark.parametrize(
    ("header", "values", "field"),
    [
        ("Account", ["100234", "100235"], None), ("Person Account", ["TRUE", "FALSE"], None),
        ("Title", ["Member", "Organizer"], None), ("Title", ["Mister", "Madam"], None),
        ("Title", ["Buyer", "Member"], "job_title"),
        ("Kunde", ["Psi GmbH", "Chi AG"], "company_name"),
        ("companyUrl", ["https://psi.de"], "website"),
        ("companyUrl", ["https://www.linkedin.com/company/psi"], "company_linkedin_url"),
    ],
)  # fmt: skip
def test_the_values_decide(header, values, field):
    match = match_header([header], [[value] for value in values])
    assert match.names == ({field: header} if field else {})


@pytest.mark.parametrize(
    ("said", "found"), [("t", {"company_name"}), ("f", {"full_name"}), ("", set())]
)
def test_a_name_is_what_the_row_says_it_is(said, found):
    rows = [["Psi Works", said or "t"], ["Ada Quill", said or "f"]]
    match = match_header(["name", "is_company"], rows)
    assert set(match.names) == found
    assert bool(match.ambiguous) is not bool(found)
