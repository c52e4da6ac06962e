"""Which database a journal is kept in, by its address."""

from collections.abc import Callable
from pathlib import Path

from enrichctl.errors import UsageError
from enrichctl.journal.contract import Store
from enrichctl.journal.sqlite import SqliteStore

FILE = "journal.db"
_SERVERS = ("postgresql://", "postgres://")


def store_at(
    where: str,
    folder: Path,
    *,
    password: Callable[[], str] = lambda: "",
    ca_bundle: str = "",
) -> Store:
    """Return the store that an address leads to.

    Args:
        where: ``postgresql://HOST/DATABASE``; "" is a file of one's own.
        folder: Where the files of this machine stand.
        password: Returns the password where libpq does not find one by itself; "" for that.
        ca_bundle: File of certificate authorities; "" for the system's.

    Raises:
        UsageError: It leads nowhere, or holds a password.
    """
    if not where:
        return SqliteStore(folder / FILE)
    if not where.startswith(_SERVERS):
        raise UsageError(
            "the address of the journal is not that of a PostgreSQL server",
            next="write it as postgresql://USER@HOST/DATABASE",
        )
    try:
        from enrichctl.journal.postgres import PostgresStore  # noqa: PLC0415 - an extra
        from enrichctl.journal.server import refuse_secrets  # noqa: PLC0415 - the same
    except ImportError:
        raise UsageError(
            "a journal on a PostgreSQL server needs psycopg, which is not installed",
            next="pip install 'enrichctl[postgres]'",
        ) from None
    import hashlib  # noqa: PLC0415 - a file does without

    refuse_secrets(where)
    mark = hashlib.blake2b(where.encode(), digest_size=6).hexdigest()
    return PostgresStore(where, folder / f"server-{mark}", password=password, ca_bundle=ca_bundle)
