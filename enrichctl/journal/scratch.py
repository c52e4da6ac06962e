"""What a run must remember of every record, on the disk: memory does not grow with the file."""

import sqlite3
from typing import Self

CACHE = 4096  # KiB of it that may stay in memory


class Scratch:
    """A dictionary of short byte strings that may outgrow memory and is gone with its process."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)  # a file of its own, without a name
        self._db.executescript(
            f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-{CACHE};"
            " CREATE TABLE known (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID; BEGIN"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._db.close()

    def add(self, key: bytes) -> bool:
        """Add a key; tell whether it is new."""
        return bool(self._db.execute("INSERT OR IGNORE INTO known VALUES (?, '')", (key,)).rowcount)

    def merge(self, key: bytes, bits: int) -> int:
        """Add bits to those that a key has; return those that it had before."""
        found = self._db.execute("SELECT value FROM known WHERE key=?", (key,)).fetchone()
        before = int.from_bytes(found[0], "little") if found else 0
        if (whole := before | bits) != before:
            size = (whole.bit_length() + 7) // 8
            self._db.execute(
                "REPLACE INTO known VALUES (?, ?)", (key, whole.to_bytes(size, "little"))
            )
        return before

    def first(self, key: bytes, value: bytes) -> bytes:
        """Return the value that was given first for a key: this one when it is new."""
        found = self._db.execute("SELECT value FROM known WHERE key=?", (key,)).fetchone()
        if found is None:
            self._db.execute("INSERT INTO known VALUES (?, ?)", (key, value))
        return value if found is None else bytes(found[0])
