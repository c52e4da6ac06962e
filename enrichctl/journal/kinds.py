"""What was tried for records, each kind once: most records of a run have one of a few.

It is JSON of what each provider did. Which attempts those were stands with the record itself.
"""

from collections.abc import Iterable, Sequence

from enrichctl.journal.contract import StoreConnection

_UNUSED = "NOT EXISTS (SELECT 1 FROM records WHERE records.kind=kinds.id)"


def enter_kinds(db: StoreConnection, tried: Iterable[str]) -> None:
    """Enter the kinds that are not there."""
    db.executemany(
        "INSERT INTO kinds (tried) VALUES (?) ON CONFLICT DO NOTHING",
        [(one,) for one in dict.fromkeys(tried)],
    )


def drop_unused_kinds(db: StoreConnection) -> None:
    """Delete the kinds of which no record is any more: a reason may name somebody."""
    db.execute(f"DELETE FROM kinds WHERE {_UNUSED}")


def drop_records(db: StoreConnection, which: str, values: Sequence[str | bool]) -> None:
    """Delete records, and their kinds of which no other record is.

    All other kinds are left alone: there may be far more of them than records to delete.

    Args:
        db: The journal.
        which: The records, as SQL.
        values: Its values.
    """
    kinds = db.execute(f"SELECT DISTINCT kind FROM records WHERE {which}", values).fetchall()
    db.execute(f"DELETE FROM records WHERE {which}", values)
    db.executemany(f"DELETE FROM kinds WHERE id=? AND {_UNUSED}", kinds)
