"""Inputs that need no file of their own: cells, workbooks, tables, headers."""

import json

import pytest
from openpyxl import Workbook, load_workbook

from enrichctl.cli import app

TODAY = {
    # digits that begin with the country's code: a spreadsheet has eaten the plus
    ("491712345678", "Germany"): "+491712345678",
    ("49 (0) 171 2345678", "Germany"): "+491712345678",
    ("4915112345678", "Deutschland"): "+4915112345678",
    ("447911123456", "UK"): "+447911123456",
    ("33612345678", "FR"): "+33612345678",
    ("6281234567890", "Indonesia"): "+6281234567890",
    ("38344123456", "Kosovo"): "+38344123456",
    ("4681234567", "Sweden"): "+4681234567",
    # plans that have changed
    ("+52 1 55 1234 5678", ""): "+525512345678",
    ("044 55 1234 5678", "Mexico"): "+525512345678",
    ("+229 21 30 00 00", ""): "+2290121300000",
    ("+229 97 12 34 56", ""): "+2290197123456",
    ("+225 07 12 34 56", ""): "+2250707123456",
    ("+57 1 234 5678", ""): "+576012345678",
    ("+57 4 234 5678", ""): "+576042345678",
    ("+55 11 8123 4567", ""): "+5511981234567",
    ("(11) 8123-4567", "Brazil"): "+5511981234567",
    # an Italian mobile has no zero, a fixed line has
    ("+39 (0) 312 3456789", ""): "+393123456789",
    ("+39 (0) 347 123 4567", "Italy"): "+393471234567",
    ("+39 (0) 6 1234567", ""): "+39061234567",
}
COUNTRIES = {
    "Philippines (the)": "PH", "Bahamas, The": "BS", "United Kingdom (UK)": "GB",
    "Türkiye (Turkey)": "TR", "Republic of Türkiye": "TR", "Hong Kong, China": "HK",
    "台湾": "TW", "香港": "HK", "한국": "KR", "Virgin Islands, U.S.": "VI",
    "Holy See (Vatican City State)": "VA", "Netherlands (the)": "NL", "Gambia, The": "GM",
    "Korea (the Republic of)": "KR", "Iran (Islamic Republic of)": "IR", "日本": "JP",
}  # fmt: skip
ZONES = {
    "+353 1 234 5678": "Europe/Dublin", "+91 22 2345 6789": "Asia/Kolkata",
    "+977 1 4412345": "Asia/Kathmandu", "+95 1 234567": "Asia/Yangon",
    "+54 11 4321 1234": "America/Argentina/Buenos_Aires", "+299 32 12 34": "America/Nuuk",
    "+298 21 12 34": "Atlantic/Faroe", "+353 86 123 4567": "Europe/Dublin",
    "+91 98765 43210": "Asia/Kolkata",
}  # fmt: skip
# A row's own words, and whose number 22 12 34 56 or the like is, with DE as the default.
ROWS = [
    ({"Phone": "22 12 34 56", "Country": "Norway"}, "+4722123456"),
    ({"Phone": "22 12 34 56", "City": "Oslo"}, "+4722123456"),
    ({"Phone": "22 12 34 56", "Email": "ola@fjord-verk.no"}, "+4722123456"),
    ({"Phone": "22 12 34 56", "Website": "https://fjord-verk.no"}, "+4722123456"),
    ({"Phone": "01 42 68 53 00", "Location": "Paris, France"}, "+33142685300"),
    ({"Phone": "020 624 1111", "Location": "Amsterdam, NL"}, "+31206241111"),
    ({"Phone": "044 668 18 00", "City": "Zürich"}, "+41446681800"),
    ({"Phone": "030 2345678"}, "+49302345678"),
    ({"Phone": "030 2345678", "Location": "Amsterdam, NL", "Email": "a@psi.fr"}, ""),
    ({"Phone": "030 2345678", "City": "Oslo", "Email": "a@psi.se"}, ""),
]
NAMES = {
    ("Tanaka Ichiro", "ichiro.tanaka@psi.jp"): ("Ichiro", "Tanaka"),
    ("Wang Fang", "fang.wang@psi.cn"): ("Fang", "Wang"),
    ("O'Connor Sinéad", "sinead.oconnor@psi.ie"): ("Sinéad", "O'Connor"),
    ("Mustermann Max", "max.mustermann@psi.de"): ("Max", "Mustermann"),
    ("Kovács Anna", "anna.kovacs@psi.hu"): ("Anna", "Kovács"),
    ("Lee, Jr., Robert E.", ""): ("Robert", "Lee"),
    ("S. Ramakrishnan", ""): ("", ""),
    ("Mohammed Abdul Rahman", ""): ("", ""),
    ("Ivan Ivanovich Ivanov", ""): ("Ivan", "Ivanov"),
}
FORMS = [
    ("Alpha", "Alpha s.r.o."), ("Birch", "Birch d.o.o."), ("Cedar", "Cedar Sp. z o.o."),
    ("Delta", "Delta Kft."), ("Ember", "Ember Pvt Ltd"), ("Fjord", "Fjord Pte Ltd"),
    ("Grove", "Grove Sdn Bhd"), ("Harbor", "Harbor SA de CV"), ("Iris", "Iris KGaA"),
    ("Juno", "Juno UAB"), ("Kilo", "Kilo OÜ"), ("東海", "東海株式会社"), ("Müller", "Mueller GmbH"),
    ("Moss & Fay", "Moss and Fay Ltd"), ("Nordwind", "The Nordwind Company"),
    ("Omega", "Omega Oy"), ("Psi", "Psi, Inc."),
]  # fmt: skip
ASCII = [
    ("Łukasz Żak", "Lukasz Zak"), ("Jørgen Ødegård", "Jorgen Odegaard"),
    ("I\u015f\u0131l Y\u0131lmaz", "Isil Yilmaz"), ("Þóra Sigurðardóttir", "Thora Sigurdardottir"),
    ("Đorđe Petrović", "Dorde Petrovic"), ("Bjørn Næss", "Bjorn Naess"),
]  # fmt: skip
HEADERS = [
    ("Company / Account|Direct Dial|Company Country|LinkedIn Profil",
     "Psi Works|+49 30 901820|Germany|https://www.linkedin.com/in/jane-doe",
     "company_name phone country linkedin_url"),
    ("Kunde|Rufnummer|Kontakt|E-Mail (gesch.)|Ort|Land",
     "Psi Works|+49 30 901820|Jane Doe|jane.doe@psi-works.de|Berlin|Deutschland",
     "company_name phone full_name email city country"),
    ("Firma|Durchwahl|Tél. portable|Kontakt", "Psi Works|+49 30 901820|+33 6 12 34 56 78|Jane Doe",
     "company_name phone mobile full_name"),
    ("Vorname|Nachname|Tel. (geschäftl.)|Mobil", "Jane|Doe|+49 30 901820|+49 171 2345678",
     "first_name last_name phone mobile"),
    ("Imię|Nazwisko|Tel. kom.|Firma", "Jane|Doe|+48 501 123 456|Psi", "first_name last_name"),
]  # fmt: skip


