import pytest

from enrichctl.model import Query, Value

WANTS = ("email", "job_title", "phone")


@pytest.mark.parametrize(
    ("told", "title", "source"),
    [
        ({"email": " ANNA.berg@nordwind.de "}, "Head of Sales", "email"),
        ({"email": "Karl Lang <karl.lang@NORDWIND.de>"}, "CFO", "email"),
        ({"linkedin_url": "de.linkedin.com/in/anna-berg?x=1"}, "Head of Sales", "linkedin_url"),
        ({"phone": "0049 30 1234567"}, "Head of Sales", "phone"),
        ({"phone": "030/1234567"}, "Head of Sales", "phone"),
        ({"phone": "+4930 7654321"}, "CFO", "phone"),
    ],
)  # fmt: skip
def test_a_key_finds_its_row_however_either_side_spells_it(crm, told, title, source):
    assert crm.match(told, "job_title", region="DE") == {"job_title": Value(title, 1.0, source)}


def test_a_malformed_key_and_an_unknown_person_find_nothing(crm):
    assert crm.ask({"email": "anna.berg"}) == {}
    assert crm.ask({"email": "nobody@nordwind.de"}) == {}
    assert crm.ask({"phone": "+41 44 123 45 67"}) == {}  # ends like Anna's


def test_only_what_is_wanted_and_filled_in_the_table_comes_back(crm):
    assert crm.ask({"email": "philipp.wolf@ostsee.de"}, "phone", "city") == {"city": "Kiel"}


def test_a_colleague_found_by_the_company_gives_only_company_facts(crm):
    found = crm.ask({"email": "new@nordwind.de", "company_domain": "Nordwind.de"})
    assert found == {"company_name": "Nordwind GmbH"}


def test_a_table_of_companies_gives_all_it_has_by_the_company(crm):
    crm.write("Company Domain,Company,City,Industry\nnordwind.de,Nordwind GmbH,Berlin,Power\n")
    found = crm.ask({"company_domain": "https://www.nordwind.de/de"}, "city", "industry")
    assert found == {"city": "Berlin", "industry": "Power"}


def test_a_value_is_one_line_whatever_the_table_has_in_its_cell(crm):
    crm.write('Email,Job Title\nada@psi.io,"CEO\n and\tfounder "\n')
    assert crm.ask({"email": "ada@psi.io"}, "job_title") == {"job_title": "CEO and founder"}


@pytest.mark.parametrize(
    ("told", "industry"),
    [
        ({"company_name": "nordwind"}, "Power"),
        ({"company_name": "Nordwind AG"}, "Power"),
        ({"company_name": "Mueller und Soehne"}, "Roofs"),
        ({"company_name": "Nordwind", "country": "Spain"}, None),
        ({"company_name": "Nordwind Holding"}, None),
        ({"company_name": "Ostsee", "company_domain": "ostsee.se"}, None),
        ({"company_name": "Ostsee AG", "company_domain": "ostsee.se"}, "Ships"),
    ],
)  # fmt: skip
def test_a_company_is_found_by_its_name_whatever_its_legal_form(crm, told, industry):
    crm.write(
        "Company,Company Domain,Country,Industry\n"
        "Nordwind GmbH,,Germany,Power\nMüller & Söhne KG,,,Roofs\nOstsee AG,ostsee.de,,Ships\n"
    )
    found = crm.ask(told, "industry", key=["company_name"])
    assert found == ({"industry": industry} if industry else {})


def test_rows_that_share_a_key_fill_only_what_they_agree_on(crm):
    crm.write(
        "email,job_title,country,phone\n"
        "anna@nordwind.de,CFO,Germany,\n"
        "other@nordwind.de,Clerk,Spain,\n"
        "ANNA@nordwind.de,CEO,DE,+49 30 1234567\n"
    )
    provider = crm.provider()
    query = Query({"email": "anna@nordwind.de"}, ("job_title", "country", "phone"))
    for _ in range(2):
        assert {name: value.text for name, value in provider.derive(query).items()} == {
            "country": "Germany",
            "phone": "+49 30 1234567",
        }
    [said] = crm.said
    assert said.startswith("crm: rows 1 and 3 share email and disagree on job_title, left blank;")
    assert "rows that share a key and disagree on a field leave it blank" in provider.notes


def test_a_better_key_speaks_first_and_a_worse_one_adds_what_it_leaves_open(crm):
    crm.write(
        "email,linkedin_url,job_title,city,mobile\n"
        "anna@nordwind.de,,CFO,,\n"
        "anna@nordwind.de,,CEO,,\n"
        ",linkedin.com/in/anna,Clerk,Berlin,+49 171 1234567\n"
    )
    told = {"email": "anna@nordwind.de", "linkedin_url": "https://linkedin.com/in/anna"}
    found = crm.match(told, "job_title", "city")
    assert found == {"city": Value("Berlin", 1.0, "linkedin_url")}


