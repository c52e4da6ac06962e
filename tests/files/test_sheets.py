"""XLSX: cells as they are shown, and a workbook that keeps what is not the tool's."""

# ruff: noqa: DTZ001 - times in a sheet have no zone

import io
import json
import time as time_of_day
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from enrichctl.errors import InputError, OutputError
from enrichctl.files import newsheets, open_output, open_source
from enrichctl.files.cellformat import shown

BOOK = Path(__file__).parent.parent / "data" / "files" / "two_sheets.xlsx"


def rewritten(path, added=("x", "y"), changed=None, texts=("v", "=w"), sheet=None):
    out = io.BytesIO()
    with (
        open_source(path, sheet=sheet) as source,
        open_output(source, None, format="xlsx", added=added, stream=out) as output,
    ):
        for row in source.rows():
            output.write(row, changed or {}, texts, None)
    return out


def convert(path, target):
    with (
        open_source(path) as source,
        open_output(source, target, format="xlsx", added=()) as output,
    ):
        for row in source.rows():
            output.write(row, {}, [], None)


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        (1234, "00000", "01234"), (612345678, '0#" "##" "##" "##" "##', "06 12 34 56 78"),
        (5551234, "000\\-0000", "555-1234"), (2025550123, "(###) ###-####", "(202) 555-0123"),
        (33612345678, "General", "33612345678"), (3.36e10, "0.00E+00", "33600000000"),
        (1.5, "General", "1.5"), (0.1 + 0.2, "General", "0.3"), (42.0, "General", "42"),
        (0.255, "0.0%", "25.5%"), (1, "0%", "100%"), (12000, "#,##0", "12000"),
        (12.5, "0.00", "12.50"), (12.5, "0.0#", "12.5"), (3, "0.##", "3"), (-3.5, "0.00", "-3.50"),
        (9.9, "[$€-407] 0.00", "€ 9.90"), (7, '0" people"', "7 people"),
        # No grouping and all digits, whatever a program's default format is.
        (33142685300, "#,##0", "33142685300"), (1998, "#,##0", "1998"),
        (1998, "#,##0.00", "1998.00"), (9007199254740993, "#,##0", "9007199254740993"),
        (33142685300.0, "0.000", "33142685300"),
        (1_500_000, '0.0,,"M"', "1500000"), (-12, "#,##0_);(#,##0)", "(12)"), (0, "0;-0;\\-", "0"),
        # Phone masks: by value, with a plus, with slashes, on text.
        (2530000, "[<=9999999]###-####;(###) ###-####", "253-0000"),
        (6502530000, "[<=9999999]###-####;(###) ###-####", "(650) 253-0000"),
        (16502530000, "+# (###) ###-####", "+1 (650) 253-0000"),
        (4930901820, '"+"0', "+4930901820"),
        (4930901820, "+0", "+4930901820"), (4930901820, '"+"General', "+4930901820"),
        (4930901820, "\\+00 00 000000", "+49 30 901820"), (30901820, '0"/"000000', "30/901820"),
        ("4930901820", '"+"@', "+4930901820"), ("Ann", "#,##0", "Ann"),
        ("a;b", '0;-0;0;"x "@', "x a;b"),
        (-5, "0;(0)", "(5)"), (5, '"a;b"0;0', "a;b5"), (15, "[>10]0;[<5]0.0;General", "15"),
        (7, "@", "7"), (True, "General", "TRUE"), (None, "General", ""), ("007", "General", "007"),
        (date(2024, 3, 1), "dd/mm/yyyy", "01/03/2024"),
        (date(2024, 3, 1), "mm-dd-yy", "2024-03-01"),
        (datetime(2024, 3, 1), "d mmm yy", "1 Mar 24"),
        (datetime(2024, 3, 1), "mm-dd-yy", "2024-03-01"),
        (datetime(2024, 3, 1, 14, 5), "yyyy-mm-dd hh:mm", "2024-03-01 14:05"),
        (datetime(2024, 3, 1, 14, 5, 9), "[$-409]h:mm:ss AM/PM", "2:05:09 PM"),
        (time(9, 5), "hh:mm", "09:05"), (timedelta(hours=30, minutes=5), "[h]:mm", "30:05:00"),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_it_is_shown(value, number_format, expected):
    assert shown(value, number_format) == expected


