#!/usr/bin/env bash
# Guess: a workbook is a ZIP archive, so any archive that one reader of workbooks takes, the next one
# takes as well; writing the sizes in 64 bits, as is done for a part of unknown size, is the careful way.
# Behaviour: Python's zipfile with force_zip64 puts 64-bit sizes even before small parts. openpyxl reads
# such a workbook; SheetJS, which many web pages use for uploads, stops with "Bad compressed size". The
# same parts with plain sizes are read by both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'openpyxl==3.1.5' 'et-xmlfile==2.0.0'
npm install --silent --no-audit --no-fund --prefix "$folder" 'xlsx@0.18.5' > "$folder/npm.log"
cd "$folder"
venv/bin/python - <<'PYTHON'
import sys
import zipfile

import openpyxl

print("python", sys.version.split()[0], "openpyxl", openpyxl.__version__)
book = openpyxl.Workbook()
book.active.append(["email", "company"])
book.active.append(["ada@acme.example", "Acme"])
book.save("made.xlsx")
for name, wide in (("plain.xlsx", False), ("wide.xlsx", True)):
    with zipfile.ZipFile("made.xlsx") as made, zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as new:
        for info in made.infolist():
            with new.open(info.filename, "w", force_zip64=wide) as part:
                part.write(made.read(info))
    rows = [list(row) for row in openpyxl.load_workbook(name).active.iter_rows(values_only=True)]
    print(name, "openpyxl:", rows)
    assert rows[1] == ["ada@acme.example", "Acme"], "openpyxl no longer reads it"
PYTHON
cat > read.js <<'NODE'
const sheets = require("xlsx");
console.log("node", process.versions.node, "xlsx", sheets.version);
const read = (name) => {
  try {
    const book = sheets.readFile(name);
    return sheets.utils.sheet_to_json(book.Sheets[book.SheetNames[0]])[0].email;
  } catch (error) {
    return error.message;
  }
};
const [plain, wide] = [read("plain.xlsx"), read("wide.xlsx")];
console.log("SheetJS:", { plain, wide });
if (plain !== "ada@acme.example") throw new Error("SheetJS no longer reads the plain one");
if (!wide.startsWith("Bad compressed size")) throw new Error("SheetJS takes the wide one otherwise now");
NODE
node read.js
