"""The completions in the repository are those of the program."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "completions"
COMMAND = str(Path(sys.executable).with_name("enrichctl"))
FILES = {
    "bash": "enrichctl.bash", "zsh": "_enrichctl", "fish": "enrichctl.fish",
    "powershell": "enrichctl.ps1",
}  # fmt: skip


def complete(words: str, place: int) -> list[str]:
    """Return what bash would offer."""
    environ = {
        "PATH": os.environ["PATH"], "COMP_WORDS": words, "COMP_CWORD": str(place),
        "_ENRICHCTL_COMPLETE": "complete_bash",
    }  # fmt: skip
    done = subprocess.run([COMMAND], env=environ, capture_output=True, text=True, check=False)
    return done.stdout.split()


@pytest.mark.parametrize("shell", FILES)
def test_a_file_is_what_the_program_generates(shell):
    environ = {"PATH": os.environ["PATH"], "_ENRICHCTL_COMPLETE": f"source_{shell}"}
    done = subprocess.run([COMMAND], env=environ, capture_output=True, text=True, check=True)

    assert (FOLDER / FILES[shell]).read_text() == done.stdout


def test_commands_and_options_are_completed():
    assert complete("enrichctl st", 1) == ["status"]
    assert "--budget" in complete("enrichctl enrich --bud", 2)
