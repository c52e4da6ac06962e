#!/usr/bin/env bash
# Guess: a datetime field reads 20240131, the short form of 2024-01-31 in ISO 8601, as that day, as
# datetime.fromisoformat does; or it is an error.
# Behaviour: text of digits alone is seconds since 1970, so it is the 23rd of August 1970, for every such
# date of our days. With the time behind it (202401311230) the number is big enough for milliseconds:
# 1976. Only a date field refuses it, since the seconds do not fall on a midnight.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'pydantic==2.14.4'
"$folder/venv/bin/python" - <<'PYTHON'
import datetime as dt
from importlib.metadata import version

from pydantic import BaseModel, ValidationError


class Answer(BaseModel):
    checked_at: dt.datetime


class Day(BaseModel):
    on: dt.date


print("pydantic", version("pydantic"))
seen = {}
for text in ("2024-01-31", "20240131", "202401311230"):
    seen[text] = Answer.model_validate_json(f'{{"checked_at": "{text}"}}').checked_at
    print("datetime", text, "->", seen[text].isoformat())
try:
    day = Day(on="20240131").on
except ValidationError as error:
    day = error.errors()[0]["type"]
print("date 20240131 ->", day)
assert seen["2024-01-31"] == dt.datetime(2024, 1, 31), "the long form is read otherwise now"
assert seen["20240131"].date() == dt.date(1970, 8, 23), "the short form is read or refused now"
assert seen["202401311230"].year == 1976, "the short form with a time is read or refused now"
assert day == "date_from_datetime_inexact", "a date field reads it otherwise now"
PYTHON
