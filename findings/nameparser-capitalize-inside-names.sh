#!/usr/bin/env bash
# Guess: capitalize() mends the case of a name in capitals or small letters, and knows the Scottish Mac
# as a beginning of surnames such as MacLeod.
# Behaviour: every part that begins with mac and goes on long enough is taken for one, first names and
# names of other languages too: Machado, Macedo and Macaluso become MacHado, MacEdo and MacAluso, and
# Macarena becomes MacArena. Short ones (Macy, Mack) are left alone, so that a quick look finds nothing.
# A name in mixed case is not touched.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'nameparser==2.6.0'
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

from nameparser import HumanName

print("nameparser", version("nameparser"))
EXPECTED = {
    "ANNE MACLEOD": "Anne MacLeod",
    "JOANA MACHADO": "Joana MacHado",
    "rui macedo": "Rui MacEdo",
    "marco macaluso": "Marco MacAluso",
    "MACARENA ORTIZ": "MacArena Ortiz",
    "macy mack": "Macy Mack",
    "Joana Machado": "Joana Machado",
}
for given, expected in EXPECTED.items():
    name = HumanName(given)
    name.capitalize()
    print(given, "->", name)
    assert str(name) == expected, f"{given} is written otherwise now"
PYTHON
