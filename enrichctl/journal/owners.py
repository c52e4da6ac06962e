"""Whose a file is that a journal knows: of two machines, each has one of that path.

Where machines share a journal, a path stands in it with the user and machine before it, as scp
writes it: user@host:/path. In a journal of one's own it stands as it is.
"""

from enrichctl.journal.contract import Store


def owned(store: Store, path: str) -> str:
    """Return a path of this machine as the journal has it."""
    return f"{store.who}:{path}" if store.is_shared else path


def owner_of(store: Store, owned: str) -> tuple[str, str]:
    """Return whose a path is, "" in a journal of one's own, and the path."""
    if not store.is_shared:
        return "", owned
    who, _, path = owned.partition(":")
    return who, path
