"""The manual's units are what systemd takes."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMAND = str(Path(sys.executable).with_name("enrichctl"))
PAGES = [ROOT / "README.md", *(ROOT / "enrichctl" / "manual").glob("*.md")]
UNIT = re.compile(r"^```ini recipe (service|timer)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def verified(*units: Path) -> tuple[int, list[str]]:
    """Return the exit status of `systemd-analyze verify`, and what it says of these units."""
    command = ["/usr/bin/env", "systemd-analyze", "verify", "--man=no", *map(str, units)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, [line for line in done.stderr.splitlines() if "leads." in line]


def test_systemd_takes_the_units(tmp_path):
    """It says nothing of either."""
    units = {kind: text for page in PAGES for kind, text in UNIT.findall(page.read_text("utf-8"))}
    assert set(units) == {"service", "timer"}
    paths = []
    for kind, text in units.items():
        paths.append(tmp_path / f"leads.{kind}")
        paths[-1].write_text(text.replace("/usr/local/bin/enrichctl", COMMAND))
    assert verified(*paths) == (0, [])


def test_a_unit_that_is_wrong_is_refused(tmp_path):
    """The check above can fail."""
    unit = tmp_path / "leads.service"
    unit.write_text("[Service]\nType=oneshot\nExecStart=/nowhere/to/be/found\nRestart=maybe\n")
    status, said = verified(unit)
    assert (status, bool(said)) == (1, True)
