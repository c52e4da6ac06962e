"""Where the values are from that runs have written into the tables of databases.

An enriched file says that in columns of its own. A table has none, so the journal knows: by the
table, the row's key and a fingerprint of each text. What somebody has put in its place since has
another, and is nobody's.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from enrichctl.journal import moving, queries
from enrichctl.journal.contract import StoreConnection
from enrichctl.journal.money import subject_key
from enrichctl.journal.owners import owned
from enrichctl.journal.store import Journal

AT_ONCE = 500  # rows of one question, or one commit
_KEY = 8  # bytes of a fingerprint


class Written(NamedTuple):
    """What was written into a row of a table.

    Attributes:
        key: Of the row.
        sources: Field → who gave it, and the fingerprint of its text.
        confidence: The lowest of its values, as a text; "" where nobody stated one.
        note: What is to be taken with care.
        keys: Fingerprints of what the row says of the person, 8 bytes each.
    """

    key: str
    sources: Mapping[str, tuple[str, str]]
    confidence: str = ""
    note: str = ""
    keys: bytes = b""

    def said(self, texts: Mapping[str, str]) -> tuple[()] | tuple[str, str, str]:
        """Return what an enriched file would say of a row: sources, confidence and note.

        Args:
            texts: Field → what stands in the table now.
        """
        changed = self.changed(texts)
        there = [
            f"{name}={source}"
            for name, (source, _) in self.sources.items()
            if name in texts and name not in changed
        ]
        return (";".join(there), self.confidence, self.note) if there else ()

    def changed(self, texts: Mapping[str, str]) -> frozenset[str]:
        """Return the fields in which somebody has put another text, or none, since."""
        return frozenset(
            name
            for name, (_, text) in self.sources.items()
            if name in texts and fingerprint(texts[name]) != text
        )


def fingerprint(text: str) -> str:
    """Return by what a text is known again, whatever blanks a database puts around it."""
    return subject_key(text.strip()).hex()


def remember(journal: Journal, input_: str, rows: Sequence[Written]) -> None:
    """Keep what is about to be written into a table, with what was written there before.

    Args:
        journal: The journal.
        input_: The table, as runs name it.
        rows: At most `AT_ONCE`, each of another key.

    Raises:
        StateError: It could not be written.
    """
    place = owned(journal.store, input_)

    def job(db: StoreConnection) -> None:
        names = [subject_key(one.key) for one in rows]
        found = db.execute(queries.written_in(len(rows)), (place, *names)).fetchall()
        known = {bytes(name): (told, bytes(keys)) for name, told, keys in found}
        db.executemany(
            "INSERT INTO written VALUES (?, ?, ?, ?)"
            " ON CONFLICT (input, row) DO UPDATE SET told=excluded.told, keys=excluded.keys",
            [
                (place, name, *_packed(_both(_unpacked(one.key, *known[name]), one)))
                if name in known
                else (place, name, *_packed(one))
                for name, one in zip(names, rows, strict=True)
            ],
        )

    journal.write(job)


def remembered(journal: Journal, input_: str, keys: Sequence[str]) -> dict[str, Written]:
    """Return what was written into some rows of a table, by their keys; `AT_ONCE` at most."""
    names = {subject_key(key): key for key in keys}
    rows = journal.read(queries.written_in(len(names)), (owned(journal.store, input_), *names))
    found = ((names[bytes(name)], told, bytes(said_of)) for name, told, said_of in rows)
    return {key: _unpacked(key, told, said_of) for key, told, said_of in found}


def has_any(journal: Journal, input_: str) -> bool:
    """Tell whether anything was written into a table."""
    return bool(journal.read(queries.HAS_WRITTEN_INTO, (owned(journal.store, input_),)))


def forget_written(db: StoreConnection, keys: Iterable[bytes]) -> None:
    """Delete what was written into rows of a person, who is found by fingerprints."""
    db.executemany(
        "DELETE FROM written WHERE row=? OR instr(keys, ?) > 0", [(key, key) for key in keys]
    )


def move_written(own: Journal, target: Journal, origin: int) -> None:
    """Have a team's journal know what was written, once: what it forgets does not come back.

    Args:
        own: The journal in a file.
        target: That of the team.
        origin: The number of the file.
    """
    if target.read(moving.MOVED_WRITTEN, (origin,)):
        return
    rows = [(owned(target.store, input_), *rest) for input_, *rest in own.read(moving.ALL_WRITTEN)]

    def job(db: StoreConnection) -> None:
        db.executemany("INSERT INTO written VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", rows)
        db.execute("INSERT INTO moved_written VALUES (?)", (origin,))

    target.write(job)


def _packed(one: Written) -> tuple[str, bytes]:
    return json.dumps([one.sources, one.confidence, one.note]), one.keys


def _unpacked(key: str, told: str, keys: bytes) -> Written:
    sources, confidence, note = json.loads(told)
    return Written(key, sources, confidence, note, keys)


def _both(former: Written, new: Written) -> Written:
    """Return what was written into a row by two runs; the later one has read what was noted."""
    stated = [one.confidence for one in (former, new) if one.confidence]
    whole = former.keys + new.keys
    keys = dict.fromkeys(whole[at : at + _KEY] for at in range(0, len(whole), _KEY))
    return Written(
        new.key,
        {**former.sources, **new.sources},
        min(stated, key=float, default=""),
        new.note,
        b"".join(keys),
    )
