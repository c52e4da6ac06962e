"""What a Tab puts on the command line of a real bash, zsh and fish.

They are no Python packages, so CI installs them and runs this folder by itself.
"""

import os
import pty
import select
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "completions"
PATIENCE = 20.0
SETUP = {
    "bash": f"source {SCRIPTS}/enrichctl.bash",
    "zsh": f"fpath=({SCRIPTS} $fpath); autoload -Uz compinit; compinit -u -D",
    "fish": f"source {SCRIPTS}/enrichctl.fish",
}
# Control-X writes the command line to a file, as it stands.
SHOWN = {
    "bash": 'bind -x \'"\\C-x": printf "%s" "$READLINE_LINE" > $LINE\'',
    "zsh": "show() {{ printf '%s' \"$BUFFER\" > $LINE }}; zle -N show; bindkey '^X' show",
    "fish": "bind \\cx 'printf %s (commandline) > $LINE'",
}
START = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}


class Terminal:
    """A shell at a terminal."""

    def __init__(self, shell: str, folder: Path) -> None:
        self._line = folder / "line"
        self._ready = folder / "ready"
        environ = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "TERM": "dumb",
            "HOME": str(folder), "LINE": str(self._line), "LANG": "C.UTF-8",
            "ENRICHCTL_STATE_DIR": str(folder / "state"),
        }  # fmt: skip
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            os.chdir(folder)
            os.execvpe(START[shell][0], START[shell], environ)  # noqa: S606 - a shell is the point
        self.type(f"{SETUP[shell]}\r{SHOWN[shell].replace('{{', '{').replace('}}', '}')}\r")
        self.type(f"echo ready > {self._ready}\r")
        self._wait_for(self._ready.exists)

    def type(self, keys: str) -> None:
        os.write(self._fd, keys.encode())

    def after_tab(self, line: str) -> str:
        """Return the command line once a Tab was struck at its end."""
        self._line.unlink(missing_ok=True)
        self.type(f"{line}\t\x18")
        self._wait_for(lambda: self._line.exists() and self._line.stat().st_size > 0)
        return self._line.read_text()

    def _wait_for(self, there: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE
        while not there():
            assert time.monotonic() < until, "the shell does not get there"
            if select.select([self._fd], [], [], 0.02)[0]:
                os.read(self._fd, 65536)

    def close(self) -> None:
        os.close(self._fd)
        os.waitpid(self._pid, 0)


@pytest.fixture(params=["bash", "zsh", "fish"])
def terminal(request, tmp_path) -> Iterator[Terminal]:
    (tmp_path / "leads.csv").write_text("email\n")
    shell = Terminal(request.param, tmp_path)
    yield shell
    shell.close()


@pytest.mark.parametrize(
    ("typed", "then"),
    [
        ("enrichctl sta", "enrichctl status "),
        ("enrichctl enrich --default-r", "enrichctl enrich --default-region "),
        ("enrichctl enrich -p leadl", "enrichctl enrich -p leadlex "),
        ("enrichctl enrich -p offline,leadl", "enrichctl enrich -p offline,leadlex "),
        ("enrichctl enrich --provider=leadl", "enrichctl enrich --provider=leadlex "),
        ("enrichctl enrich --map job_t", "enrichctl enrich --map job_title="),
        ("enrichctl enrich --map=job_t", "enrichctl enrich --map=job_title="),
        ("enrichctl enrich lea", "enrichctl enrich leads.csv "),
        ("enrichctl providers sh", "enrichctl providers show "),
        ("enrichctl help mon", "enrichctl help money "),
        ("enrichctl config p", "enrichctl config path "),
        ("enrichctl status last --records uncon", "enrichctl status last --records unconfirmed "),
    ],
)
def test_the_first_tab_completes(terminal, typed, then):
    assert terminal.after_tab(typed) == then
