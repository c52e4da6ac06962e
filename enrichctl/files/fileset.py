"""Several files of one kind as one input: a folder, or a pattern such as ``leads/*.parquet``."""

import glob
import shlex
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any, Self

from enrichctl.errors import InputError, UsageError
from enrichctl.files.detect import format_by_name
from enrichctl.files.origin import at_home
from enrichctl.files.output import Output
from enrichctl.files.partitions import Partition, columns_in, is_partition
from enrichctl.files.records import Row, Source
from enrichctl.model import counted

LOCKS = ("~$", ".~lock.")  # of Excel and LibreOffice
MOST = 200  # files that are open at once


def files_of(name: str, inputs: Callable[[list[Path]], list[Path]] = list) -> list[Path] | None:
    """Return the files that a folder or a pattern means, by name; None where it is one file.

    Args:
        name: As typed.
        inputs: Returns those of the files there that are to be read.

    Raises:
        InputError: There are none, or too many.
    """
    path = at_home(name)
    if path.is_dir():
        found = sorted(_within(path))
    elif glob.has_magic(name) and not path.exists():
        names = glob.glob(str(path), recursive=True)  # noqa: PTH207 - any pattern, from anywhere
        found = sorted(one for one in map(Path, names) if one.is_file() and not _is_lock(one))
    else:
        return None
    if not found:
        raise InputError(f"{name} holds no file that can be read", next=_pattern_below(path))
    found = inputs(found)
    if len(found) > MOST:
        raise InputError(
            f"{name} holds {len(found):,} files, and {MOST} can be read at once",
            next="name fewer, as in 'leads/2024-*.parquet'",
        )
    return found


def _is_lock(path: Path) -> bool:
    """Tell whether a file is there for as long as a spreadsheet has another one open."""
    return path.name.startswith(LOCKS)


