"""Runs that wait for a slow provider, against workers / latency (goal 4).

::

    python tests/benchmarks/latency.py

50 ms with 64 calls in flight, and 300 ms with 512. The ideal is what so many workers could ask if
nothing else cost time; whole rounds are asked, and the first and the last answer bound the time.
"""

import argparse
import sys

from inputs import emails
from loopback import Loopback
from timing import place, say

CASES = ((0.05, 64, 150), (0.3, 512, 20))  # latency, workers, rounds
MOST = 80.0  # MB


def main() -> int:
    """Print the figures; 0 when the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.parse_args()
    met = True
    for latency, workers, rounds in CASES:
        calls = workers * rounds
        with place() as here, Loopback(latency=latency) as server:
            asked = ("-p", "leadlex", "-w", "job_title", "--concurrency", str(workers))
            spent = here.enrich(emails(here.folder, calls), *asked, url=server.url)
        share = calls / server.saw.seconds / (workers / latency)
        name = f"{latency * 1000:.0f} ms x {workers}"
        met &= say(f"{name}: calls/s / workers/latency", share, ">= 0.95", met=share >= 0.95)
        met &= say(f"{name}: peak memory", spent.peak, "<= 80", met=spent.peak <= MOST, unit="MB")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
