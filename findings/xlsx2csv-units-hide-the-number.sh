#!/usr/bin/env bash
# Guess: a cell that holds 51 and shows "51 seats", because its number format says 0 "seats", comes out
# of a converter as 51, or as 51 seats.
# Behaviour: xlsx2csv looks for a letter of a date (d, m, y, h, s) anywhere in the format, words in
# quotes included, takes the cell for a date and writes the format in place of the value: 0 "seats", for
# 51 and 1200 alike. In employees and USD a month or a day, counted from 1900, stands in the word. The
# status is 0, and the number is gone. "people" and FTE have no such letter and do no harm.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    'xlsx2csv==0.8.6' 'xlsxwriter==3.3.1' 'openpyxl==3.1.5' 'et-xmlfile==2.0.0' 'python-calamine==0.9.1'
cd "$folder"
venv/bin/pip freeze | grep -iE '^(xlsx2csv|xlsxwriter|openpyxl|python-calamine)=' | tr '\n' ' ' && echo
venv/bin/python - <<'PYTHON'
import csv
import subprocess

import openpyxl
import xlsxwriter
from python_calamine import CalamineWorkbook

UNITS = {
    '0 "people"': ["51", "1200"],
    '0 "FTE"': ["51", "1200"],
    '0 "seats"': ['0 "seats"', '0 "seats"'],
    '#,##0 "employees"': ['#,##0 "e02ployees"', '#,##0 "e04ployees"'],
    '0.00 "USD"': ['0.00 "us19"', '0.00 "us14"'],
}
with xlsxwriter.Workbook("sizes.xlsx") as book:
    sheet = book.add_worksheet()
    for row, unit in enumerate(UNITS):
        sheet.write_row(row, 0, [51, 1200], book.add_format({"num_format": unit}))
subprocess.run(["venv/bin/xlsx2csv", "sizes.xlsx", "sizes.csv"], check=True)
with open("sizes.csv", newline="") as file:
    written = list(csv.reader(file))
by_calamine = CalamineWorkbook.from_path("sizes.xlsx").get_sheet_by_index(0).to_python()
by_openpyxl = [list(row) for row in openpyxl.load_workbook("sizes.xlsx").active.iter_rows(values_only=True)]
for unit, texts in zip(UNITS, written):
    print(f"{unit:20} 51 -> {texts[0]:22} 1200 -> {texts[1]}")
assert by_calamine == by_openpyxl == [[51, 1200]] * len(UNITS), "others read no plain numbers"
assert written == list(UNITS.values()), "the numbers are written otherwise now"
PYTHON
