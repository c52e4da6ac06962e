"""The offline provider against the libraries that it stands on, called in a bare loop (goal 7).

::

    python tests/benchmarks/offline.py --records 20000 --pairs 3

The bare loop reads the same file, checks the e-mail, finds its registered domain, parses and
places the phone number, and writes what it found. The program does that and all the rest: names,
titles, companies, who gave what, and every record explained in the journal.
"""

import argparse
import sys

from inputs import people
from timing import bare, pairs, place, ratio, say, wall


def main() -> int:
    """Print the figures; 0 when the goal is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--pairs", type=int, default=3)
    words = parser.parse_args()
    with place() as here:
        source, out = people(here.folder, words.records), here.folder / "bare.csv"

        def ours():
            here.forget()
            return here.enrich(source, "-p", "offline")

        found, libraries = pairs(words.pairs, ours, lambda: bare("libraries", source, out))
    for name, spent in (("enrichctl", found), ("bare loop", libraries)):
        least = min(wall(s) for s in spent)
        print(  # noqa: T201 - what it is run for
            f"{name:12} {words.records / least:8.0f} rows/s, {least / words.records * 1e6:6.1f} us"
        )
    share = 1 / ratio(found, libraries, wall)
    return 0 if say("rows/s / those of the bare loop", share, ">= 0.7", met=share >= 0.7) else 1


if __name__ == "__main__":
    sys.exit(main())
