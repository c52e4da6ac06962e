"""Folders for what a process needs meanwhile, which hold people and may not outlive it.

A process that is killed leaves its own behind; who makes the next one there removes it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

from enrichctl.locks import take


def sweep(parent: Path, prefix: str) -> None:
    """Remove the folders whose processes are gone: those that nobody holds."""
    for left in parent.glob(f"{prefix}*"):
        with suppress(OSError), _opened(left) as file:  # or it is somebody else's, or no folder
            if take(file):
                rmtree(left, ignore_errors=True)


class ScratchFolder:
    """A folder that only its owner can enter, held as long as it is there.

    Args:
        parent: Where it stands; what was left there is removed first.
        prefix: How its name begins, and those of all of its kind.

    Attributes:
        path: The folder.
    """

    def __init__(self, parent: Path, prefix: str) -> None:
        sweep(parent, prefix)
        while True:
            self._folder = TemporaryDirectory(dir=parent, prefix=prefix, ignore_cleanup_errors=True)
            self.path = Path(self._folder.name)
            if (file := _held(self.path)) is not None:
                self._file = file
                return
            self._folder.cleanup()

    def close(self) -> None:
        """Remove it."""
        self._folder.cleanup()
        os.close(self._file)


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield file
    finally:
        os.close(file)


def _held(folder: Path) -> int | None:
    """Hold a folder that was just made; None where somebody took it for one that was left."""
    try:
        file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        if take(file) and folder.exists():
            return file
    except OSError:  # without locks nobody takes it for one
        return file
    os.close(file)
    return None
