"""A million records of twelve columns: memory as for ten thousand, and no slower at the end (9).

::

    python tests/benchmarks/large_file.py --records 1000000

Runs the offline provider. How far it has come is seen by how much of the output is written.
"""

import argparse
import sys
import threading
import time
from pathlib import Path

from inputs import people
from timing import Spent, place, say

FEW = 10_000
MOST = 120.0  # MB
LOOK = 0.1  # seconds


def watched(folder: Path, work, seen: list[tuple[float, int]]) -> Spent:
    """Do some work; note how much of its output is there at which moment."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(LOOK):
            part = next(folder.glob(".out.csv.*.part"), None)
            if part is not None:
                seen.append((time.monotonic(), part.stat().st_size))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        return work()
    finally:
        over.set()
        watcher.join()


def main() -> int:
    """Print the figures; 0 when the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    words = parser.parse_args()
    seen: list[tuple[float, int]] = []
    with place() as here:
        few = here.enrich(people(here.folder, FEW), "-p", "offline")
        here.forget()
        source = people(here.folder, words.records)
        many = watched(here.folder, lambda: here.enrich(source, "-p", "offline"), seen)
        whole = (here.folder / "out.csv").stat().st_size
        journal = sum(file.stat().st_size for file in here.state.glob("journal.db*"))

    def reached(share: float) -> float:
        return next(at for at, size in seen if size >= share * whole)

    first, last = reached(0.15) - reached(0.05), reached(0.98) - reached(0.88)
    print(  # noqa: T201 - what it is run for
        f"{words.records} records in {many.wall:.0f} s, {many.wall / words.records * 1e6:.0f} us"
        f" each; journal {journal / words.records:.0f} B each"
    )
    more = many.peak / few.peak
    met = [
        say(f"peak memory / that of {FEW} records", more, "<= 1.1", met=more <= 1.1),
        say("peak memory", many.peak, "<= 120", met=many.peak <= MOST, unit="MB"),
        say(
            "a tenth at the end / at the beginning", last / first, "<= 1.1", met=last <= first * 1.1
        ),
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