def test_a_phone_is_the_number_of_todays_plan_of_its_own_country(bench):
    rows = [{"Phone": phone, "Country": country} for phone, country in TODAY]
    found = bench.offline(rows, "phone_e164,phone", "--overwrite", "phone")
    assert [row["phone_e164"] for row in found] == [*TODAY.values()]
    assert [row["Phone"] for row in found] == [*TODAY.values()]


def test_a_number_of_an_old_plan_that_is_not_certain_is_blank_with_a_reason(bench):
    bench.table("rows.csv", [{"Phone": "+225 20 31 23 45", "Email": "jane.doe@psi.io"}])
    bench("enrich", "rows.csv", "-w", "phone_e164,first_name", "-o", "out.csv")
    said = bench("status", "last", "--row", "1").out.decode()
    assert "phone_e164" in said.partition("not used")[2], said
    assert "no number of the plan of its country" in " ".join(said.split())


def test_countries_are_understood_and_zones_have_todays_names(bench):
    rows = [{"Country": name, "Phone": ""} for name in COUNTRIES]
    found = bench.offline(rows, "country_code")
    assert {row["Country"]: row["country_code"] for row in found} == COUNTRIES
    rows = [{"Phone": phone, "Country": ""} for phone in ZONES]
    rows += [{"Country": code, "Phone": ""} for code in ("GB", "NO", "FI", "US")]
    found = bench.offline(rows, "timezone")
    assert [row["timezone"] for row in found] == [
        *ZONES.values(), "Europe/London", "Europe/Oslo", "Europe/Helsinki", "",
    ]  # fmt: skip


