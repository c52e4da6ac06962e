"""What a sandbox remembers between runs: its state at the end of one, and every request since.

A rehearsal may be killed like a run that spends money, and what it bought must be there
afterwards. So a request is in the file before its answer leaves, and done again at the next start
where the state was not written in the end.
"""

import fcntl
import os
import pickle
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from typing import Any, BinaryIO

from enrichctl import __version__
from enrichctl.errors import StateError
from enrichctl.sandbox.exchange import VendorRequest

# What a file of another version, or one that was cut short, may raise.
_UNREADABLE = (
    OSError, pickle.PickleError, EOFError, AttributeError, ImportError, IndexError, KeyError,
    TypeError, ValueError,
)  # fmt: skip

Event = tuple[float, str, VendorRequest]
"""When, by the sandbox's clock, which vendor was asked what."""


class Memory:
    """The memory of one sandbox at a time, in a folder of its own, which is made if need be.

    Attributes:
        is_free: Whether no other sandbox keeps its memory there now; else nothing is kept.

    Raises:
        StateError: Nothing can be kept there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StateError(
                f"the sandbox cannot keep its memory in {folder}: {error.strerror}",
                next="set ENRICHCTL_STATE_DIR to a directory of your own",
            ) from None
        self.is_free = True
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.is_free = False
        self._number = 0  # of the state that the requests follow
        self._log: BinaryIO | None = None

    def recall(self) -> tuple[Any, list[Event]]:
        """Return the state, None when there is none of this version, and the requests since."""
        state = None
        with suppress(*_UNREADABLE), (self._folder / "state").open("rb") as file:
            version, number, state = pickle.load(file)  # noqa: S301 - the owner's own file
            self._number = number
            if version != __version__:
                return None, []
        return state, list(self._events())

    def _events(self) -> Iterator[Event]:
        with suppress(*_UNREADABLE), self._requests.open("rb") as file:
            version = pickle.load(file)  # noqa: S301 - the owner's own file
            while version == __version__:
                yield pickle.load(file)  # noqa: S301 - the same

    @property
    def _requests(self) -> Path:
        return self._folder / f"requests.{self._number}"

    def note(self, event: Event) -> None:
        """Keep a request whose answer is about to leave."""
        if not self.is_free:
            return
        try:
            self._append(event)
        except OSError:  # a full disk ends the memory, not the rehearsal
            self.is_free = False

    def _append(self, event: Event) -> None:
        if self._log is None:
            begun = self._requests.exists()
            self._log = _open(self._requests, os.O_APPEND)
            if not begun:
                self._log.write(pickle.dumps(__version__))
        self._log.write(pickle.dumps(event))

    def close(self, state: Any) -> None:
        """Keep the state, instead of the requests that led to it; nobody may ask any more."""
        if self.is_free and self._log is not None:
            done = self._requests
            part = self._folder / "state.part"
            with _open(part, os.O_TRUNC) as file:
                pickle.dump((__version__, self._number + 1, state), file)
            part.replace(self._folder / "state")
            done.unlink(missing_ok=True)
        self.let_go()

    def let_go(self) -> None:
        """Leave what is kept as it stands, as a kill does."""
        if self._log is not None:
            self._log.close()
        os.close(self._lock)


def forget(folder: Path) -> None:
    """Erase what a sandbox remembers: it was told of people, though it made up what it answered."""
    rmtree(folder, ignore_errors=True)


def _open(path: Path, how: int) -> BinaryIO:
    """Open a file for writing that only its owner may read."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | how, 0o600)
    return os.fdopen(fd, "wb", buffering=0 if how == os.O_APPEND else -1)
