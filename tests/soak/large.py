"""Kill a run over a large file again and again, and account for every record and every charge.

By hand::

    python tests/soak/large.py --records 1000000 --kills 20

The runs are killed at even shares of the file. Every round states its time, its largest memory
and the journal's size, each of which has to stay flat per record; the end compares what the
server was asked with what the journal booked. It ends with 0 only when nothing is lost and
nothing was paid twice: the server knows idempotency keys, so a lost answer is had again for free.
"""

import argparse
import csv
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

from inputs import emails  # noqa: E402 - a folder of scripts, no package
from loopback import Loopback  # noqa: E402 - the same

COMMAND = str(Path(sys.executable).with_name("enrichctl"))
LOOK = 0.05  # seconds between two looks at how far a run has come
FLAT = 1.25  # how much more the last round may take per record than the first


@dataclass(frozen=True, slots=True)
class Round:
    """One run until it was killed or done.

    Attributes:
        asked: Questions that are settled when it ends.
        seconds: From its first settled question to its last.
        started: Seconds before its first.
        peak: Its largest memory, in MB.
        journal: Size of the journal when it ends, in bytes.
    """

    asked: int
    seconds: float
    started: float
    peak: float
    journal: int


class Soak:
    """One file, one server, one journal, and many deaths."""

    def __init__(self, folder: Path, server: Loopback, records: int, workers: int) -> None:
        self.folder, self.records = folder, records
        self.source = emails(folder, records)
        self.journal = folder / "state" / "journal.db"
        self._words = ("-p", "leadlex", "-w", "job_title,phone", "--concurrency", str(workers))
        self._environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "ENRICHCTL_STATE_DIR": str(folder / "state"),
            "ENRICHCTL_LEADLEX_BASE_URL": server.url,
            "ENRICHCTL_LEADLEX_API_KEY": "wbk_soak",
        }

    def settled(self) -> int:
        """Return how many questions are answered by now: numbers are given in order."""
        if not self.journal.exists():
            return 0
        with sqlite3.connect(f"file:{self.journal}?mode=ro", uri=True) as db:
            try:
                return db.execute("SELECT COALESCE(MAX(id), 0) FROM attempts").fetchone()[0]
            except sqlite3.OperationalError:  # it is just being made
                return 0

    def round(self, until: int) -> Round:
        """Run until so many questions are asked, then kill; None at the end kills nothing."""
        began, before = time.monotonic(), self.settled()
        run = subprocess.Popen(
            [COMMAND, "enrich", str(self.source), "-o", str(self.folder / "out.csv"), "--force",
             "-y", "-q", *self._words],
            env=self._environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        first = last = 0.0
        asked, peak = before, 0.0
        while (child := os.wait4(run.pid, os.WNOHANG))[0] == 0:
            now, count = time.monotonic(), self.settled()
            if count > asked:
                first, last, asked = first or now, now, count
            peak = max(peak, _memory(run.pid))
            if asked >= until:
                run.kill()
                child = os.wait4(run.pid, 0)
                break
            time.sleep(LOOK)
        run.returncode = os.waitstatus_to_exitcode(child[1])
        assert run.stderr is not None
        said = run.stderr.read().decode()
        if run.returncode not in (0, -9):
            raise RuntimeError(f"a run ended with {run.returncode}: {said}")
        peak = max(peak, child[2].ru_maxrss / 1024)
        size = sum(f.stat().st_size for f in self.journal.parent.glob("journal.db*"))
        return Round(self.settled() - before, last - first, first - began, peak, size)

    def verdict(self, kills: int, charged: int, answered: int) -> list[str]:
        """Say what was lost or paid twice; nothing when all is well."""
        with (self.folder / "out.csv").open(newline="", encoding="utf-8") as file:
            rows = Counter(row["enrichctl_status"] for row in csv.DictReader(file))
        db = sqlite3.connect(self.journal)
        booked = dict(db.execute("SELECT outcome, COUNT(*) FROM attempts GROUP BY outcome"))
        ((spent,),) = db.execute("SELECT SUM(credits) FROM spending WHERE period LIKE 'month:%'")
        db.close()
        wrong = []
        if rows != {"enriched": self.records}:
            wrong.append(f"rows written: {json.dumps(rows)}")
        if booked != {"matched": self.records} or spent != self.records * 1_000_000:
            wrong.append(f"booked: {booked}, {spent / 1e6:g} credits")
        if charged != self.records:
            wrong.append(f"{charged} different questions were charged")
        print(f"{kills} kills, {answered} requests for {charged} charges, {spent / 1e6:g} booked")  # noqa: T201 - what it is run for
        return wrong


def _memory(pid: int) -> float:
    """Return the memory of a process in MB."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> int:
    """Soak from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--workers", type=int, default=16)
    words = parser.parse_args()
    rounds = []
    with tempfile.TemporaryDirectory() as folder:
        with Loopback(keyed=True) as server:
            soak = Soak(Path(folder), server, words.records, words.workers)
            for number in range(1, words.kills + 2):
                until = words.records * number // (words.kills + 1)
                end = number > words.kills
                one = soak.round(words.records * 2 if end else until)
                rounds.append(one)
                print(  # noqa: T201 - what it is run for
                    f"round {number:3}: {one.asked:8} asked, {one.seconds / one.asked * 1e6:5.0f}"
                    f" us each after {one.started:5.1f} s, {one.peak:4.0f} MB, journal"
                    f" {one.journal / soak.settled():5.0f} B each",
                    flush=True,
                )
        wrong = soak.verdict(words.kills, server.saw.charged, server.saw.answered)
    first, last = rounds[0], rounds[-1]
    if last.seconds / last.asked > FLAT * first.seconds / first.asked:
        wrong.append("the last round took longer per record than the first")
    if last.peak > FLAT * first.peak:
        wrong.append("the last round took more memory than the first")
    print("nothing lost, nothing paid twice, flat" if not wrong else "; ".join(wrong))  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
