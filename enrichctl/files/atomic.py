"""Write a file whole or not at all."""

import contextlib
import errno
import glob
import hashlib
import os
import shlex
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self, cast

from enrichctl.errors import OutputError
from enrichctl.locks import take

if TYPE_CHECKING:
    from gzip import GzipFile


def output_error(error: OSError, target: Path) -> OutputError:
    """Say why a file could not be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return OutputError(
            f"no space left on the device; {target} is untouched",
            next="free some space and run the same command again: what was answered is kept",
        )
    return OutputError(
        f"{target} cannot be written: {error.strerror or error}; it is untouched",
        next="choose another place with -o PATH",
    )


def check_target(target: Path) -> None:
    """Refuse a place where no file can be.

    Raises:
        OutputError: It is a directory, in none, or has a name that cannot be one.
    """
    real = Path(os.path.realpath(target))
    try:
        if real.is_dir():
            raise OutputError(f"{target} is a directory", next="name a file: -o PATH")
        if not real.parent.is_dir():
            is_there = os.path.lexists(real.parent)
            make = f"mkdir -p {shlex.quote(str(real.parent))}"
            raise OutputError(
                f"{real.parent} is not a directory",
                next="choose another place with -o PATH" if is_there else make,
            )
        if real.is_symlink():  # its real name is never a link, unless links go in a circle
            raise OutputError(
                f"{target} is a link that leads back to itself",
                next="choose another place with -o PATH",
            )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise OutputError(
            f"{target} cannot be written: {why}", next="choose another place with -o PATH"
        ) from error


def digest_of(path: Path) -> bytes:
    """Return what tells one content from any other, wherever and whenever it was written."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).digest()


def _stamp(path: Path) -> tuple[int, ...] | None:
    """Return what tells one content of a file from the next, None where there is no file."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns


def _is_ours(fd: int) -> bool:
    """Hold a file as long as this process has it open; tell whether nobody else does."""
    try:
        return take(fd)
    except OSError:
        return False


def _sweep(folder: Path, hidden: str) -> None:
    """Remove what processes that were killed left behind, next to this target."""
    for left in folder.glob(f"{glob.escape(hidden)}.{'[0-9a-f]' * 8}.part"):
        with contextlib.suppress(OSError):  # one that is somebody else's leaves the others
            fd = os.open(left, os.O_RDWR | os.O_CLOEXEC)
            try:
                if _is_ours(fd):
                    left.unlink(missing_ok=True)
            finally:
                os.close(fd)


_unfinished: set[Path] = set()  # of this process


def abandon_all() -> None:
    """Remove what this process has not finished writing, when it ends without another word."""
    for part in list(_unfinished):
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


class AtomicFile:
    """A file that appears under its name only once it is complete.

    Replacing keeps a symlink a symlink and the old file's mode; a new file gets the umask's. A
    name that ends in ``.gz`` is gzipped. A pipe or device is written to directly.

    Args:
        target: Where it shall stand.
        force: Also replace what somebody else puts there while this file is written.
        sealed: Is told the digest of the whole content before it appears under its name.

    Raises:
        OutputError: It cannot be written there.
    """

    def __init__(
        self,
        target: Path,
        *,
        force: bool = False,
        sealed: Callable[[bytes], None] | None = None,
    ) -> None:
        self.target = target
        self._force = force
        self._sealed = sealed
        self._real = Path(os.path.realpath(target))
        self._replaced: tuple[int, ...] | None = None  # stamp of the file that is replaced
        self._part: Path | None = None
        self._file: BinaryIO
        self._packed: GzipFile | None = None
        try:
            self._open()
        except BaseException as error:
            with contextlib.suppress(AttributeError):  # where it failed before there was one
                self._file.close()
            self._remove_part()
            if isinstance(error, OSError):
                raise output_error(error, target) from error
            raise

    def _open(self) -> None:
        check_target(self.target)
        old = self._real.stat() if self._real.exists() else None
        if old and not stat.S_ISREG(old.st_mode):
            self._file = self._real.open("wb")
            return
        self._replaced = _stamp(self._real)
        hidden = f".{self._real.name[:200]}"
        _sweep(self._real.parent, hidden)
        part = self._real.with_name(f"{hidden}.{os.urandom(4).hex()}.part")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        # 0666 lets the umask decide; what replaces a file is private until it has that file's mode.
        _unfinished.add(part)
        self._part = part
        fd = os.open(part, flags, 0o600 if old else 0o666)
        _is_ours(fd)
        self._file = os.fdopen(fd, "wb", buffering=1 << 18)
        if old:
            with contextlib.suppress(OSError):
                os.fchown(fd, old.st_uid, old.st_gid)
            os.fchmod(fd, stat.S_IMODE(old.st_mode))

    @property
    def sink(self) -> BinaryIO:
        """Return what the content is written to."""
        if self._packed is None and self.target.suffix.lower() == ".gz":
            from gzip import GzipFile  # noqa: PLC0415 - few files are packed

            # No name and no time in it: equal content gives equal files.
            self._packed = GzipFile(
                filename="", mode="wb", compresslevel=6, fileobj=self._file, mtime=0
            )
        return cast("BinaryIO", self._packed or self._file)

    def commit(self) -> None:
        """Make the content durable and put it under its name."""
        if self._packed:
            self._packed.close()
        self._file.flush()
        if self._part is None:
            self._file.close()
            return
        os.fsync(self._file.fileno())
        self._file.close()
        if self._sealed is not None:
            self._sealed(digest_of(self._part))
        self._put(self._part)
        _unfinished.discard(self._part)
        self._part = None
        with contextlib.suppress(OSError):  # some file systems cannot sync a directory
            folder = os.open(self._real.parent, os.O_RDONLY | os.O_CLOEXEC)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def _put(self, part: Path) -> None:
        """Give the complete file its name, unless that is somebody else's by now."""
        if not self._force and _stamp(self._real) != self._replaced:
            raise self._taken()
        if self._replaced is None and not self._force:
            try:
                os.link(part, self._real)  # unlike a rename, never replaces
            except FileExistsError:
                raise self._taken() from None
            except OSError:  # this file system has no hard links
                part.replace(self._real)
            else:
                part.unlink()
            return
        part.replace(self._real)

    def _taken(self) -> OutputError:
        return OutputError(
            f"{self.target} was written by another program during this run; it is untouched",
            next="choose another place with -o PATH, or replace it with --force; "
            "what was answered is kept, running again is free",
        )

    def discard(self) -> None:
        """Remove what was written so far; the old file stays as it was."""
        self._remove_part()
        # What is still buffered may not fit on the disk; it is not wanted any more.
        for file in (self._packed, self._file):
            with contextlib.suppress(OSError, ValueError):
                if file is not None:
                    file.close()

    def _remove_part(self) -> None:
        if self._part is not None:
            self._part.unlink(missing_ok=True)
            _unfinished.discard(self._part)
            self._part = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is not None:
            self.discard()
            return
        try:
            self.commit()
        except OSError as failure:
            self.discard()
            raise output_error(failure, self.target) from failure
        except BaseException:
            self.discard()
            raise
