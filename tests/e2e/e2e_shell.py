"""The installed command in a subprocess, talking to the sandbox over real sockets."""

import sqlite3
import subprocess
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import forking
from forking import COMMAND

DATA = Path(__file__).parents[1] / "data"


@dataclass
class Shell:
    """A fresh home in which the command is run."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)

    def __call__(
        self, *words: str, stdin: bytes = b"", timeout: float = 60, **environ: str
    ) -> subprocess.CompletedProcess[bytes]:
        """Run ``enrichctl`` to its end; see `forking`."""
        return forking.run(
            words, folder=self.folder, environ={**self.environ, **environ}, stdin=stdin,
            timeout=timeout,
        )  # fmt: skip

    def start(self, *words: str, **pipes: object) -> subprocess.Popen[bytes]:
        """Start ``enrichctl`` as such, and return at once."""
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **pipes}
        return subprocess.Popen([COMMAND, *words], cwd=self.folder, env=self.environ, **pipes)

    def write(self, name: str, text: str) -> Path:
        """Write an input."""
        path = self.folder / name
        path.write_text(text, "utf-8")
        return path


def money(state: Path, vendor: str) -> tuple[Decimal, Decimal]:
    """Return what a journal says was charged for sure, and what may have been, in credits."""
    db = sqlite3.connect(state / "journal.db")
    rows = db.execute(
        "SELECT credits, outcome IN ('unconfirmed', 'submitted', 'sent', 'planned') FROM attempts"
        " WHERE provider=?",
        (vendor,),
    ).fetchall()
    db.close()
    sure = sum(credits_ for credits_, doubt in rows if not doubt)
    return Decimal(sure) / 1_000_000, Decimal(sum(c for c, doubt in rows if doubt)) / 1_000_000
