#!/usr/bin/env bash
# Guess: a word behind a phone number, such as "030 1234567 Fax" from an address book, is skipped, like
# the words before it, or makes the number invalid.
# Behaviour: three or more letters behind the first digit are taken for a number that spells a word, and
# each of them is dialled as on the keys of a telephone: Fax is 329. In a country with
# numbers of many lengths (Germany, Austria) the longer number is valid, and another one. Two letters
# (030 1234567 AB) are dropped. In France the longer number is at least not valid.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'phonenumbers==9.0.43'
"$folder/venv/bin/python" - <<'PYTHON'
import phonenumbers as p

print("phonenumbers", p.__version__)
EXPECTED = {
    ("030 1234567", "DE"): ("+49301234567", True),
    ("Fax 030 1234567", "DE"): ("+49301234567", True),
    ("030 1234567 AB", "DE"): ("+49301234567", True),
    ("030 1234567 Fax", "DE"): ("+49301234567329", True),
    ("030 123456 (Ada)", "DE"): ("+4930123456232", True),
    ("0664 1234567 mob", "AT"): ("+436641234567662", True),
    ("01 23 45 67 89 Fax", "FR"): ("+33123456789329", False),
}
for (cell, region), expected in EXPECTED.items():
    number = p.parse(cell, region)
    seen = p.format_number(number, p.PhoneNumberFormat.E164), p.is_valid_number(number)
    print(region, cell, "->", seen[0], "valid" if seen[1] else "not valid")
    assert seen == expected, f"{cell} is read otherwise now"
PYTHON
