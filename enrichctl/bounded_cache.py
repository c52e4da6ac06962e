"""What a run has just paid for, for providers of which several rows may buy the same."""

from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

MOST = 10_000  # rows that buy the same stand near each other; memory does not grow with the file


class BoundedCache(Generic[K, V]):
    """A mapping that forgets the oldest of many; for several threads.

    Args:
        most: Entries that it keeps.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: dict[K, V] = {}
        self._changing = Lock()

    def __contains__(self, key: K) -> bool:
        return key in self._kept

    def get(self, key: K) -> V | None:
        """Return what is kept under a key; None when nothing is."""
        return self._kept.get(key)

    def claim(self, key: K, value: V) -> bool:
        """Keep a value unless there is another one; tell whether it is the one that is kept."""
        with self._changing:
            kept = self._kept.setdefault(key, value)
            self._shrink()
        return kept is value

    def __setitem__(self, key: K, value: V) -> None:
        with self._changing:
            self._kept[key] = value
            self._shrink()

    def _shrink(self) -> None:
        if len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]
