#!/usr/bin/env bash
# Guess: digits that begin with the country's own calling code are either read as that calling code
# or not valid at all, so that a spreadsheet that ate the plus of +49 171 2345678 does no harm.
# Behaviour: with region DE they are a valid *other* number, +49 491712345678, a fixed line; where the
# plan has numbers of one length only (region FR), the calling code is recognised. German plans allow
# numbers of many lengths, so the national reading wins without a word.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'phonenumbers==9.0.43'
"$folder/venv/bin/python" - <<'PYTHON'
import phonenumbers as p

print("phonenumbers", p.__version__)
read = {}
for region, digits in (("DE", "491712345678"), ("FR", "33612345678")):
    number = p.parse(digits, region)
    kind = p.PhoneNumberType.to_string(p.number_type(number))
    read[region] = p.format_number(number, p.PhoneNumberFormat.E164)
    print(region, digits, "->", read[region], kind, "valid:", p.is_valid_number(number))
assert read["DE"] == "+49491712345678", "the national reading no longer wins in Germany"
assert p.is_valid_number(p.parse("491712345678", "DE")), "it is no longer called valid"
assert read["FR"] == "+33612345678", "the calling code is no longer recognised in France"
PYTHON
