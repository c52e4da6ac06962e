import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichctl.model import Query, Value
from enrichctl.providers.offline import Offline

LEADS = Path(__file__).parent.parent / "data" / "leads.csv"
MAPPING = {
    "First Name": "first_name",
    "Last Name": "last_name",
    "Email": "email",
    "Job Title": "job_title",
    "Phone": "phone",
    "Country": "country",
    "LinkedIn URL": "linkedin_url",
}
OFFLINE = Offline()
ALL = Offline.default_wants

# row of tests/data/leads.csv | field | what a person reading the row would write there
FILLS = """
1|full_name|Jane Whitcombe
1|seniority|vp
1|department|sales
1|company_domain|harrow-vale-foods.co.uk
1|company_name|Harrow Vale Foods
1|website|https://harrow-vale-foods.co.uk
1|country_code|GB
1|phone_e164|+442079460018
1|region|London
1|timezone|Europe/London
1|email_kind|person
2|phone_e164|+441174960234
2|seniority|head
2|department|operations
3|first_name|Amelia
3|last_name|Fenwick
3|full_name|Amelia Fenwick
3|department|finance
4|phone_e164|+12125550143
4|region|New York
4|seniority|c_level
4|department|engineering
5|country_code|US
5|region|California
5|timezone|America/Los_Angeles
5|department|data
6|phone_e164|+13125550119
6|country|United States
6|country_code|US
6|timezone|America/Chicago
8|region|Quebec
8|department|hr
8|seniority|director
9|email_kind|role
9|company_domain|boreal-aerotech-demo.ca
9|country_code|CA
10|phone_e164|+493023125042
10|region|Berlin
10|seniority|head
10|department|sales
11|phone_e164|+494066969123
11|seniority|c_level
12|first_name|Katrin
12|last_name|Lindenlaub
12|department|operations
13|phone_e164|+498999998241
13|country_code|DE
16|email_kind|free
16|seniority|entry
16|country_code|AT
17|timezone|Europe/Zurich
17|department|finance
18|seniority|director
18|department|sales
18|region|Île-de-France
19|first_name|Antoine
19|phone_e164|+33612345678
20|seniority|c_level
20|phone_e164|+33199001234
21|seniority|intern
23|full_name|Jan van der Meulen
23|country_code|NL
26|seniority|manager
26|department|sales
27|first_name|Lucia
30|seniority|c_level
31|seniority|c_level
31|department|executive
31|timezone|Europe/Stockholm
32|first_name|Maja
32|department|sales
33|region|Oslo
36|seniority|c_level
37|department|product
39|seniority|founder
39|country_code|CZ
40|email_kind|free
43|company_name|Bosfor Tekstil Demo
44|department|product
45|country_code|AE
47|seniority|senior
50|email_kind|role
51|region|São Paulo
54|full_name|Liam O'Rourke
57|email_kind|disposable
58|email_kind|malformed
60|department|design
61|first_name|Daniel
62|seniority|c_level
"""

# row | fields that must stay blank: nothing in the row says it for certain
BLANKS = """
6|first_name last_name full_name seniority
9|first_name last_name full_name phone_e164 seniority department
15|first_name last_name full_name country
16|company_domain company_name website
16|department
21|phone_e164 region timezone
22|first_name country country_code
40|company_domain company_name website
44|seniority
57|full_name company_domain phone_e164 country_code
58|full_name company_domain phone_e164 country_code seniority department
59|phone_e164 company_domain company_name
60|company_domain company_name website
61|company_domain company_name seniority
"""


def told(row: dict[str, str]) -> dict[str, str]:
    return {field: row[column] for column, field in MAPPING.items() if row[column]}


@pytest.fixture(scope="module")
def found():
    with LEADS.open(encoding="utf-8", newline="") as lines:
        return [OFFLINE.derive(Query(told(row), ALL)) for row in csv.DictReader(lines)]


def test_the_sample_is_filled_as_a_reader_would(found):
    expected = [line.split("|") for line in FILLS.strip().splitlines()]
    assert len(expected) >= 60
    actual = {(row, field): found[int(row) - 1].get(field) for row, field, _ in expected}
    assert {key: value and value.text for key, value in actual.items()} == {
        (row, field): text for row, field, text in expected
    }


def test_what_the_sample_does_not_say_stays_blank(found):
    rows = [line.split("|") for line in BLANKS.strip().splitlines()]
    blanks = [(row, field) for row, fields in rows for field in fields.split()]
    assert [(row, field) for row, field in blanks if field in found[int(row) - 1]] == []


def derive(wants=ALL, overwrite=(), region="", **cells):
    match = OFFLINE.derive(Query(cells, tuple(wants), frozenset(overwrite), region=region))
    return {field: value.text for field, value in match.items()}


def test_only_wanted_fields_are_found():
    cells = {"email": "jane.doe@acme-widgets.com", "job_title": "CEO"}
    assert derive(["seniority"], **cells) == {"seniority": "c_level"}
    assert derive([], **cells) == {}


def test_a_filled_cell_is_not_derived_again():
    got = derive(email="jane.doe@acme-widgets.com", company_domain="other.com")
    assert "company_domain" not in got
    assert got["website"] == "https://other.com"


def test_a_phone_gives_no_country_to_a_row_that_names_another():
    got = derive(phone="+33 1 70 18 12 34", country="Germany")
    assert got == {"country_code": "DE", "phone_e164": "+33170181234"}


def test_a_country_that_is_not_understood_is_not_contradicted():
    assert derive(phone="+33 1 70 18 12 34", country="Frankistan") == {"phone_e164": "+33170181234"}


