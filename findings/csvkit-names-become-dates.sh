#!/usr/bin/env bash
# Guess: csvsort only puts lines in another order, and a column of first names or of ids is text or
# numbers.
# Behaviour: values are read for a type and written anew from it. Where every first name in the column
# is also the name of a month or a day (April, May, June), they come out as dates in the year 1; ids
# that happen to be 1 and 0 come out as True and False. One name that is no month keeps them all. There
# is no warning, the status is 0, and whether it happens hangs on which rows the file has that day.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'csvkit==2.2.0' 'agate==1.14.2'
"$folder/venv/bin/pip" freeze | grep -E '^(csvkit|agate)='
for third in June Ada; do
    printf 'first_name,lead_id,email\nMay,1,may@acme.example\nApril,0,april@acme.example\n%s,1,third@acme.example\n' "$third" >"$folder/leads.csv"
    echo "in, third lead is $third:" && cat "$folder/leads.csv"
    "$folder/venv/bin/csvsort" -c email "$folder/leads.csv" >"$folder/$third.csv"
    echo "out:" && cat "$folder/$third.csv"
done
grep -qx '0001-05-01,True,may@acme.example' "$folder/June.csv" || { echo "names of months stay names now"; exit 1; }
grep -qx '0001-04-01,False,april@acme.example' "$folder/June.csv" || { echo "the id 0 stays 0 now"; exit 1; }
grep -qx 'May,True,may@acme.example' "$folder/Ada.csv" || { echo "one plain name no longer keeps the names"; exit 1; }
