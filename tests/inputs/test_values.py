"""Files 08, 10, 13, 15, 16, 18 and 19: what is read from a cell, and what is not."""

import json

from bench import DATA

PHONES = """
    +4930901820 +4930901820 +4930901820 +43158858 +4930901820 +35891234567 +442079460958
    +33170189900 +16502530000 +16502530000 - +46812345678 +81312345678 +493090182012 +46701234567
    +4930901820 +4930901820 +436641234567 +358401234567 +5493516315733 +4930901820 +4930901820
    +4930901820 +442079460958 +62215551234 +97231234567 - +4930901820 +4930901820 +4930901820
    +49309018200 +38511234567 - +4989123456 +435121234 +4989123456 +4722123456 +33140205050
""".split()  # noqa: SIM905 - a list to read
# Employers that lists of free mailboxes hold wrongly.
EMPLOYERS = ["nus.edu.sg", "telstra.com", "cox.com", "medscape.com"]
PROFILES = {
    "a": "jane-doe", "b": "jane-doe", "c": "jane-doe", "j": "jane%20doe",
    "k": "j%C3%BCrgen-m%C3%BCller-1", "l": "j%C3%BCrgen-m%C3%BCller-1", "m": "jane-doe",
    "n": "jane-doe", "o": "jane-doe", "p": "jane-doe", "u": "jane-doe", "w": "tom-roe",
}  # fmt: skip
LEVELS = {
    "CEO's Office Manager": "manager", "Owner Relations Manager": "manager", "Co-CEO": "c_level",
    "Partner Success Manager": "manager", "Partner Sales Manager": "manager",
    "VP's Assistant": "entry", "C-Level Assistant": "entry", "PA to CEO": "entry",
    "Assistentin des Vorstands": "entry", "Assistante de direction": "entry",
    "Asistente de Dirección": "entry", "Assistentin der Geschäftsführung": "entry",
}  # fmt: skip
NOT_ABOVE = {"c_level", "owner", "founder", "partner", "vp", "head"}


def test_the_number_before_the_words_is_read_in_a_new_column_and_in_place(bench):
    rows = bench.filled("phones_with_words.csv", "phone_e164")
    assert [row["phone_e164"] or "-" for row in rows] == PHONES
    again = bench.filled("phones_with_words.csv", "phone", "--overwrite", "phone")
    kept = [
        number if number != "-" else row["Phone"] for number, row in zip(PHONES, rows, strict=True)
    ]
    assert [row["Phone"] for row in again] == kept


def test_mailbox_providers_are_no_employers_and_employers_are(bench):
    rows = bench.filled("provider_domains.csv", "company_domain,company_name")
    assert [row for row in rows if row["company_domain"] or row["company_name"]] == []
    employed = bench.offline([{"Email": f"jane@{host}"} for host in EMPLOYERS], "company_domain")
    assert [row["company_domain"] for row in employed] == EMPLOYERS


def test_a_domain_that_cannot_exist_is_no_company(bench):
    rows = bench.filled("no_such_tld.csv", "company_domain,website")
    assert {row["company_domain"] for row in rows} == {"", "acme-tools.company"}


def test_names_are_joined_once_and_divided_where_something_tells(bench):
    rows = bench.filled("full_name.csv", "full_name")
    assert [row["full_name"] for row in rows] == [
        "Jane Doe", "Jane Doe", "Madonna", "Jane Doe", "Jane D.", "Maria García", "Jane Doe",
        "Jane", "Jane", "Jane", "Jane Doe", "Eve", "Ann Poe",
    ]  # fmt: skip
    rows = bench.filled("family_first.csv", "first_name,last_name")
    assert [row["last_name"] for row in rows] == [
        "Nagy", "Kovács", "", "", "Tanaka", "Wang", "", "Szabó", "Suzuki",
    ]  # fmt: skip
    rows = bench.filled("ma_andrew.csv", "first_name,last_name")
    read = {row["Full Name"]: (row["first_name"], row["last_name"]) for row in rows}
    assert read["Andrew Ma"] == read["Ma, Andrew"] == ("Andrew", "Ma")
    assert read["Tham Jun Hoe"] == ("", "")
    assert read["ROE, TOM"] == ("Tom", "Roe")
    assert read["JEAN-CLAUDE O'NEIL"] == ("Jean-Claude", "O'Neil")
    assert read["MUSTERMANN Erika"] == ("Erika", "Mustermann")
    assert read["Łukasz Żak"] == ("Łukasz", "Żak")
    assert read["Do, Anna"] == ("Anna", "Do")
    assert read["Nguyễn Thị Minh Khai"][0] != "Nguyễn"


def test_a_level_is_the_persons_not_that_of_whom_they_work_for(bench):
    levels = {r["Job Title"]: r["seniority"] for r in bench.filled("titles.csv", "seniority")}
    assert {title: levels[title] for title in LEVELS} == LEVELS
    rest = {t: level for t, level in levels.items() if t not in LEVELS and level in NOT_ABOVE}
    assert rest == {}


def test_a_mailbox_of_many_names_nobody(bench):
    rows = bench.filled("mailboxes.csv", "first_name,last_name,full_name")
    named = {row["Email"].partition("@")[0]: row["full_name"] for row in rows}
    assert {local for local, name in named.items() if name} == {"jane.doe", "pat.lee"}


def test_phones_of_a_workbook_are_read_as_they_are_shown(bench):
    ran = bench(
        "enrich", str(DATA / "phone_formats.xlsx"), "-w", "phone_e164", "--format", "csv",
        "-o", "-", "--provenance", "none",
    )  # fmt: skip
    assert ran.column("Phone") == [
        "+4930901820", "+4930901820", "+49 30 901820", "+1 (650) 253-0000", "(650) 253-0000",
        "3314020505 0", "30/901820", "30901820", "50%",
    ]  # fmt: skip
    assert ran.column("phone_e164") == ["+4930901820"] * 3 + ["+16502530000"] + [""] * 5


def test_profiles_are_spelled_in_one_way_and_nobodys_is_not_asked_about(bench):
    rows = bench.filled("profiles.csv", "linkedin_url", "--overwrite", "linkedin_url")
    before = bench.filled("profiles.csv", "linkedin_url")
    for row, old in zip(rows, before, strict=True):
        slug = PROFILES.get(row["Name"])
        expected = f"https://www.linkedin.com/in/{slug}" if slug else old["LinkedIn URL"]
        assert row["LinkedIn URL"] == expected, row
    plan = bench.plan("profiles.csv", "lemlist", "--sandbox")
    # jane-doe, jane%20doe, jürgen, the member's number, tom-roe
    assert plan["providers"][0]["ask"] <= 5
    assert plan["unidentified"] >= 11


def test_json_that_wraps_its_records_says_where_they_are(bench):
    path = str(DATA / "wrapped.json")
    ran = bench("enrich", path)
    assert ran.status == 2
    assert ".contacts" in ran.said
    where = json.loads((DATA / "wrapped.json").read_text("utf-8"))["contacts"]
    ran = bench("enrich", str(bench.write("in.json", json.dumps(where))), "-o", "-")
    assert ran.status == 0
