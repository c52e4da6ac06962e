"""Running again when everything is answered, against copying the file (goal 8).

::

    python tests/benchmarks/again.py --records 10000 --pairs 3

Nothing is asked: every answer is found in the journal, read, merged and written. The baseline
reads the same file with `csv.DictReader` and writes it with `csv.DictWriter`.
"""

import argparse
import sys

from inputs import emails
from loopback import Loopback
from timing import bare, pairs, place, ratio, say, wall

ASKED = ("-p", "leadlex", "-w", "job_title,phone,linkedin_url", "--concurrency", "8")


def main() -> int:
    """Print the figures; 0 when the goal is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--pairs", type=int, default=3)
    words = parser.parse_args()
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


if __name__ == "__main__":
    sys.exit(main())