def test_a_shared_address_gives_what_is_somebody_elses_as_that_persons(crm):
    told = {"email": "anna.berg@nordwind.de", "full_name": "Eva Koch"}
    query = Query(told, ("job_title",))
    table = crm.provider()
    match = table.derive(query)
    assert match == {"job_title": Value("Head of Sales", 1.0, "email")}
    assert table.says_who(None, query, match)["first_name"] == "anna"
    assert crm.ask(told | {"full_name": "Anna Koch"}, "job_title") == {"job_title": "Head of Sales"}


def test_a_shared_phone_gives_nothing_of_somebody_else(crm):
    told = {"phone": "+49 30 1234567", "first_name": "Eva", "last_name": "Koch"}
    assert crm.ask(told, "job_title") == {}
    assert crm.ask(told | {"last_name": "Bergh"}, "job_title") == {"job_title": "Head of Sales"}


def test_a_value_that_thousands_of_rows_share_tells_nobody_from_another(crm):
    crm.write("email,city\n" + "all@nordwind.de,Berlin\n" * 1001 + "one@nordwind.de,Kiel\n")
    assert crm.ask({"email": "all@nordwind.de"}) == {}
    assert crm.ask({"email": "one@nordwind.de"}) == {"city": "Kiel"}


WOLF = {"first_name": "Philip", "last_name": "Wolf"}
BERG = {"full_name": "Anna Berg", "company_name": "Nordwind"}


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (BERG | {"company_name": "NORDWIND"}, ("Head of Sales", 1.0)),
        (BERG | {"full_name": "Berg, Anna Maria"}, ("Head of Sales", 0.95)),
        (WOLF | {"company_domain": "ostsee.de"}, ("Buyer", 0.92)),
        (BERG | {"full_name": "Anne Berg"}, None),
        (BERG | {"company_name": "Nordwind Holding"}, None),
        (BERG | {"company_domain": "nordwind.se"}, None),
    ],
)  # fmt: skip
def test_name_and_company_find_a_person_with_a_stated_score(crm, told, found):
    got = crm.match(told, "job_title", match="name+company")
    if found is None:
        assert got == {}
    else:
        title, sure = found
        text, confidence, source = got["job_title"]
        assert (text, source) == (title, f"name+company {sure:.2f}")
        assert confidence == pytest.approx(sure, abs=0.005)


def test_of_several_that_fit_the_best_one_counts(crm):
    crm.write(
        "first_name,last_name,company,job_title\n"
        "Philipp,Wolf,Ostsee AG,Buyer\nPhilip,Wolf,Ostsee AG,CFO\nPhilip,Berg,Ostsee AG,CEO\n"
    )
    told = {"first_name": "Philip", "last_name": "Wolf", "company_name": "Ostsee"}
    assert crm.ask(told, "job_title", match="name+company") == {"job_title": "CFO"}


def test_the_least_score_is_the_users(crm):
    told = BERG | {"full_name": "Anne Berg"}
    settings = {"match": "name+company", "min_score": 0.7}
    assert crm.ask(told, "job_title", **settings) == {"job_title": "Head of Sales"}


def test_names_are_not_compared_where_a_key_knows_the_person(crm):
    crm.write(
        "email,full_name,company,job_title\n"
        "anna.berg@nordwind.de,Anna Berg,Nordwind,\n,Anna Lang,Nordwind,CFO\n"
    )
    told = {"full_name": "Anna Lang", "company_name": "Nordwind"}
    assert crm.ask(told, "job_title", match="name+company") == {"job_title": "CFO"}
    told["email"] = "anna.berg@nordwind.de"
    assert crm.ask(told, "job_title", match="name+company") == {}


def test_it_declares_its_columns_and_is_told_nothing_else(crm):
    provider = crm.provider(key=["email"], map={"crm.tier": "City"})
    assert provider.needs == (("email",),)
    assert provider.uses == ("email", "first_name", "last_name", "full_name")
    assert provider.finds == provider.default_wants
    assert "crm.tier" in provider.finds
    assert provider.title == "crm.csv"
    named = crm.provider(match="name+company")
    assert named.needs == (
        ("email",), ("linkedin_url",), ("phone",), ("company_domain",),
        ("first_name", "last_name", "company_domain"), ("first_name", "last_name", "company_name"),
        ("full_name", "company_domain"), ("full_name", "company_name"),
    )  # fmt: skip
