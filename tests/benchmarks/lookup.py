"""Look-ups without latency: what the program itself costs, its journal included (goals 3 and 11).

::

    python tests/benchmarks/lookup.py --records 4000 --pairs 3

Every record is planned, asked over a socket, journalled with its raw answer of 640 bytes, merged
and written. The baselines are the two scripts that people write instead: one `requests.Session`
in a loop, and a thread pool; neither of them keeps a journal.
"""

import argparse
import sys

from inputs import emails
from loopback import FOUND as WIRE
from loopback import Loopback
from timing import bare, cpu, pairs, place, ratio, say, wall

WANTS = "job_title,phone,linkedin_url"
WORKERS = 8
SMALL = 1_100  # bytes


def main() -> int:
    """Print the figures; 0 when the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=4000)
    parser.add_argument("--pairs", type=int, default=3)
    words = parser.parse_args()
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


if __name__ == "__main__":
    assert len(WIRE) > 640  # the answer's body, and its head
    sys.exit(main())
