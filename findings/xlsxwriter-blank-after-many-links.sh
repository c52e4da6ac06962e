#!/usr/bin/env bash
# Guess: a column of web sites in a workbook holds texts; if a writer makes links of them, and Excel has a
# limit for links, the rows behind the limit are plain text.
# Behaviour: XlsxWriter makes a link of every text that begins with https:// and leaves the whole cell
# blank from link 65,531 of a sheet on, and that of an address of more than 2,079 characters. What is told
# is a warning for each, of a URL that is ignored. to_excel of pandas takes XlsxWriter as soon as it is
# installed, and before that openpyxl, which writes all rows: installing a package empties cells of a
# program that never names it. write_excel of polars has no other writer.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    'pandas==3.1.1' 'polars==2.1.0' 'openpyxl==3.1.5' 'et-xmlfile==2.0.0' 'python-calamine==0.9.1'
cd "$folder"
cat >sites.py <<'PYTHON'
import sys
import warnings

import pandas as pd
import polars as pl
from python_calamine import CalamineWorkbook

SITES = [f"https://{number}.acme.example" for number in range(65_535)]


def blank(path, sites):
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)[1:]
    return len(sites) - sum(row == [site] for row, site in zip(rows, sites))


def by_pandas(sites):
    pd.DataFrame({"site": sites}).to_excel("pandas.xlsx", index=False)
    return blank("pandas.xlsx", sites)


def by_polars(sites):
    pl.DataFrame({"site": sites}).write_excel("polars.xlsx")
    return blank("polars.xlsx", sites)


writers = [globals()[name] for name in sys.argv[1].split(",")]
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    for writer in writers:
        many = writer(SITES)
        long = [writer(["https://acme.example/" + "x" * (length - 21)]) for length in (2_079, 2_080)]
        print(f"{writer.__name__} blank: {many} of {len(SITES)}; one of 2,079 and 2,080 characters:", *long)
print("warnings:", len(told), *(str(one.message)[:90] for one in told[:1]))
PYTHON
freeze() {
    venv/bin/pip freeze | grep -iE '^(pandas|polars|openpyxl|xlsxwriter|python-calamine)=' | tr '\n' ' ' && echo
}
freeze && venv/bin/python sites.py by_pandas | tee before
venv/bin/pip install -q --disable-pip-version-check 'XlsxWriter==3.3.1'
freeze && venv/bin/python sites.py by_pandas,by_polars | tee after
is() {
    grep -qE "^$2 blank: $3 of 65535; .*: $4\$" "$1" || { echo "$2, $1 XlsxWriter is there: otherwise now"; exit 1; }
}
is before by_pandas 0 "0 0"
is after by_pandas 5 "0 1"
is after by_polars 5 "0 1"