def test_what_the_row_says_outranks_the_default_region(bench):
    words = ("phone_e164,country_code", "--default-region", "DE")
    rows = bench.offline([row for row, _ in ROWS], *words)
    assert [row["phone_e164"] for row in rows] == [number for _, number in ROWS]
    assert [row["country_code"] for row in rows[4:6]] == ["FR", "NL"]
    bench("enrich", "rows.csv", "-w", "phone_e164", "--default-region", "DE", "-o", "out.csv")
    said = bench("status", "last", "--row", str(len(ROWS))).out.decode()
    assert "contradicts itself" in " ".join(said.split())


def test_the_order_of_a_name_is_told_by_the_address_beside_it(bench):
    rows = bench.offline([{"Full Name": n, "Email": e} for n, e in NAMES], "first_name,last_name")
    assert [(row["first_name"], row["last_name"]) for row in rows] == [*NAMES.values()]


def test_markers_in_cells_are_blank_to_fill_and_kept_until_then(bench):
    markers = ["#N/A", "NULL", "\\N", "nan", "None"]
    rows = [{"Company": m, "Email": f"jane.doe{n}@psi-works.de", "City": m}
            for n, m in enumerate(markers)]  # fmt: skip
    bench.table("rows.csv", rows)
    found = bench("enrich", "rows.csv", "-w", "company_name", "-o", "-").rows
    assert {row["Company"] for row in found} == {"Psi Works"}
    assert [row["City"] for row in found] == markers
    assert {row["enrichctl_status"] for row in found} == {"enriched"}


def test_a_workbooks_numbers_have_all_their_digits(bench):
    book = Workbook()
    sheet = book.active
    sheet.append(["Email", "Phone", "Founded", "Postal Code", "Record ID", "Long ID"])
    for number, long in ((1, "1234567890123456"), (2, "1234567890123457")):
        sheet.append([f"jane.doe{number}@psi.io", 33142685300, 1998, 10023, 10023 + number, long])
        for cell in sheet[sheet.max_row][1:5]:
            cell.number_format = "#,##0"
    sheet["F2"], sheet["F3"] = 1234567890123456, 1234567890123457
    book.save(bench.folder / "in.xlsx")
    ran = bench("enrich", "in.xlsx", "-w", "email_kind", "--format", "csv", "-o", "-")
    first, second = ran.rows
    assert [first[n] for n in ("Phone", "Founded", "Postal Code", "Record ID")] == [
        "33142685300", "1998", "10023", "10024",
    ]  # fmt: skip
    assert (first["Long ID"], second["Long ID"]) == ("1234567890123456", "1234567890123457")
    bench("enrich", "in.xlsx", "-w", "email_kind", "-o", "out.xlsx")
    assert load_workbook(bench.folder / "out.xlsx").active["B2"].value == 33142685300