def test_leading_zeros_dates_and_numbers_are_read_as_shown():
    with open_source(BOOK) as source:
        assert [row.cells for row in source.rows()] == [
            ["rae@rime.example", "Rae", "01234", "06 12 34 56 78", "01/03/2024", "25.5%", "12000"],
            ["", "Sky", "00501", "+33 6 12 34 56 78", "", "", "1.5"],
            ["tia@shaw.example", "", "", "33612345678", "2025-12-31 18:05", "100%", "TRUE"],
        ]
        assert [row.line for row in source.rows()] == [2, 3, 5]


def test_a_sheet_is_chosen_by_name():
    with open_source(BOOK, sheet="Companies") as source:
        assert source.header == ["Company", "Staff", "Double"]
    with pytest.raises(InputError, match="has no sheet 'Nobody'") as caught:
        open_source(BOOK, sheet="Nobody")
    assert caught.value.next == "choose one of: Leads, Companies"


def test_new_cells_leave_the_rest_of_the_workbook_as_it_was():
    out = rewritten(BOOK, changed={0: "<new> & co"})
    old, new = load_workbook(BOOK), load_workbook(out)
    assert new.sheetnames == ["Leads", "Companies"]
    leads, was = new["Leads"], old["Leads"]
    assert [leads.cell(1, c).value for c in (8, 9)] == ["x", "y"]
    assert [leads.cell(r, 8).value for r in (2, 3, 4, 5)] == ["v", "v", None, "v"]
    assert [leads.cell(r, 9).value for r in (2, 3, 4, 5)] == ["'=w", "'=w", None, "'=w"]
    assert [leads.cell(r, 1).value for r in (2, 3, 5)] == ["<new> & co"] * 3
    assert leads.cell(1, 8).font.b
    assert leads.cell(1, 8).fill.fgColor.rgb == "00DDEEFF"
    assert leads.column_dimensions["A"].width == 34.5
    assert leads.freeze_panes == "A2"
    assert leads.dimensions == "A1:I5"
    for line in was.iter_rows(min_col=2):
        for cell in line:
            copy = leads[cell.coordinate]
            assert (copy.value, copy._style) == (cell.value, cell._style)
    with zipfile.ZipFile(BOOK) as before, zipfile.ZipFile(out) as after:
        assert before.namelist() == after.namelist()
        assert "xl/charts/chart1.xml" in after.namelist()
        assert b'ref="A1:I5"' in after.read("xl/worksheets/sheet1.xml")
        for name in set(before.namelist()) - {"xl/worksheets/sheet1.xml"}:
            assert after.read(name) == before.read(name)


def test_the_second_sheet_can_be_the_one_that_is_enriched():
    out = rewritten(BOOK, sheet="Companies")
    new = load_workbook(out)
    assert [cell.value for cell in new["Companies"][2]] == ["Rime", 12, "=B2*2", "v", "'=w"]
    assert [cell.value for cell in new["Leads"][1]] == [
        cell.value for cell in load_workbook(BOOK)["Leads"][1]
    ]


def edited(tmp_path, change, extra=()):
    """Return the workbook with its sheets' XML changed, as other programs would write it."""
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(BOOK) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, data in extra:
            new.writestr(name, data)
    return path


def test_rows_that_other_programs_write_otherwise_get_their_cells_too(tmp_path):
    def change(name, data):
        if name != "xl/worksheets/sheet1.xml":
            return data
        data = data.replace(b'<dimension ref="A1:G5" />', b'<dimension ref="A1" />')
        data = data.replace(b'<row r="4"', b'<row r="4" spans="1:3"')
        rows = b'<row r="6"/><row r="7"/>'
        return data.replace(b"</sheetData>", rows + b"</sheetData>")

    sheet = load_workbook(rewritten(edited(tmp_path, change)))["Leads"]
    assert [sheet.cell(r, 8).value for r in range(1, 8)] == ["x", "v", "v", None, "v", None, None]


