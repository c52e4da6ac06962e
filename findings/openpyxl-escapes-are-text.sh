#!/usr/bin/env bash
# Guess: what a cell of an XLSX file says is the same in every library that reads it, and what openpyxl
# writes into a cell is what others find there.
# Behaviour: the format writes signs that XML cannot hold as _xHHHH_, and an underscore that would look
# like one as _x005F_. openpyxl knows neither. On reading, the line end that XlsxWriter stores as _x000D_
# stays these seven letters; on writing, a product code such as size_x0041_b goes out as it is, and
# a reader that follows the format (here calamine) finds sizeAb in the cell.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'openpyxl==3.1.5' 'xlsxwriter==3.3.1' 'python-calamine==0.9.1'
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import sys
from importlib.metadata import version
from pathlib import Path

import openpyxl
import xlsxwriter
from python_calamine import CalamineWorkbook

print(*(f"{name} {version(name)}" for name in ("openpyxl", "XlsxWriter", "python-calamine")))
ADDRESS, CODE = "1 Main St\r\nBern", "size_x0041_b"
PATH = str(Path(sys.argv[1], "leads.xlsx"))


def read():
    by_openpyxl = [cell.value for cell in openpyxl.load_workbook(PATH).active[1]]
    return by_openpyxl, CalamineWorkbook.from_path(PATH).get_sheet_by_index(0).to_python()[0]


with xlsxwriter.Workbook(PATH) as book:
    book.add_worksheet().write_row(0, 0, [ADDRESS, CODE])
foreign = read()
book = openpyxl.Workbook()
book.active.append([ADDRESS, CODE])
book.save(PATH)
own = read()
for writer, (by_openpyxl, by_calamine) in (("XlsxWriter", foreign), ("openpyxl", own)):
    print("written by", writer, "read by openpyxl", by_openpyxl, "by calamine", by_calamine)
assert foreign[1] == [ADDRESS, CODE], "calamine reads XlsxWriter's cells otherwise"
assert foreign[0][0] == "1 Main St_x000D_\nBern", "openpyxl decodes on reading now"
assert own[1][1] == "sizeAb", "openpyxl encodes on writing now"
PYTHON
