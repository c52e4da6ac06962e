#!/usr/bin/env bash
# Guess: two .csv.zst exports that were joined with cat are decompressed to the lines of both, as gzip
# files are, for RFC 8878 lets such a file have any number of parts (frames); or they are an error.
# Behaviour: ZstdDecompressor().decompress() returns the lines of the first part and drops the others,
# without an error. The same library's stream_reader() and open() return all lines, so that it depends
# on how a file is read. Large exports are often in several parts: pzstd, and whatever appends to
# a log, write them so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'zstandard==0.25.0'
"$folder/venv/bin/python" - <<'PYTHON'
import gzip
import io

import zstandard

PARTS = [b"email\nada@acme.example\n", b"bob@acme.example\n"]
joined = b"".join(map(zstandard.compress, PARTS))
reader = zstandard.ZstdDecompressor()
at_once = reader.decompress(joined)
stream = reader.stream_reader(io.BytesIO(joined)).read()
print("zstandard", zstandard.__version__)
print("gzip:         ", gzip.decompress(b"".join(map(gzip.compress, PARTS))))
print("decompress:   ", at_once)
print("stream_reader:", stream)
assert stream == b"".join(PARTS), "a stream is no longer read across parts"
assert at_once == PARTS[0], "decompress reads all parts now"
PYTHON
