"""Look-ups without latency: what the program itself costs, its journal included (goals 3 and 11).

::

    python tests/benchmarks/lookup.py --records 4000 --pairs 3
    python tests/benchmarks/lookup.py --against DIR        # a checkout of another commit

Every record is planned, asked over a socket, journalled with its raw answer of 640 bytes, merged
and written. The baselines are the two scripts that people write instead: one `requests.Session`
in a loop, and a thread pool; neither of them keeps a journal.
"""

import argparse
import os
import sys
from pathlib import Path

from against import builds, say_ratio, takes_against, versus
from inputs import emails
from loopback import FOUND as WIRE
from loopback import Loopback
from timing import Place, Spent, bare, cpu, pairs, place, ratio, say, wall

WANTS = "job_title,phone,linkedin_url"
WORKERS = 8
SMALL = 1_100  # bytes
BEFORE, SMALLER = 0.65, 0.8  # of the CPU and of the bytes that the other build takes


def main() -> int:
    """Print the figures; 0 when the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=4000)
    parser.add_argument("--pairs", type=int, default=3)
    takes_against(parser)
    words = parser.parse_args()
    if words.against:
        return _against(words.against, words.records, words.pairs)
    with place() as here, Loopback() as server:
        source, out = emails(here.folder, words.records), here.folder / "bare.csv"
        asked = ("-p", "leadlex", "-w", WANTS, "--concurrency", str(WORKERS))

        def ours():
            here.forget()
            return here.enrich(source, *asked, url=server.url)

        found, loop, pool = pairs(
            words.pairs,
            ours,
            lambda: bare("post_loop", source, out, server.url),
            lambda: bare("thread_pool", source, out, server.url, WORKERS),
        )
        size = sum(file.stat().st_size for file in here.state.glob("journal.db*"))
    for name, spent in (("enrichctl", found), ("Session.post loop", loop), ("pool", pool)):
        each = 1e6 / words.records
        print(  # noqa: T201 - what it is run for
            f"{name:18} {min(s.cpu for s in spent) * each:6.0f} us CPU a record,"
            f" {words.records / min(s.wall for s in spent):6.0f} records/s"
        )
    share = ratio(found, loop, cpu)
    speed = 1 / ratio(found, pool, wall)
    bytes_each = size / words.records
    met = [
        say("CPU a record / that of a bare Session.post", share, "<= 0.8", met=share <= 0.8),
        say("records/s / those of a bare thread pool", speed, ">= 1.3", met=speed >= 1.3),
        say("journal bytes a record", bytes_each, "<= 1100", met=bytes_each <= SMALL, unit="B"),
    ]
    return 0 if all(met) else 1


def _against(other: Path, records: int, count: int) -> int:
    """Compare what a look-up takes, of processor and of disk, with what it takes another build."""
    core = min(os.sched_getaffinity(0))
    asked = ("-p", "leadlex", "-w", WANTS, "--concurrency", str(WORKERS))
    with builds(other) as both, Loopback() as server:

        def enrich(here: Place) -> Spent:
            here.forget()
            return here.enrich(emails(here.folder, records), *asked, url=server.url, core=core)

        ours, theirs = versus(both, count, enrich)
        sizes = [sum(f.stat().st_size for f in here.state.glob("journal.db*")) for here in both]
    each, share = min(cpu(spent) for spent in ours) / records, sizes[0] / sizes[1]
    print(  # noqa: T201 - what it is run for
        f"{'this build':12} {each * 1e6:6.1f} us of CPU and {sizes[0] / records:.0f} B a record"
    )
    met = [
        say_ratio("CPU a record", ours, theirs, cpu, BEFORE),
        say("journal bytes / before", share, f"<= {SMALLER:g}", met=share <= SMALLER),
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    assert len(WIRE) > 640  # the answer's body, and its head
    sys.exit(main())