def test_two_phones_of_different_countries_give_none():
    got = derive(phone="+33 1 70 18 12 34", mobile="+44 7400 123456")
    assert got == {"phone_e164": "+33170181234"}


def test_a_phone_without_a_country_takes_the_row_s_then_the_default():
    assert derive(phone="020 7946 0018", country="UK")["phone_e164"] == "+442079460018"
    assert derive(phone="020 7946 0018", region="GB")["phone_e164"] == "+442079460018"
    got = derive(phone="020 7946 0018", country="UK", region="US")
    assert got["phone_e164"] == "+442079460018"
    assert derive(phone="020 7946 0018") == {}


def test_a_town_in_the_row_outweighs_the_area_code():
    assert "region" not in derive(phone="+1 212 555 0143", city="Austin")


def test_names_in_the_row_are_not_guessed_from_the_address():
    got = derive(email="jane.doe@acme-widgets.com", first_name="Bob")
    assert not got.keys() & {"first_name", "last_name", "full_name"}
    assert derive(email="jane.doe@acme-widgets.com", first_name="Jane")["last_name"] == "Doe"
    assert derive(email="jane.doe@acme-widgets.com", full_name="Jay")["email_kind"] == "person"
    assert "first_name" not in derive(email="jane.doe@acme-widgets.com", full_name="Jay")


def test_a_full_name_must_agree_with_the_part_that_is_given():
    assert derive(full_name="Juan Carlos Pérez", first_name="Juan Carlos") == {"last_name": "Pérez"}
    assert derive(full_name="Jane Doe", first_name="Bob") == {}


def test_initials_fill_no_name():
    got = derive(email="j.smith@acme-widgets.com")
    assert not got.keys() & {"first_name", "last_name", "full_name"}


def test_a_country_code_gives_the_name_and_the_name_the_code():
    assert derive(country_code="us") == {"country": "United States"}
    assert derive(country="Deutschland") == {"country_code": "DE", "timezone": "Europe/Berlin"}
    assert derive(country="Sverige") == {"country_code": "SE", "timezone": "Europe/Stockholm"}


def test_overwrite_gives_the_canonical_form_where_it_differs():
    cells = {
        "email": "Jane@Acme-Widgets.com",
        "phone": "020 7946 0018",
        "linkedin_url": "uk.linkedin.com/in/Jane/",
        "country": "UK",
    }
    asked = ["email", "phone", "linkedin_url"]
    spelled = {
        "email": "jane@acme-widgets.com",
        "phone": "+442079460018",
        "linkedin_url": "https://www.linkedin.com/in/jane",
    }
    assert derive([], asked, **cells) == spelled
    assert derive([], ["email"], **cells) == {"email": "jane@acme-widgets.com"}
    assert derive([], asked, **spelled) == {}
    assert derive([], [], **cells) == {}


def test_what_is_overwritten_comes_in_the_order_of_what_was_told():
    told = {
        "email": "JANE@acme.com", "phone": "+49 30 23125042", "mobile": "+49 171 2345678",
        "linkedin_url": "linkedin.com/in/Jane",
    }  # fmt: skip
    fields = tuple(told)
    assert tuple(OFFLINE.derive(Query(told, fields, frozenset(fields), None, ""))) == fields


def test_overwrite_leaves_what_is_not_certain():
    cells = {"email": "n/a", "phone": "020 7946 0018", "linkedin_url": "jane"}
    assert derive([], cells, **cells) == {}
    assert derive([], cells, region="GB", country="Somewhere", **cells) == {}
    assert derive([], ["phone"], region="GB", phone="12345") == {}


def test_what_the_user_says_of_numbers_without_a_country_is_no_guess():
    cells = {"phone": "020 7219 3000", "mobile": "+49 171 2345678"}
    match = OFFLINE.derive(Query(cells, ALL, frozenset(cells), region="GB"))
    assert match["phone"] == Value("+442072193000", 1.0, "phone")
    assert match["mobile"].text == "+491712345678"
    assert match["phone_e164"].text == "+442072193000"
    french = derive([], ["phone"], region="GB", phone="01 40 20 50 50", country="France")
    assert french == {"phone": "+33140205050"}  # a row's own country goes before the default


def test_confidence_says_how_sure_a_derivation_is():
    cells = {"email": "erik.sand@acme-widgets.com", "country": "Sverige", "phone": "08-12 34 56 78"}
    match = OFFLINE.derive(Query(cells, ALL))
    sure = {field: (value.confidence, value.source) for field, value in match.items()}
    assert sure["country_code"] == (1.0, "country")
    assert sure["phone_e164"] == (0.9, "phone,country")  # a number that does not say its country
    assert sure["region"] == (0.7, "phone,country")
    assert sure["first_name"] == (0.85, "email")
    assert sure["company_name"] == (0.5, "email")


TEXT = st.text() | st.emails() | st.sampled_from(["Jane Doe", "+44 20 7946 0018", "UK", "CEO"])


@given(
    st.dictionaries(st.sampled_from(Offline.uses), TEXT),
    st.lists(st.sampled_from(Offline.finds), unique=True),
    st.frozensets(st.sampled_from(Offline.finds)),
    st.sampled_from(["", "US", "DE"]),
)
def test_any_row_gives_wanted_fields_or_none(cells, wants, overwrite, region):
    query = Query(cells, tuple(wants), overwrite, region=region)
    match = OFFLINE.derive(query)
    blank = {field for field in wants if not cells.get(field, "").strip()}
    assert match.keys() <= blank | (overwrite & cells.keys())
    assert all(value.text and value.source for value in match.values())
    assert all(0 < (value.confidence or 0) <= 1 for value in match.values())
    assert OFFLINE.derive(query) == match
