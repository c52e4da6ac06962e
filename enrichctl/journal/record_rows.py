"""Records in the journal: what became of each one in the newest run on its input."""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from enrichctl.journal import queries
from enrichctl.journal.contract import StoreConnection
from enrichctl.journal.gains import enter_gains
from enrichctl.journal.history import RunEntry
from enrichctl.journal.kinds import enter_kinds
from enrichctl.journal.packing import deflate, inflate
from enrichctl.journal.results import CHUNK, Block, row_of
from enrichctl.journal.store import Journal
from enrichctl.json_text import spelling_of
from enrichctl.model import FIRST, UNDONE, Gain, Status

AT_ONCE = 1_000  # records that are read in one go
_VALUE = ("before", "after", "provider", "source", "confidence", "at", "earlier")
_GIVER = _VALUE.index("provider")


_UNSAID = {"accepted": list, "reason": str, "held_back": list, "wanted": list, "told": list}

_INSTEAD = (
    "UPDATE SET line=excluded.line, status=excluded.status, note=excluded.note, kind=excluded.kind,"
    " attempts=excluded.attempts, cells=excluded.cells, keys=excluded.keys"
)

_json = spelling_of()


class RecordRow(NamedTuple):
    """What became of one record in one run.

    Attributes:
        cells: Field → before, after, provider, source, confidence, at, and who gave what stood
            there in an earlier run; None at the end is left out, and stands for "as before" in the
            second place.
        tried: What each provider did, in order; see `engine.report`.
        keys: Fingerprints of what the row says of the person, 8 bytes each.
    """

    row: int
    line: int
    status: str
    note: str
    cells: dict[str, list[Any]]
    tried: list[dict[str, Any]]
    keys: bytes = b""

    @property
    def values(self) -> dict[str, dict[str, Any]]:
        """Return the cells in words: field → before, after and so on."""
        values = {}
        for name, cell in self.cells.items():
            value = dict(zip(_VALUE, [*cell, *[None] * len(_VALUE)], strict=False))
            value["after"] = value["before"] if value["after"] is None else value["after"]
            values[name] = value
        return values


Stored = tuple[int, int, str, str, str, str, bytes, bytes]
"""A record as the journal has it, but for the run: row, line, status, note, tried, attempts, cells,
keys. What was tried is of a kind, of which there are few: its attempts are told apart from it."""


def pack_record(record: RecordRow) -> Stored:
    """Return a record as `put_records` takes it."""
    r = record
    cells = deflate(_json(r.cells))
    # Of what a provider did most there is nothing to say.
    tried = [
        {k: v for k, v in one.items() if (v or k not in _UNSAID) and k != "attempt"}
        for one in r.tried
    ]
    attempts = [one.get("attempt") for one in r.tried]
    return r.row, r.line, r.status, r.note, _json(tried), _json(attempts), cells, r.keys


def unpack(stored: Sequence[Any]) -> RecordRow:
    """Return a record as `pack_record` was given it."""
    row, line, status, note, tried, attempts, cells, keys = stored[:8]
    told = [{**_unsaid(), **one} for one in tried_with(tried, attempts)]
    return RecordRow(row, line, status, note, json.loads(inflate(cells) or "{}"), told, keys)


def tried_with(tried: str, attempts: str) -> Iterator[dict[str, Any]]:
    """Yield what each provider did for a record, and in which attempt."""
    for one, number in zip(json.loads(tried), json.loads(attempts), strict=True):
        yield {**one, "attempt": number}


def _unsaid() -> dict[str, Any]:
    """Return what there is of a provider of which nothing is said."""
    return {name: kind() for name, kind in _UNSAID.items()}


def put_records(
    journal: Journal,
    run: str,
    records: Sequence[Stored],
    gains: Sequence[Gain] = (),
    kept: Sequence[Block] = (),
    *,
    merge: bool = False,
) -> None:
    """Enter what became of some records, and what attempts brought to them.

    Args:
        journal: The journal.
        run: The run that wrote them.
        records: As `pack_record` returns them.
        gains: What attempts brought.
        kept: What can be written again.
        merge: What other providers did about the same records in this run stays: each of them
            was asked by itself.
    """
    blocks = [row_of(run, block) for block in kept]

    def job(db: StoreConnection) -> None:
        rows = _merged(db, run, records) if merge else records
        enter_records(
            db, run, [(*rest, db.packed(cells), keys) for *rest, cells, keys in rows], _INSTEAD
        )
        enter_gains(db, gains)
        db.executemany(
            "INSERT INTO results VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (run, row) DO UPDATE"
            " SET seal=excluded.seal, seen=excluded.seen, good_until=excluded.good_until,"
            " packed=excluded.packed",
            blocks,
        )

    journal.write(job)


