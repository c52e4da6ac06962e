"""What keeping a journal costs of a run's processor time (goal 5).

::

    python tests/benchmarks/journal_share.py --records 4000 --pairs 3
    python tests/benchmarks/journal_share.py --against DIR # a checkout of another commit

Two figures: what the disk adds, against the same run with its journal in memory, where nothing is
synced; and what the thread that writes the journal takes of the whole, which counts SQLite's own
work as well. Packing answers and finding them again is done elsewhere, and in neither.
"""

import argparse
import os
import sys
from pathlib import Path
from statistics import median

from against import builds, say_ratio, takes_against, versus
from inputs import emails
from loopback import Loopback
from timing import Place, Spent, cpu, pairs, place, ratio, run, say

ASKED = ("-p", "leadlex", "-w", "job_title,phone,linkedin_url", "--concurrency", "8")
MOST = 0.2

TIMED = """
import os, sys, time
from pathlib import Path
from enrichctl.__main__ import main
from enrichctl.journal.writer import Writer

def timed(self, work=Writer._run):
    work(self)
    Path(os.environ["HOME"], "writer").write_text(str(time.thread_time()))

Writer._run = timed
sys.argv[:] = ["enrichctl", *sys.argv[1:]]
main()
"""


def main() -> int:
    """Print the figures; 0 when the goal is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=4000)
    parser.add_argument("--pairs", type=int, default=3)
    takes_against(parser)
    words = parser.parse_args()
    if words.against:
        return _against(words.against, words.records, words.pairs)
    shares: list[float] = []
    with place() as disk, place(in_memory=True) as memory, Loopback() as server:

        def kept(here: Place) -> Spent:
            here.forget()
            source, out = emails(here.folder, words.records), str(here.folder / "out.csv")
            command = ("enrich", str(source), "-o", out, "--force", "-y", "-q", *ASKED)
            spent = run(sys.executable, "-c", TIMED, *command, env=here.environ(server.url))
            shares.append(float((here.folder / "writer").read_text()) / spent.cpu)
            return spent

        on_disk, in_memory = pairs(words.pairs, lambda: kept(disk), lambda: kept(memory))
    added, share = 1 - 1 / ratio(on_disk, in_memory, cpu), median(shares[::2])
    met = [
        say("what the disk adds, of CPU", added, "<= 0.2", met=added <= MOST),
        say("what the writing thread takes, of CPU", share, "<= 0.2", met=share <= MOST),
    ]
    return 0 if all(met) else 1


def _against(other: Path, records: int, count: int) -> int:
    """Compare what the thread that writes the journal takes with what it takes another build."""
    core = min(os.sched_getaffinity(0))
    with builds(other) as both, Loopback() as server:

        def written(here: Place) -> Spent:
            here.forget()
            source, out = emails(here.folder, records), str(here.folder / "out.csv")
            command = ("enrich", str(source), "-o", out, "--force", "-y", "-q", *ASKED)
            python = str(Path(here.command).with_name("python"))
            spent = run(python, "-c", TIMED, *command, env=here.environ(server.url), core=core)
            return Spent(spent.wall, float((here.folder / "writer").read_text()), spent.peak)

        ours, theirs = versus(both, count, written)
        sizes = [sum(f.stat().st_size for f in here.state.glob("journal.db*")) for here in both]
    share = sizes[0] / sizes[1]
    met = [
        say_ratio("CPU of the writing thread", ours, theirs, cpu, 1.0),
        say("journal bytes / before", share, "<= 0.8", met=share <= 0.8),
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
