#!/usr/bin/env bash
# Guess: people[*].name and people[*].email are two columns of one table: the third name and the third
# address are of the same person, and who has no address has null, as with jq's .people[].email.
# Behaviour: a projection leaves out every null. One person without an address, and all later ones have
# their predecessor's row: Cy's address stands next to Bob's name. What keeps them together is one
# projection of both: people[*].[name, email].
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'jmespath==1.1.0'
"$folder/venv/bin/python" - <<'PYTHON'
import jmespath

PEOPLE = {
    "people": [
        {"name": "Ada", "email": "ada@acme.example"},
        {"name": "Bob", "email": None},
        {"name": "Cy", "email": "cy@acme.example"},
    ]
}
columns = jmespath.search("{name: people[*].name, email: people[*].email}", PEOPLE)
rows = list(zip(columns["name"], columns["email"]))
together = jmespath.search("people[*].[name, email]", PEOPLE)
print("jmespath", jmespath.__version__)
print("two lists:", rows)
print("one list: ", together)
assert rows == [("Ada", "ada@acme.example"), ("Bob", "cy@acme.example")], "nulls are kept now"
assert together == [["Ada", "ada@acme.example"], ["Bob", None], ["Cy", "cy@acme.example"]]
PYTHON
