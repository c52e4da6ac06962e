"""The identity gate's truth table: what must come out, each with its reason."""

import pytest

from enrichctl.matching.same_person import judge


def who(name="", company="", **more):
    """Write a row or an answer shortly: "First/Last" is divided, the rest by field."""
    first, slash, last = name.partition("/")
    names = {"first_name": first, "last_name": last} if slash else {"full_name": name}
    every = names | {"company_name": company} | more
    return {field: text for field, text in every.items() if text}


BAU, ALDER = "Weber Bau GmbH", "Alder Travel"
MAIL = {"email": "klaus.weber@weber-bau.de"}
GMAIL = {"email": "kw1970@gmail.com"}
PROFILE = {"linkedin_url": "https://www.linkedin.com/in/klaus-weber-12ab"}
KLAUS = who("Klaus/Weber", BAU, **MAIL)
BY_MAIL, BY_PROFILE, BY_NAME = ("email",), ("linkedin_url",), ("full_name", "company_name")


# why, row, answer, asked by, says, differs, taken, but
TABLE = [
    ("the same name at the same company", KLAUS, who("Klaus Weber", BAU), BY_MAIL,
     "same", "", True, ""),
    ("a relative at another company", KLAUS, who("Kofi Weber", ALDER), BY_MAIL,
     "different", "name", False, ""),
    ("a relative at the same company is somebody else, too", KLAUS, who("Kofi Weber", BAU),
     BY_MAIL, "different", "name", False, ""),
    ("a stranger", KLAUS, who("Jane Roe", ALDER), BY_MAIL, "different", "name", False, ""),
    ("a colleague", KLAUS, who("Jane Roe", BAU), BY_MAIL, "different", "name", False, ""),
    ("a stranger, though the profile told comes back", KLAUS | PROFILE,
     who("Jane Roe", ALDER, **PROFILE), BY_PROFILE, "different", "name", False, ""),
    ("people change jobs: asked by what is one person's own", KLAUS, who("Klaus Weber", ALDER),
     BY_MAIL, "same", "company", True, "job"),
    ("likewise by profile", KLAUS | PROFILE, who("Klaus Weber", ALDER, **PROFILE), BY_PROFILE,
     "same", "company", True, "job"),
    ("likewise by a private mailbox", who("Klaus/Weber", BAU, **GMAIL),
     who("Klaus Weber", ALDER), BY_MAIL, "same", "company", True, "job"),
    ("asked by name and company: perhaps a namesake", KLAUS, who("Klaus Weber", ALDER), BY_NAME,
     "cannot tell", "company", False, ""),
    ("asked by name, but the row's own e-mail comes back", KLAUS,
     who("Klaus Weber", ALDER, **MAIL), BY_NAME, "same", "company", True, "job"),
    ("the same name with another profile at another company is a namesake", KLAUS | PROFILE,
     who("Klaus Weber", ALDER, linkedin_url="linkedin.com/in/klaus-weber-berlin"), BY_MAIL,
     "different", "profile", False, ""),
    ("another profile where nothing is said of the company", KLAUS | PROFILE,
     who("Klaus Weber", linkedin_url="linkedin.com/in/klaus-weber-berlin"), BY_MAIL,
     "cannot tell", "profile", False, ""),
    ("profiles get other names: the company agrees", KLAUS | PROFILE,
     who("Klaus Weber", BAU, linkedin_url="linkedin.com/in/klausweber"), BY_MAIL,
     "same", "", True, ""),
    ("a member's number is no other profile", KLAUS | PROFILE,
     who("Klaus Weber", ALDER,
         linkedin_url="linkedin.com/in/ACwAAABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghi"), BY_MAIL,
     "same", "company", True, "job"),
    ("people marry: the company agrees", who("Jane/Doe", "Acme", email="jane@acme.com"),
     who("Jane Roe", "Acme Inc."), BY_MAIL, "same", "", True, ""),
    ("one of many Janes", who("Jane/Doe", "Acme", email="jane@acme.com"),
     who("Jane Roe", "Nordwind"), BY_MAIL, "different", "name", False, ""),
    ("one of many Janes at the company, asked by name", who("Jane/Doe", "Acme"),
     who("Jane Roe", "Acme"), BY_NAME, "different", "name", False, ""),
    ("the maiden name is in the e-mail found", who("Jane/Doe", "Acme", email="j@acme.com"),
     who("Jane Roe", email="jane.doe@acme.com"), BY_MAIL, "same", "", True, ""),
    ("the new name is in the row's own e-mail", who("Jane/Doe", email="jane.roe@acme.com"),
     who("Jane Roe"), BY_MAIL, "same", "", True, ""),
    ("a row's e-mail may be its colleague's: a first name that differs is another person",
     who("Tom/Doe", email="jane.doe@acme.com"), who("Jane Doe", "Acme"), BY_MAIL,
     "different", "name", False, ""),
    ("an initial, nothing else against it", who("K./Weber", "", **MAIL), who("Klaus Weber"),
     BY_MAIL, "same", "", True, ""),
    ("an initial and another company", who("K./Weber", BAU, **MAIL), who("Klaus Weber", ALDER),
     BY_MAIL, "cannot tell", "company", False, ""),
    ("a surname alone", who("/Weber", BAU, **MAIL), who("Klaus Weber", BAU), BY_MAIL,
     "same", "", True, ""),
    ("mail at a parent's, the company as the row has it",
     who("Klaus/Weber", BAU, email="klaus.weber@holding.example"), who("Klaus Weber", BAU),
     BY_MAIL, "same", "", True, ""),
    ("mail and answer of a parent: the person, but not the company",
     who("Klaus/Weber", BAU, email="klaus.weber@alder-travel.com"),
     who("Klaus Weber", ALDER, company_domain="alder-travel.com"), BY_MAIL,
     "same", "company", True, "company"),
    ("registered under another name, and its own domain agrees", KLAUS,
     who("Klaus Weber", "KW Holding AG", company_domain="weber-bau.de"), BY_MAIL,
     "same", "", True, ""),
    ("only the mail's domain is known, and the answer has another", who("Klaus/Weber", **MAIL),
     who("Klaus Weber", ALDER, company_domain="alder-travel.com"), BY_MAIL, "same", "", True, ""),
    ("a country's branch has another domain", KLAUS,
     who("Klaus Weber", company_domain="weber-bau.at"), BY_MAIL, "same", "", True, ""),
    ("the answer is about no person", KLAUS, who("", BAU), BY_MAIL, "cannot tell", "", True, ""),
    ("the answer is about no person, at another company", KLAUS, who("", ALDER), BY_MAIL,
     "cannot tell", "company", False, ""),
    ("the answer says nothing of whom it is about", KLAUS, {}, BY_MAIL, "cannot tell", "", True,
     ""),
    ("the row names nobody: its e-mail does", GMAIL, who("Klaus Weber", ALDER), BY_MAIL,
     "cannot tell", "", True, ""),
    ("the row names nobody, an id does", {"lemlist.lead_id": "lea_1"}, who("Klaus Weber", BAU),
     ("lemlist.lead_id",), "cannot tell", "", True, ""),
    ("the row's e-mail names somebody else", {"email": "thomas.roe@acme.com"},
     who("Jane Doe", "Acme"), BY_MAIL, "different", "name", False, ""),
    ("a mailbox may spell what is nobody's name", {"email": "happy.camper@gmail.com"},
     who("Jane Doe"), BY_MAIL, "cannot tell", "", True, ""),
    ("the row's e-mail names whom the answer names", {"email": "jane.doe@acme.com"},
     who("Jane Doe", "Acme"), BY_MAIL, "cannot tell", "", True, ""),
    ("the row names a company, and not that one", who("", BAU, email="kw@weber-bau.de"),
     who("Kofi Mensah", ALDER), BY_MAIL, "cannot tell", "company", False, ""),
    ("a shared mailbox is not a person", {"email": "info@acme.com"}, who("Jane Doe", "Acme"),
     BY_MAIL, "cannot tell", "e-mail", False, ""),
    ("a shared mailbox has a company", {"email": "info@acme.com"}, who("", "Acme"), BY_MAIL,
     "cannot tell", "", True, ""),
    ("behind a shared mailbox is whom the row names", who("Jane/Doe", email="info@acme.com"),
     who("Jane Doe", "Acme"), BY_MAIL, "same", "", True, ""),
    ("a shared mailbox proves no change of job", who("Jane/Doe", "Acme", email="info@acme.com"),
     who("Jane Doe", "Nordwind"), BY_MAIL, "cannot tell", "company", False, ""),
    ("the address found is somebody else's", who("Tom/Roe", "Acme"),
     {"email": "jane.doe@acme.com"}, BY_NAME, "different", "name", False, ""),
    ("the address found is short", who("Tom/Roe", "Acme"), {"email": "troe@acme.com"}, BY_NAME,
     "cannot tell", "", True, ""),
    ("another mailbox of the same company", {"email": "jd@acme.com"}, {"email": "troe@acme.com"},
     BY_MAIL, "different", "e-mail", False, ""),
    ("a second address of one person", {"email": "jdoe@acme.com"},
     {"email": "jane.doe@acme.com"}, BY_MAIL, "cannot tell", "", True, ""),
    ("a private address, and one at work", {"email": "kw1970@gmail.com"},
     {"email": "klaus@weber-bau.de"}, BY_MAIL, "cannot tell", "", True, ""),
    ("another profile than was told", {"linkedin_url": "linkedin.com/in/jdoe"},
     {"linkedin_url": "linkedin.com/in/tomroe"}, BY_PROFILE, "different", "profile", False, ""),
    ("a company by its domain", {"company_domain": "weber-bau.de"}, who("", BAU),
     ("company_domain",), "cannot tell", "", True, ""),
    ("a company may have another name than its domain", who("", BAU, company_domain="weber-bau.de"),
     who("", ALDER), ("company_domain",), "cannot tell", "", True, ""),
    ("another company than that of the domain", who("", BAU, company_domain="weber-bau.de"),
     who("", ALDER, company_domain="alder-travel.com"), ("company_domain",),
     "different", "company", False, ""),
    ("an id that belongs to another company", who("", BAU) | {"superoffice.contact_id": "7"},
     who("", ALDER), ("superoffice.contact_id",), "different", "company", False, ""),
    ("a company by name, found as another", who("Klaus/Weber", BAU), who("", ALDER),
     ("company_name",), "different", "company", False, ""),
    ("a legal form and a capital more", who("", "WEBER BAU"), who("", "Weber Bau GmbH"),
     ("company_name",), "cannot tell", "", True, ""),
    ("a company of that name in another country, asked by nothing but the name",
     who("", BAU, email="info@weber-bau.de"), who("", BAU, country_code="PT"),
     ("company_name",), "cannot tell", "country", False, ""),
    ("likewise of a person's row", KLAUS, who("", BAU, website="weber-bau.pt"),
     ("company_name",), "cannot tell", "country", False, ""),
    ("asked by name and country, which agreed", who("", BAU, company_domain="weber-bau.de"),
     who("", BAU, website="weber-bau.pt"), ("company_name", "country"),
     "cannot tell", "", True, ""),
    ("a company of that name with another website", who("", BAU, website="weber-bau.com"),
     who("", BAU, website="bau-weber.com"), ("company_name",),
     "cannot tell", "website", False, ""),
    ("initials are a company's name", who("Jo/Roe", "IBM"),
     who("Jo Roe", "International Business Machines"), BY_NAME, "same", "", True, ""),
    ("who works for nobody may work anywhere", who("Jo/Roe", "Self-employed", **GMAIL),
     who("Jo Roe", ALDER), BY_MAIL, "same", "", True, ""),
    ("two scripts that cannot be compared, one company", who("田中/一郎", "Toyota"),
     who("Kenji Suzuki", "Toyota Motor"), BY_NAME, "same", "", True, ""),
    ("two scripts that cannot be compared, two companies", who("田中/一郎", "Toyota"),
     who("Kenji Suzuki", ALDER), BY_NAME, "cannot tell", "company", False, ""),
    ("no name is no contradiction", {"full_name": "n/a", "email": "jd@acme.com"},
     who("Jane Doe", "Acme"), BY_MAIL, "cannot tell", "", True, ""),
]  # fmt: skip


