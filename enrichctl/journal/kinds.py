"""What was tried for records, each kind once: most records of a run have one of a few.

It is JSON of what each provider did. Which attempts those were stands with the record itself.
"""

from collections.abc import Iterable

from enrichctl.journal.contract import StoreConnection


def enter_kinds(db: StoreConnection, tried: Iterable[str]) -> None:
    """Enter the kinds that are not there."""
    db.executemany(
        "INSERT INTO kinds (tried) VALUES (?) ON CONFLICT DO NOTHING",
        [(one,) for one in dict.fromkeys(tried)],
    )


def drop_unused_kinds(db: StoreConnection) -> None:
    """Delete the kinds of which no record is any more: a reason may name somebody."""
    db.execute("DELETE FROM kinds WHERE id NOT IN (SELECT kind FROM records)")
