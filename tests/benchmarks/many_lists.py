"""Lists of several people, with half of the leads in common, asked about at once: each paid once.

::

    python tests/benchmarks/many_lists.py --lists 10 --rows 5000 --at-once 10

Each list has a machine of its own, so many at once; all share one journal on a server. Who is on
several lists may be asked about by another machine at that very moment, and is left to the same
command once more. In the end every row is filled, and the provider has answered once for each lead.
"""

import argparse
import csv
import random
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from loopback import Loopback
from team import Machine, team
from timing import say

AGAIN = 5  # times that the same command goes on, at most


def write(folder: Path, leads: list[int]) -> Path:
    """Write a list of leads; return the file."""
    path = folder / "in.csv"
    rows = "".join(f"person{n}@firm-{n // 10}.com,Firm {n // 10}\n" for n in leads)
    path.write_text(f"email,company\n{rows}")
    return path


def statuses(machine: Machine) -> Counter[str]:
    """Return status → how many rows of a machine's output have it."""
    with (machine.folder / "out.csv").open(newline="") as file:
        return Counter(row["enrichctl_status"] for row in csv.DictReader(file))


def main() -> int:
    """Print what was paid for; 0 when that is each lead, once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lists", type=int, default=10)
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--at-once", type=int, default=10)
    words = parser.parse_args()
    chance = random.Random(7)  # noqa: S311 - reproducible, not secret
    half, began = words.rows // 2, time.monotonic()
    with team(words.lists) as machines, Loopback() as server:

        def ask(number: int) -> None:
            mine, own = machines[number], (number + 1) * words.rows
            leads = [*range(half), *range(own, own + words.rows - half)]
            chance.shuffle(leads)
            source = write(mine.folder, leads)
            for _ in range(AGAIN):
                mine.enrich(source, "-p", "leadlex", "-w", "job_title", url=server.url)
                if set(statuses(mine)) <= {"enriched"}:
                    break

        with ThreadPoolExecutor(words.at_once) as pool:
            list(pool.map(ask, range(words.lists)))
        ended = sum((statuses(machine) for machine in machines), Counter())
    leads = half + words.lists * (words.rows - half)
    print(f"{words.lists} lists in {time.monotonic() - began:.0f} s: {dict(ended)}")  # noqa: T201
    filled = ended["enriched"] / (words.lists * words.rows)
    met = say("rows that are filled", filled, "= 1", met=filled == 1)
    paid = server.saw.answered / leads
    met &= say(f"answers paid for, of {leads} leads", paid, "= 1", met=paid == 1)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
