"""Runs that wait for a slow provider, against workers / latency (goal 4).

::

    python tests/benchmarks/latency.py
    python tests/benchmarks/latency.py --against DIR       # a checkout of another commit

50 ms with 64 calls in flight, and 300 ms with 512. The ideal is what so many workers could ask if
nothing else cost time; whole rounds are asked, and the first and the last answer bound the time.
"""

import argparse
import sys
from pathlib import Path
from statistics import median

from against import builds, takes_against
from inputs import emails
from loopback import Loopback
from timing import Place, place, say

CASES = ((0.05, 64, 150), (0.3, 512, 20))  # latency, workers, rounds
MOST = 80.0  # MB


def main() -> int:
    """Print the figures; 0 when the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=3)
    takes_against(parser)
    words = parser.parse_args()
    if words.against:
        return _against(words.against, words.pairs)
    met = True
    for latency, workers, rounds in CASES:
        with place() as here:
            share, peak = _wait(here, latency, workers, rounds)
        name = f"{latency * 1000:.0f} ms x {workers}"
        met &= say(f"{name}: calls/s / workers/latency", share, ">= 0.95", met=share >= 0.95)
        met &= say(f"{name}: peak memory", peak, "<= 80", met=peak <= MOST, unit="MB")
    return 0 if met else 1


def _wait(here: Place, latency: float, workers: int, rounds: int) -> tuple[float, float]:
    """Ask so many rounds; return the share of the ideal that was reached, and the peak in MB."""
    calls = workers * rounds
    here.forget()
    with Loopback(latency=latency) as server:
        asked = ("-p", "leadlex", "-w", "job_title", "--concurrency", str(workers))
        spent = here.enrich(emails(here.folder, calls), *asked, url=server.url)
    return calls / server.saw.seconds / (workers / latency), spent.peak


def _against(other: Path, count: int) -> int:
    """Compare the shares of the ideal, and the memory, with those of another build."""
    met = True
    with builds(other) as both:
        for latency, workers, rounds in CASES:
            found = [[_wait(here, latency, workers, rounds) for here in both] for _ in range(count)]
            name = f"{latency * 1000:.0f} ms x {workers}"
            share = median(ours[0] for ours, _ in found)
            peak = median(ours[1] for ours, _ in found)
            more = median(ours[0] / theirs[0] for ours, theirs in found)
            met &= say(f"{name}: calls/s / workers/latency", share, ">= 0.92", met=share >= 0.92)
            met &= say(f"{name}: the same / before", more, ">= 1", met=more >= 1)
            met &= say(f"{name}: peak memory", peak, "<= 80", met=peak <= MOST, unit="MB")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