# Answers that say nothing of whom they are about: why, row, key, taken, but, and then with a name
# told, which settles it.
UNNAMED = [
    ("a shared mailbox tells of the company", who("Jane/Doe", "Acme", email="info@acme.com"),
     BY_MAIL, True, "person"),
    ("a colleague's address", who("Tom/Roe", "Acme", email="jane.doe@acme.com"), BY_MAIL,
     False, ""),
    ("one's own address", who("Jane/Doe", "Acme", email="jane.doe@acme.com"), BY_MAIL, True, ""),
    ("an address that spells no name", who("Jane/Doe", email="jd17@acme.com"), BY_MAIL, True, ""),
    ("a shared mailbox alone", {"email": "info@acme.com"}, BY_MAIL, True, ""),
    ("a name and a company", who("Tom/Roe", "Acme", email="jane.doe@acme.com"), BY_NAME, True, ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "key", "taken", "but"), [one[1:] for one in UNNAMED], ids=[one[0] for one in UNNAMED]
)
def test_an_answer_that_names_nobody_is_of_whom_the_key_is(row, key, taken, but):
    verdict = judge(row, {}, key)
    assert (verdict.taken, verdict.but) == (taken, but)
    assert judge(row, {}, key, name_told=True).taken


def test_an_address_that_another_row_gives_to_somebody_else_tells_of_neither():
    row = who("Jane/Doe", email="jd17@acme.com")
    assert not judge(row, {}, BY_MAIL, disputed=True).taken
    assert judge(row, {}, BY_MAIL, disputed=True, name_told=True).taken
    assert judge(row, who("Jane Doe"), BY_MAIL, disputed=True).taken


@pytest.mark.parametrize(
    ("row", "answer", "key", "expected"),
    [(one[1], one[2], one[3], one[4:]) for one in TABLE],
    ids=[one[0] for one in TABLE],
)
def test_who_an_answer_is_about(row, answer, key, expected):
    assert tuple(judge(row, answer, key)) == expected


@pytest.mark.parametrize("field", ["full_name", "first_name", "company_name", "linkedin_url"])
def test_an_answer_that_holds_whatever_text_is_judged_all_the_same(field):
    for text in (
        " ",
        "-",
        "?" * 300,
        "😀",
        "Dr.",
        "a" * 5000,
        "x y z " * 20,
        "()",
        "/in/",
        "\u202e",
    ):
        judge(KLAUS, {field: text}, BY_MAIL)
        judge({field: text}, KLAUS, BY_MAIL)
