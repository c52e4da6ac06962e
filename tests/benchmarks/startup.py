"""How long commands take that do next to nothing, against ``python -c pass`` (goal 10).

::

    python tests/benchmarks/startup.py --pairs 10
    python tests/benchmarks/startup.py --against DIR       # a checkout of another commit
"""

import argparse
import sys
from pathlib import Path

from against import builds, say_ratio, takes_against, versus
from inputs import people
from timing import COMMAND, Place, Spent, cpu, pairs, place, ratio, run, say, wall

COMPLETES = {
    "_ENRICHCTL_COMPLETE": "complete_bash",
    "COMP_WORDS": "enrichctl en",
    "COMP_CWORD": "1",
}


def main() -> int:
    """Print the figures; 0 when the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=10)
    takes_against(parser)
    words = parser.parse_args()
    if words.against:
        return _against(words.against, words.pairs)
    with place() as here:
        row = people(here.folder, 1)
        here.enrich(row, "-p", "offline")
        usual = here.environ()
        commands = (
            ("--version", 1.5, lambda: run(COMMAND, "--version", env=usual)),
            ("--help", 8.0, lambda: run(COMMAND, "--help", env=usual)),
            ("completion", 8.0, lambda: run(COMMAND, env=usual | COMPLETES)),
            ("status of one run", 10.0, lambda: run(COMMAND, "status", "last", env=usual)),
            ("enrich one row", 20.0, lambda: here.enrich(row, "-p", "offline")),
        )
        works = [work for _, _, work in commands]
        found = pairs(words.pairs, lambda: run(sys.executable, "-c", "pass", env=usual), *works)
    met = True
    for (name, goal, _), spent in zip(commands, found[1:], strict=True):
        share = ratio(spent, found[0], wall)
        met &= say(f"{name} / python -c pass", share, f"<= {goal:g}", met=share <= goal)
    return 0 if met else 1


def _against(other: Path, count: int) -> int:
    """Compare the processor time of commands that do next to nothing with another build's."""

    def enrich(here: Place) -> Spent:
        return here.enrich(people(here.folder, 1), "-p", "offline")

    def status(here: Place) -> Spent:
        return run(here.command, "status", "last", env=here.environ())

    met = True
    with builds(other) as both:
        for name, work, most in (
            ("enrich one row", enrich, 0.65),
            ("status of one run", status, 0.75),
        ):
            ours, theirs = versus(both, count, work)
            least = min(cpu(spent) for spent in ours)
            print(f"{name:18} {least * 1000:6.1f} ms of CPU in this build")  # noqa: T201 - what it is run for
            met &= say_ratio(name, ours, theirs, cpu, most)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
