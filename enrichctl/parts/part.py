"""One part of an input: it is written under a temporary name and renamed, and a note next to it.

So a process that is killed loses no more than the part it was at work on. The note holds a digest
of the bytes that the part was made of: another file in its place is noticed, however long and old.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from enrichctl.engine.report import Report
from enrichctl.files.origin import changed

Note = dict[str, Any]
_PIECE = 1 << 20  # bytes that are read at once


@dataclass(frozen=True)
class FilePart:
    """A part of a file.

    Attributes:
        source: The file.
        stamp: Its size and when it was written to; it must not change meanwhile.
        number: Which part it is, from 0.
        span: The bytes of the file that it is made of, from and to.
        folder: Where it is kept.
        said: Columns and texts, as the names of the file's folders say them.
    """

    source: str
    stamp: tuple[int, int]
    number: int
    span: tuple[int, int]
    folder: str
    said: tuple[tuple[str, str], ...] = ()

    @property
    def rows_path(self) -> Path:
        """Return where its rows are kept."""
        return Path(self.folder, f"{self.number:06}.rows")

    @property
    def note_path(self) -> Path:
        """Return where it is kept what it came to; once that is there, the part is finished."""
        return Path(self.folder, f"{self.number:06}.json")

    def digest(self, file: BinaryIO) -> str:
        """Return what tells the bytes that it is made of from any others, in an opened source."""
        found = hashlib.blake2b(digest_size=16)
        at, end = self.span
        while at < end and (piece := os.pread(file.fileno(), min(_PIECE, end - at), at)):
            found.update(piece)
            at += len(piece)
        return found.hexdigest()

    def is_of(self, note: Note) -> bool:
        """Tell whether the file still holds the bytes of which this came."""
        with open(self.source, "rb") as file:  # noqa: PTH123 - a text of any bytes
            same_size = os.fstat(file.fileno()).st_size == self.stamp[0]
            return same_size and bool(note["digest"] == self.digest(file))


class Work(Protocol):
    """What is done to each part of a file. It can be pickled."""

    def fill(self, part: FilePart, file: BinaryIO, place: Path) -> tuple[Report, Note]:
        """Fill a part; return its counts, and what else is to be known of it.

        Args:
            part: Which one.
            file: Its source, opened.
            place: The file that its rows go to.
        """


def stamp_of(path: str | Path) -> tuple[int, int]:
    """Return what changes with every write to a file."""
    state = os.stat(path)  # noqa: PTH116 - a text of any bytes
    return state.st_size, state.st_mtime_ns


def fill_part(part: FilePart, work: Work) -> Note:
    """Fill a part, unless that is done already; return what it came to.

    It may run more than once, also at the same time: each gives the same.

    Raises:
        InputError: The input was changed.
    """
    if (note := read_note(part)) is not None:
        return note
    with open(part.source, "rb") as file, renamed(part.rows_path) as place:  # noqa: PTH123 - a text of any bytes
        report, more = work.fill(part, file, place)
        digest = part.digest(file)
        if stamp_of(part.source) != part.stamp:
            raise changed(part.source)
    note = {"digest": digest, "rows_out": report.records, "summary": report.summary(), **more}
    with renamed(part.note_path) as place:
        place.write_text(json.dumps(note))
    return note


def read_note(part: FilePart) -> Note | None:
    """Return what a part came to; None while it is not finished."""
    try:
        note: Note = json.loads(part.note_path.read_bytes())
    except (OSError, ValueError):
        return None
    return note if part.rows_path.is_file() else None


@contextmanager
def renamed(path: Path) -> Iterator[Path]:
    """Yield the place of a file that gets its name once it is complete."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
