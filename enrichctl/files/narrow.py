"""An output whose new columns are known only in the end: those that are empty are left out."""

import marshal
import struct
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import IO, Any, Self

from enrichctl.files.atomic import AtomicFile
from enrichctl.files.output import Output, Spill
from enrichctl.files.records import Renderer, Row, Source

_LENGTH = struct.Struct("<I")
_TOGETHER = 200  # records that go to the file at once

Make = Callable[[Sequence[str], Sequence[int], Collection[int]], Renderer]
"""Makes the renderer of some new columns, given the length of the longest text of each, and which
columns of the input get new texts."""


class NarrowOutput(Output):
    """Keeps what is new of each record until all are known, then reads the source once more.

    Args:
        source: What the rows come from.
        make: Makes the renderer, once it is known which columns there are.
        added: Names of all new columns.
        optional: Those of them that are left out where no record has a value.
        file: The file.
    """

    def __init__(
        self,
        source: Source,
        make: Make,
        added: Sequence[str],
        optional: Collection[str],
        *,
        file: AtomicFile,
        encoding: str,
        excel_safe: bool,
        spill: Spill | None = None,
    ) -> None:
        super().__init__(
            make(added, (), ()),
            file=file,
            stream=None,
            encoding=encoding,
            excel_safe=excel_safe,
            spill=spill,
        )
        self._source = source
        self._make = make
        self._added = tuple(added)
        self._longest = [0] * len(added)
        self._changing: set[int] = set()
        self._optional = frozenset(optional)
        self._kept: IO[bytes] | None = None
        self._last: list[tuple[Mapping[int, str], Sequence[str]]] = []  # not in the file yet

    def __enter__(self) -> Self:
        return self  # nothing is written yet

    def _put(
        self,
        row: Row,
        changed: Mapping[int, str],
        added: Sequence[str],
        meta: Mapping[str, Any] | None,
    ) -> None:
        """Keep what is new of one record."""
        del row, meta  # the one is read again, the other is for JSON, whose keys are fixed
        self._longest = list(map(max, self._longest, map(len, added)))
        self._changing.update(changed)
        self._last.append((changed, added))
        if len(self._last) >= _TOGETHER:
            try:
                self._keep()
            except OSError as error:
                raise self._failure(error) from error

    def _keep(self) -> None:
        """Move the records so far into a nameless temporary file."""
        if self._kept is None:
            from tempfile import TemporaryFile  # noqa: PLC0415 - not for a few records

            self._kept = TemporaryFile(buffering=1 << 18)  # noqa: SIM115 - closed at the end
        data = marshal.dumps(self._together())
        self._kept.write(_LENGTH.pack(len(data)))
        self._kept.write(data)
        self._last.clear()

    def _together(self) -> list[tuple[dict[int, str], list[str]]]:
        # Texts may be words of an enumeration, which are more than marshal takes.
        return [({at: str(t) for at, t in c.items()}, [*map(str, a)]) for c, a in self._last]

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        try:
            if kind is None:
                self._write_all()
        except OSError as failure:
            self._discard()
            raise self._failure(failure) from failure
        except BaseException:
            self._discard()
            raise
        finally:
            with suppress(OSError):  # a full disk; the records are not needed any more
                if self._kept is not None:
                    self._kept.close()
        super().__exit__(kind, *rest)

    def _write_all(self) -> None:
        held = range(len(self._added))
        here = [at for at in held if self._longest[at] or self._added[at] not in self._optional]
        names = [self._added[at] for at in here]
        self._renderer = self._make(names, [self._longest[at] for at in here], self._changing)
        self._renderer.begin()
        if not self._renderer.reads_cells:
            self._source.need(())
        for row, (changed, added) in zip(self._source.rows(), self._replayed(), strict=True):
            super()._put(row, changed, [added[at] for at in here], None)

    def _replayed(self) -> Iterator[tuple[dict[int, str], list[str]]]:
        """Read again what was kept, record by record."""
        if self._kept is not None:
            self._kept.seek(0)
            while head := self._kept.read(_LENGTH.size):
                yield from marshal.loads(self._kept.read(_LENGTH.unpack(head)[0]))  # noqa: S302 - our own
        yield from self._together()
