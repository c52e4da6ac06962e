"""What keeping a journal on the disk costs of a run's processor time (goal 5).

::

    python tests/benchmarks/journal_share.py --records 4000 --pairs 3

The same run with its journal in memory, where nothing is synced, is the baseline.
"""

import argparse
import sys

from inputs import emails
from loopback import Loopback
from timing import Place, Spent, cpu, pairs, place, ratio, say

ASKED = ("-p", "leadlex", "-w", "job_title,phone,linkedin_url", "--concurrency", "8")


def main() -> int:
    """Print the figure; 0 when the goal is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=4000)
    parser.add_argument("--pairs", type=int, default=3)
    words = parser.parse_args()
    with place() as disk, place(in_memory=True) as memory, Loopback() as server:

        def run(here: Place) -> Spent:
            here.forget()
            return here.enrich(emails(here.folder, words.records), *ASKED, url=server.url)

        kept, fleeting = pairs(words.pairs, lambda: run(disk), lambda: run(memory))
    share = 1 - 1 / ratio(kept, fleeting, cpu)
    return 0 if say("the disk's share of CPU", share, "<= 0.2", met=share <= 0.2) else 1


if __name__ == "__main__":
    sys.exit(main())
