"""Parquet against the same rows as CSV, in memory that does not grow, killed twice and resumed.

::

    python tests/benchmarks/parquet.py --records 200000 --pairs 3
    python tests/benchmarks/parquet.py --records 20000000 --pairs 1

Runs the offline provider on both files in turn, and on the Parquet file in parts. What a row costs
is told in processor time, which other tenants of the machine do not change much, less what a small
file of the same kind takes: starting is not counted. The peak is that of all processes together.
Last, a run in parts is killed twice; its output must be byte for byte that of the plain run.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from inputs import people, typed_people
from timing import Place, Spent, cpu, pairs, place, say

GROUP = 20_000  # rows
FEW = 5_000
FASTER, MOST = 1.15, 400.0  # times CSV's rows/s; MB


class Together:
    """The peak of all processes of a command."""

    peak = 0.0

    def __call__(self, _: float, memory: float) -> None:
        """Look at the memory that is in use now."""
        self.peak = max(self.peak, memory)


def main() -> int:
    """Print the figures; 0 when the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--pairs", type=int, default=3)
    words = parser.parse_args()
    plain, parts = Together(), Together()
    with place() as here:
        lines, few = people(here.folder, words.records), people(here.folder, FEW)
        typed = typed_people(here.folder, words.records, GROUP)
        few_typed = typed_people(here.folder, FEW, GROUP)

        def enrich(source: Path, out: str, *more: str, watch: Together | None = None) -> Spent:
            here.forget()
            return here.enrich(source, "-o", str(here.folder / out), *more, watch=watch)

        as_csv, as_parquet, in_parts, *starts = pairs(
            words.pairs,
            lambda: enrich(lines, "out.csv"),
            lambda: enrich(typed, "out.parquet", watch=plain),
            lambda: enrich(typed, "parts.parquet", "--on", "local[2]", watch=parts),
            lambda: enrich(few, "few.csv"),
            lambda: enrich(few_typed, "few.parquet"),
            lambda: enrich(few_typed, "few.parquet", "--on", "local[2]"),
        )
        _kill_twice(here, typed, words.records // GROUP)
        whole = (here.folder / "out.parquet").read_bytes()
        same = all(
            (here.folder / n).read_bytes() == whole for n in ("parts.parquet", "kill.parquet")
        )
    each = [
        median(cpu(a) - cpu(b) for a, b in zip(many, few, strict=True)) / (words.records - FEW)
        for many, few in zip((as_csv, as_parquet, in_parts), starts, strict=True)
    ]
    for name, taken in zip(("CSV", "Parquet", "in parts"), each, strict=True):
        print(f"{name:10} {taken * 1e6:6.1f} us of CPU a row")  # noqa: T201 - what it is run for
    gain, more = each[0] / each[1], each[0] / each[2]
    met = [
        say("rows per CPU second, Parquet / CSV", gain, ">= 1.15", met=gain >= FASTER),
        say("rows per CPU second, in parts / CSV", more, ">= 1.15", met=more >= FASTER),
        say(
            "peak of all processes, Parquet",
            plain.peak,
            "<= 400",
            met=plain.peak <= MOST,
            unit="MB",
        ),
        say(
            "peak of all processes, in parts",
            parts.peak,
            "<= 400",
            met=parts.peak <= MOST,
            unit="MB",
        ),
        say("killed twice: the same bytes", float(same), "1", met=same, unit=""),
    ]
    return 0 if all(met) else 1


def _kill_twice(here: Place, source: Path, groups: int) -> None:
    """Run in parts, kill it after a third and after two thirds, and let it come to its end."""
    here.forget()
    out = here.folder / "kill.parquet"
    command = [
        here.command, "enrich", str(source), "-o", str(out), "-y", "-q", "--on", "local[2]",
    ]  # fmt: skip
    folder = here.folder / f".{out.name}.parts"
    for share in (1, 2):
        child = subprocess.Popen(command, env=here.environ())
        while child.poll() is None and len([*folder.glob("0*.json")]) < share * groups / 3:
            time.sleep(0.05)
        child.kill()
        child.wait()
    subprocess.run(command, env=here.environ(), check=True)


if __name__ == "__main__":
    sys.exit(main())
