"""The offline provider against the libraries that it stands on, called in a bare loop (goal 7).

::

    python tests/benchmarks/offline.py --records 40000 --pairs 3

The bare loop reads the same file, checks the e-mail, finds its registered domain, parses and
places the phone number, and writes what it found. The program does that and all the rest: names,
titles, companies, who gave what, and every record explained in the journal. It is run on one core,
as the loop is, and on all there are.
"""

import argparse
import os
import sys

from inputs import people
from timing import Spent, bare, pairs, place, ratio, say, wall

SPREAD = 1.8
LEAST = 0.7 * SPREAD


def main() -> int:
    """Print the figures; 0 when the goal is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=40_000)
    parser.add_argument("--pairs", type=int, default=3)
    words = parser.parse_args()
    with place() as here:
        source, out = people(here.folder, words.records), here.folder / "bare.csv"

        def ours(core: int | None = None) -> Spent:
            here.forget()
            return here.enrich(source, "-p", "offline", core=core)

        core = min(os.sched_getaffinity(0))
        libraries, one, all_ = pairs(
            words.pairs, lambda: bare("libraries", source, out, core=core), lambda: ours(core), ours
        )
    for name, spent in (("bare loop", libraries), ("one core", one), ("all cores", all_)):
        least = min(wall(s) for s in spent)
        print(  # noqa: T201 - what it is run for
            f"{name:12} {words.records / least:8.0f} rows/s, {least / words.records * 1e6:6.1f} us"
        )
    share, more = 1 / ratio(one, libraries, wall), 1 / ratio(all_, libraries, wall)
    spread = ratio(one, all_, wall)
    met = [
        say("rows/s on one core / those of the bare loop", share, ">= 0.7", met=share >= 0.7),
        say("rows/s on all cores / those of the bare loop", more, ">= 1.26", met=more >= LEAST),
        say("rows/s on all cores / on one", spread, ">= 1.8", met=spread >= SPREAD),
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
