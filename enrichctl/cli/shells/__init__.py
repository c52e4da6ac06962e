"""Completion scripts of our own, in place of those that Typer writes.

Typer's offer nothing at the first Tab in zsh, nothing after ``--provider=`` anywhere, and put a
blank behind ``--map email=``. What is offered still comes from Typer; PowerShell's script does too.
"""

import os
from collections.abc import Iterable
from pathlib import Path

SCRIPTS = {"bash": "enrichctl.bash", "zsh": "_enrichctl", "fish": "enrichctl.fish"}


def wanted(words: Iterable[str]) -> bool:
    """Tell whether a command line asks for a script."""
    asked = os.environ.get("_ENRICHCTL_COMPLETE", "").startswith("source")
    return asked or any(word.endswith("-completion") and word.startswith("--") for word in words)


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
