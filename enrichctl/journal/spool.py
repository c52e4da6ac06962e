"""What a journal does not take, on the disk next to it until it does.

Each process has a file of its own, made before the first paid call with room in it: on a disk
that is full by the time of the answer there is still a place to write it down. The next run that
opens the journal books what the file of a dead process holds. It marks the file as booked in the
same commit, so that a crash before the file is removed books nothing twice.
"""

import errno
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from enrichctl.journal.contract import Store, StoreConnection
from enrichctl.journal.entries import Entry, enter_what_fits, from_line, to_line, undecided
from enrichctl.journal.failpoints import strike_file
from enrichctl.locks import take

ROOM = 256 * 1024  # bytes set aside: a thousand tickets, or the answers that are in flight
NO_ROOM_NEEDED = (errno.EFBIG, errno.EINVAL, errno.EOPNOTSUPP, errno.ENOSYS)


@dataclass(slots=True)
class _File:
    name: str
    path: Path
    number: int
    length: int = 0


class Spool:
    """The spools of one journal: that of this process, and those that others have left.

    Args:
        store: What the journal is kept in; the spools are files that belong to it.

    Attributes:
        used: Whether this process has written anything down that is not booked yet.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._own: _File | None = None
        self._left: list[_File] = []  # booked in the transaction that is open

    @property
    def used(self) -> bool:
        """Tell whether something is written down that is not booked yet."""
        return self._own is not None and self._own.length > 0

    def make_room(self) -> None:
        """Make the file of this process, with room in it, unless it is there.

        Raises:
            OSError: There is no room: nothing should be bought whose answer has no place.
        """
        if self._own is not None:
            return
        name = os.urandom(16).hex()
        path = self._path_of(name)
        made = path.with_name(f"{self._store.files.name}-new-{name}")
        strike_file("room")
        number = os.open(made, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            take(number)
            _set_aside(number)
            os.fsync(number)
            made.rename(path)  # nobody sees it before it is locked
            _sync_folder(path.parent)
        except OSError:
            os.close(number)
            made.unlink(missing_ok=True)
            path.unlink(missing_ok=True)
            raise
        self._own = _File(name, path, number)

    def add(self, entries: Sequence[Entry]) -> None:
        """Write entries down; they are on the disk when this returns.

        Raises:
            OSError: They are not.
        """
        self.make_room()
        assert self._own is not None  # noqa: S101 - it was just made
        data = "".join(to_line(entry) + "\n" for entry in entries).encode()
        strike_file("spool")
        at = self._own.length
        while data:
            written = os.pwrite(self._own.number, data, at)
            data, at = data[written:], at + written
        os.fsync(self._own.number)
        self._own.length = at

    def mark(self, db: StoreConnection) -> None:
        """Note in a transaction that it writes all that this process has written down."""
        if self._own is not None and self._own.length:
            db.execute("INSERT INTO spools VALUES (?) ON CONFLICT DO NOTHING", (self._own.name,))

    def booked(self) -> None:
        """Begin a new file after that transaction: what the old one holds is in the journal."""
        if self.used:
            self.close()
            with suppress(OSError):  # there will be room again before the next paid call, or none
                self.make_room()

    def book_left(self, db: StoreConnection) -> None:
        """Book in a transaction what dead processes have written down.

        The files are removed by `remove_left`, after the commit.
        """
        if not self._store.is_shared:  # those of other machines stand there
            for (name,) in db.execute("SELECT name FROM spools").fetchall():
                if not self._path_of(name).exists():  # removed since
                    db.execute("DELETE FROM spools WHERE name=?", (name,))
        try:
            for file in self._of_the_dead():
                self._left.append(file)
                self._book(db, file)
        except BaseException:
            self.let_go_of_left()
            raise

    def _book(self, db: StoreConnection, file: _File) -> None:
        if db.execute("SELECT 1 FROM spools WHERE name=?", (file.name,)).fetchone():
            return  # that process, or another, died between the commit and the removal
        for kept in _entries(file.number):
            # One that there is no way to enter leaves its attempt in doubt.
            with suppress(*self._store.refusals):
                if entry := undecided(db, kept):
                    enter_what_fits(db, self._store, entry)
        db.execute("INSERT INTO spools VALUES (?)", (file.name,))

    def remove_left(self) -> None:
        """Remove the files that were booked, if the commit was made."""
        left, self._left = self._left, []
        for file in left:
            with suppress(OSError):
                file.path.unlink(missing_ok=True)
            os.close(file.number)

    def let_go_of_left(self) -> None:
        """Leave the files where they are: the commit was not made."""
        left, self._left = self._left, []
        for file in left:
            os.close(file.number)

    def any_left(self) -> bool:
        """Tell whether there is a file of another process, dead or alive."""
        return next(self._others(), None) is not None

    def close(self, *, keep: bool = False) -> None:
        """Let go of the file of this process, and remove it unless the next run has to book it."""
        if self._own is not None:
            if not keep:
                self._own.path.unlink(missing_ok=True)
            os.close(self._own.number)
            self._own = None

    def _path_of(self, name: str) -> Path:
        return self._store.files.with_name(f"{self._store.files.name}-spool-{name}")

    def _others(self) -> Iterator[Path]:
        own = self._own.path if self._own else None
        found = self._store.files.parent.glob(self._path_of("*").name)
        return (path for path in found if path != own)

    def _of_the_dead(self) -> Iterator[_File]:
        for path in sorted(self._others()):
            try:
                number = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            except FileNotFoundError:
                continue
            if not take(number):  # its process is alive, and books it itself
                os.close(number)
                continue
            yield _File(path.name.rpartition("-")[2], path, number)


def _set_aside(number: int) -> None:
    """Have the disk keep room for a file, where it can."""
    try:
        if sys.platform != "darwin":
            os.posix_fallocate(number, 0, ROOM)
        else:
            os.pwrite(number, bytes(ROOM), 0)
    except OSError as error:
        if error.errno not in NO_ROOM_NEEDED:
            raise


def _entries(number: int) -> Iterator[Entry]:
    """Yield what a file holds; what was being written when its process died ends it."""
    with os.fdopen(os.dup(number), "rb") as file:
        file.seek(0)
        for line in file:
            if not line.endswith(b"\n") or line.startswith(b"\0"):
                return
            try:
                yield from_line(line)
            except ValueError:
                return


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(number)
    finally:
        os.close(number)