def _within(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder, and of those below it whose names say what a column holds."""
    for one in folder.iterdir():
        if one.name.startswith(".") or _is_lock(one):
            continue
        if one.is_dir() and is_partition(one.name):
            yield from _within(one)
        elif one.is_file() and format_by_name(one.name):
            yield one


def _pattern_below(folder: Path) -> str:
    """Return what to do about a folder without files: a pattern, if there are any below it."""
    names = (one.name for one in folder.rglob("*") if one.is_file())
    for name in filter(format_by_name, names):
        pattern = folder / "**" / f"*{Path(name).suffix}"
        return f"name those of the folders below by a pattern: {shlex.quote(str(pattern))}"
    return "check the path"


def base_of(name: str) -> Path:
    """Return the folder from which the files of a pattern or a folder are counted.

    What it is called says nothing about their columns: a folder that does is below it.
    """
    base = at_home(name)
    if not base.is_dir():
        plain = takewhile(lambda part: not glob.has_magic(part), base.parts)
        base = Path(*plain)
    while is_partition(base.name):
        base = base.parent
    return base


class FileSet(Source):
    """Files with the same columns, read one after the other; row numbers go on.

    What the names of their folders say are columns, too; see `partitions`.

    Args:
        name: As typed.
        sources: The files, in order.

    Attributes:
        sources: The files.
        partitions: The columns of each, with those of its folders.

    Raises:
        UsageError: They differ in their columns or in their format.
    """

    def __init__(self, name: str, sources: Sequence[Source]) -> None:
        first = sources[0]
        super().__init__(first.origin)
        self.name = self.label = name
        self.path = None
        self.sources = sources
        self.format, self.encoding, self.hint = first.format, first.encoding, first.hint
        base = base_of(name)
        for one in sources:
            one.folders = columns_in(Path(one.name).relative_to(base))
        self.partitions = [Partition(one.header, one.folders) for one in sources]
        self.header = list(self.partitions[0].header)
        self.fixed = frozenset[int]().union(*(one.fixed for one in self.partitions))
        for other, partition in zip(sources, self.partitions, strict=True):
            if partition.header != self.header or other.format != first.format:
                raise UsageError(
                    f"{other.label} differs from {first.label}:"
                    f" {_difference(first, other, self.header, partition.header)}",
                    next="enrich it by itself, or give both the same columns and format",
                )
        self.notes = [f"{one.label}: {note}" for one in sources for note in one.notes]
        self.notes += _blank(sources)

    def rows(self) -> Iterator[Row]:
        """Read all records of the first file, then those of the next."""
        number = 0
        for at, (source, partition) in enumerate(zip(self.sources, self.partitions, strict=True)):
            for inner in source.rows():
                number += 1
                row = partition.row(inner)
                row.number, row.original = number, (at, inner)
                yield row
            self.notes += [f"{source.label}: {note}" for note in partition.notes]

    @property
    def width(self) -> int:
        """Return the cells of the longest record."""
        pairs = zip(self.sources, self.partitions, strict=True)
        return max(source.width + len(partition.more) for source, partition in pairs)

    def extra_cells(self, row: Row) -> list[str]:
        """See `Source.extra_cells`."""
        at, inner = row.original
        extra: list[str] = self.sources[at].extra_cells(inner)
        return extra

    def plain(self, row: Row) -> list[Any]:
        """See `Source.plain`."""
        at, inner = row.original
        more = (text or None for text in self.partitions[at].more)
        return [*self.sources[at].plain(inner), *more]

    def shown(self, row: Row) -> list[str]:
        """See `Source.shown`."""
        at, inner = row.original
        return [*self.sources[at].shown(inner), *self.partitions[at].more]

    def need(self, columns: Collection[int]) -> None:
        """See `Source.need`."""
        for source in self.sources:
            source.need(columns)

    def close(self) -> None:
        """Let go of all files."""
        for source in self.sources:
            source.close()


def _difference(first: Source, other: Source, names: list[str], others: list[str]) -> str:
    if first.format != other.format:
        return f"it is {other.format}, not {first.format}"
    missing = [name for name in names if name not in others]
    more = [name for name in others if name not in names]
    unlike = (("it has no column", missing), ("it also has the column", more))
    said = [f"{word} {', '.join(map(repr, some[:3]))}" for word, some in unlike if some]
    return "; ".join(said) or "its columns stand in another order"


def _blank(sources: Sequence[Source]) -> list[str]:
    """Say which columns are blank in the names of folders, and that they stay so."""
    blank = Counter(name for one in sources for name, text in one.folders.items() if not text)
    return [
        f"column {name!r} is blank in the name of the folder of {counted(count, 'file')}: it is not"
        " filled there, since that would take moving rows to another folder"
        for name, count in blank.items()
    ]


class FileSetOutput:
    """An output file for each file of a set, each put in its place once it is complete.

    Args:
        outputs: Opens the output of a file, by its place.
        count: How many files there are.
        may_go: Is called before an output takes its place; what it raises leaves the old one.

    Attributes:
        place: Of the file that is written.
    """

    def __init__(
        self, outputs: Callable[[int], Output], count: int, may_go: Callable[[int], None]
    ) -> None:
        self._open = outputs
        self._count = count
        self._may_go = may_go
        self.place = 0
        self._output = outputs(0)
        self._done: list[Output] = []

    def write(
        self,
        row: Row,
        changed: Mapping[int, str],
        added: Sequence[str],
        meta: Mapping[str, Any] | None = None,
    ) -> None:
        """Write one record to the output of its file."""
        at, inner = row.original
        while self.place < at:
            self._finish()
            self._begin(self.place + 1)
        self._output.write(inner, changed, added, meta)

    def _begin(self, at: int) -> None:
        self.place, self._output = at, self._open(at)
        self._output.__enter__()

    def _finish(self) -> None:
        try:
            self._may_go(self.place)
        except BaseException:
            self._output.abandon()
            raise
        self._output.__exit__(None, None, None)
        self._done.append(self._output)

    def __enter__(self) -> Self:
        self._output.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is not None:
            self._output.abandon()
            return
        self._finish()
        for at in range(self.place + 1, self._count):  # what has no records has an output, too
            self._begin(at)
            self._finish()

    def abandon(self) -> None:
        """Leave nothing of an output that is not complete."""
        self._output.abandon()

    @property
    def reads_cells(self) -> bool:
        """See `Output.reads_cells`."""
        return self._output.reads_cells

    @property
    def neutralised(self) -> int:
        """Return how many new values a spreadsheet would have taken for a formula."""
        return sum(one.neutralised for one in self._done)

    @property
    def unfitting(self) -> int:
        """Return how many new values have characters that the encoding lacks."""
        return sum(one.unfitting for one in self._done)

    @property
    def cut(self) -> int:
        """Return how many texts were cut to fit in a cell."""
        return sum(one.cut for one in self._done)


def counterparts(name: str, sources: Sequence[Source], folder: Path, ending: str) -> list[Path]:
    """Return the output of each file of a set, in the same place below another folder.

    Args:
        name: The set, as typed.
        sources: Its files.
        folder: Where the outputs stand; it is made, with those below it.
        ending: What their names end with, where that is another; else "".

    Raises:
        UsageError: An output would be one of the inputs.
    """
    base = base_of(name)
    found = []
    for source in sources:
        target = folder / Path(source.name).relative_to(base)
        target = target.with_suffix(ending) if ending else target
        if target.resolve() == source.path:
            raise UsageError(
                f"{target} would be the output of itself", next="name another folder: -o out/"
            )
        found.append(target)
    return found
