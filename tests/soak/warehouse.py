"""A large Parquet file in parts: memory that does not grow with it, whoever is killed.

::

    python tests/soak/warehouse.py --rows 2000000
    python tests/soak/warehouse.py --rows 20000000 --want email_kind

Fills a quarter of the rows, then all of them, and compares the peaks of all processes together.
Then the same again: a process that fills is killed after a quarter of the parts, the whole run
after a half and after three quarters. What comes out must be what the undisturbed run wrote.
"""

import argparse
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from inputs import typed_people
from timing import Place, place, say

GROUP = 20_000  # rows
MOST, GROWTH = 400.0, 1.05  # MB; times the peak of a quarter


def main() -> int:
    """Print the figures; 0 when the goals are met."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rows", type=int, default=2_000_000)
    words.add_argument("--on", default="local[2]")
    words.add_argument("--want", default="", help="the fields to fill, else all")
    given = words.parse_args()
    how = ["--on", given.on, *(["-w", given.want] if given.want else [])]
    with place() as here:
        part = typed_people(here.folder, given.rows // 4, GROUP)
        whole = typed_people(here.folder, given.rows, GROUP)
        peaks = [_peak(here, source, how) for source in (part, whole)]
        for source, peak in zip((part, whole), peaks, strict=True):
            print(f"{source.name:24} {peak:6.1f} MB", flush=True)  # noqa: T201 - what it is run for
        undisturbed = _digest(here.folder / "out.parquet")
        _disturb(here, whole, how, given.rows // GROUP)
        same = _digest(here.folder / "killed.parquet") == undisturbed
    growth = peaks[1] / peaks[0]
    met = [
        say("peak of all processes", peaks[1], "<= 400", met=peaks[1] <= MOST, unit="MB"),
        say("four times the rows", growth, "<= 1.05", met=growth <= GROWTH),
        say("three times killed: the same bytes", float(same), "1", met=same, unit=""),
    ]  # fmt: skip
    return 0 if all(met) else 1


def _peak(here: Place, source: Path, how: list[str]) -> float:
    """Fill a file; return the largest sum of the memory of all processes, in MB."""
    peak = 0.0

    def watch(_: float, memory: float) -> None:
        nonlocal peak
        peak = max(peak, memory)

    here.forget()
    here.enrich(source, "-o", str(here.folder / "out.parquet"), *how, watch=watch)
    return peak


def _disturb(here: Place, source: Path, how: list[str], groups: int) -> None:
    """Kill one that fills, then twice the whole run, and let it come to its end."""
    out = here.folder / "killed.parquet"
    words = ["enrich", str(source), "-o", str(out), "-y", "-q", *how]
    folder = out.with_name(f".{out.name}.parts")

    def started() -> subprocess.Popen[bytes]:
        return subprocess.Popen([here.command, *words], env=here.environ())

    def until(share: float, child: subprocess.Popen[bytes]) -> None:
        _wait(lambda: child.poll() is not None or _finished(folder) >= share * groups)

    child = started()
    until(0.25, child)
    os.kill(_worker_of(child.pid), signal.SIGKILL)
    for share in (0.5, 0.75):
        until(share, child)
        child.kill()
        child.wait()
        print(f"killed with {_finished(folder)} of {groups} parts finished", flush=True)  # noqa: T201 - the same
        child = started()
    if child.wait():
        raise RuntimeError(f"it ended with {child.returncode}")


def _finished(folder: Path) -> int:
    return len([*folder.glob("[0-9]*.json")])


def _worker_of(pid: int) -> int:
    """Return the id of a process that fills parts."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return next(
        int(child)
        for child in children
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    )


def _wait(seen: Callable[[], bool]) -> None:
    while not seen():
        time.sleep(0.05)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()


if __name__ == "__main__":
    sys.exit(main())
