"""Where the bytes of an input come from: a file, a pipe or stdin, perhaps gzipped."""

import io
import os
import stat
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

from enrichctl.errors import InputError

GZIP = b"\x1f\x8b"
MAX_COPIED = 16 << 20  # bytes of a file that is copied before it is read
MAX_UNPACKED = 4 << 30  # bytes that a .gz may unpack to
_RATIO_FROM = 256 << 20  # below this size no ratio is suspicious
_MAX_RATIO = 500  # mostly empty exports reach 100; a bomb comes near deflate's limit of 1032


class _FromStart(io.RawIOBase):
    """Reads a descriptor from its first byte without moving the position that others use.

    Args:
        fd: An open regular file.
        check: Called after each block, before anybody sees it; raises if the file has changed.
    """

    def __init__(self, fd: int, check: Callable[[], None]) -> None:
        self._fd = fd
        self._check = check
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: os.fstat(self._fd).st_size}
        self._at = start[whence] + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        data = os.pread(self._fd, len(view), self._at)
        self._check()
        view[: len(data)] = data
        self._at += len(data)
        return len(data)


def is_too_dense(size: int, packed: int) -> bool:
    """Tell whether so many bytes, unpacked from so few, are no export."""
    return size > _RATIO_FROM and size / max(packed, 1) > _MAX_RATIO


class _Capped(io.RawIOBase):
    """Unpacks gzip and stops at a size that no honest export has."""

    def __init__(self, packed: BinaryIO, packed_size: int, name: str) -> None:
        import gzip  # noqa: PLC0415 - few files are packed

        self._file = gzip.GzipFile(fileobj=packed, mode="rb")
        self._packed_size = max(packed_size, 1)
        self._name = name
        self._seen = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        try:
            data = self._file.read(len(view))
        except (OSError, EOFError, zlib.error) as error:
            raise InputError(
                f"{self._name} is not a whole gzip file: {error}",
                next="download or pack it again",
            ) from error
        self._seen += len(data)
        if is_too_dense(self._seen, self._packed_size) or self._seen > MAX_UNPACKED:
            raise InputError(
                f"{self._name} unpacks to more than an export can hold"
                f" (stopped after {self._seen >> 20} MiB)",
                next="unpack it yourself if you trust it, and give the unpacked file",
            )
        view[: len(data)] = data
        return len(data)


