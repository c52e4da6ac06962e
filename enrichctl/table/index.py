"""The file that finds a row among millions: hashes of keys, and the cells of the rows.

Rows stand one after another, then a list of (rest of hash, place of row) for every bucket, which
the first two bytes of a hash number, then where each bucket begins. Looking up reads one bucket
and the rows it points to, so memory does not grow with the table. SQLite takes twice the time to
build the same, and 1.6 times the space.
"""

import json
import os
import sys
import tempfile
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Self

_MAGIC = b"enrichctltable01"
_BUCKETS = 1 << 16
_HASH = 7  # bytes: two for the bucket, five kept in it
_KEPT = _HASH - 2
_PLACE = 6  # bytes of a row's place in the file
_ENTRY = _KEPT + _PLACE
_SPILL = 16 << 20  # bytes of entries that wait in memory
_USUAL_ROW = 1 << 10  # bytes that most rows fit into
_NUMBER = 8  # bytes of what tells a length
_MARK = "\x1f"  # between cells
KNOWN, CROWD = 0, -1  # numbers of no row: blocks of which all rows are here, or far too many


class IndexRow(NamedTuple):
    """A row of the table: its number, from 1, and the cells of the columns that are kept."""

    number: int
    cells: list[str]


class Index:
    """An index that is open for look-ups, from one thread at a time.

    Attributes:
        meta: What was kept with it.
    """

    def __init__(self, fd: int, meta: dict[str, Any], starts: Sequence[int]) -> None:
        self.meta = meta
        self._fd = fd
        self._starts = starts

    @classmethod
    def open(cls, path: Path) -> Self | None:
        """Open an index; None when there is none, or it is not whole."""
        try:
            fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            size = os.fstat(fd).st_size
            end = os.pread(fd, _NUMBER + len(_MAGIC), max(0, size - _NUMBER - len(_MAGIC)))
            if end[_NUMBER:] != _MAGIC:
                raise ValueError  # noqa: TRY301 - of what follows, too, anything may be wrong
            at = int.from_bytes(end[:_NUMBER], "little")
            starts = array("Q")
            starts.frombytes(os.pread(fd, (_BUCKETS + 1) * _NUMBER, at))
            at += len(starts) * _NUMBER
            meta = json.loads(os.pread(fd, size - at - len(end), at))
        except (OSError, ValueError):
            os.close(fd)
            return None
        if sys.byteorder == "big":
            starts.byteswap()
        return cls(fd, meta, starts)

    def rows(self, block: str, most: int) -> Iterator[IndexRow]:
        """Read the rows of a block in the order of the table; none of more than ``most``."""
        places = self._places(block)
        for place in places if len(places) <= most else ():
            data = os.pread(self._fd, _USUAL_ROW, place)
            size = int.from_bytes(data[:_NUMBER], "little")
            data = data[_NUMBER:]
            if len(data) < size:
                data = os.pread(self._fd, size, place + _NUMBER)
            number, *cells = data[:size].decode("utf-8", "surrogatepass").split(_MARK)
            yield IndexRow(int(number), cells)

    def holds(self, block: str) -> bool:
        """Tell whether there is anything in a block."""
        return bool(self._places(block))

    def _places(self, block: str) -> list[int]:
        digest = _digest(block)
        bucket, rest = int.from_bytes(digest[:2], "big"), digest[2:]
        start, end = self._starts[bucket], self._starts[bucket + 1]
        data = os.pread(self._fd, end - start, start)
        found, at = [], data.find(rest)
        while at >= 0:
            if at % _ENTRY == 0:
                found.append(int.from_bytes(data[at + _KEPT : at + _ENTRY], "little"))
            at = data.find(rest, at + 1)
        return found

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._fd)


class IndexWriter:
    """Writes an index, row by row.

    Args:
        file: What it is written to.
        folder: Where the entries wait until they can be put in order.
    """

    def __init__(self, file: BinaryIO, folder: Path) -> None:
        self._file = file
        self._at = 0
        self._waiting = [bytearray() for _ in range(256)]  # by the first byte of the hash
        self._held = 0
        # Nameless, so that it disappears however the program ends.
        self._spill = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by `__exit__`
        self._runs: list[list[int]] = []  # of each spill, where the entries of each byte begin

    def add(self, number: int, cells: Sequence[str], blocks: Iterable[str]) -> None:
        """Add a row, to be found by each of its blocks."""
        text = _MARK.join((str(number), *cells))
        if text.count(_MARK) > len(cells):
            text = _MARK.join((str(number), *(cell.replace(_MARK, " ") for cell in cells)))
        data = text.encode("utf-8", "surrogatepass")
        place = self._at.to_bytes(_PLACE, "little")
        self._file.write(len(data).to_bytes(_NUMBER, "little") + data)
        self._at += _NUMBER + len(data)
        for block in blocks:
            digest = _digest(block)
            self._waiting[digest[0]] += digest[1:] + place
            self._held += _ENTRY + 1
        if self._held >= _SPILL:
            self._put_aside()

    def _put_aside(self) -> None:
        run = [self._spill.tell()]
        for entries in self._waiting:
            self._spill.write(entries)
            run.append(run[-1] + len(entries))
            entries.clear()
        self._runs.append(run)
        self._held = 0

    def finish(self, meta: Mapping[str, Any]) -> None:
        """Put the entries in order, and write what leads to them."""
        self._put_aside()
        self._spill.flush()
        starts = array("Q")
        for first in range(256):
            entries = b"".join(
                os.pread(self._spill.fileno(), run[first + 1] - run[first], run[first])
                for run in self._runs
            )
            buckets = [bytearray() for _ in range(256)]
            for at in range(0, len(entries), _ENTRY + 1):
                buckets[entries[at]] += entries[at + 1 : at + 1 + _ENTRY]
            for bucket in buckets:
                starts.append(self._at)
                self._file.write(bucket)
                self._at += len(bucket)
        starts.append(self._at)
        if sys.byteorder == "big":
            starts.byteswap()
        self._file.write(starts.tobytes() + json.dumps(dict(meta)).encode())
        self._file.write(self._at.to_bytes(_NUMBER, "little") + _MAGIC)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._spill.close()


def _digest(block: str) -> bytes:
    return blake2b(block.encode("utf-8", "surrogatepass"), digest_size=_HASH).digest()
