"""A million records of twelve columns: memory as for ten thousand, and no slower at the end (9).

::

    python tests/benchmarks/large_file.py --records 1000000
    python tests/benchmarks/large_file.py --against DIR    # a checkout of another commit

Runs the offline provider, with all the processes that it starts. How far it has come is seen by
how much of the output is written, and what that took is counted in processor time, which other
tenants of the machine do not change much. The peak is that of the largest process.
"""

import argparse
import sys
from pathlib import Path

from against import builds, say_ratio, takes_against
from inputs import people
from timing import Place, Spent, cpu, peak, place, say

FEW = 10_000
MOST = 120.0  # MB


def main() -> int:
    """Print the figures; 0 when the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    takes_against(parser)
    words = parser.parse_args()
    if words.against:
        return _against(words.against, words.records)
    seen: list[tuple[float, int]] = []
    together = 0.0
    with place() as here:
        few = here.enrich(people(here.folder, FEW), "-p", "offline")
        here.forget()
        source = people(here.folder, words.records)

        def watch(cpu: float, memory: float) -> None:
            nonlocal together
            together = max(together, memory)
            part = next(here.folder.glob(".out.csv.*.part"), None)
            if part is not None:
                seen.append((cpu, part.stat().st_size))

        many = here.enrich(source, "-p", "offline", watch=watch)
        whole = (here.folder / "out.csv").stat().st_size
        journal = sum(file.stat().st_size for file in here.state.glob("journal.db*"))

    def reached(share: float) -> float:
        return next(cpu for cpu, size in seen if size >= share * whole)

    first, last = reached(0.15) - reached(0.05), reached(0.98) - reached(0.88)
    print(  # noqa: T201 - what it is run for
        f"{words.records} records in {many.wall:.0f} s, {many.wall / words.records * 1e6:.0f} us"
        f" each; journal {journal / words.records:.0f} B each"
    )
    more = many.peak / few.peak
    met = [
        say(f"peak memory / that of {FEW} records", more, "<= 1.1", met=more <= 1.1),
        say("memory of all processes", together, "<= 120", met=together <= MOST, unit="MB"),
        say(
            "CPU of a tenth at the end / at the beginning",
            last / first,
            "<= 1.1",
            met=last <= first * 1.1,
        ),
    ]
    return 0 if all(met) else 1


def _against(other: Path, records: int) -> int:
    """Compare the largest process, all processes and the processor time with another build."""
    together: dict[str, float] = {}

    def enrich(here: Place) -> Spent:
        def watch(_: float, memory: float) -> None:
            together[here.command] = max(together.get(here.command, 0.0), memory)

        return here.enrich(people(here.folder, records), "-p", "offline", watch=watch)

    with builds(other) as both:
        ours, theirs = enrich(both.ours), enrich(both.theirs)
        all_ = together[both.ours.command] / together[both.theirs.command]
    met = [
        say_ratio("largest process", [ours], [theirs], peak, 1.0),
        say("memory of all processes / before", all_, "<= 1", met=all_ <= 1),
        say_ratio("CPU", [ours], [theirs], cpu, 1.0),
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
