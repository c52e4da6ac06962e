"""What a run remembers of the latest of very many, such as what it has just paid for."""

from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

MOST = 10_000  # rows that are about the same stand near each other; memory does not grow


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
        return self.setdefault(key, value) is value

    def setdefault(self, key: K, value: V) -> V:
        """Return what is kept under a key: this value when nothing is."""
        with self._changing:
            kept = self._kept.setdefault(key, value)
            self._shrink()
        return kept

    def __setitem__(self, key: K, value: V) -> None:
        with self._changing:
            self._kept[key] = value
            self._shrink()

    def _shrink(self) -> None:
        if len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]
