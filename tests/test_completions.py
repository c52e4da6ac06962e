"""What the shell offers is what the program has."""

import os
import subprocess
import sys
from pathlib import Path

COMMAND = str(Path(sys.executable).with_name("enrichctl"))


def complete(words: str, place: int, **more: str) -> list[str]:
    """Return what bash would offer."""
    environ = {
        **more, "PATH": os.environ["PATH"], "COMP_WORDS": words, "COMP_CWORD": str(place),
        "_ENRICHCTL_COMPLETE": "complete_bash",
    }  # fmt: skip
    done = subprocess.run([COMMAND], env=environ, capture_output=True, text=True, check=False)
    return done.stdout.split()


def test_commands_and_options_are_completed():
    assert complete("enrichctl st", 1) == ["status"]
    assert "--budget" in complete("enrichctl enrich --bud", 2)


def test_fields_statuses_and_runs_are_completed(tmp_path):
    state = {"ENRICHCTL_STATE_DIR": str(tmp_path / "state")}
    assert complete("enrichctl enrich -w email,job", 3) == ["email,job_title"]
    assert complete("enrichctl enrich --map linked", 3) == ["linkedin_url="]
    assert complete("enrichctl status last --records fa", 4) == ["failed"]
    assert complete("enrichctl status la", 2, **state) == []
    (tmp_path / "in.csv").write_text("email\njane@acme.com\n")
    words = [COMMAND, "enrich", str(tmp_path / "in.csv"), "-q"]
    subprocess.run(words, env=os.environ | state, check=True)
    last, run = complete("enrichctl status ", 2, **state)
    assert (last, run[:2], len(run)) == ("last", "20", 20)


def test_the_script_is_that_of_the_shell_that_is_named(tmp_path):
    """Typer alone prints that of the shell it is called from, whatever stands behind the option."""

    def called_from_bash(words: str) -> tuple[int, str, str]:
        typed = f"'{COMMAND}' {words}; exit $?"
        environ = os.environ | {"ENRICHCTL_STATE_DIR": str(tmp_path)}
        done = subprocess.run(
            ["/bin/bash", "-c", typed], env=environ, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout.partition("\n")[0], done.stderr

    for words in ("--show-completion zsh", "--show-completion=zsh", "-q --show-completion zsh"):
        assert called_from_bash(words) == (0, "#compdef enrichctl", "")
    assert "bash" in called_from_bash("--show-completion")[1]
    status, script, why = called_from_bash("--show-completion ksh")
    assert (status, script) == (2, "")
    assert "'ksh' is not one of 'bash', 'zsh', 'fish'" in why
