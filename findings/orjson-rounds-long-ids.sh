#!/usr/bin/env bash
# Guess: a faster JSON library reads whole numbers as Python's own json does, whole and exact, or says
# that they are too long for it.
# Behaviour: orjson reads a whole number of more than 64 bits as a float and rounds it, without an
# error: two ids of 20 digits and more that differ become one. Its manual limits what it writes to 64
# bits, and there it does raise. json and msgspec read the number as it stands.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'orjson==3.13.0' 'msgspec==0.23.0'
"$folder/venv/bin/python" - <<'PYTHON'
import json

import msgspec
import orjson

IDS = [73786976294838206464, 73786976294838206465]  # two accounts
texts = [json.dumps({"account": one}) for one in IDS]
read = {
    name: [load(text)["account"] for text in texts]
    for name, load in (
        ("json", json.loads), ("msgspec", msgspec.json.decode), ("orjson", orjson.loads),
    )
}
print("orjson", orjson.__version__)
for name, accounts in read.items():
    print(f"{name:8}", *accounts, "the same:", len(set(accounts)) == 1)
try:
    orjson.dumps(IDS[0])
    refused = False
except TypeError as error:
    refused = True
    print("written by orjson:", error)
assert read["json"] == read["msgspec"] == IDS
assert isinstance(read["orjson"][0], float) and len(set(read["orjson"])) == 1, "it is exact now"
assert refused, "it writes long numbers now"
PYTHON
