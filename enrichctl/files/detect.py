"""Tell what a file is: format and encoding, from its bytes and its name.

Encodings are not guessed by likelihood: that turns French Windows files into Czech. A byte order
mark decides, then strict UTF-8, then Windows-1252, which is said in a note.
"""

import codecs
import io
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import PurePath
from typing import NamedTuple, TextIO
from urllib.parse import quote

from enrichctl.errors import InputError
from enrichctl.files.origin import Origin
from enrichctl.patterns import pattern

_BOMS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
_KNOWN = (
    (b"PK\x03\x04", "a zip archive", "unpack it and give the file in it"),
    (
        b"\xd0\xcf\x11\xe0",
        "an Excel workbook with a password, or an old one (.xls)",
        "open it in a spreadsheet, and save it as .xlsx without a password, or as CSV",
    ),
    (b"%PDF", "a PDF", "export the table as CSV"),
    (b"FEA1", "a Feather file of version 1", "write it as Parquet, or as Arrow IPC"),
    (b"PARE", "an encrypted Parquet file", "write it without encryption"),
)
_DATABASES = (("sqlite", 0, b"SQLite format 3\0"), ("duckdb", 8, b"DUCK"))  # kind, place, magic
_ARROW = (
    (b"PAR1", "parquet"),
    (b"ARROW1", "arrow"),
    (b"\xff\xff\xff\xff", "arrow"),  # a stream, which begins with the length of a message
)
_FORMATS = {
    ".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".json": "json", ".jsonl": "jsonl",
    ".ndjson": "jsonl", ".xlsx": "xlsx", ".xlsm": "xlsx", ".parquet": "parquet", ".pq": "parquet",
    ".parq": "parquet", ".arrow": "arrow", ".arrows": "arrow", ".feather": "arrow",
    ".ipc": "arrow",
}  # fmt: skip
_LOCKED = "EncryptedPackage".encode("utf-16-le")  # the stream that holds the workbook
_MOST_LOCKED = 64 << 20  # bytes to look through
_CHUNK = 1 << 17  # bytes; of larger pieces decoded in turn the heap keeps the gaps
_CHARACTERS = 1 << 17
PREFIX = 1 << 16  # bytes or characters to judge the whole by
_CONTROLS = pattern(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROLS = 0.02  # of the prefix; text with a few stray ones is still text
_MOST_NULS = 0.1


class Text(NamedTuple):
    """An input whose bytes are text.

    Attributes:
        encoding: Codec without byte order mark.
        bom: The mark that the file begins with, or nothing.
        odd_quotes: Whether the whole holds an odd number of ``"``.
    """

    origin: Origin
    encoding: str
    bom: bytes
    odd_quotes: bool

    def open(self) -> TextIO:
        """Return the text after the byte order mark, line ends as they are."""
        file = self.origin.open()
        file.read(len(self.bom))
        return io.TextIOWrapper(file, encoding=self.encoding, newline="\n")

    def chunks(self) -> Iterator[str]:
        """Read the text in pieces."""
        with self.open() as file:
            while chunk := file.read(_CHARACTERS):
                yield chunk

    def prefix(self) -> str:
        """Return the beginning, enough to judge the whole by."""
        with self.open() as file:
            return file.read(PREFIX)


def read_as_text(origin: Origin, encoding: str | None = None) -> Text:
    """Find the encoding by decoding the whole input once.

    Raises:
        InputError: The input is binary, or not in the encoding that was named.
    """
    head = origin.head(PREFIX)
    bom, marked = next(((b, e) for b, e in _BOMS if head.startswith(b)), (b"", ""))
    if encoding:
        named = _named(encoding)
        if marked and _UNMARKED.get(named, named)[:6] == marked[:6]:
            named = marked
        else:
            bom, named = b"", _UNMARKED.get(named, named)
        candidates = [named]
    else:
        candidates = [marked] if marked else ["utf-8", "cp1252"]
    if not candidates[0].startswith(("utf-16", "utf-32")):
        _refuse_locked(head, origin)
        _refuse_database(head, origin)
        _refuse_binary(head, origin.label)
    first_failure = 0
    for candidate in candidates:
        failed_at, quotes = _decode(origin, candidate, bom)
        if failed_at:
            first_failure = first_failure or failed_at
            continue
        if first_failure:
            origin.notes.append(
                f"read as Windows-1252, because line {first_failure} is not valid UTF-8;"
                " if accents look wrong, name the encoding with --encoding"
            )
        text = Text(origin, candidate, bom, odd_quotes=bool(quotes % 2))
        if encoding and not _comes_back(text):
            origin.notes.append(
                f"{encoding} has several spellings for some characters of the file; they are"
                " written back in the usual one"
            )
        return text
    raise InputError(
        f"line {first_failure} of {origin.label} is not valid {candidates[0].upper()}",
        next="name its encoding with --encoding, for example --encoding cp1250",
    )


def _comes_back(text: Text) -> bool:
    """Tell whether the text, encoded again, is the file; some encodings are ambiguous."""
    encoder = codecs.getincrementalencoder(text.encoding)("strict")
    with text.origin.open() as file:
        file.read(len(text.bom))
        for chunk in text.chunks():
            data = encoder.encode(chunk)
            if file.read(len(data)) != data:
                return False
    return True


def _named(encoding: str) -> str:
    try:
        b"".decode(encoding)
        "".encode(encoding)  # refuses codecs that are not text, such as base64
        return codecs.lookup(encoding).name
    except (LookupError, ValueError) as error:
        raise InputError(
            f"{encoding!r} is not an encoding",
            next="try --encoding utf-8, cp1252, cp1250, utf-16 or shift_jis",
        ) from error


def _decode(origin: Origin, encoding: str, bom: bytes) -> tuple[int, int]:
    """Return the first line that cannot be decoded (0 when all can) and the number of quotes."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    lines = quotes = 0
    with origin.open() as file:
        file.read(len(bom))
        while True:
            chunk = file.read(_CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return lines + 1 + chunk[: error.start].count(b"\n"), 0
            lines += text.count("\n")
            quotes += text.count('"')
            if not chunk:
                return 0, quotes


def _refuse_locked(head: bytes, origin: Origin) -> None:
    """Refuse a workbook with a password, which is wrapped as old ones are.

    See https://learn.microsoft.com/openspecs/office_file_formats/ms-offcrypto, 1.3.3.
    """
    if not head.startswith(b"\xd0\xcf\x11\xe0"):
        return
    with origin.open() as file:
        locked = _LOCKED in file.read(_MOST_LOCKED)
    if locked:
        raise InputError(
            f"{origin.label} is protected with a password",
            next="open it in a spreadsheet and save it without one",
        )


def _refuse_database(head: bytes, origin: Origin) -> None:
    for kind, place, magic in _DATABASES:
        if head.startswith(magic, place):
            advice = "export the table as CSV"
            if origin.path is not None and not origin.packed:
                path = quote(os.fsencode(origin.name))
                address = shlex.quote(f"{kind}:///{path}?table=TABLE")
                advice = f"name one of its tables, and its key: {address} --key COLUMN"
            raise InputError(f"{origin.label} is a database", next=advice)


def _refuse_binary(head: bytes, name: str) -> None:
    for magic, what, advice in _KNOWN:
        if head.startswith(magic):
            raise InputError(f"{name} is {what}", next=advice)
    nuls = head.count(0)
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) // 4 and min(even, odd) < len(head) // 50:
        raise InputError(
            f"{name} looks like UTF-16 without a byte order mark",
            next=f"read it with --encoding {'utf-16-le' if odd > even else 'utf-16-be'}",
        )
    controls = len(_CONTROLS.findall(head))
    if nuls > max(8, len(head) * _MOST_NULS) or controls > max(8, len(head) * _MOST_CONTROLS):
        raise InputError(f"{name} is not a text file", next="export the table as CSV or XLSX")


def format_by_name(name: str) -> str:
    """Return the format that a name's ending stands for, or ""."""
    path = PurePath(name.lower())
    if path.suffix == ".gz":
        path = path.with_suffix("")
    return _FORMATS.get(path.suffix, "")


def is_workbook(origin: Origin) -> bool:
    """Tell whether the content is an XLSX workbook, whatever the name says."""
    if origin.head(4) != b"PK\x03\x04":
        return False
    import zipfile  # noqa: PLC0415 - only workbooks need it

    with origin.open() as file:
        try:
            return "[Content_Types].xml" in zipfile.ZipFile(file).namelist()
        except (zipfile.BadZipFile, OSError):
            return False


def arrow_format(origin: Origin) -> str:
    """Return ``parquet`` or ``arrow`` where the content is that, whatever the name says; else "".

    Raises:
        InputError: It is gzipped, so that it cannot be read from its end.
    """
    found = next((name for magic, name in _ARROW if origin.head(6).startswith(magic)), "")
    if found and origin.packed:
        raise InputError(
            f"{origin.label} is gzipped {found.title()}", next="unpack it: gunzip FILE"
        )
    return found


def json_shape(prefix: str) -> str:
    """Tell ``json`` (an array) from ``jsonl``; "" when it is neither."""
    start = prefix.lstrip()
    if re.match(r"\[\s*(?:[\]{]|$)", start):
        return "json"
    if re.match(r'\{\s*["}]', start):
        return "jsonl"
    return ""


def is_one_object(prefix: str) -> bool:
    """Tell whether the text begins with an object that does not end on its first line."""
    first, ended, _ = prefix.lstrip().partition("\n")
    return bool(ended) and not first.rstrip().endswith("}")
