"""A part of an archive states sizes of 64 bits only where it needs them."""

import io
import os
import struct
import zipfile

import pytest

from enrichctl.files.archivepart import GrowingPart


def archive(content, sink):
    with zipfile.ZipFile(sink, "w") as made:
        with made.open(GrowingPart("rows.xml"), "w", force_zip64=True) as part:
            part.write(content)
        made.writestr("last.xml", b"end")


def check(raw, content):
    with zipfile.ZipFile(io.BytesIO(raw)) as back:
        assert back.testzip() is None
        assert (back.read("rows.xml"), back.read("last.xml")) == (content, b"end")


@pytest.mark.parametrize(("size", "stated"), [(0, 0), (999, 999), (1001, 0xFFFFFFFF)])
def test_sizes_are_of_64_bits_only_where_they_have_to_be(monkeypatch, size, stated):
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1000)
    content, sink = b"x" * size, io.BytesIO()
    archive(content, sink)
    check(sink.getvalue(), content)
    assert struct.unpack_from("<LL", sink.getvalue(), 18) == (stated, stated)


def test_what_cannot_be_rewound_says_the_size_after_the_part():
    out, into = os.pipe()
    with open(out, "rb") as end:  # noqa: PTH123 - a pipe's end
        with open(into, "wb") as sink:  # noqa: PTH123 - the same
            archive(b"x" * 500, sink)
        raw = end.read()
    check(raw, b"x" * 500)
    after = raw.index(b"PK\x07\x08")
    assert struct.unpack_from("<QQ", raw, after + 8) == (500, 500)
