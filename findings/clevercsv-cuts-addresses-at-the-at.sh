#!/usr/bin/env bash
# Guess: a file with one column of e-mail addresses has no separator, and a tool that works out the
# separator of CSV files finds that out, or says that it does not know.
# Behaviour: CleverCSV takes the @ for it, since the lines then have the same number of tidy parts.
# "clevercsv standardize" writes ada,acme.example under a header of one column and ends with 0;
# read_dicts puts "ada" into email. A column of company names is cut at the space before GmbH, one of
# phone numbers at the spaces in them. A column of domains stays whole, and so does an address as soon as
# the file has a second column.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'clevercsv[full]==0.8.5'
"$folder/venv/bin/pip" freeze | grep -E '^clevercsv='
cd "$folder"
printf '%s\n' email ada@acme.example bob@beta.example >emails.csv
printf '%s\n' company 'Acme GmbH' 'Beta AG' >companies.csv
printf '%s\n' domain acme.example beta.example >domains.csv
printf '%s\n' email,name ada@acme.example,Ada bob@beta.example,Bob >both.csv
for file in emails companies domains both; do
    venv/bin/clevercsv standardize -o "$file.out" "$file.csv"
    echo "$file:" && paste -d '>' "$file.csv" <(tr -d '\r' <"$file.out")
done
venv/bin/python - <<'PYTHON'
import clevercsv

rows = [dict(row) for row in clevercsv.read_dicts("emails.csv")]
print("read_dicts:", rows)
assert [row["email"] for row in rows] == ["ada", "bob"], "the addresses stay whole now"
PYTHON
is() { [ "$(tr -d '\r' <"$1.out")" = "$2" ] || { echo "$1: $3"; exit 1; }; }
is emails $'email\nada,acme.example\nbob,beta.example' "the addresses stay whole now"
is companies $'company\nAcme,GmbH\nBeta,AG' "the companies stay whole now"
is domains "$(cat domains.csv)" "the domains are cut as well"
is both "$(cat both.csv)" "a second column no longer keeps the addresses whole"
