"""What others would use for the same work, beside this program.

::

    python tests/benchmarks/peers.py pandas    # a data frame, and the offline provider's libraries
    python tests/benchmarks/peers.py csvkit    # a file read and written by csvformat
    python tests/benchmarks/peers.py qsv       # the same by `qsv fmt`, where that is on the PATH

A peer that pip has is installed for the time of the benchmark, over the libraries of this
environment. Where it cannot be had, that is said, and the exit status is 2.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from against import environment
from inputs import people
from timing import HERE, Place, Spent, cpu, pairs, place, ratio, run, say

# One that copies does much less than is done here, and qsv is a compiled program.
MOST = {"pandas": 1.0, "csvkit": 5.0, "qsv": 50.0}
ONE_COLUMN = ("-p", "offline", "-w", "seniority")  # the least there is to do but copy


def main() -> int:
    """Print the figures; 0 when the goal is met, 2 when the peer cannot be had."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peer", choices=("pandas", "csvkit", "qsv"))
    parser.add_argument("--records", type=int, default=40_000)
    parser.add_argument("--pairs", type=int, default=3)
    words = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, place() as here:
        theirs = _peer(words.peer, Path(folder))
        if theirs is None:
            print(f"{words.peer} cannot be had here")  # noqa: T201 - what it is run for
            return 2
        source = people(here.folder, words.records)
        core = min(os.sched_getaffinity(0))
        asked = ("-p", "offline") if words.peer == "pandas" else ONE_COLUMN

        def ours() -> Spent:
            here.forget()
            return here.enrich(source, *asked, core=core)

        found, others = pairs(words.pairs, ours, lambda: theirs(here, source, core))
    share, most = ratio(found, others, cpu), MOST[words.peer]
    met = share <= most
    return 0 if say(f"CPU a record / {words.peer}", share, f"<= {most:g}", met=met) else 1


def _peer(name: str, folder: Path) -> Callable[[Place, Path, int], Spent] | None:
    """Return what runs a peer on a file and one core; None where it cannot be had."""
    if name == "qsv":
        return _qsv if shutil.which("qsv") else None
    python = environment(folder)
    got = subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", name],
        check=False,
    )
    if got.returncode:
        return None

    def pandas(here: Place, source: Path, core: int) -> Spent:
        out = str(here.folder / "peer.csv")
        return run(str(python), str(HERE / "bare.py"), "frame", str(source), out, core=core)

    def csvkit(here: Place, source: Path, core: int) -> Spent:
        del here
        return run(str(python.with_name("csvformat")), str(source), core=core)

    return {"pandas": pandas, "csvkit": csvkit}[name]


def _qsv(here: Place, source: Path, core: int) -> Spent:
    out = str(here.folder / "peer.csv")
    return run("qsv", "fmt", "--output", out, str(source), core=core)


if __name__ == "__main__":
    sys.exit(main())
