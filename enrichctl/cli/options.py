"""Options that need more than Typer gives: global ones anywhere, and one with an optional value."""

from collections.abc import Sequence

from enrichctl.fields import is_field

_FLAGS = ("--verbose", "-v", "-vv", "--quiet", "-q", "--version", "-V")
_VALUES = ("--color", "--config")
EVERY_FIELD = "*"


def hoist(argv: Sequence[str]) -> list[str]:
    """Move the options that every command has to the front, where Typer looks for them."""
    front: list[str] = []
    rest: list[str] = []
    words = iter(argv)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in _FLAGS or word.startswith(tuple(f"{name}=" for name in _VALUES)):
            front.append(word)
        elif word in _VALUES:
            front += [word, *filter(None, [next(words, None)])]
        else:
            rest.append(word)
    return front + rest


def spell_out(argv: Sequence[str]) -> list[str]:
    """Give a bare ``--overwrite`` its value: what follows is one only if it is all fields."""
    out: list[str] = []
    words = list(argv)
    while words:
        word = words.pop(0)
        if word == "--overwrite":
            fields = bool(words) and all(is_field(name) for name in words[0].split(","))
            word = f"--overwrite={words.pop(0) if fields else EVERY_FIELD}"
        out.append(word)
    return out
