"""Which runs are alive: each holds a lock that the system lets go of when its process ends.

The number of a process would not tell. After a restart it is somebody else's, and of two
containers on one journal each has a process of that number.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from enrichctl.errors import EnrichctlError
from enrichctl.locks import open_lock, take


class LockFiles:
    """The locks of the runs on one machine; see `contract.Alive`.

    Args:
        folder: Where they stand.
        unusable: Returns what is raised when the file system lets them down.
    """

    def __init__(self, folder: Path, unusable: Callable[[Exception], EnrichctlError]) -> None:
        self._folder = folder
        self._unusable = unusable
        self._held: dict[str, int] = {}

    def hold(self, run: str) -> bool:
        """Let everybody see that a run is alive, until `let_go` or the end of this process.

        Returns whether that is so; it is not where another run of that name is alive.

        Raises:
            StateError: The lock cannot be made.
        """
        path = self._lock_of(run)
        try:
            lock = open_lock(path)
        except OSError as error:
            raise self._unusable(error) from None
        try:
            if take(lock):
                self._held[run] = lock
                return True
        except OSError as error:
            os.close(lock)
            raise self._unusable(error) from None
        os.close(lock)
        return False

    def let_go(self, run: str) -> None:
        """Let everybody see that a run has come to its end."""
        if run in self._held:
            self._lock_of(run).unlink(missing_ok=True)
            os.close(self._held.pop(run))

    def sees(self, run: str) -> bool:
        """Tell whether a run that has begun is alive; what is left of a dead one is removed.

        Raises:
            StateError: Its lock cannot be looked at.
        """
        path = self._lock_of(run)
        try:
            lock = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise self._unusable(error) from None
        try:
            if not take(lock, shared=True):  # looking keeps nobody else from it
                return True
            with suppress(OSError):  # somebody else removed it, or nothing may be written here
                path.unlink()
        except OSError as error:
            raise self._unusable(error) from None
        finally:
            os.close(lock)
        return False

    def close(self) -> None:
        """Let go of every run."""
        for run in list(self._held):
            self.let_go(run)

    def _lock_of(self, run: str) -> Path:
        return self._folder / f"run-{run}"
