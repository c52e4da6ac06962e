"""Options that need more than Typer gives: global ones anywhere, and one with an optional value."""

import os
from collections.abc import Sequence
from pathlib import Path

from enrichctl.errors import UsageError
from enrichctl.fields import FIELDS, is_field
from enrichctl.patterns import pattern

_FLAGS = ("--verbose", "-v", "--quiet", "-q", "--version", "-V")
_VALUES = ("--color", "--config")
_CLUSTER = pattern(r"-(?=[a-zA-Z]{2,}$)[nyhqvV]*[qvV][nyhqvV]*")
_RUN = pattern(r"\d{8}\b|\d{8}-")  # how the id of a run begins
EVERY_FIELD = "*"
FILES = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".xlsx", ".gz")


def hoist(argv: Sequence[str]) -> list[str]:
    """Move the options that every command has to the front, where Typer looks for them.

    Raises:
        UsageError: One of them lacks its value.
    """
    front: list[str] = []
    rest: list[str] = []
    words = iter(argv)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in _FLAGS or word.startswith(tuple(f"{name}=" for name in _VALUES)):
            front.append(word)
        elif word in _VALUES:
            value = next(words, None)
            if value is None:
                raise UsageError(f"{word} needs a value", next="enrichctl -h")
            front += [word, value]
        elif cluster := _CLUSTER.match(word):
            # As in -nq: what every command has goes to the front, the rest stays where it is.
            front += [f"-{flag}" for flag in cluster[0] if f"-{flag}" in _FLAGS]
            left = "".join(flag for flag in cluster[0] if f"-{flag}" not in _FLAGS)
            left += word[cluster.end() :]
            rest += [left] if left != "-" else []
        else:
            rest.append(word)
    return front + rest


def spell_out(argv: Sequence[str]) -> list[str]:
    """Give a bare ``--overwrite`` its value: what follows is one only if it is fields."""
    out: list[str] = []
    words = list(argv)
    while words:
        word = words.pop(0)
        if word == "--overwrite":
            follows = words[0] if words else ""
            fields = follows and (_are_fields(follows) or _is_misspelt(follows, [*out, *words[1:]]))
            word = f"--overwrite={words.pop(0) if fields else EVERY_FIELD}"
        elif word == "--diff":
            word = f"--diff={words.pop(0) if words and _RUN.match(words[0]) else 'previous'}"
        out.append(word)
    return out


def _are_fields(word: str) -> bool:
    """Tell whether what follows ``--overwrite`` names fields, and is not the input."""
    names = word.split(",")
    if all(name in FIELDS for name in names):
        return True
    if _is_file(word):
        return False
    # One among several may be misspelt; it is told which.
    return any(is_field(name) for name in names) if len(names) > 1 else is_field(word)


def _is_misspelt(word: str, others: Sequence[str]) -> bool:
    """Tell whether it can be nothing but a field that there is not: the input stands elsewhere."""
    inputs = (other for other in others if other != "enrich")  # which may be a folder as well
    return not word.startswith("-") and not _is_file(word) and any(map(_is_file, inputs))


def _is_file(word: str) -> bool:
    # To `Path.exists` a list of fields that is too long for a name would be an error.
    return word == "-" or Path(word).suffix.lower() in FILES or os.path.exists(word)  # noqa: PTH110
