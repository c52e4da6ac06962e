"""Which test proves which kind of input: the list, and a check that it does not rot.

Every kind was found in public reports of people who do this job, or in the test suites of others.
All these tests run the installed command, unless there is one beside it for the details.
"""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
OF = "inputs/test_identity_of_rows.py"
COLUMNS = "inputs/test_columns_and_files.py"
VALUES = "inputs/test_values.py"
CELLS = "inputs/test_without_a_file.py"
SUITES = "inputs/test_from_suites_of_others.py"
BAD = "e2e/test_e2e_bad_input.py"

LINES: dict[str, tuple[str, ...]] = {
    # Files
    "01 national phones": (
        f"{OF}::test_a_national_number_is_of_its_rows_country_for_every_provider",
    ),
    "01 unread country": (f"{OF}::test_a_country_that_is_not_understood_gives_no_number",),
    "02 shared e-mail, shared profile": (
        f"{OF}::test_an_address_of_two_people_fills_the_row_of_the_one_whom_the_answer_names",
        "inputs/test_waterfall_of_many.py::test_no_two_people_share_a_call_or_a_value",
    ),
    "03 switchboard": (f"{OF}::test_colleagues_of_one_switchboard_are_asked_about_by_name",),
    "04 shifted, quotes with a backslash": (
        f"{OF}::test_a_row_that_may_be_shifted_is_failed_with_its_line_and_told_to_nobody",
        f"{OF}::test_quotes_with_a_backslash_are_read_where_the_file_has_them_throughout",
        f"{BAD}::test_nobody_is_told_of_a_row_whose_cells_may_be_shifted",
    ),
    "05 domains of nobody": (f"{OF}::test_domains_of_mailboxes_and_networks_are_nobodys",),
    "06 placeholders told": (
        f"{OF}::test_a_placeholder_is_as_blank_and_told_to_nobody",
        f"{OF}::test_null_is_a_surname_where_nothing_else_in_the_row_is_a_marker",
    ),
    "06 placeholders in a table": (
        f"{OF}::test_a_placeholder_in_a_table_fills_nothing_and_the_next_is_asked",
    ),
    "07 e-mails in the file": (
        f"{COLUMNS}::test_addresses_in_the_file_are_not_bought_again",
        f"{BAD}::test_a_column_that_no_field_took_is_refused_where_something_would_be_bought",
    ),
    "08 phones with words": (
        f"{VALUES}::test_the_number_before_the_words_is_read_in_a_new_column_and_in_place",
    ),
    "09 delimiters": (
        f"{COLUMNS}::test_the_delimiter_is_the_one_under_which_the_columns_make_sense",
        f"{BAD}::test_a_delimiter_can_be_named",
    ),
    "10 provider domains": (
        f"{VALUES}::test_mailbox_providers_are_no_employers_and_employers_are",
    ),
    "10 no such ending": (f"{VALUES}::test_a_domain_that_cannot_exist_is_no_company",),
    "11 formulas": (
        f"{COLUMNS}::test_formulas_without_a_result_are_kept_and_said",
        "e2e/test_e2e_sheets.py::test_a_formula_is_neither_bought_nor_replaced",
    ),
    "12 hidden sheet, filtered rows": (
        f"{COLUMNS}::test_the_sheet_that_is_seen_is_read_and_filtered_rows_are_said",
    ),
    "13 full name, 15 family first, 19 Ma Andrew": (
        f"{VALUES}::test_names_are_joined_once_and_divided_where_something_tells",
    ),
    "14 titles of deals, numbers, yes and no": (
        f"{COLUMNS}::test_what_only_looks_like_a_title_or_a_company_is_not_mapped",
        f"{COLUMNS}::test_the_sales_representative_is_not_asked_about",
    ),
    "16 titles": (f"{VALUES}::test_a_level_is_the_persons_not_that_of_whom_they_work_for",),
    "17 again": (
        f"{COLUMNS}::test_an_output_that_is_an_input_keeps_one_set_of_columns_and_its_sources",
        "e2e/test_e2e_again.py::test_its_own_columns_are_filled_anew_and_sources_are_kept",
    ),
    "18 mailboxes": (f"{VALUES}::test_a_mailbox_of_many_names_nobody",),
    "19 phone formats": (f"{VALUES}::test_phones_of_a_workbook_are_read_as_they_are_shown",),
    "19 profiles": (
        f"{VALUES}::test_profiles_are_spelled_in_one_way_and_nobodys_is_not_asked_about",
    ),
    "19 wrapped JSON": (f"{VALUES}::test_json_that_wraps_its_records_says_where_they_are",),
    # Without a file
    "a plus that a spreadsheet has eaten": (
        f"{CELLS}::test_a_phone_is_the_number_of_todays_plan_of_its_own_country",
        f"{SUITES}::test_a_calling_code_without_its_plus_is_read_as_the_countrys",
    ),
    "numbers of a workbook": (f"{CELLS}::test_a_workbooks_numbers_have_all_their_digits",),
    "markers in cells": (f"{CELLS}::test_markers_in_cells_are_blank_to_fill_and_kept_until_then",),
    "Parquet columns that cannot be held": (
        f"{CELLS}::test_a_parquet_table_with_columns_that_cannot_be_held_answers_all_the_same",
    ),
    "R's header": (f"{CELLS}::test_the_first_column_of_r_is_the_rows_names",),
    "company forms; names in ASCII": (
        f"{CELLS}::test_a_company_is_one_under_all_its_forms_and_a_name_in_ascii_too",
    ),
    "countries; time zones; a country alone": (
        f"{CELLS}::test_countries_are_understood_and_zones_have_todays_names",
    ),
    "old plans": (
        f"{CELLS}::test_a_phone_is_the_number_of_todays_plan_of_its_own_country",
        f"{CELLS}::test_a_number_of_an_old_plan_that_is_not_certain_is_blank_with_a_reason",
    ),
    "Google's and Outlook's headers; headers.md": (
        f"{COLUMNS}::test_the_headers_of_exports_are_mapped_after_a_look_at_the_values",
        f"{COLUMNS}::test_addresses_in_the_file_are_not_bought_again",
    ),
    "more headers": (f"{CELLS}::test_headers_of_more_exports_are_mapped",),
    "the default region": (f"{CELLS}::test_what_the_row_says_outranks_the_default_region",),
    "an address tells the order": (
        f"{CELLS}::test_the_order_of_a_name_is_told_by_the_address_beside_it",
    ),
    "an answer about Alder Travel": (
        f"{CELLS}::test_an_answer_about_another_company_is_held_back",
    ),
    # From test suites of others
    "initials, titles, degrees, nicknames": (
        f"{SUITES}::test_titles_degrees_nicknames_and_initials_are_no_part_of_a_name",
    ),
    "Section Chief; Attending Physician, MD": (
        f"{SUITES}::test_a_level_is_not_that_of_a_word_in_the_title",
    ),
    "+39 (0) 312": (f"{CELLS}::test_a_phone_is_the_number_of_todays_plan_of_its_own_country",),
    "reserved domains": (f"{SUITES}::test_reserved_names_are_no_companies",),
    "XLSX faults": (
        f"{SUITES}::test_a_workbook_with_a_fault_is_read_or_said_in_one_line",
        f"{SUITES}::test_a_workbook_with_a_password_or_of_the_strict_kind_says_so_or_is_read",
        "files/test_sheets.py::test_a_workbook_that_cannot_be_read_says_so_in_one_line",
    ),
    "NaN": (f"{SUITES}::test_numbers_that_json_has_not_are_refused_with_their_line",),
    "one malformed e-mail": (f"{SUITES}::test_a_malformed_e_mail_alone_is_malformed",),
}  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_each_kind_of_input_has_a_test_that_is_there(line):
    for node in LINES[line]:
        path, _, name = node.partition("::")
        text = (TESTS / path).read_text("utf-8")
        assert re.search(rf"^def {name}\(", text, re.MULTILINE), node


def test_each_test_of_inputs_stands_in_the_list():
    named = {node for nodes in LINES.values() for node in nodes}
    here = {
        f"inputs/{path.name}::{name}"
        for path in Path(__file__).parent.glob("test_*.py")
        if path.name != Path(__file__).name
        for name in re.findall(r"^def (test_\w+)\(", path.read_text("utf-8"), re.MULTILINE)
    }
    assert here - named == set()
