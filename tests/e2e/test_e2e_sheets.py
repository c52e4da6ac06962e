"""Workbooks through the whole command: formulas are kept, what is cut or hidden is said."""

import json

from openpyxl import Workbook, load_workbook


def test_a_formula_is_neither_bought_nor_replaced(shell):
    book = Workbook()
    book.active.append(["First Name", "Last Name", "Company Domain", "Email", "Full Name"])
    book.active.append(["Ada", "Quill", "psi-works.de", "=LOWER(A2&B2)", '=A2&" "&B2'])
    book.save(shell.folder / "in.xlsx")
    words = ("enrich", "in.xlsx", "-p", "offline,lemlist", "-w", "email,full_name", "--sandbox")
    done = shell(*words, "-n", "--json")

    plan = json.loads(done.stdout)
    assert (plan["complete"], plan["providers"][0]["ask"]) == (1, 0)
    assert "2 formulas without a stored result" in done.stderr.decode()

    done = shell(*words, "-o", "out.xlsx")
    assert done.returncode == 0, done.stderr
    sheet = load_workbook(shell.folder / "out.xlsx").active
    assert [cell.value for cell in sheet[2]][3:6] == ["=LOWER(A2&B2)", '=A2&" "&B2', "complete"]


def test_a_formula_without_a_result_is_in_every_format_what_was_typed(shell):
    book = Workbook()
    book.active.append(["First Name", "Email", "Next", "Sum"])
    book.active.append(["=1+1", "evil@acme.de", "=C1*2", "=SUM(A1:B1)"])
    book.save(shell.folder / "in.xlsx")
    for name in ("out.csv", "out.tsv", "out.json", "out.jsonl"):
        done = shell("enrich", "in.xlsx", "-o", name, "-q")
        assert done.returncode == 0, done.stderr
    marks = {"out.csv": ",", "out.tsv": "\t"}
    for name, mark in marks.items():
        cells = (shell.folder / name).read_text("utf-8-sig").splitlines()[1].split(mark)
        assert cells[:4] == ["=1+1", "evil@acme.de", "=C1*2", "=SUM(A1:B1)"]
    records = [
        json.loads((shell.folder / "out.json").read_text("utf-8"))[0],
        json.loads((shell.folder / "out.jsonl").read_text("utf-8").splitlines()[0]),
    ]
    for record in records:
        assert (record["First Name"], record["Sum"]) == ("=1+1", "=SUM(A1:B1)")


def test_a_text_that_no_cell_can_hold_is_cut_and_said(shell):
    shell.write("in.csv", "email,notes\njane.doe@acme.io," + "n" * 33_000 + "\n")
    done = shell("enrich", "in.csv", "-o", "out.xlsx")

    assert done.returncode == 0, done.stderr
    assert "1 text of more than 32,767 characters cut" in done.stderr.decode()
    assert load_workbook(shell.folder / "out.xlsx").active["B2"].value == "n" * 32_766 + "…"


def test_a_sheet_that_was_enriched_is_not_undone_by_a_run_on_another(shell):
    book = Workbook()
    book.active.title = "Nord"
    for sheet, name in ((book.active, "Ada Quill"), (book.create_sheet("Sued"), "Bo Lund")):
        sheet.append(["Full Name", "Email"])
        sheet.append([name, f"{name.split()[0].lower()}@psi.example"])
    book.save(shell.folder / "in.xlsx")
    assert shell("enrich", "in.xlsx", "-q").returncode == 0
    kept = (shell.folder / "in.enriched.xlsx").read_bytes()

    done = shell("enrich", "in.xlsx", "--sheet", "Sued", "-q")
    assert done.returncode == 2
    said = b" ".join(done.stderr.split()).decode()
    assert "sheet 'Nord' is enriched in in.enriched.xlsx" in said
    assert "enrich in.enriched.xlsx with --sheet Sued" in said
    assert (shell.folder / "in.enriched.xlsx").read_bytes() == kept

    both = shell("enrich", "in.enriched.xlsx", "--sheet", "Sued", "-o", "both.xlsx", "-q")
    assert both.returncode == 0, both.stderr
    found = load_workbook(shell.folder / "both.xlsx")
    assert [[cell.value for cell in found[name][2]][2] for name in ("Nord", "Sued")] == [
        "Ada",
        "Bo",
    ]
    assert shell("enrich", "in.xlsx", "--sheet", "Sued", "-q", "--force").returncode == 0
    assert shell("enrich", "in.xlsx", "--sheet", "Sued", "-q").returncode == 0
