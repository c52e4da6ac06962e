# ruff: noqa: RUF001, RUF002 - names are written as people write them
"""Tables of people of many countries: names in other letters, and numbers of the row's own land."""

import pytest

NAMES = """\
First Name,Last Name,Company,Job Title
Łukasz,Wójcik,Nowak Sp. z o.o.,Buyer
Jørgen,Ødegård,Nordlys A/S,Planner
Yılmaz,Işık,Deniz A.Ş.,Engineer
Þóra,Jónsdóttir,Saga ehf.,Editor
Đorđe,Petrović,Zora d.o.o.,Clerk
Jürgen,Müller,Weber & Söhne GmbH,Welder
Zoë,Groß,Delta GmbH,Analyst
Anna,Maier,Alpen GmbH,Baker
"""


@pytest.mark.parametrize(
    ("name", "company", "title"),
    [
        ("Lukasz Wojcik", "Nowak", "Buyer"),
        ("Jorgen Odegaard", "Nordlys AS", "Planner"),
        ("Joergen Oedegaard", "Nordlys", "Planner"),
        ("JORGEN ODEGARD", "NORDLYS", "Planner"),
        ("Yilmaz Isik", "Deniz Anonim Şirketi", "Engineer"),
        ("Thora Jonsdottir", "Saga", "Editor"),
        ("Dorde Petrovic", "ZORA DOO", "Clerk"),
        ("Jurgen Muller", "Weber und Soehne", "Welder"),
        ("Juergen Mueller", "Weber & Sohne GmbH", "Welder"),
        ("Zoe Gross", "Delta", "Analyst"),
        ("Anna Mayer", "Omega GmbH", None),
        ("Jorgen Odegaard", "Nordlicht AS", None),
        ("Lukasz Nowak", "Nowak", None),
    ],
)
def test_a_name_is_found_in_the_letters_of_any_keyboard(crm, name, company, title):
    """Who types no ł, ø, ı or ß means the same person; another name or company is another."""
    crm.write(NAMES)
    first, last = name.split()
    told = {"first_name": first, "last_name": last, "company_name": company}
    found = crm.ask(told, "job_title", match="name+company")
    assert found == ({"job_title": title} if title else {})


PHONES = """\
Name,Phone,Country,Job Title
Anna Berg,030 2345678,Germany,Buyer
Jan Visser,030 2345678,Netherlands,Planner
Pia Rossi,06 12345678,IT,Editor
Eva Nord,22 12 34 56,Norge,Clerk
Tom Lang,030 7654321,,Welder
Mia Dorn,030 1112223,Nirgendwo,Analyst
"""


@pytest.mark.parametrize(
    ("phone", "title"),
    [
        ("+49302345678", "Buyer"),
        ("+31302345678", "Planner"),
        ("+390612345678", "Editor"),
        ("+4722123456", "Clerk"),
        ("+49307654321", "Welder"),
        ("+49301112223", None),
    ],
)
def test_a_national_number_of_a_table_is_of_its_rows_country(crm, phone, title):
    """The definition's region is for rows that tell of none; one not understood may be any."""
    crm.write(PHONES)
    found = crm.ask({"phone": phone}, "job_title", key=["phone"], region="DE")
    assert found == ({"job_title": title} if title else {})


def test_a_number_of_another_country_comes_with_its_code(crm):
    """It would be read as one of the lead's own country otherwise."""
    crm.write("Email,Phone,Country\njan@visser.example,030 2345678,Netherlands\n")
    told = {"email": "jan@visser.example"}
    assert crm.ask(told, "phone") == {"phone": "+31302345678"}