class Origin:
    """An input's bytes, readable from the start any number of times, the same each time.

    What was planned is what is read: a small file is copied when it is opened, a large one is
    checked at each block. The descriptor stays open, so that an output may replace the input's
    name meanwhile.
    """

    def __init__(
        self,
        name: str,
        path: Path | None,
        fd: int,
        seen: tuple[int, int] | None = None,
        changed_at: int = 0,
    ) -> None:
        self._seen = seen  # stamp of the file that was copied
        self._changed_at = changed_at
        self.name = name
        self.label = "stdin" if name == "-" else name
        self.path = path
        self.notes: list[str] = []
        self._fd = fd
        self._stamp = _stamp(fd)
        self.size = self._stamp[0]
        self.packed = False  # so that the first look sees the bytes as they are
        self.packed = self.head(2) == GZIP

    def _check(self) -> None:
        if _stamp(self._fd) != self._stamp:
            raise changed(self.label)

    def open(self) -> BinaryIO:
        """Return a reader from the first byte, unpacked where needed.

        Raises:
            InputError: The file was changed since it was opened; reading from it raises the same.
        """
        self._check()
        plain = cast("BinaryIO", io.BufferedReader(_FromStart(self._fd, self._check), 1 << 18))
        if not self.packed:
            return plain
        return cast("BinaryIO", io.BufferedReader(_Capped(plain, self.size, self.label), 1 << 18))

    def is_outdated(self) -> bool:
        """Tell whether the file that was copied has been written to since."""
        if self.path is None or self._seen is None:
            return False
        with suppress(OSError):  # what is gone has no newer records
            state = self.path.stat()
            return (state.st_size, state.st_mtime_ns) != self._seen
        return False

    @property
    def stamp(self) -> tuple[int, int, int]:
        """Return what the file was when it was opened; see `lasting_stamp`."""
        return *(self._seen or self._stamp), self._changed_at

    def head(self, size: int) -> bytes:
        """Return the first bytes, unpacked where needed."""
        with self.open() as file:
            return file.read(size)

    def close(self) -> None:
        """Close the descriptor; calling it again does nothing."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def changed(label: str) -> InputError:
    """Return the error that an input is no longer what was planned with."""
    return InputError(
        f"{label} was changed while it was read; what was answered is kept",
        next="run the same command again once nothing writes to it: no answer is paid for twice",
    )


def _stamp(fd: int) -> tuple[int, int]:
    """Return what changes with every write to a file: its size, and when it was written to."""
    state = os.fstat(fd)
    return state.st_size, state.st_mtime_ns


def lasting_stamp(path: Path) -> tuple[int, int, int]:
    """Return what tells a file from another in its place, even one that is as long and as old.

    A program that copies a file with its date sets the date last, and the system notes when.
    """
    state = path.stat()
    return state.st_size, state.st_mtime_ns, state.st_ctime_ns


def _copy(fd: int, name: str) -> int:
    """Copy a small file, so that it may be written to while it is worked on."""
    before = _stamp(fd)
    with os.fdopen(fd, "rb") as stream:
        copy = _in_memory(stream) if hasattr(os, "memfd_create") else _spool(stream, name)
        if _stamp(fd) != before or os.fstat(copy).st_size != before[0]:
            os.close(copy)
            raise changed(name)
    return copy


def _in_memory(stream: BinaryIO) -> int:
    """Copy a small file into one that stands on no disk; return its descriptor."""
    copy = os.memfd_create("enrichctl")
    with open(copy, "wb", closefd=False) as file:
        while part := stream.read(1 << 20):
            file.write(part)
    return copy


def _spool(stream: BinaryIO, name: str) -> int:
    """Copy a stream that can be read once into a nameless private file; return its descriptor."""
    import tempfile  # noqa: PLC0415 - most files can be read again
    from shutil import copyfileobj  # noqa: PLC0415 - the same

    try:
        # A nameless file is 0600 and disappears however the program ends.
        with tempfile.TemporaryFile(prefix="enrichctl-") as file:
            copyfileobj(stream, file, 1 << 20)
            file.flush()
            return os.dup(file.fileno())
    except OSError as error:
        raise InputError(
            f"{name} could not be kept in {tempfile.gettempdir()}: {error.strerror}",
            next="free some space there, or set TMPDIR to a place that has some",
        ) from error


def open_origin(target: str | Path, stdin: BinaryIO | None = None) -> Origin:
    """Open a path, or stdin for ``-``.

    Raises:
        InputError: It does not exist, is a directory, is empty or may not be read.
    """
    name = str(target)
    if name == "-":
        stream = stdin or sys.stdin.buffer
        if stream.isatty():
            raise InputError(
                "nothing is piped into stdin", next="give a file, or pipe one: cat leads.csv | …"
            )
        origin = Origin(name, None, _spool(stream, "stdin"))
    else:
        origin = _open_path(name)
    if origin.size == 0 or not origin.head(1):
        origin.close()
        raise InputError(f"{origin.label} is empty", next="check what wrote it")
    return origin


def _open_path(name: str) -> Origin:
    path = at_home(name)
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise InputError(f"{name} does not exist", next="check the path") from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise InputError(f"{name} cannot be opened: {why}", next="check its permissions") from error
    state = os.fstat(fd)
    mode = state.st_mode
    if stat.S_ISDIR(mode):
        os.close(fd)
        raise InputError(f"{name} is a directory", next="name a file in it")
    if stat.S_ISREG(mode):
        seen = _stamp(fd)
        if seen[0] > MAX_COPIED:
            return Origin(name, path.resolve(), fd, None, state.st_ctime_ns)
        return Origin(name, path.resolve(), _copy(fd, name), seen, state.st_ctime_ns)
    # A pipe, such as the shell's <(…), can be read only once.
    with os.fdopen(fd, "rb") as stream:
        return Origin(name, None, _spool(stream, name))


def at_home(name: str) -> Path:
    """Return the path that a name means: ``~/`` is one's home, ``~$leads.xlsx`` is a file."""
    try:
        return Path(name).expanduser()
    except RuntimeError:  # nobody is called so
        return Path(name)
