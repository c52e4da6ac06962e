"""The installed command at a terminal of its own: what it shows, and what is typed on it."""

import contextlib
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from e2e_shell import COMMAND

# Makes stdin the controlling terminal, so that Ctrl-C typed on it is a signal.
_LOGIN = (
    "import fcntl, os, sys, termios; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    " os.execv(sys.argv[1], sys.argv[1:])"
)
_ESCAPES = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")
CTRL_C, CTRL_D = b"\x03", b"\x04"


def until(condition: Callable[[], object], seconds: float = 20) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)


class Tty:
    """Runs a command line at a terminal.

    Args:
        words: The command line.
        folder: Where it is run.
        environ: Its environment.
        columns: Width of the terminal.
        out: Where stdout goes; the terminal when nothing is said.
    """

    def __init__(
        self,
        words: list[str],
        folder: Path,
        environ: dict[str, str],
        *,
        columns: int = 80,
        out: int | None = None,
    ) -> None:
        self._ours, theirs = pty.openpty()
        self.resize(columns)
        self._seen: list[bytes] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        self.run = subprocess.Popen(
            [sys.executable, "-c", _LOGIN, COMMAND, *words],
            cwd=folder, env={"TERM": "xterm-256color", **environ},
            stdin=theirs, stdout=theirs if out is None else out, stderr=theirs,
        )  # fmt: skip
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.run.kill()
        self.run.wait(10)
        self._thread.join(5)
        os.close(self._ours)

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            while data := os.read(self._ours, 65536):
                self._seen.append(data)

    @property
    def raw(self) -> bytes:
        """All that was sent to the terminal so far."""
        return b"".join(self._seen)

    @property
    def text(self) -> str:
        """The same without what only moves the cursor or colours."""
        return _ESCAPES.sub(b"", self.raw).decode("utf-8", "replace").replace("\r\n", "\n")

    def lines(self) -> list[str]:
        """Every line that was drawn so far, those that were drawn over as well."""
        return [line.rsplit("\r", 1)[-1] for line in self.text.split("\n")]

    def sees(self, what: str) -> "Tty":
        """Wait until something was shown."""
        until(lambda: what in self.text)
        return self

    def type(self, keys: bytes) -> "Tty":
        """Type on the terminal."""
        os.write(self._ours, keys)
        return self

    def resize(self, columns: int) -> None:
        """Make the terminal wider or narrower."""
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))

    def ends(self) -> int:
        """Wait for the end of the command; return its exit status."""
        status = self.run.wait(30)
        self._thread.join(5)
        return status
