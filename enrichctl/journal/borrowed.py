"""A journal for who only asks it, where it is not there or may not be written: a copy of it.

It stands in a folder of its own, and is gone with it.
"""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from enrichctl.errors import StateError
from enrichctl.journal.stores import FILE


def is_usable(folder: Path, *, server: bool) -> bool:
    """Tell whether a journal can be opened where it is, without making anything anew.

    Args:
        folder: Where the files of this machine stand.
        server: Whether the journal itself is elsewhere.
    """
    needed = [folder] if server else [folder, folder / FILE]
    return all(path.exists() and os.access(path, os.R_OK | os.W_OK) for path in needed)


@contextmanager
def copied(folder: Path) -> Iterator[Path]:
    """Return a folder with a copy of the journal, if there is one.

    Raises:
        StateError: It cannot be read, or there is no room for a copy.
    """
    import shutil  # noqa: PLC0415 - seldom needed
    from tempfile import gettempdir  # noqa: PLC0415 - the same

    from enrichctl.scratch import ScratchFolder  # noqa: PLC0415 - the same

    with closing(ScratchFolder(Path(gettempdir()), "enrichctl-journal-")) as scratch:
        for part in (FILE, f"{FILE}-wal"):  # what the log holds is not in the file yet
            try:
                shutil.copyfile(folder / part, scratch.path / part)
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                raise StateError(
                    f"the journal {folder / FILE} cannot be read: {error.strerror}",
                    next="set ENRICHCTL_STATE_DIR to a directory of your own",
                ) from None
        yield scratch.path
