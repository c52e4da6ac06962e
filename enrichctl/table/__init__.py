"""A table of the user's own as a provider: free, on this machine, and asked before the paid ones.

``definition``
    what ``[providers.NAME]`` says of a table.
``sources``
    its rows, out of any file that can hold one.
``shape``
    which of its columns hold which fields, and which of these find a row.
``keys``
    exact keys: how a cell and what a lead says come together.
``names``
    the same for name and company, with a score.
``index``
    the file that finds a row among millions.
``building``
    makes that file, once until the table changes.
``provider``
    answers from the rows that were found.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from enrichctl.errors import UsageError
from enrichctl.provider import Provider
from enrichctl.table.building import forget, stored
from enrichctl.table.definition import Complain, check
from enrichctl.table.provider import Table
from enrichctl.table.shape import TableShape, shape_of
from enrichctl.table.sources import opened

__all__ = ["define", "forget"]


def at_a_terminal(text: str) -> None:
    """Say something on stderr, if somebody is there to read it."""
    if sys.stderr.isatty():
        sys.stderr.write(f"{text}\n")


def define(
    name: str,
    table: Mapping[str, Any],
    folder: Path,
    *,
    wrong: Complain | None = None,
    tell: Callable[[str], None] = at_a_terminal,
) -> Provider:
    """Return the provider that a ``[providers.NAME]`` table of kind ``table`` defines.

    No row is read but the first ones, and those only when the file is new or has changed.

    Args:
        name: As typed after ``-p``.
        table: The settings as they stand.
        folder: What relative paths are relative to.
        wrong: Makes errors that say where a setting stands; see `config.Place.wrong`.
        tell: Told, in words, what takes long and where rows disagree.

    Raises:
        UsageError: A setting is wrong, the file cannot be read, or a column is missing.
    """
    definition = check(name, table, folder, wrong or partial(_wrong, name))
    stamp = definition.stamp()
    index = stored(name, stamp)
    if index:
        shape = TableShape.of(index.meta["shape"])
        index.close()
    else:
        with opened(definition) as rows:
            shape = shape_of(definition, rows)
    return Table(definition, stamp, shape, tell)


def _wrong(name: str, key: Sequence[str | int], what: str) -> UsageError:
    dotted = ".".join(map(str, ("providers", name, *key)))
    return UsageError(f"{dotted} {what}", next="correct the configuration")
