"""What the shell offers is what the program has."""

import os
import subprocess
import sys
from pathlib import Path

COMMAND = str(Path(sys.executable).with_name("enrichctl"))


def complete(words: str, place: int) -> list[str]:
    """Return what bash would offer."""
    environ = {
        "PATH": os.environ["PATH"], "COMP_WORDS": words, "COMP_CWORD": str(place),
        "_ENRICHCTL_COMPLETE": "complete_bash",
    }  # fmt: skip
    done = subprocess.run([COMMAND], env=environ, capture_output=True, text=True, check=False)
    return done.stdout.split()


def test_commands_and_options_are_completed():
    assert complete("enrichctl st", 1) == ["status"]
    assert "--budget" in complete("enrichctl enrich --bud", 2)
