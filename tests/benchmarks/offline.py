"""The offline provider against the libraries that it stands on, called in a bare loop (goal 7).

::

    python tests/benchmarks/offline.py --records 40000 --pairs 3
    python tests/benchmarks/offline.py --against DIR       # a checkout of another commit

The bare loop reads the same file, checks the e-mail, finds its registered domain, parses and
places the phone number, and writes what it found. The program does that and all the rest: names,
titles, companies, who gave what, and every record in the journal. It is run on one core, as the
loop is, and on all there are.
"""

import argparse
import os
import sys
from pathlib import Path

from against import builds, say_ratio, takes_against, versus
from inputs import people
from timing import Place, Spent, bare, cpu, pairs, peak, place, ratio, say, wall

ALONE, SPREAD = 1.0, 1.8
BEFORE = 0.4  # of the CPU that the other build takes


def main() -> int:
    """Print the figures; 0 when the goal is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=40_000)
    parser.add_argument("--pairs", type=int, default=3)
    takes_against(parser)
    words = parser.parse_args()
    if words.against:
        return _against(words.against, words.records, words.pairs)
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
        say("rows/s on one core / those of the bare loop", share, ">= 1", met=share >= ALONE),
        say("rows/s on all cores / those of the bare loop", more, ">= 1.8", met=more >= SPREAD),
        say("rows/s on all cores / on one", spread, ">= 1.8", met=spread >= SPREAD),
    ]
    return 0 if all(met) else 1


def _against(other: Path, records: int, count: int) -> int:
    """Compare the processor time of a record on one core with that of another build."""
    core = min(os.sched_getaffinity(0))

    def enrich(here: Place) -> Spent:
        here.forget()
        return here.enrich(people(here.folder, records), "-p", "offline", core=core)

    with builds(other) as both:
        ours, theirs = versus(both, count, enrich)
        sizes = [sum(f.stat().st_size for f in here.state.glob("journal.db*")) for here in both]
    each = min(cpu(spent) for spent in ours) / records
    print(f"{'this build':12} {each * 1e6:6.1f} us of CPU a record")  # noqa: T201 - what it is run for
    met = [
        say_ratio("CPU a record", ours, theirs, cpu, BEFORE),
        say_ratio("memory", ours, theirs, peak, 1.0),
        say("journal bytes / before", share := sizes[0] / sizes[1], "<= 0.8", met=share <= 0.8),
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
