"""Everything in the repository that is written from the program itself.

By hand, after a command, an option, a provider or an exit status has changed::

    python tests/generate.py

rewrites completions, the manual page, and the generated parts of the README and of the pages of
``enrichctl help``. The tests say when it is due.
"""

import os
import subprocess
import sys
from pathlib import Path

import manual
import readme

ROOT = Path(__file__).parents[1]
COMMAND = str(Path(sys.executable).with_name("enrichctl"))
MANUAL = ROOT / "enrichctl" / "manual"
SHELLS = {
    "bash": "enrichctl.bash", "zsh": "_enrichctl", "fish": "enrichctl.fish",
    "powershell": "enrichctl.ps1",
}  # fmt: skip
# What people read: the README, and the manual that comes with the program.
PAGES = ["README.md", *sorted(f"enrichctl/manual/{p.name}" for p in MANUAL.glob("*.md"))]


def completion(shell: str) -> str:
    """Return what the program prints for a shell to complete it."""
    environ = {"PATH": os.environ["PATH"], "_ENRICHCTL_COMPLETE": f"source_{shell}"}
    done = subprocess.run([COMMAND], env=environ, capture_output=True, text=True, check=True)
    return done.stdout


def texts() -> dict[str, str]:
    """Return what each file should hold."""
    made = {f"completions/{name}": completion(shell) for shell, name in SHELLS.items()}
    made["completions/enrichctl.1"] = manual.page()
    made |= {name: readme.renewed((ROOT / name).read_text("utf-8")) for name in PAGES}
    return made


def main() -> None:
    """Rewrite what is not current."""
    for name, text in texts().items():
        path = ROOT / name
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            print(f"wrote {name}")  # noqa: T201 - what it is run for


if __name__ == "__main__":
    main()
