"""Makes the index of a table, once until the table or its definition changes."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from urllib.parse import quote

from enrichctl.config import ensure_private, state_dir
from enrichctl.errors import InputError, StateError
from enrichctl.locks import held, open_lock, take
from enrichctl.model import counted
from enrichctl.scratch import sweep
from enrichctl.table.definition import TableDefinition
from enrichctl.table.index import Index, IndexWriter
from enrichctl.table.keys import block_in
from enrichctl.table.names import blocks_of
from enrichctl.table.shape import TableShape
from enrichctl.table.sources import opened

Tell = Callable[[str], None]
Pause = Callable[[float], None]

SCRATCH = ".join-"  # how folders begin in which a table is joined
_FIRST_WORD = 2.0  # seconds after which somebody may wonder
_BETWEEN = 10.0  # seconds between two words
_GLANCE = 4096  # rows between two looks at the clock


def stored(name: str, stamp: str) -> Index | None:
    """Return the index of a table as it is now, None when it is still to be built."""
    return _current(_path(name), stamp)


def joined(name: str, stamp: str) -> Index | None:
    """Return the index of those rows of a table that the last run could ask for, if it is so."""
    return _current(joined_path(name), stamp)


def _current(path: Path, stamp: str) -> Index | None:
    index = Index.open(path)
    if index and index.meta.get("stamp") != stamp:
        index.close()
        return None
    return index


def forget() -> int:
    """Remove all indexes, and the copies of people in them; return how many there were.

    They are built again when their tables are asked next.
    """
    folder = state_dir() / "tables"
    found = [path for end in ("index", "part", "joined") for path in folder.glob(f"*.{end}")]
    for path in found:
        path.unlink(missing_ok=True)
    sweep(folder, SCRATCH)
    return len(found)


def built(
    definition: TableDefinition,
    stamp: str,
    shape: TableShape,
    tell: Tell,
    pause: Pause = time.sleep,
) -> Index:
    """Return the index of a table, building it first where that is due.

    Args:
        definition: The table.
        stamp: What the index is of.
        shape: The table's columns.
        tell: Is told what takes long.
        pause: Waits so many seconds, 0 for a look; what it raises ends the building.

    Raises:
        InputError: The table was changed meanwhile.
        StateError: The index cannot be written.
        UsageError: The table cannot be read to its end.
    """
    if found := stored(definition.name, stamp):
        return found
    path = _path(definition.name)
    ensure_private(path.parent)
    with _alone(definition, path, tell, pause):
        if found := stored(definition.name, stamp):
            return found
        for note in shape.notes:
            tell(f"{definition.name}: {note}")
        part = path.with_suffix(".part")
        try:
            _build(definition, stamp, shape, part, tell, pause)
            if definition.stamp() != stamp:
                raise InputError(
                    f"{definition.path} was changed while it was read", next="run it again"
                )
            part.replace(path)
        except OSError as error:
            raise StateError(
                f"the index of {definition.path.name} cannot be kept in {path.parent}:"
                f" {error.strerror or error}",
                next="free some space there, then run the same command again",
            ) from error
        finally:
            part.unlink(missing_ok=True)
        index = stored(definition.name, stamp)
    if index is None:
        raise StateError(f"the index {path} cannot be read", next="check the disk it is on")
    return index


def _build(
    definition: TableDefinition, stamp: str, shape: TableShape, part: Path, tell: Tell, pause: Pause
) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    file = definition.path.name
    began = time.monotonic()
    due, number, findable = began + _FIRST_WORD, 0, 0
    find_blocks = rows_finder(definition, shape)
    places = list(shape.columns.values())
    with ExitStack() as stack:
        out = stack.enter_context(os.fdopen(os.open(part, flags, 0o600), "wb", 1 << 20))
        writer = stack.enter_context(IndexWriter(out, part.parent))
        rows = stack.enter_context(opened(definition))
        for number, row in enumerate(rows.read(places), 1):
            cells = [row[place].strip() for place in places]
            if blocks := find_blocks(cells):
                writer.add(number, cells, blocks)
                findable += 1
            if number % _GLANCE:
                continue
            pause(0)
            if time.monotonic() > due:
                due = time.monotonic() + _BETWEEN
                tell(
                    f"{definition.name}: {counted(number, 'row')} of {file} read;"
                    " this is done once, until the file changes"
                )
        writer.finish({"stamp": stamp, "shape": asdict(shape), "rows": number, "found": findable})
        out.flush()
        os.fsync(out.fileno())
    if (took := time.monotonic() - began) > _FIRST_WORD:
        tell(f"{definition.name}: {file} is ready, {counted(number, 'row')} in {took:.0f} s")


def rows_finder(
    definition: TableDefinition, shape: TableShape
) -> Callable[[Sequence[str]], list[str]]:
    """Return what tells by which blocks a row of kept cells is found."""
    order = list(shape.columns)
    keys = [(f"{key}=", order.index(key), key) for key in shape.keys]
    by_name = definition.match is not None

    def blocks(cells: Sequence[str]) -> list[str]:
        values = dict(zip(order, cells, strict=True))
        found = []
        for prefix, place, key in keys:
            if cells[place] and (value := block_in(key, values, definition.region)):
                found.append(prefix + value)
        if by_name:
            found += blocks_of(values)
        return found

    return blocks


@contextmanager
def _alone(definition: TableDefinition, path: Path, tell: Tell, pause: Pause) -> Iterator[None]:
    """Keep other runs from building the same index meanwhile."""
    lock = open_lock(path.with_suffix(".lock"))
    try:
        if not take(lock):
            what = definition.path.name
            tell(f"{definition.name}: another run is reading {what}, waiting for it")
        with held(lock, pause):
            yield
    finally:
        os.close(lock)


def _path(name: str) -> Path:
    return state_dir() / "tables" / f"{quote(name, safe='')}.index"


def joined_path(name: str) -> Path:
    """Return where `joined` looks for it."""
    return _path(name).with_suffix(".joined")
