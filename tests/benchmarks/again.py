"""Running again when everything is answered, against copying the file (goal 8).

::

    python tests/benchmarks/again.py --records 10000 --pairs 3
    python tests/benchmarks/again.py --against DIR         # a checkout of another commit

Nothing is asked: every answer is found in the journal, read, merged and written. The baseline
reads the same file with `csv.DictReader` and writes it with `csv.DictWriter`.
"""

import argparse
import os
import sys
from pathlib import Path

from against import builds, say_ratio, takes_against, versus
from inputs import emails
from loopback import Loopback
from timing import Place, Spent, bare, cpu, pairs, place, ratio, say, wall

ASKED = ("-p", "leadlex", "-w", "job_title,phone,linkedin_url", "--concurrency", "8")
BEFORE = 0.2  # of the CPU that the other build takes


def main() -> int:
    """Print the figures; 0 when the goal is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--pairs", type=int, default=3)
    takes_against(parser)
    words = parser.parse_args()
    if words.against:
        return _against(words.against, words.records, words.pairs)
    with place() as here, Loopback() as server:
        source, out = emails(here.folder, words.records), here.folder / "bare.csv"
        here.enrich(source, *ASKED, url=server.url)
        found, copied = pairs(
            words.pairs,
            lambda: here.enrich(source, *ASKED, url=server.url),
            lambda: bare("copy", source, out),
        )
    assert server.saw.answered == words.records, "something was asked again"
    for name, spent in (("enrichctl", found), ("DictWriter", copied)):
        least = min(wall(s) for s in spent)
        print(  # noqa: T201 - what it is run for
            f"{name:12} {words.records / least:8.0f} rows/s, {least / words.records * 1e6:6.1f} us"
        )
    share = 1 / ratio(found, copied, wall)
    return 0 if say("rows/s / those of copying", share, ">= 0.5", met=share >= 0.5) else 1


def _against(other: Path, records: int, count: int) -> int:
    """Compare the processor time of a record that was answered with that of another build."""
    core = min(os.sched_getaffinity(0))
    with builds(other) as both, Loopback() as server:

        def enrich(here: Place) -> Spent:
            return here.enrich(emails(here.folder, records), *ASKED, url=server.url, core=core)

        for here in both:
            enrich(here)  # asks
        ours, theirs = versus(both, count, enrich)
        written = [(here.folder / "out.csv").read_bytes() for here in both]
    assert server.saw.answered == 2 * records, "something was asked again"
    assert written[0] == written[1], "the builds do not write the same"
    each = min(cpu(spent) for spent in ours) / records
    print(f"{'this build':12} {each * 1e6:6.1f} us of CPU a record")  # noqa: T201 - what it is run for
    return 0 if say_ratio("CPU a record", ours, theirs, cpu, BEFORE) else 1


if __name__ == "__main__":
    sys.exit(main())
