#!/usr/bin/env bash
# Guess: a library that reads quarters ("Q3 2024" is July, where the first month is asked for) reads the
# half years beside them in a column of funding rounds or contracts the same way, or says that it knows
# none, as it does of "FY2024" and "second half 2024".
# Behaviour: the letter before the number is dropped and the number is a month: H2 2024 is February 2024
# and H1 is January, 2024-H2 too. The year is right and January is so by chance, so that a look at the
# first rows finds nothing; all that stood in July is five months early.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'dateparser==1.5.0'
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import dateparser

FIRST = {"PREFER_MONTH_OF_YEAR": "first", "PREFER_DAY_OF_MONTH": "first"}
EXPECTED = {
    "Q1 2024": "2024-01-01",
    "Q3 2024": "2024-07-01",
    "FY2024": None,
    "second half 2024": None,
    "H1 2024": "2024-01-01",
    "H2 2024": "2024-02-01",
    "2024-H2": "2024-02-01",
}
print("dateparser", version("dateparser"))
for text, expected in EXPECTED.items():
    day = dateparser.parse(text, languages=["en"], settings=FIRST)
    read = day and f"{day:%Y-%m-%d}"
    print(text, "->", read)
    assert read == expected, f"{text} is read otherwise now"
PYTHON
