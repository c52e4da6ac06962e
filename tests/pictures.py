"""Draw the pictures of the README: a run at a terminal, and its page.

By hand, with Chromium or Chrome installed, after either has changed its looks::

    python tests/pictures.py

runs the sample leads against the sandbox, and writes ``.github/images``.
"""

import base64
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "soak"))

from page import BROWSERS, opened  # noqa: E402 - not a package

IMAGES = ROOT / ".github" / "images"
COMMAND = str(Path(sys.executable).with_name("enrichctl"))
WORDS = ["enrich", "leads.csv", "--sandbox", "-p", "offline,leadlex,lemlist"]
COLUMNS = 88
WIDTH, HEIGHT = 900, 1000  # pixels of the page that are shown
# Rich's fonts come from the network, and a picture may not ask for anything.
FONTS = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)


def played(folder: Path, *words: str) -> str:
    """Return what a command says, with its colours."""
    environ = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "COLUMNS": str(COLUMNS),
        "ENRICHCTL_STATE_DIR": str(folder / "state"), "COLORTERM": "truecolor",
        "TERM": "xterm-256color", "FORCE_COLOR": "1",
    }  # fmt: skip
    done = subprocess.run(
        [COMMAND, *words], cwd=folder, env=environ, check=True, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return done.stdout


def terminal(folder: Path) -> None:
    """Draw the run at a terminal."""
    said = f"$ enrichctl {' '.join(WORDS)}\n{played(folder, *WORDS)}"
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(said.rstrip()))
    drawn = console.export_svg(title="enrichctl", unique_id="run")
    (IMAGES / "run.svg").write_text(FONTS.sub("", drawn), "utf-8")


def page(folder: Path) -> None:
    """Draw the beginning of the run's page."""
    played(folder, "status", "last", "--html", "page.html")
    shown = folder / "page.html"
    shown.write_text(shown.read_text("utf-8").replace(str(folder), "/home/jane"), "utf-8")
    program = next(filter(None, map(shutil.which, BROWSERS)), "")
    with opened(program, folder) as browser:
        browser.ask("Page.enable")
        browser.ask("Page.navigate", url=shown.as_uri())
        browser.wait("Page.loadEventFired")
        browser.ask("Emulation.setDeviceMetricsOverride", width=WIDTH, height=HEIGHT,
                    deviceScaleFactor=1, mobile=False)  # fmt: skip
        browser.ask("Emulation.setScrollbarsHidden", hidden=True)
        shot = browser.ask("Page.captureScreenshot")
    (IMAGES / "page.png").write_bytes(base64.b64decode(shot["data"]))


def main() -> None:
    """Draw both."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        shutil.copy(ROOT / "tests" / "data" / "leads.csv", folder)
        terminal(folder)
        page(folder)


if __name__ == "__main__":
    main()
