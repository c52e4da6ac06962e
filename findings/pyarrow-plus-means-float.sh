#!/usr/bin/env bash
# Guess: the CSV reader takes a column of +491712345678 either for text, because of the plus, or for
# the same whole number as 491712345678.
# Behaviour: the plus turns the column into floating point, since the parser of whole numbers knows a
# minus but no plus, and the parser of fractions is asked next. Without the plus it is int64. Written
# out again, or cast to text, the phone number is 4.91712345678e+11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'pyarrow==26.0.1'
"$folder/venv/bin/python" - <<'PYTHON'
import io

import pyarrow as pa
from pyarrow import csv

print("pyarrow", pa.__version__)


def read(phone):
    file = io.BytesIO(f"name,phone\nAda,{phone}\n".encode())
    return csv.read_csv(file, read_options=csv.ReadOptions(use_threads=False))


kinds = {}
for phone in ("491712345678", "-491712345678", "+491712345678"):
    kinds[phone[0]] = str(read(phone).schema.field("phone").type)
    print(phone, "->", kinds[phone[0]])
out = io.BytesIO()
csv.write_csv(read("+491712345678"), out)
print("read and written again:", out.getvalue())
text = read("+491712345678")["phone"].cast(pa.string())[0].as_py()
print("read and cast to text:", text)
assert kinds == {"4": "int64", "-": "int64", "+": "double"}, "the plus is read otherwise now"
assert b"Ada\",4.91712345678e+11" in out.getvalue(), "the number is written otherwise now"
assert text == "4.91712345678e+11", "the number is cast otherwise now"
PYTHON
