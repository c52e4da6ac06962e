"""Keep what is written safe for spreadsheets and for the file's encoding; tell what was damaged."""

import re
import unicodedata
from collections import Counter

from enrichctl.files.records import Source
from enrichctl.model import counted
from enrichctl.patterns import pattern

_SUSPECT = pattern(r"\s*[=+\-@\t\r\0]|\s*[\uff1d\uff0b\uff0d\uff20]")  # the full-width ones too
_PHONE_OR_NUMBER = pattern(r"\+?[ (]*\d[\d ().-]*|[+-]?\d+(?:[.,]\d+)*")
_DAMAGED = pattern(r"\d(?:[.,]\d+)?E\+\d\d", re.IGNORECASE)


def neutral(text: str) -> str:
    """Return a value that no spreadsheet takes for a formula; phones and numbers stay as they are.

    See https://owasp.org/www-community/attacks/CSV_Injection.
    """
    if text[:1].isalnum():  # most are, and this is the quickest look
        return text
    if _SUSPECT.match(text) and not _PHONE_OR_NUMBER.fullmatch(text):
        return "'" + text
    return text


def fitting(text: str, encoding: str) -> str:
    """Return a value as an encoding can hold it: without accents it lacks, else spelled out."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(_nearest(character, encoding) for character in text)
    return text


def _nearest(character: str, encoding: str) -> str:
    for candidate in (character, unicodedata.normalize("NFKD", character)):
        try:
            candidate.encode(encoding)
        except UnicodeEncodeError:
            continue
        else:
            return candidate
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return plain or _spelled_out(character) or "?"


def _spelled_out(character: str) -> str:
    from anyascii import anyascii  # noqa: PLC0415 - rarely needed

    return anyascii(character)


def damage_notes(source: Source) -> list[str]:
    """Say which columns of the first records hold numbers that a spreadsheet has rounded."""
    found: Counter[int] = Counter()
    example: dict[int, str] = {}
    for row in source.sample():
        for index, cell in enumerate(row.cells):
            if "+" in cell and _DAMAGED.fullmatch(cell.strip()):
                found[index] += 1
                example.setdefault(index, cell.strip())
    return [
        f"{counted(count, 'cell')} of column {source.header[index]!r} like"
        f" {example[index]}: a spreadsheet has rounded a number there, so its digits are lost;"
        " left as they are"
        for index, count in found.items()
    ]
