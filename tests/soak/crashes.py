"""Kill runs at random, over every vendor with faults on, and account for every credit.

By hand::

    python tests/soak/crashes.py --kills 200 --seed 1

prints what was killed, charged, booked and left in doubt, and ends with 0 only when no row is
lost, nothing with a known outcome was charged twice, and every charge in doubt is listed.
"""

import argparse
import csv
import io
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from enrichctl.sandbox import Sandbox

COMMAND = str(Path(sys.executable).with_name("enrichctl"))
VENDORS = ("leadlex", "lemlist", "close", "superoffice")
WANTS = "job_title,linkedin_url,industry,close.Position,address,website"
FAULTS = {
    "lost": 0.02, "cut_head": 0.01, "empty": 0.01, "bad_json": 0.01, "502": 0.01, "reset": 0.01,
}  # fmt: skip
SETTLED = ("matched", "missed", "failed", "declined")


@dataclass
class Account:
    """What came of a soak.

    Attributes:
        kills: Runs that were killed.
        rows: Rows read, and rows written by the last run.
        charged: Vendor → credits that the sandbox charged, in millionths.
        sure: Vendor → credits that the journal says were charged.
        doubt: Vendor → credits that it says may have been.
        twice: Charges beyond one for a question whose outcome is known.
        unlisted: Attempts in doubt whose record `status` does not list.
        differing: Rows that differ from those of a run that nothing disturbed.
    """

    kills: int = 0
    rows: tuple[int, int] = (0, 0)
    charged: dict[str, int] = field(default_factory=dict)
    sure: dict[str, int] = field(default_factory=dict)
    doubt: dict[str, int] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)
    unlisted: int = 0
    differing: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Tell whether every promise held."""
        bounds = all(
            self.sure[v] <= self.charged[v] <= self.sure[v] + self.doubt[v] for v in VENDORS
        )
        return (
            bounds
            and self.rows[0] == self.rows[1]
            and not (self.twice or self.unlisted or self.differing)
        )


class Soak:
    """One input, one sandbox, one journal, and many deaths."""

    def __init__(self, folder: Path, box: Sandbox, people: int, seed: int) -> None:
        self.folder, self.box = folder, box
        self.chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
        found = list(box.population.people.values())[:people]
        lines = [f"{p.email},{p.company.name},{p.company.country}" for p in found]
        (folder / "in.csv").write_text("email,company,country\n" + "\n".join(lines) + "\n")
        (folder / "config.toml").write_text(
            "".join(f"[providers.{v}]\ntimeout = 3.0\n" for v in VENDORS)
        )
        self.people = people

    def start(self, state: str, out: str, **environ: str) -> subprocess.Popen[bytes]:
        """Start the one command that is run again and again."""
        words = ["enrich", "in.csv", "-p", ",".join(VENDORS), "-w", WANTS, "-y", "-o", out,
                 "--config", "config.toml", "--force", "-q"]  # fmt: skip
        env = {
            "PATH": os.environ["PATH"], "HOME": str(self.folder), **self.box.environ(),
            "ENRICHCTL_STATE_DIR": str(self.folder / state), **environ,
        }  # fmt: skip
        return subprocess.Popen(
            [COMMAND, *words], cwd=self.folder, env=env,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip

    def finish(self, state: str, out: str) -> int:
        """Run until nothing but doubt is left; return the last exit status."""
        for _ in range(12):
            run = self.start(state, out)
            _, words = run.communicate(timeout=300)
            if run.returncode in (0, 3, 7):
                return run.returncode
        raise RuntimeError(words.decode())

    def kill(self, count: int) -> int:
        """Kill so many runs, each after a moment at random; start over when one gets through."""
        kills = 0
        while kills < count:
            run = self.start("state", "out.csv")
            try:
                run.wait(self.chance.uniform(0.35, 1.4))
                run.stderr.close()  # type: ignore[union-attr]
                if kills:
                    return kills  # everything is asked; more deaths would prove nothing
            except subprocess.TimeoutExpired:
                run.kill()
                run.communicate()
                kills += 1
        return kills

    def account(self, kills: int) -> Account:
        """Compare what was charged with what the journal and `status` say."""
        found = Account(kills=kills)
        db = sqlite3.connect(self.folder / "state" / "journal.db")
        doubted = set()
        for vendor in VENDORS:
            rows = db.execute(
                "SELECT id, outcome, credits FROM attempts WHERE provider=?", (vendor,)
            ).fetchall()
            found.sure[vendor] = sum(c for _, o, c in rows if o in SETTLED)
            found.doubt[vendor] = sum(c for _, o, c in rows if o not in SETTLED)
            doubted |= {number for number, outcome, _ in rows if outcome not in SETTLED}
            charges = [c for c in self.box.ledger if c.vendor == vendor]
            prices = {"superoffice": 1}
            found.charged[vendor] = (
                len(charges) * 1_000_000
                if vendor in prices
                else int(sum(c.credits for c in charges) * 1_000_000)
            )
            often = Counter((c.what, c.who) for c in charges)
            spare = sum(n - 1 for n in often.values())
            if spare > len([n for n in doubted if n]):
                found.twice.append(f"{vendor}: {spare} charges more than questions")
        listed = db.execute("SELECT tried FROM records").fetchall()
        named = {t["attempt"] for (text,) in listed for t in json.loads(text)}
        found.unlisted = len(doubted - named)
        db.close()
        mine, calm = self.read("out.csv"), self.read("calm.csv")
        found.rows = (self.people, len(mine))
        for number, (a, b) in enumerate(zip(mine, calm, strict=True), 1):
            odd = [k for k in a if a[k] != b[k] and k != "enrichctl_note"]
            if odd and a["enrichctl_status"] != "unconfirmed":
                words = ", ".join(f"{k} {a[k]!r} for {b[k]!r}" for k in odd)
                found.differing.append(f"row {number}: {words}; {a['enrichctl_note']}")
        return found

    def read(self, name: str) -> list[dict[str, str]]:
        """Return the rows of an output."""
        return list(csv.DictReader(io.StringIO((self.folder / name).read_text("utf-8"))))


def soak(folder: Path, *, kills: int, people: int, seed: int) -> Account:
    """Kill, mend, and account."""
    switches = {"limits": False, "latency": 0.02, "jitter": 0.02, "seed": seed}
    with Sandbox(**switches) as box:
        calm = Soak(folder, box, people, seed)
        calm.finish("calm", "calm.csv")
        box.reset()
        box.set(faults=FAULTS)
        done, rounds = 0, Soak(folder, box, people, seed)
        while done < kills:
            more = rounds.kill(kills - done)
            done += more
            if done < kills:  # all is asked: the next deaths need something new to ask
                break
        box.set(faults=dict.fromkeys(FAULTS, 0.0))
        rounds.finish("state", "out.csv")
        return rounds.account(done)


def main() -> int:
    """Soak from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    words = parser.parse_args()
    began, left, seed, holds = time.monotonic(), words.kills, words.seed, True
    while left > 0 and holds:
        with tempfile.TemporaryDirectory() as folder:
            found = soak(Path(folder), kills=left, people=words.people, seed=seed)
        print(f"seed {seed}: {found}")  # noqa: T201 - what it is run for
        left, seed, holds = left - max(found.kills, 1), seed + 1, found.holds
    print(f"{words.kills - left} kills in {time.monotonic() - began:.0f} s: "  # noqa: T201
          f"{'every promise held' if holds else 'A PROMISE BROKE'}")  # fmt: skip
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
