"""Files 07, 09, 11, 12, 14 and 17: which column holds what, and what a file is."""

import json

import pytest
from bench import DATA

from enrichctl.cli import app

SHAPES = json.loads((DATA / "headers.json").read_text("utf-8"))


def test_addresses_in_the_file_are_not_bought_again(bench):
    for name, rows in (("google_contacts.csv", 3), ("several_emails_in_a_cell.csv", 4)):
        plan = bench.plan(name, "lemlist", "-w", "email", "--sandbox")
        assert (plan["complete"], plan["providers"][0]["ask"]) == (rows, 0)


def test_the_delimiter_is_the_one_under_which_the_columns_make_sense(bench):
    rows = bench.filled("delimiter_in_an_address.csv", "first_name")
    assert [row["Adresse (Straße, PLZ, Ort)"][:6] for row in rows] == [
        "Haupts", "Rue 2,", "Via Ro", "Karl J",
    ]  # fmt: skip
    rows = bench.filled("delimiter_in_a_name.csv", "first_name,last_name")
    assert [(row["first_name"], row["last_name"]) for row in rows] == [
        ("Jane", "Doe"), ("Tom", "Roe"), ("Ann", "Poe"), ("Eve", "Fay"),
    ]  # fmt: skip
    rows = bench.filled("delimiter_in_a_place.csv", "first_name")
    assert [row["City, Country"] for row in rows] == [
        "Berlin, Germany", "Lyon, France", "Milano, Italy", "Oslo, Norway",
    ]  # fmt: skip
    ran = bench(
        "enrich", str(DATA / "delimiter_in_a_place.csv"), "--delimiter", ",", "-n", "--json",
        "--map", "email=",
    )  # fmt: skip
    assert ran.status in (0, 2)  # as it was named, whatever comes of it
    assert "City, Country" not in ran.said


def test_formulas_without_a_result_are_kept_and_said(bench):
    for name, count in (("formulas.xlsx", 4), ("formula_email.xlsx", 2)):
        before = (DATA / name).read_bytes()
        ran = bench("enrich", str(DATA / name), "-p", "offline", "--format", "csv", "-o", "-")
        assert f"{count} formulas without a stored result" in ran.said
        assert "save it first" in ran.said
        assert (DATA / name).read_bytes() == before
    plan = bench.plan("formula_email.xlsx", "lemlist", "-w", "email", "--sandbox")
    assert (plan["complete"], plan["providers"][0]["ask"]) == (2, 0)


def test_the_sheet_that_is_seen_is_read_and_filtered_rows_are_said(bench):
    path = str(DATA / "hidden_first_sheet.xlsx")
    ran = bench("enrich", path, "-w", "last_name", "--format", "csv", "-o", "-")
    assert [(row["Email"], row["last_name"]) for row in ran.rows] == [
        ("jane.doe@acme-tools.de", "Doe")
    ]
    assert "'Leads' is read" in ran.said
    path = str(DATA / "filtered_rows.xlsx")
    ran = bench("enrich", path, "-w", "last_name", "--format", "csv", "-o", "-")
    assert len(ran.rows) == 3
    assert "1 row hidden" in ran.said


@pytest.mark.parametrize(
    ("name", "mapped", "kept"),
    [
        ("lead_title.csv", "full_name company_name email phone", "job_title"),
        ("account_numbers.csv", "first_name last_name email", "company_name"),
        ("person_account.csv", "first_name last_name", "company_name"),
    ],
)
def test_what_only_looks_like_a_title_or_a_company_is_not_mapped(bench, name, mapped, kept):
    mapping = bench.plan(name, "lemlist", "--sandbox")["mapping"]
    assert mapping.keys() == {*mapped.split()}
    assert kept not in mapping


def test_the_sales_representative_is_not_asked_about(bench):
    path = str(DATA / "sales_rep.csv")
    ran = bench("enrich", path, "-p", "lemlist", "--sandbox", "-n")
    assert ran.status == 2
    assert '--map "email=Customer Email"' in ran.said


def test_an_output_that_is_an_input_keeps_one_set_of_columns_and_its_sources(bench):
    for name in ("again.csv", "again.jsonl"):
        form = name.rpartition(".")[2]
        first, second = f"one.{form}", f"two.{form}"
        assert bench("enrich", str(DATA / name), "-o", first).status == 0
        assert bench("enrich", first, "-o", second).status == 0
        one, two = ((bench.folder / name).read_text("utf-8") for name in (first, second))
        if form == "csv":
            assert two.splitlines()[0] == one.splitlines()[0]
            assert two.splitlines()[0].count("enrichctl_status") == 1
            sources = [row.count("=offline") for row in two.splitlines()[1:]]
            assert sources == [row.count("=offline") for row in one.splitlines()[1:]]
            continue
        for line, again in zip(one.splitlines(), two.splitlines(), strict=True):
            assert again.count('"_enrichctl"') == 1
            assert (
                json.loads(again)["_enrichctl"]["fields"]
                == json.loads(line)["_enrichctl"]["fields"]
            )


@pytest.mark.parametrize("tool", SHAPES)
def test_the_headers_of_exports_are_mapped_after_a_look_at_the_values(bench, capsys, tool):
    """Each header of published exports, with values of our own, by the command in this process."""
    columns, fields = SHAPES[tool]["columns"], SHAPES[tool]["fields"]
    rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    path = bench.table("in.csv", rows)
    assert app.run(["enrich", str(path), "-p", "pdl", "-n", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["mapping"] == fields
