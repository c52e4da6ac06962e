# ruff: noqa: RUF001 - companies are written as they are
"""Whether two names are one company's, two companies', or cannot be told apart."""

import pytest

from enrichctl.matching.same_company import CompanyPair, Namesakes, compare, compare_namesakes

SAME = """
HP|HP Inc
HP Inc.|HP, Inc
Siemens|Siemens AG
Siemens|Siemens Healthineers
Microsoft|Microsoft Deutschland GmbH
IBM|International Business Machines
Weber Bau GmbH|WEBER BAU
Weber Bau|Webers Bau
Müller GmbH|Mueller
Volkswagen|Volkswagen Group
Nordwind Energie|Nordwind Energie Holding
The Alder Company|Alder
株式会社山田製作所|山田製作所
ООО «Ромашка»|Ромашка
"""
TWO = """
Weber Bau GmbH|Weber Travel
Weber Bau|Alder Travel
Delta Air Lines|Delta Dental
Deutsche Bank AG|Deutsche Telekom AG
First Solar|First Data
American Express|American Airlines
General Electric|General Motors
United Airlines|United Parcel Service
HP|HSBC
Alder|Weber
Acme Bakery|Acme Roofing
"""
UNSURE = """
Alder|Alder Travel
Delta|Delta Dental
Delta|Delta Air Lines
Weber|Weber Bau
HP|HP Hood
HP|HP Deutschland GmbH
3M|3M Austria
Acme Software|Acme Technologies
Acme Norge AS|Acme Deutschland GmbH
Acme Group|Acme Holding
"""


def rows(text):
    return [tuple(line.split("|")) for line in text.strip().splitlines()]


def judged(one, other):
    """Compare two names, either of them the row's; both must come out alike."""
    forth = compare({"company_name": one}, {"company_name": other})
    assert compare({"company_name": other}, {"company_name": one}) is forth
    return forth


@pytest.mark.parametrize(("one", "other"), rows(SAME))
def test_they_are_one(one, other):
    """A form, a spelling, initials, or a long name within a longer one."""
    assert judged(one, other) is CompanyPair.SAME


@pytest.mark.parametrize(("one", "other"), rows(TWO))
def test_they_are_two(one, other):
    """Each has a word of its own that tells, though they begin alike."""
    assert judged(one, other) is CompanyPair.OTHER


@pytest.mark.parametrize(("one", "other"), rows(UNSURE))
def test_it_cannot_be_told(one, other):
    """A short word alone proves nothing, and neither does a place or a word that all have."""
    assert judged(one, other) is CompanyPair.UNKNOWN


@pytest.mark.parametrize(
    ("name", "domain", "agree"),
    [
        ("Weber Bau GmbH", "weber-bau.de", True), ("Weber Bau GmbH", "weber.de", True),
        ("Siemens Healthineers", "siemens.com", True), ("Delta Dental", "delta.com", False),
        ("Alder Travel", "alder.com", False), ("Alder", "alder.com", True),
        ("International Business Machines", "ibm.com", True), ("HP", "hp.com", True),
    ],
)  # fmt: skip
def test_a_domain_is_a_companys_where_it_is_most_of_its_name(name, domain, agree):
    """A short word that many companies begin with is nobody's in particular."""
    found = compare({"company_name": name}, {"company_domain": domain})
    assert (found is CompanyPair.SAME) is agree


NORD, ABROAD = "website=nordwind.pt,country_code=PT", "website=nordwind.pt"
ONE, COUNTRY, WEBSITE = Namesakes.ONE, Namesakes.OTHER_COUNTRY, Namesakes.OTHER_WEBSITE
NAMESAKES = [
    ("its own domain is the answer's", "company_domain=nordwind.pt", NORD, ONE),
    ("likewise its website, deeper down", "website=https://www.nordwind.pt/en", NORD, ONE),
    ("likewise a colleague's mail", "email=jo@nordwind.pt", NORD, ONE),
    ("though the country is another", "company_domain=nordwind.pt,country=Spain", NORD, ONE),
    ("the row names that country", "country=Portugal,website=nordwind.com", NORD, ONE),
    ("its number does", "phone=+351 21 234 2505", NORD, ONE),
    ("its mail's country domain does", "email=jo@nordwind-group.pt", NORD, ONE),
    ("one of its places does", "city=Berlin,email=jo@nordwind-group.pt", NORD, ONE),
    ("its mail is at another country's domain", "email=jo@nordwind.co.uk", NORD, COUNTRY),
    ("its domain is", "company_domain=nordwind.co.uk", NORD, COUNTRY),
    ("its number is", "phone=+44 20 7946 0018", NORD, COUNTRY),
    ("the answer tells its country by nothing but its domain", "email=jo@nordwind.de", ABROAD,
     COUNTRY),
    ("another website under another name", "website=nordwind-energy.com", NORD, WEBSITE),
    ("the same word, and no country", "website=nordwind.com", NORD, Namesakes.UNKNOWN),
    ("a country domain that is sold to anybody", "website=nordwind.io", NORD, Namesakes.UNKNOWN),
    ("mail at a parent's, perhaps", "email=jo@holding.com", NORD, Namesakes.UNKNOWN),
    ("mail of nobody's company", "email=jo@gmail.com", NORD, Namesakes.UNKNOWN),
    ("a number without its country", "phone=020 7946 0018", NORD, Namesakes.UNKNOWN),
    ("nothing but the name", "", NORD, Namesakes.UNKNOWN),
    ("an answer that tells nothing", "email=jo@nordwind.de", "", Namesakes.UNKNOWN),
]  # fmt: skip


def company(told):
    """Return what is told of a company of one name: ``field=text`` in a row."""
    more = (part.partition("=")[::2] for part in told.split(",") if part)
    return {"company_name": "Nordwind"} | dict(more)


@pytest.mark.parametrize(
    ("row", "answer", "due"),
    [pytest.param(*case, id=why) for why, *case in NAMESAKES],
)
def test_of_two_companies_of_one_name_domain_and_country_tell(row, answer, due):
    """The domain first, then the country; another website alone only under another name."""
    assert compare_namesakes(company(row), company(answer)) is due
