"""Which contents of which output files are this program's own."""

from datetime import datetime

from enrichctl.journal import queries
from enrichctl.journal.money import iso
from enrichctl.journal.owners import owned
from enrichctl.journal.store import Journal


def remember(journal: Journal, path: str, digest: bytes) -> None:
    """Keep the digest of what is about to be put under a path; what stands there stays known."""
    row = (owned(journal.store, path), digest, iso(journal.now()))
    journal.write(
        lambda db: db.execute(
            "INSERT INTO outputs VALUES (?, ?, ?)"
            " ON CONFLICT (path, digest) DO UPDATE SET at=excluded.at",
            row,
        )
    )


def written(journal: Journal, path: str) -> None:
    """Note that the last one stands there by now: those before it are known no longer."""
    journal.write(
        lambda db: db.execute(
            "DELETE FROM outputs WHERE path=?1 AND at<(SELECT MAX(at) FROM outputs WHERE path=?1)",
            (owned(journal.store, path),),
        )
    )


def known_digests(journal: Journal, path: str) -> dict[bytes, datetime]:
    """Return the digests of what may stand under a path, and when each was written."""
    rows = journal.read(queries.CONTENTS, (owned(journal.store, path),))
    return {digest: datetime.fromisoformat(at) for digest, at in rows}