def enter_records(
    db: StoreConnection, run: str, rows: Sequence[tuple[Any, ...]], where_known: str
) -> None:
    """Enter records of a run.

    Args:
        db: The journal.
        run: Its id.
        rows: As `Stored`, with the cells as the store has them.
        where_known: What becomes of a record that is there, as SQL.
    """
    enter_kinds(db, (tried for _, _, _, _, tried, *_ in rows))
    db.executemany(
        "INSERT INTO records (run, row, line, status, note, kind, attempts, cells, keys)"
        " VALUES (?, ?, ?, ?, ?, (SELECT id FROM kinds WHERE tried=?), ?, ?, ?)"
        f" ON CONFLICT (run, row) DO {where_known}",
        [(run, *row) for row in rows],
    )


def _merged(db: StoreConnection, run: str, records: Sequence[Stored]) -> Iterator[Stored]:
    """Yield records with what other providers did about them before."""
    rows = [row for row, *_ in records]
    kept = {
        row: stored
        for row, *stored in db.execute(
            queries.SOME_RECORDS, (run, min(rows, default=0), max(rows, default=0))
        )
    }
    for record in records:
        former = kept.get(record[0])
        yield pack_record(_both(unpack((record[0], *former)), unpack(record))) if former else record


def _both(former: RecordRow, new: RecordRow) -> RecordRow:
    """Return what became of a record about which providers were asked one by one.

    A value is the first one's that gave one.
    """
    mine = {one["provider"] for one in new.tried}
    others = [one for one in former.tried if one["provider"] not in mine]
    given = {name: cell for name, cell in former.cells.items() if cell[_GIVER : _GIVER + 1]}
    first, *_ = sorted((former, new), key=lambda one: FIRST.index(Status(one.status)))
    said = [one.note for one in (former, new) if one.status == first.status and one.note]
    return new._replace(
        status=first.status,
        note="; ".join(dict.fromkeys(said)),
        cells=new.cells | given,
        tried=others + new.tried,
    )


def take_over(journal: Journal, run: RunEntry, former: str, upto: int, seen: int | None) -> None:
    """Make a run's own what an earlier one kept of records that it wrote as they were.

    What the run has kept itself stands.

    Args:
        journal: The journal.
        run: The run.
        former: The id of the earlier one.
        upto: The last record that was written as it was.
        seen: The newest attempt that was looked at meanwhile; None where the run broke off: a
            block that was to be worked out again may be as it was.
    """

    def job(db: StoreConnection, first: int) -> None:
        rows = (former, first, min(first + CHUNK - 1, upto), run.id)
        which = "WHERE run=? AND row BETWEEN ? AND ? AND row NOT IN"
        db.execute(
            f"UPDATE records SET run=? {which} (SELECT row FROM records WHERE run=?)",
            (run.id, *rows),
        )
        db.execute(
            f"UPDATE results SET run=?, seen=COALESCE(?, seen) {which}"
            " (SELECT row FROM results WHERE run=?)",
            (run.id, seen, *rows),
        )

    for first in range(1, upto + 1, CHUNK):
        journal.write(partial(job, first=first))


def record(journal: Journal, run_id: str, row: int) -> RecordRow | None:
    """Return what became of one record."""
    return next(_records(journal, queries.RECORD, (run_id, row)), None)


def records(journal: Journal, run_id: str, status: str) -> Iterable[RecordRow]:
    """Return the records of a run that ended in a status, in input order.

    Or those for which something that was asked for was not done: ``status`` is one of `UNDONE`.
    """
    sql = queries.RECORDS_UNDONE if status in UNDONE else queries.RECORDS
    return _records(journal, sql, (run_id, status))


def all_records(journal: Journal, run_id: str) -> Iterator[RecordRow]:
    """Yield all records of a run, in input order, some at a time."""
    after = 0
    while rows := journal.read(queries.RECORDS_AFTER, (run_id, after, AT_ONCE)):
        yield from map(unpack, rows)
        after = rows[-1][0]


def uncounted_records(journal: Journal, most: int) -> Iterator[list[tuple[str, RecordRow]]]:
    """Yield runs and records with attempts of which it is not entered what they brought.

    So many at a time, so that it may be entered before the next ones are read.
    """
    last = ("", 0)
    while rows := journal.read(queries.UNCOUNTED_RECORDS, (*last, most)):
        last = rows[-1][:2]
        yield [(run, unpack(stored)) for run, *stored in rows]


def _records(journal: Journal, question: str, values: Sequence[Any]) -> Iterator[RecordRow]:
    return map(unpack, journal.read(question, values))