def test_a_prefixed_sheet_keeps_its_prefix(tmp_path):
    xml = (
        b'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>Email</x:t></x:is></x:c>'
        b'<x:c t="inlineStr"><x:is><x:t>Name</x:t></x:is></x:c></x:row>'
        b'<x:row><x:c/><x:c t="inlineStr"><x:is><x:t>Ann</x:t></x:is></x:c></x:row>'
        b"</x:sheetData></x:worksheet>"
    )
    path = edited(tmp_path, lambda n, d: xml if n == "xl/worksheets/sheet1.xml" else d)
    sheet = load_workbook(rewritten(path, changed={0: "a@birch.example"}))["Leads"]
    assert [[cell.value for cell in line] for line in sheet.rows] == [
        ["Email", "Name", "x", "y"],
        ["a@birch.example", "Ann", "v", "'=w"],
    ]


def test_the_order_of_calculation_is_left_for_the_spreadsheet_to_find(tmp_path):
    kind = b'<Override PartName="/xl/calcChain.xml" ContentType="application/x"/>'
    path = edited(
        tmp_path,
        lambda n, d: d.replace(b"</Types>", kind + b"</Types>") if "Types" in n else d,
        [("xl/calcChain.xml", b"<calcChain/>")],
    )
    with zipfile.ZipFile(rewritten(path)) as book:
        assert "xl/calcChain.xml" not in book.namelist()
        assert b"calcChain" not in book.read("[Content_Types].xml")


def test_a_new_sheet_holds_text_only_and_never_a_formula(tmp_path):
    path = tmp_path / "in.csv"
    path.write_bytes("name,zip\n=1+1,00501\n\x01é_x0041_,\n".encode())
    target = tmp_path / "out.xlsx"
    convert(path, target)
    sheet = load_workbook(target).active
    assert [[cell.value for cell in line] for line in sheet.rows] == [
        ["name", "zip"], ["=1+1", "00501"], ["é_x005F_x0041_", None],
    ]  # fmt: skip
    assert {cell.data_type for line in sheet.rows for cell in line if cell.value} == {"s"}


@pytest.mark.parametrize(
    "text",
    ["=1+1", "#N/A", "TRUE", "1e5", "2024-01-02", "12345678901234567890", "_x0041_", "__x0041__",
     "_x005F_x000D_", "a\nb", "a\tb", " a ", "<>&\"' ]]> é 😀", "n" * 32_767,
     "_x0041_" + "n" * 32_760, "😀" * 16_383],
)  # fmt: skip
def test_a_new_sheet_gives_back_the_text_that_was_put_in(tmp_path, text):
    path, back = tmp_path / "in.jsonl", tmp_path / "out.xlsx"
    path.write_text(json.dumps({"name": text, "enrichctl_confidence": text}) + "\n")
    convert(path, back)
    assert {cell.data_type for cell in load_workbook(back).active[2]} == {"s"}
    with open_source(back) as source:
        assert [row.cells for row in source.rows()] == [[text, text]]


def test_equal_rows_give_equal_workbooks(tmp_path, monkeypatch):
    (tmp_path / "in.csv").write_text("name,zip\nAnn,00501\n")
    convert(tmp_path / "in.csv", tmp_path / "a.xlsx")
    monkeypatch.setattr(time_of_day, "time", lambda now=time_of_day.time: now() + 100)
    convert(tmp_path / "in.csv", tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        assert book.read("docProps/core.xml").count(b">1980-01-01T00:00:00Z<") == 2


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(newsheets, "MOST_ROWS", 3)
    (tmp_path / "in.csv").write_text("email\na@b.example\nc@d.example\n")
    convert(tmp_path / "in.csv", tmp_path / "out.xlsx")
    (tmp_path / "in.csv").write_text("email\na@b.example\nc@d.example\ne@f.example\n")
    with pytest.raises(OutputError, match="no more than 3 rows"):
        convert(tmp_path / "in.csv", tmp_path / "out2.xlsx")
    assert {path.name for path in tmp_path.iterdir()} == {"in.csv", "out.xlsx"}


def test_more_columns_than_a_sheet_holds_are_refused_before_anything_is_written(tmp_path):
    names = [f"c{n}" for n in range(16_384)]
    (tmp_path / "in.csv").write_text(f"{','.join(names)}\n{'1,' * 16_383}1\n")
    with open_source(tmp_path / "in.csv") as source:
        open_output(source, tmp_path / "out.xlsx", format="xlsx", added=()).abandon()
        with pytest.raises(OutputError, match="no more than 16384 columns"):
            open_output(source, tmp_path / "out.xlsx", format="xlsx", added=["x"])
    assert {path.name for path in tmp_path.iterdir()} == {"in.csv"}


@pytest.mark.parametrize("text", ["n" * 40_000, "😀" * 20_000])
def test_a_text_too_long_for_a_cell_is_cut_and_said(tmp_path, text):
    path = tmp_path / "in.csv"
    path.write_text(f"name,note\nAnn,{text}\nBo,short\n", "utf-8")
    with (
        open_source(path) as source,
        open_output(source, tmp_path / "out.xlsx", format="xlsx", added=()) as output,
    ):
        for row in source.rows():
            output.write(row, {}, [], None)
    assert output.cut == 1
    cut, short = (cells[1].value for cells in load_workbook(tmp_path / "out.xlsx").active["2:3"])
    assert short == "short"
    assert text.startswith(cut.removesuffix("…"))
    assert 32_765 <= len(cut.encode("utf-16-le")) // 2 <= 32_767


def book_of(tmp_path, *lines, sheet=1, **parts):
    """Write a workbook whose first sheet has such rows, its other parts as they are or changed."""
    book = Workbook()
    book.create_sheet("Other").append(["Email"])
    book.save(tmp_path / "plain.xlsx")
    xml = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        + "".join(lines)
        + "</sheetData></worksheet>"
    )
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(tmp_path / "plain.xlsx") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == f"xl/worksheets/sheet{sheet}.xml":
                data = xml.encode()
            new.writestr(name, parts.pop(Path(name).stem, lambda data: data)(data))
        for name, data in parts.items():
            new.writestr(f"xl/{name}.xml", data(b""))
    return path


