"""What a run must remember of every record, on the disk: memory does not grow with the file."""

import sqlite3
from typing import Self

CACHE = 4096  # KiB of what is on the disk that may stay in memory
LATEST = 16_384  # keys that are not on the disk yet: they go there together


class Scratch:
    """A dictionary of short byte strings that may outgrow memory and is gone with its process."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)  # a file of its own, without a name
        self._db.executescript(
            f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-{CACHE};"
            " CREATE TABLE known (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID; BEGIN"
        )
        self._latest: dict[bytes, bytes] = {}
        self._is_on_disk = False  # something is: what is not among the latest may be there

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._db.close()

    def add(self, key: bytes) -> bool:
        """Add a key; tell whether it is new."""
        if self.get(key) is not None:
            return False
        self.put(key, b"")
        return True

    def merge(self, key: bytes, bits: int) -> int:
        """Add bits to those that a key has; return those that it had before."""
        before = int.from_bytes(self.get(key) or b"", "little")
        if (whole := before | bits) != before:
            self.put(key, whole.to_bytes((whole.bit_length() + 7) // 8, "little"))
        return before

    def first(self, key: bytes, value: bytes) -> bytes:
        """Return the value that was given first for a key: this one when it is new."""
        found = self.get(key)
        if found is None:
            self.put(key, value)
        return value if found is None else found

    def get(self, key: bytes) -> bytes | None:
        """Return the value of a key; None where it is not known."""
        found = self._latest.get(key)
        if found is None and self._is_on_disk:
            row = self._db.execute("SELECT value FROM known WHERE key=?", (key,)).fetchone()
            return bytes(row[0]) if row else None
        return found

    def put(self, key: bytes, value: bytes) -> None:
        """Give a key a value, in the place of the one that it had."""
        self._latest[key] = value
        if len(self._latest) >= LATEST:
            self._db.executemany("REPLACE INTO known VALUES (?, ?)", self._latest.items())
            self._latest.clear()
            self._is_on_disk = True