def test_a_parquet_table_with_columns_that_cannot_be_held_answers_all_the_same(bench):
    import pyarrow as pa  # noqa: PLC0415 - slow to import
    from pyarrow import parquet  # noqa: PLC0415 - the same

    table = pa.table(
        {
            "Email": pa.array([b"ada@psi.io", b"bo@chi.io"], pa.binary()),
            "Job Title": ["Buyer", "CEO"],
            "Seen": pa.array([2**62, 1], pa.timestamp("us")),
            "Exact": pa.array([1, 2], pa.timestamp("ns")),
            "Day": pa.array([2**30, 1], pa.date32()),
        }
    )
    parquet.write_table(table, bench.folder / "crm.parquet")
    bench.config('[providers.crm]\nkind = "table"\npath = "crm.parquet"\nkey = ["email"]\n')
    bench.table("rows.csv", [{"Email": "ADA@psi.io"}, {"Email": "bo@chi.io"}])
    ran = bench("enrich", "rows.csv", "-p", "crm", "-w", "job_title", "-o", "-")
    assert ran.column("job_title") == ["Buyer", "CEO"], ran.said


def test_the_first_column_of_r_is_the_rows_names(bench):
    bench.write(
        "r.csv", '"name","mail"\n"1","Jane Doe","jane@psi.de"\n"2","Tom Roe","tom@chi.de"\n'
    )
    ran = bench("enrich", "r.csv", "-w", "company_domain", "-o", "-", "--provenance", "none")
    assert [line.rpartition(",")[2] for line in ran.out.decode().split()[1:] if "@" in line] == [
        '"psi.de"', '"chi.de"',
    ]  # fmt: skip
    assert "rows' names" in ran.said


def test_a_company_is_one_under_all_its_forms_and_a_name_in_ascii_too(bench):
    crm = [{"First Name": "Jane", "Last Name": "Doe", "Company": form, "Job Title": name}
           for name, form in FORMS]  # fmt: skip
    crm += [{"Full Name": name, "Company": "Sigma", "Job Title": plain} for name, plain in ASCII]
    path = bench.table("crm.csv", [{**row, "Email": ""} for row in crm])
    bench.config(
        f'[providers.crm]\nkind = "table"\npath = "{path}"\nkey = ["email"]\n'
        'match = "name+company"\n'
    )
    rows = [{"Full Name": "Jane Doe", "Company": name} for name, _ in FORMS]
    rows += [{"Full Name": plain, "Company": "Sigma"} for _, plain in ASCII]
    bench.table("rows.csv", rows)
    ran = bench("enrich", "rows.csv", "-p", "crm", "-w", "job_title", "-o", "-")
    wanted = [*(name for name, _ in FORMS), *(plain for _, plain in ASCII)]
    assert ran.column("job_title") == wanted, ran.said


@pytest.mark.parametrize(("header", "cells", "fields"), HEADERS, ids=[h for h, *_ in HEADERS])
def test_headers_of_more_exports_are_mapped(bench, capsys, header, cells, fields):
    path = bench.table("in.csv", [dict(zip(header.split("|"), cells.split("|"), strict=True))])
    assert app.run(["enrich", str(path), "-p", "pdl", "-n", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["mapping"].keys() >= {*fields.split()}


def test_an_answer_about_another_company_is_held_back(bench):
    """The answer to a row's e-mail is about a relative at another company."""
    from enrichctl.sandbox.population import Population  # noqa: PLC0415 - slow to import

    world = Population()
    kofi = next(p for p in world.people.values() if world.person_at("leadlex", p.email))
    bench.table("rows.csv", [{"First Name": "Klaus", "Last Name": kofi.last_name,
                              "Company": "Weber Bau GmbH", "Email": kofi.email}])  # fmt: skip
    ran = bench("enrich", "rows.csv", "-p", "leadlex", "--sandbox", "-o", "-")
    [row] = ran.rows
    assert row["enrichctl_status"] == "review"
    assert row["linkedin_url"] + row["industry"] + row["company_linkedin_url"] == ""
