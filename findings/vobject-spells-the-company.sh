#!/usr/bin/env bash
# Guess: in a vCard that is made with vobject the company is set as the job title, the note and the e-mail
# are: to a text. What does not fit is an error, as a text for the name (n) is.
# Behaviour: the value of org is a list of the company and its departments, and a text is taken for a
# list of its letters: Acme is written as A;c;m;e, a company A with the departments c, m and e, without
# an error, and an address book shows "A". Read again, it is the list of letters.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'vobject==0.9.9'
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import vobject


def card(company, name=vobject.vcard.Name(family="Lovelace", given="Ada")):
    made = vobject.vCard()
    for field, value in (("fn", "Ada Lovelace"), ("n", name), ("title", "Analyst"), ("org", company)):
        made.add(field).value = value
    return made.serialize()


print("vobject", version("vobject"))
text, parts = card("Acme"), card(["Acme", "Research"])
print(text)
again = vobject.readOne(text)
print("read again:", again.title.value, "at", again.org.value)
try:
    card(["Acme"], name="Ada Lovelace")
    refused = False
except vobject.base.NativeError as error:
    refused = True
    print("a text for the name:", error)
assert "TITLE:Analyst" in text, "the title is written otherwise"
assert "ORG:A;c;m;e" in text, "a text is one company now"
assert "ORG:Acme;Research" in parts, "a list is written otherwise"
assert again.org.value == ["A", "c", "m", "e"], "the company is read otherwise now"
assert refused, "a text for the name is taken now"
PYTHON
