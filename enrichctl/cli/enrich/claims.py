"""What one run has to itself: its input, its output, and nothing that is somebody else's."""

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from enrichctl.cli.enrich.consent import called
from enrichctl.config import config_path, ensure_private, state_dir
from enrichctl.errors import Locked, OutputError
from enrichctl.locks import open_lock, take

_LOG_START = b'{"schema": "enrichctl.log/'  # how a log of ours begins


@contextmanager
def alone_on(*paths: Path | None) -> Iterator[None]:
    """Keep other runs off the files that this one reads and writes; None is a stream.

    Raises:
        Locked: Another run works on one of them, or locks cannot be had.
    """
    real = {os.path.realpath(path): path for path in paths if path is not None}
    held: list[int] = []
    try:
        for name, path in sorted(real.items()):
            held.append(_lock(name, path))
        yield
    finally:
        for lock in held:  # closing it lets go
            os.close(lock)


def _lock(name: str, path: Path) -> int:
    folder = ensure_private(state_dir() / "locks")
    digest = hashlib.blake2b(os.fsencode(name), digest_size=12).hexdigest()
    file = folder / f"{digest}.lock"
    try:
        lock = open_lock(file)
    except OSError as error:
        raise _no_locks(folder, error) from None
    try:
        if take(lock):
            os.ftruncate(lock, 0)
            os.write(lock, str(os.getpid()).encode())
            return lock
        pid = os.read(lock, 20).decode(errors="replace").strip()
    except OSError as error:
        os.close(lock)
        raise _no_locks(folder, error) from None
    os.close(lock)
    raise Locked(
        f"another run{f' (process {pid})' if pid.isdigit() else ''} works on {called(path)}",
        next="wait for it to end, then run the same command again",
    )


def _no_locks(folder: Path, error: OSError) -> Locked:
    # Another folder has another journal, which does not know what was paid.
    is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return Locked(
        f"locks cannot be had in {folder}: {error.strerror}; nothing was sent",
        next="free the disk, then run the same command again"
        if is_full
        else "set ENRICHCTL_STATE_DIR to a directory of your own on a local disk",
    )


def check_places(source: Path | None, target: Path | None, log: Path | None) -> None:
    """Refuse an output or a log that would be written into something else.

    ``--force`` does not change that: it speaks of results, not of the journal.

    Raises:
        OutputError: One of them is a file of the program's own, or the log is the input, the
            output, or a file that holds something that is no log of ours.
    """
    journal = state_dir() / "journal.db"
    own = [journal, *(journal.with_name(journal.name + end) for end in ("-wal", "-shm"))]
    own.append(config_path())
    if target is not None and any(_is_same(target, one) for one in own):
        raise OutputError(
            f"{target} is a file that enrichctl itself needs", next="choose another with -o PATH"
        )
    if log is None:
        return
    others = [path for path in (source, target) if path is not None]
    if any(_is_same(log, one) for one in (*own, *others)):
        raise OutputError(
            f"--log-file {log} is a file that this run reads or writes",
            next="give the log a file of its own",
        )
    _check_is_log(log)


def make_folder(folder: Path) -> None:
    """Make the folder of an output, where there is none.

    Raises:
        OutputError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise OutputError(
            f"{called(folder)} is a file, and what is written needs a folder of that name",
            next="name another folder with -o, or move the file out of the way",
        ) from None
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be made: {error.strerror}", next="choose another place with -o PATH"
        ) from None


def _check_is_log(log: Path) -> None:
    try:
        if not log.is_file():
            return  # to be made, or a pipe or device
        with log.open("rb") as file:
            start = file.read(len(_LOG_START))
    except OSError as error:
        raise OutputError(
            f"the log {log} cannot be read: {error.strerror}", next="choose another file"
        ) from None
    if start and start != _LOG_START:
        raise OutputError(
            f"{log} holds something that is no log of enrichctl; it is untouched",
            next="choose another file for --log-file",
        )


def _is_same(one: Path, other: Path) -> bool:
    """Tell whether two names are one file, there or yet to be made."""
    with suppress(OSError):  # one of them is not there
        return one.samefile(other)
    return os.path.realpath(one) == os.path.realpath(other)