def line(*cells, attributes=""):
    """Return a row's XML: texts, or cells as they are."""
    xml = [
        cell if cell.startswith("<c") else f'<c t="inlineStr"><is><t>{cell}</t></is></c>'
        for cell in cells
    ]
    return f"<row {attributes}>{''.join(xml)}</row>"


def test_a_formula_without_a_result_is_a_filled_cell(tmp_path):
    path = book_of(
        tmp_path,
        line("Name", "Email"),
        line("Ann", "<c><f>LOWER(A2)</f><v/></c>"),
        line("Bo", '<c t="str"><f>LOWER(A3)</f><v></v></c>'),
        line("Cy", '<c t="e"><f>VLOOKUP(A4,C:D,2,0)</f><v>#N/A</v></c>'),
        line("Di", '<c t="str"><f>LOWER(A5)</f><v>di@rime.example</v></c>'),
        line("Ed", '<c t="e"><v>#N/A</v></c>'),
        line("Fay", "", "", "<c><f>1+1</f></c>"),
    )
    with open_source(path) as source:
        rows = list(source.rows())
        assert [(row.cells[1], sorted(row.opaque)) for row in rows] == [
            ("", [1]), ("", [1]), ("", [1]), ("di@rime.example", []), ("#N/A", []), ("", [3]),
        ]  # fmt: skip
        assert [source.shown(row)[1] for row in rows] == [
            "=LOWER(A2)", "", "#N/A", "di@rime.example", "#N/A", "",
        ]  # fmt: skip
        assert source.whole(rows[-1], {})[3] == "=1+1"
        assert source.width == 4  # new columns must not stand on a formula
        notes = " / ".join(source.notes)
    assert "2 formulas without a stored result: kept as filled cells" in notes
    assert "2 formulas with a blank result or an error" in notes


def test_the_first_sheet_that_is_not_hidden_is_read(tmp_path):
    def hide(data):
        first = b'name="Sheet" sheetId="1" state='
        return data.replace(first + b'"visible"', first + b'"hidden"')

    path = book_of(tmp_path, line("Email"), line("a@rime.example"), sheet=2, workbook=hide)
    with open_source(path) as source:
        assert (source.sheet, source.header) == ("Other", ["Email"])
        assert source.notes == [
            "sheet 'Other' is read, one of 2 (hidden: 'Sheet'); --sheet NAME reads another"
        ]
    with pytest.raises(InputError, match=r"sheet .Sheet. of .* is empty"):
        open_source(path, sheet="Sheet")  # what is named is read


def test_hidden_rows_are_read_and_said(tmp_path):
    path = book_of(
        tmp_path, line("Email"), line("a@rime.example"),
        line("b@rime.example", attributes='hidden="1"'), line("", attributes='hidden="1"'),
    )  # fmt: skip
    with open_source(path) as source:
        assert [row.cells for row in source.rows()] == [["a@rime.example"], ["b@rime.example"]]
        assert "1 row hidden in the sheet" in source.notes[-1]


