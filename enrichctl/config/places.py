"""Where a setting stands, so that an error can name file and line."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from enrichctl.errors import UsageError
from enrichctl.patterns import pattern

_QUOTED = pattern(r'"(?:\\.|[^"\\])*"|\'[^\']*\'')


class Place(NamedTuple):
    """Where a table stands.

    Attributes:
        path: Of the file.
        table: Keys that lead to the table; none when it is the whole file.
        below: Where that stands of it which is not set here.
    """

    path: Path
    table: tuple[str, ...] = ()
    below: "Place | None" = None

    def wrong(self, key: Sequence[str | int], what: str) -> UsageError:
        """Return the error that something is wrong with a key of the table."""
        parts = [*self.table, *(part for part in key if isinstance(part, str))]
        try:
            text = self.path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            text = ""
        depth, line = line_of(text, parts)
        if self.below is not None and depth <= len(self.table):
            return self.below.wrong(key, what)
        at = f", line {line}" if line else ""
        dotted = ".".join(map(str, (*self.table, *key)))
        return UsageError(f"{self.path}{at}: {dotted or 'it'} {what}", next="correct the file")


def stands_at(path: Path, key: Sequence[str]) -> bool:
    """Tell whether a file sets a key; one that cannot be read sets none."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return False
    return line_of(text, key)[0] == len(key)


def line_of(text: str, key: Sequence[str]) -> tuple[int, int]:
    """Find how many parts of a key are set, and on which line the last of them is; 0 for none."""
    best, line_of_best, open_ = 0, 0, 0
    table: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        bare = _QUOTED.sub("''", line).partition("#")[0]
        inside, open_ = (
            open_,
            max(0, open_ + sum(map(bare.count, "[{")) - sum(map(bare.count, "]}"))),
        )
        if inside:  # a value over several lines: what looks like a table or a key is none
            continue
        if header := re.match(r"\s*\[\[?([^\]]+)\]", line):
            table = _parts(header[1])
            here = table
        elif setting := re.match(
            r"\s*((?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)\s*=",
            line,
        ):
            here = [*table, *_parts(setting[1])]
        else:
            continue
        if len(here) > best and here == list(key[: len(here)]):
            best, line_of_best = len(here), number
    return best, line_of_best


def _parts(dotted: str) -> list[str]:
    found = re.findall(r"\"([^\"]*)\"|'([^']*)'|([\w-]+)", dotted)
    return ["".join(groups) for groups in found]
