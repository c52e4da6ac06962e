"""What came out wrong of the test suites of others: names, phones, titles, workbooks, JSON."""

import zipfile
from pathlib import Path

import phonenumbers
import pytest
from openpyxl import Workbook

COUNTRIES = """
    AE AR AT AU BE BG BR CA CH CL CN CO CZ DE DK EG ES FI FR GB GR HR HU ID IE IL IN IT JP KE KR LT
    LV MX MY NG NL NO NZ PE PH PL PT RO RS SE SG SI SK TH TR UA VN XK ZA
""".split()  # noqa: SIM905 - a list to read
NAMES = {
    "Jane A Roe": ("Jane", "Roe"), "Jane N Roe": ("Jane", "Roe"), "Tom N. Poe": ("Tom", "Poe"),
    "Carlos Sá": ("Carlos", "Sá"), "Rosa Kunde": ("Rosa", "Kunde"), "Ana Sá": ("Ana", "Sá"),
    "Reverend Jane Roe": ("Jane", "Roe"), "Judge Jane Roe": ("Jane", "Roe"),
    "Mister Tom Roe": ("Tom", "Roe"), "Sgt Tom Roe": ("Tom", "Roe"),
    "Smt. Jane Roe": ("Jane", "Roe"), "Lt.Gov. Jane Roe": ("Jane", "Roe"),
    "Captain Ann Poe": ("Ann", "Poe"), "Roe, Jane, PhD, MBA": ("Jane", "Roe"),
    "Poe, Ann, MD": ("Ann", "Poe"), "Jane 'Jay' Roe": ("Jane", "Roe"), "M. Roe": ("", ""),
}  # fmt: skip
NOT = {
    "Section Chief": "c_level", "Chief of Party": "c_level", "Non-Executive Director": "c_level",
    "President's Office Coordinator": "c_level", "Senior Partner Engineer": "partner",
    "Attending Physician, MD": "c_level", "Crew Chief": "c_level", "CEO (retired)": "c_level",
    "Associate General Counsel": "entry", "Student Accounts Coordinator": "intern",
    "Fire Chief": "c_level", "Retired President": "c_level",
}  # fmt: skip
NOBODYS = ["invalid", "test", "onion", "localhost", "arpa", "local"]


def test_a_calling_code_without_its_plus_is_read_as_the_countrys(bench):
    """Mobiles and fixed lines of some fifty countries, as a spreadsheet leaves them."""
    rows, expected = [], []
    for land in COUNTRIES:
        for kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE):
            number = phonenumbers.example_number_for_type(land, kind)
            text = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            inter = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
            rows += [{"Phone": one, "Country": land} for one in (text[1:], inter[1:])]
            expected += [text, text]
    found = bench.offline(rows, "phone_e164")
    wrong = [
        (row, number)
        for row, number in zip(found, expected, strict=True)
        if row["phone_e164"] != number
    ]
    assert wrong == []


def test_titles_degrees_nicknames_and_initials_are_no_part_of_a_name(bench):
    rows = bench.offline([{"Full Name": name} for name in NAMES], "first_name,last_name")
    read = {row["Full Name"]: (row["first_name"], row["last_name"]) for row in rows}
    assert read == NAMES


def test_a_level_is_not_that_of_a_word_in_the_title(bench):
    rows = [{"Job Title": title} for title in (*NOT, "Director of Leadership Development")]
    found = bench.offline(rows, "seniority,department")
    assert [row for row in found if row["seniority"] == NOT.get(row["Job Title"])] == []
    assert found[-1]["department"] != "engineering"
    assert found[-1]["seniority"] == "director"


def test_reserved_names_are_no_companies(bench):
    rows = [{"Email": f"jane@psi.{end}", "Website": ""} for end in NOBODYS]
    rows += [{"Email": "", "Website": f"https://www.psi.{end}/about"} for end in NOBODYS]
    found = bench.offline(rows, "company_domain,company_name")
    assert [row for row in found if row["company_domain"] or row["company_name"]] == []


def test_a_malformed_e_mail_alone_is_malformed(bench):
    addresses = ["jane@@psi.de", "jane.doe@", "jane doe@psi.de", "jane@psi"]
    for address in addresses[:2]:
        bench.table("rows.csv", [{"Email": address}])
        ran = bench("enrich", "rows.csv", "-w", "email_kind", "-o", "-")
        assert ran.column("email_kind") == ["malformed"], ran.said
    rows = [{"Email": address} for address in (*addresses, "jane.doe@psi.de")]
    found = bench.offline(rows, "email_kind")
    assert [row["email_kind"] for row in found] == ["malformed"] * 4 + ["person"]


def test_numbers_that_json_has_not_are_refused_with_their_line(bench):
    for text, line in (('[{"email": "a@psi.de"},\n{"email": "b@psi.de", "n": NaN}]', "line 2"),
                       ('{"email": "a@psi.de"}\n{"n": Infinity}\n', "line 2"),
                       ('{"email": "a@psi.de", "n": -Infinity}\n', "line 1")):  # fmt: skip
        bench.write("in.json" if text[0] == "[" else "in.jsonl", text)
        ran = bench("enrich", "in.json" if text[0] == "[" else "in.jsonl", "-o", "-")
        assert ran.status == 2
        assert line in ran.said


def rewritten(path: Path, part: str, change) -> Path:
    """Write a workbook with one part changed, or left out where the change gives nothing."""
    target = path.with_name(f"changed-{path.name}")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            data = change(data) if name == part else data
            if data:
                new.writestr(name, data)
    return target


@pytest.fixture
def book(bench):
    """A workbook of one lead."""
    one = Workbook()
    one.active.append(["Email", "Founded"])
    one.active.append(["jane.doe@psi.de", 1998])
    one.active["B2"].number_format = "0"
    one.save(bench.folder / "in.xlsx")
    return bench.folder / "in.xlsx"


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("xl/worksheets/sheet1.xml", lambda data: data.replace(b's="1"', b's="99"')),
        ("xl/worksheets/sheet1.xml", lambda data: data.replace(b's="1"', b's=""')),
        ("xl/sharedStrings.xml", lambda data: b""),  # noqa: ARG005 - it is left out
        ("docProps/app.xml", lambda data: b""),  # noqa: ARG005 - the same
    ],
    ids=["a style beyond the table", "an empty style", "no shared texts", "no properties"],
)
def test_a_workbook_with_a_fault_is_read_or_said_in_one_line(bench, book, part, change):
    path = rewritten(book, part, change)
    ran = bench("enrich", str(path), "-w", "first_name", "--format", "csv", "-o", "-")
    if ran.status == 2:
        assert ran.said.startswith("error: ")
        assert "next: " in ran.said
        return
    assert ran.status == 0, ran.said
    if "sharedStrings" not in part:
        assert ran.rows[0]["Founded"] == "1998"
        assert ran.rows[0]["first_name"] == "Jane"


def test_a_workbook_with_a_password_or_of_the_strict_kind_says_so_or_is_read(bench, book):
    compound = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 1528
    name = "EncryptedPackage".encode("utf-16-le")
    bench.folder.joinpath("locked.xlsx").write_bytes(compound + name + b"\0" * 480)
    ran = bench("enrich", "locked.xlsx")
    assert ran.status == 2
    assert "password" in ran.said

    strict = rewritten(
        book,
        "xl/workbook.xml",
        lambda data: data.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        ),
    )
    ran = bench("enrich", str(strict), "-o", "-", "--format", "csv")
    assert ran.status in (0, 2)
    assert ran.status == 0 or "Strict" in ran.said, ran.said