def test_what_xml_cannot_hold_is_decoded(tmp_path):
    table = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b"<si><t>Weg 1_x000D_\nUlm</t></si><si><t>_x005F_x000D_</t></si>"
        b"<si><t>_xD83D__xDE00_ _xZZZZ_ _x0000_</t></si></sst>"
    )
    path = book_of(
        tmp_path,
        line("Address", "<c/>"),
        *(line(f'<c t="s"><v>{n}</v></c>', "<c/>") for n in range(3)),
        line("_x0041_"),
        sharedStrings=lambda _: table,
    )
    with open_source(path) as source:
        assert [row.cells[0] for row in source.rows()] == [
            "Weg 1\r\nUlm", "_x000D_", "😀 _xZZZZ_ ", "A",
        ]  # fmt: skip


@pytest.mark.parametrize("style", ['s="99"', 's=""', 's="-1"'])
def test_a_style_that_is_not_there_shows_a_number_as_it_is(tmp_path, style):
    path = book_of(tmp_path, line("Phone"), line(f"<c {style}><v>4930901820</v></c>"))
    with open_source(path) as source:
        assert [row.cells for row in source.rows()] == [["4930901820"]]


def test_a_workbook_without_the_shared_texts_that_it_names_is_read(tmp_path):
    kind = (
        b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-'
        b'officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
    )
    path = book_of(
        tmp_path,
        line("Email"),
        line("a@rime.example"),
        **{"[Content_Types]": lambda data: data.replace(b"</Types>", kind)},
    )
    with open_source(path) as source:
        assert [row.cells for row in source.rows()] == [["a@rime.example"]]


@pytest.mark.parametrize(
    ("lines", "parts", "said"),
    [
        ([line('<c t="s"><v>7</v></c>')], {}, "not a sound XLSX workbook"),
        ([line("Email"), line("<c><v>abc</v></c>")], {}, "not a sound XLSX workbook"),
        ([line("Email"), line('<c r="ZZZZ2" t="str"><v>x</v></c>')], {}, "not a sound XLSX"),
        ([line("Email"), "<row><c>"], {}, "not a sound XLSX workbook"),
        (
            [line("Email")],
            {
                "workbook": lambda data: data.replace(
                    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                    b"http://purl.oclc.org/ooxml/spreadsheetml/main",
                )
            },
            "is a Strict Open XML workbook",
        ),
    ],
)
def test_a_workbook_that_cannot_be_read_says_so_in_one_line(tmp_path, lines, parts, said):
    path = book_of(tmp_path, *lines, **parts)
    with pytest.raises(InputError, match=said) as caught, open_source(path) as source:
        list(source.rows())
    assert caught.value.next


def test_a_workbook_with_a_password_says_so(tmp_path):
    path = tmp_path / "locked.xlsx"
    directory = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2_000 + directory)
    with pytest.raises(InputError, match="protected with a password"):
        open_source(path)
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2_000)
    with pytest.raises(InputError, match="Excel workbook with a password, or an old one"):
        open_source(path)


@pytest.mark.parametrize("rows", [[], [["ann@birch.example", "Ann"]]])
def test_a_sheet_without_a_header_is_refused(tmp_path, rows):
    book = Workbook()
    for cells in rows:
        book.active.append(cells)
    book.save(tmp_path / "book.xlsx")
    with pytest.raises(InputError, match="looks like a record" if rows else "is empty") as caught:
        open_source(tmp_path / "book.xlsx")
    assert caught.value.next


def test_a_formula_that_cells_share_is_typed_as_it_counts_in_each(tmp_path):
    path = book_of(
        tmp_path,
        line("Email", "Twice"),
        line("a@rime.example", '<c r="B2"><f t="shared" ref="B2:B4" si="0">A2*2</f><v>1</v></c>'),
        line("b@rime.example", '<c r="B3"><f t="shared" si="0"/></c>'),
        line("c@rime.example", '<c r="B4"><f t="dataTable" ref="B4"/></c>'),
    )
    with open_source(path) as source:
        assert [source.shown(row)[1] for row in source.rows()] == ["1", "=A3*2", ""]
