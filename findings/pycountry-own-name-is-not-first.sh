#!/usr/bin/env bash
# Guess: search_fuzzy() with the exact name of a country has that country first; whatever else is like
# it comes behind.
# Behaviour: the whole name of a country, the whole name of a province and a match inside a longer name
# each give points, which are added up by country. "Niger" is a state of Nigeria and the beginning of
# its name as well, which is more than being the Republic of the Niger; "Curaçao" answers the
# Netherlands. All other countries are first under their own names, so that a test with a handful of
# them finds nothing. lookup() is exact and answers right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'pycountry==26.2.16'
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import pycountry

print("pycountry", version("pycountry"))
wrong = {}
for country in pycountry.countries:
    assert pycountry.countries.lookup(country.name) == country, "lookup() misses its own name"
    first = pycountry.countries.search_fuzzy(country.name)[0]
    if first != country:
        wrong[country.name] = first.name
print(len(pycountry.countries), "countries, of which another one is first for:", wrong)
assert wrong == {"Niger": "Nigeria", "Curaçao": "Netherlands"}, "other names are first now"
PYTHON
