"""Files 01 to 06: whom a row means, whom a provider is told about, and what it gets."""

import json

import pytest
from bench import DATA

CRM = '[providers.crm]\nkind = "table"\npath = "{path}"\nkey = {key}\n'


def lands(name):
    """Return the country of each row."""
    return [line.split(",")[1] for line in (DATA / name).read_text("utf-8").splitlines()[1:]]


def test_a_national_number_is_of_its_rows_country_for_every_provider(bench, acme):
    bench.config(
        acme.config(), CRM.format(path=DATA / "national_phones_table.csv", key='["phone"]')
    )
    path = str(DATA / "national_phones.csv")
    words = ("-w", "phone_e164,job_title", "--default-region", "DE", "-y", "-o", "-")
    rows = bench("enrich", path, "-p", "offline,acme", *words).rows
    numbers = [
        "+49302345678", "+31302345678", "+390302345678", "+31302345678", "+31206241111", "",
    ]  # fmt: skip
    assert [row["phone_e164"] for row in rows] == numbers
    assert sorted(told["phone"] for told in acme.log) == sorted({*numbers} - {""})
    assert [row["job_title"].rpartition(" ")[2] for row in rows] == numbers

    rows = bench("enrich", path, "-p", "crm", "-w", "email", "-o", "-").rows
    assert [row["email"] for row in rows] == ["otto.berg@acme-tools.de"] + [""] * 5
    assert bench.plan("national_phones.csv", "pdl")["providers"][0]["ask"] == 4


@pytest.mark.parametrize("default", ["DE", "IT", "NL"])
def test_a_country_that_is_not_understood_gives_no_number(bench, default):
    rows = bench.filled("unread_country.csv", "phone_e164", "--default-region", default)
    assert [row["phone_e164"] for row in rows] == [
        "+442079460958", "+33140205050", "+4930901820", "", "", "+31101234567", "+4930901820", "",
    ]  # fmt: skip


def test_an_address_of_two_people_fills_the_row_of_the_one_whom_the_answer_names(bench):
    for name, provider in (("shared_email.csv", "leadlex"), ("shared_profile.csv", "lemlist")):
        path = str(DATA / name)
        ran = bench("enrich", path, "-p", provider, "-w", "job_title", "--sandbox", "-o", "-")
        assert ran.status == 0, ran.said
        statuses = {True: set(), False: set()}
        for row in ran.rows:
            own = row["First Name"].lower() in (row.get("Email") or row["LinkedIn URL"])
            statuses[own].add(row["enrichctl_status"])
            assert own or not row["job_title"], row
            said = row["enrichctl_status"] != "review" or "name differs" in row["enrichctl_note"]
            assert said, row
        assert "enriched" in statuses[True]
        assert "review" in statuses[False]
        assert "enriched" not in statuses[False]


def test_colleagues_of_one_switchboard_are_asked_about_by_name(bench, acme):
    bench.config(acme.config())
    path = str(DATA / "switchboard.csv")
    rows = bench("enrich", path, "-p", "acme", "-w", "job_title", "-y", "-o", "-").rows
    assert len(acme.log) == 5
    assert all(told.keys() == {"first", "last", "company"} for told in acme.log)
    assert len({row["job_title"] for row in rows}) == 5
    assert bench.plan("switchboard.csv", "pdl")["providers"][0]["ask"] == 5


def test_a_row_that_may_be_shifted_is_failed_with_its_line_and_told_to_nobody(bench, acme):
    bench.config(acme.config())
    path = str(DATA / "shifted.csv")
    ran = bench("enrich", path, "-p", "acme", "-w", "job_title", "-y", "-o", "out.jsonl")
    assert ran.status == 3
    text = (bench.folder / "out.jsonl").read_text("utf-8")
    rows = [json.loads(line)["_enrichctl"] for line in text.splitlines()]
    assert [row["status"] for row in rows] == ["enriched", "failed", "enriched", "failed", "failed"]
    assert [row["note"][:7] for row in rows if row["note"]] == ["line 3 ", "line 5 ", "line 6 "]
    told = json.dumps(acme.log)
    assert [word for word in ("tom", "eve", "Inc", "lund") if word in told] == []


def test_quotes_with_a_backslash_are_read_where_the_file_has_them_throughout(bench, acme):
    bench.config(acme.config("company_name"))
    path = str(DATA / "backslash_quotes.csv")
    ran = bench("enrich", path, "-p", "acme", "-w", "job_title", "-y", "-o", "-")
    assert ran.status == 0
    assert sorted(told["company_name"] for told in acme.log) == [
        'Acme "Best, Inc"', "Beta", 'Delta "D"', 'Gamma "G", Co',
    ]  # fmt: skip
    before = (DATA / "backslash_quotes.csv").read_text("utf-8").splitlines()
    after = ran.out.decode().splitlines()
    assert all(new.startswith(old) for old, new in zip(before, after, strict=True))


def test_domains_of_mailboxes_and_networks_are_nobodys(bench):
    plan = bench.plan("nobodys_domains.csv", "leadlex", "--sandbox")
    assert (plan["unidentified"], plan["providers"][0]["ask"]) == (5, 0)
    bench.config(CRM.format(path=DATA / "free_domain_table.csv", key='["email", "company_domain"]'))
    ran = bench("enrich", str(DATA / "free_domain_leads.csv"), "-p", "crm", "-o", "-")
    rows = ran.rows
    assert [(row["Company Name"], row["industry"]) for row in rows] == [
        ("", ""), ("Acme Tools", "Tools"), ("", ""), ("", ""),
    ]  # fmt: skip


def test_a_placeholder_is_as_blank_and_told_to_nobody(bench):
    assert bench.plan("placeholders_told.csv", "lemlist")["providers"][0]["ask"] == 0
    assert bench.plan("placeholders_companies.csv", "superoffice")["providers"][0]["ask"] == 0
    for provider in ("lemlist", "superoffice"):
        plan = bench.plan("error_values.xlsx", provider)
        assert (plan["records"], plan["unidentified"]) == (2, 1)


def test_null_is_a_surname_where_nothing_else_in_the_row_is_a_marker(bench, acme):
    bench.config(acme.config())
    bench.table(
        "in.csv",
        [
            {"First Name": "Christopher", "Last Name": "Null", "Company": "Acme"},
            {"First Name": "Gary", "Last Name": "Null", "Company": "Beta"},
            {"First Name": "NULL", "Last Name": "NULL", "Company": "Gamma"},
            {"First Name": "Ann", "Last Name": "Null", "Company": "NULL"},
        ],
    )
    bench("enrich", "in.csv", "-p", "acme", "-w", "job_title", "-y", "-o", "-")
    assert sorted(f"{told['first']} {told['last']}" for told in acme.log) == [
        "Christopher Null", "Gary Null",
    ]  # fmt: skip


def test_a_placeholder_in_a_table_fills_nothing_and_the_next_is_asked(bench):
    bench.config(CRM.format(path=DATA / "placeholders_table.csv", key='["email"]'))
    ran = bench("enrich", str(DATA / "placeholders_leads.csv"), "-p", "crm,offline", "-o", "-")
    rows = ran.rows
    assert [row["Company Name"] for row in rows] == [
        "Acme Tools", "Beta Works", "Delta Foods", "Iris Labs",
    ]  # fmt: skip
    assert [row["Phone"] for row in rows] == ["", "", "", "+46 8 123 456 78"]
    blank = ("LinkedIn URL", "Job Title", "industry")
    assert [[row[name] for name in blank] for row in rows] == [["", "", ""]] * 4
    assert all("crm" not in row["enrichctl_sources"] for row in rows[:3])
