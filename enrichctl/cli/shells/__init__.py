"""Completion scripts of our own, in place of those that Typer writes.

Typer's offer nothing at the first Tab in zsh, nothing after ``--provider=`` anywhere, and put a
blank behind ``--map email=``. What is offered still comes from Typer; PowerShell's script does too.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

# Typer's own switch: with it these options take the name of a shell, and none is looked for.
_NO_DETECTION = "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION"

SCRIPTS = {"bash": "enrichctl.bash", "zsh": "_enrichctl", "fish": "enrichctl.fish"}


def wanted(words: Iterable[str]) -> bool:
    """Tell whether a command line asks for a script."""
    asked = os.environ.get("_ENRICHCTL_COMPLETE", "").startswith("source")
    return asked or any(_asks(word) for word in words)


def _asks(word: str) -> bool:
    return word.startswith("--") and word.partition("=")[0].endswith("-completion")


@contextmanager
def named_shell(words: Sequence[str]) -> Iterator[None]:
    """Let Typer take the shell that a command line names, rather than the one it is typed in.

    Without this Typer takes none, and does not look at a word that stands there.
    """
    follows = (word for before, word in pairwise(words) if _asks(before) and "=" not in before)
    named = any(not word.startswith("-") for word in follows)
    if not named and not any(_asks(word) and "=" in word for word in words):
        yield
        return
    os.environ[_NO_DETECTION] = "1"
    try:
        yield
    finally:
        del os.environ[_NO_DETECTION]


def script(shell: str) -> str:
    """Return the completion script for a shell."""
    return (Path(__file__).parent / SCRIPTS[shell]).read_text("utf-8")


def put_in() -> None:
    """Let Typer print and install these scripts instead of its own."""
    from typer import _completion_classes, _completion_shared  # noqa: PLC0415 - seldom needed

    classes = {
        "bash": _completion_classes.BashComplete,
        "zsh": _completion_classes.ZshComplete,
        "fish": _completion_classes.FishComplete,
    }
    for shell, kind in classes.items():
        template = script(shell).replace("%", "%%")
        kind.source_template = template
        _completion_shared._completion_scripts[shell] = template  # noqa: SLF001 - pinned; tested
