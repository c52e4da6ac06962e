"""New columns of a workbook look and behave like those that were there."""

import io

import openpyxl
import pytest
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.table import Table

from enrichctl.files import open_output, open_source

ADDED = ("job_title", "enrichctl_confidence")


@pytest.fixture
def book(tmp_path):
    """A sheet as people make them: coloured, filtered, with widths; and a function to save it."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.append(["Email", "Name"])
    sheet.append(["jane@acme.io", "Jane"])
    sheet.append(["john@acme.io", "John"])
    for row in sheet.iter_rows():
        for cell in row:
            cell.fill = PatternFill("solid", fgColor="00FFEE")
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.column_dimensions["A"].width = 33

    def enriched(change=lambda _: None):
        change(sheet)
        made.save(tmp_path / "in.xlsx")
        with (
            open_source(tmp_path / "in.xlsx") as source,
            open_output(source, tmp_path / "out.xlsx", format="xlsx", added=ADDED) as output,
        ):
            for row in source.rows():
                output.write(row, {}, ["Chief Executive Officer of everything", "0.85"])
        return openpyxl.load_workbook(tmp_path / "out.xlsx").active

    return enriched


def test_a_confidence_is_a_number_and_a_title_is_text(book):
    sheet = book()
    assert (sheet["D2"].value, sheet["D2"].data_type) == (0.85, "n")
    assert sheet["C2"].data_type in ("inlineStr", "s")


def test_new_cells_are_styled_like_their_neighbours_and_wide_enough(book):
    sheet = book()
    assert sheet["C1"].font.bold
    assert sheet["C2"].fill.fgColor.rgb == sheet["B2"].fill.fgColor.rgb
    assert not sheet["C2"].font.bold
    assert sheet.column_dimensions["A"].width == 33
    assert sheet.column_dimensions["C"].width >= len("Chief Executive Officer of everything")
    assert sheet.column_dimensions["D"].width >= len("enrichctl_confidence")


def test_a_filter_goes_over_the_new_columns(book):
    def filtered(sheet):
        sheet.auto_filter.ref = "A1:B3"

    assert book(filtered).auto_filter.ref == "A1:D3"


def test_a_filter_over_something_else_stays(book):
    def filtered(sheet):
        sheet.auto_filter.ref = "A1:A3"

    assert book(filtered).auto_filter.ref == "A1:A3"


def test_a_table_takes_the_new_columns_in(book):
    def tabled(sheet):
        sheet.add_table(Table(displayName="Leads", ref="A1:B3"))

    table = book(tabled).tables["Leads"]
    assert (table.ref, table.autoFilter.ref) == ("A1:D3", "A1:D3")
    assert [one.name for one in table.tableColumns] == ["Email", "Name", *ADDED]
    assert [one.id for one in table.tableColumns] == [1, 2, 3, 4]


def test_a_table_with_a_column_of_that_name_stays(book):
    """Two columns of one name would make a spreadsheet repair the file."""

    def tabled(sheet):
        sheet["B1"] = "Job_Title"
        sheet.add_table(Table(displayName="Leads", ref="A1:B3"))

    assert book(tabled).tables["Leads"].ref == "A1:B3"


def test_widths_that_reach_to_the_last_column_make_room(book):
    def wide(sheet):
        sheet.column_dimensions["B"].width = 5
        sheet.column_dimensions["B"].min, sheet.column_dimensions["B"].max = 2, 16384

    sheet = book(wide)
    assert sheet.column_dimensions["B"].width == 5
    assert sheet.column_dimensions["C"].width > 30


def test_a_new_workbook_has_numbers_and_widths_as_well(tmp_path):
    (tmp_path / "in.csv").write_text("Email\njane@acme.io\n")
    with (
        open_source(tmp_path / "in.csv") as source,
        open_output(source, tmp_path / "out.xlsx", format="xlsx", added=ADDED) as output,
    ):
        for row in source.rows():
            output.write(row, {}, ["CEO", "0.5"])
    sheet = openpyxl.load_workbook(io.BytesIO((tmp_path / "out.xlsx").read_bytes())).active
    assert (sheet["C2"].value, sheet["C2"].data_type) == (0.5, "n")
    assert sheet.column_dimensions["C"].width >= len("enrichctl_confidence")
