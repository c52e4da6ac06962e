#!/usr/bin/env bash
# Guess: FormatChecker() handed to a Draft202012Validator checks the formats of that draft; with the
# extra "format" packages installed it knows more of them, not others.
# Behaviour: where two drafts use one name for two things, FormatChecker() has the older one: "time" is
# the time without a zone of draft 3. It refuses 10:00:00Z, which the schema's own draft wants, and takes
# 10:00:00, which that draft forbids; "color" too is checked, which that draft does not know. The
# checker that fits hangs on the validator class: Draft202012Validator.FORMAT_CHECKER.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'jsonschema[format-nongpl]==4.26.0'
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

from jsonschema import Draft202012Validator, FormatChecker

print("jsonschema", version("jsonschema"))
CHECKERS = {"FormatChecker()": FormatChecker(), "of the draft": Draft202012Validator.FORMAT_CHECKER}
seen = {}
for kind, text in (("time", "10:00:00Z"), ("time", "10:00:00"), ("color", "teal-ish"), ("date", "2024-01-31")):
    for name, checker in CHECKERS.items():
        validator = Draft202012Validator({"type": "string", "format": kind}, format_checker=checker)
        seen[text, name] = validator.is_valid(text)
        print(kind, text, name, "->", "valid" if seen[text, name] else "refused")
assert seen["2024-01-31", "FormatChecker()"] and seen["2024-01-31", "of the draft"], "a date is refused"
assert not seen["10:00:00Z", "FormatChecker()"] and seen["10:00:00Z", "of the draft"], "they agree now"
assert seen["10:00:00", "FormatChecker()"] and not seen["10:00:00", "of the draft"], "they agree now"
assert not seen["teal-ish", "FormatChecker()"] and seen["teal-ish", "of the draft"], "they agree now"
PYTHON
