"""Kill runs at random, over every vendor with faults on, and account for every credit.

By hand::

    python tests/soak/crashes.py --kills 200 --seed 1

Some runs meet more before they die: they are stopped for longer than their timeout, their disk is
full for a while or for good, or their input grows. One answer in ten comes after an interim one.

It prints what was killed, charged, booked and left in doubt, and ends with 0 only when no row is
lost, nothing with a known outcome was charged twice, every charge in doubt is listed, no run
waited for ever, and none was called done that was not.
"""

import argparse
import csv
import io
import json
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from enrichctl.sandbox import Sandbox
from enrichctl.sandbox.world import Charge

COMMAND = str(Path(sys.executable).with_name("enrichctl"))
VENDORS = ("leadlex", "lemlist", "close", "superoffice")
WANTS = "job_title,linkedin_url,industry,close.Position,address,website"
FAULTS = {
    "hints": 0.1, "lost": 0.02, "cut_head": 0.01, "empty": 0.01, "bad_json": 0.01, "502": 0.01,
    "reset": 0.01,
}  # fmt: skip
MISHAPS = ("", "", "", "stopped", "full", "limited", "grown")  # "" is none
STOPPED = 3.5  # seconds, longer than the timeout
TIMEOUT = 3.0
LIMITED = 1.0  # seconds for which no file grows: shorter or longer than a run is patient
ENDS = (0, 3, 7)  # exits of a run that got through
BROKEN = (2, 8)  # and of one whose disk did not let it
PATIENCE = 120.0  # seconds after which a run is thought to wait for ever
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
        mishaps: What happened to the runs besides, and how often.
        false: Runs that ended as they should not, or are called done and are not.
    """

    kills: int = 0
    rows: tuple[int, int] = (0, 0)
    charged: dict[str, int] = field(default_factory=dict)
    sure: dict[str, int] = field(default_factory=dict)
    doubt: dict[str, int] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)
    unlisted: int = 0
    differing: list[str] = field(default_factory=list)
    mishaps: Counter[str] = field(default_factory=Counter)
    false: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Tell whether every promise held."""
        bounds = all(
            self.sure[v] <= self.charged[v] <= self.sure[v] + self.doubt[v] for v in VENDORS
        )
        return (
            bounds
            and self.rows[0] == self.rows[1]
            and not (self.twice or self.unlisted or self.differing or self.false)
        )


class Soak:
    """One input, one sandbox, one journal, and many deaths."""

    def __init__(self, folder: Path, box: Sandbox, people: int, seed: int) -> None:
        self.folder, self.box = folder, box
        self.chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
        (folder / "in.csv").write_text("email,company,country\n")
        (folder / "config.toml").write_text(
            "".join(f"[providers.{v}]\ntimeout = {TIMEOUT}\n" for v in VENDORS)
        )
        self.people = 0
        self.found = Account()
        self.grow(people)

    def grow(self, people: int) -> None:
        """Append more people to the input."""
        more = list(self.box.population.people.values())[self.people : self.people + people]
        with (self.folder / "in.csv").open("a") as file:
            file.writelines(f"{p.email},{p.company.name},{p.company.country}\n" for p in more)
        self.people += len(more)

    def start(self, state: str, out: str, **environ: str) -> subprocess.Popen[bytes]:
        """Start the one command that is run again and again."""
        words = ["enrich", "in.csv", "-p", ",".join(VENDORS), "-w", WANTS, "-y", "-o", out,
                 "--config", "config.toml", "--force", "-q"]  # fmt: skip
        env = {
            "PATH": os.environ["PATH"], "HOME": str(self.folder), **self.box.environ(),
            "ENRICHCTL_STATE_DIR": str(self.folder / state), **environ,
            "PYTHONDONTWRITEBYTECODE": "1",  # a run that may write little would cut it short
        }  # fmt: skip
        return subprocess.Popen(
            [COMMAND, *words], cwd=self.folder, env=env,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip

    def finish(self, state: str, out: str) -> int:
        """Run until nothing but doubt is left; return the last exit status."""
        words = b""
        for _ in range(12):
            run = self.start(state, out)
            _, words = run.communicate(timeout=PATIENCE)
            if run.returncode in ENDS:
                return run.returncode
        raise RuntimeError(words.decode())

    def kill(self, count: int) -> int:
        """Kill so many runs, each after a moment at random; more is asked when one gets through."""
        kills = 0
        while kills < count:
            mishap = self.chance.choice(MISHAPS)
            self.found.mishaps[mishap or "none"] += 1
            run = self.start("state", "out.csv", **self._failing(mishap))
            try:
                self._happen(run, mishap)
                run.wait(self.chance.uniform(0.35, 1.4))
            except subprocess.TimeoutExpired:
                run.kill()
                run.communicate()
                kills += 1
                continue
            if self._check_end(run) in ENDS and kills:
                return kills  # everything is asked; more deaths would prove nothing
        return kills

    def _failing(self, mishap: str) -> dict[str, str]:
        """Return the environment in which the disk is full from some write on, or at one."""
        if mishap != "full":
            return {}
        lasts = self.chance.choice(["", "+"])
        return {"ENRICHCTL_FAILPOINT": f"any:full:{self.chance.randint(2, 60)}{lasts}"}

    def _happen(self, run: subprocess.Popen[bytes], mishap: str) -> None:
        """Let a mishap befall a run, unless it ends before."""
        if mishap not in ("stopped", "limited", "grown"):
            return
        with suppress(subprocess.TimeoutExpired):
            run.wait(self.chance.uniform(0.3, 1.0))
            return
        if mishap == "stopped":
            run.send_signal(signal.SIGSTOP)
            time.sleep(STOPPED)
            run.send_signal(signal.SIGCONT)
        elif mishap == "grown":
            self.grow(1)
        else:
            before = resource.prlimit(run.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(run.pid, resource.RLIMIT_FSIZE, (4096, before[1]))
            time.sleep(self.chance.choice([LIMITED, LIMITED * 4]))
            if run.poll() is None:
                resource.prlimit(run.pid, resource.RLIMIT_FSIZE, before)

    def _check_end(self, run: subprocess.Popen[bytes]) -> int:
        """Hold how a run ended by itself against what the journal says of it; return its exit."""
        _, words = run.communicate()
        status = run.returncode
        if status not in ENDS + BROKEN:
            self.found.false.append(f"exit {status}: {words.decode()[-2000:]}")
        last = "SELECT state, exit_status FROM runs ORDER BY rowid DESC LIMIT 1"
        for state, stored in self._ask(last):
            if state == "done" and (status not in ENDS or status != stored):
                self.found.false.append(f"done with {stored}, ended with {status}")
        return status

    def _ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Return what the journal says; nothing where the disk let none be made."""
        if not (self.folder / "state" / "journal.db").exists():
            return []
        db = sqlite3.connect(self.folder / "state" / "journal.db")
        try:
            return db.execute(sql).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return []
            raise
        finally:
            db.close()

    def account(self, kills: int, charged: Sequence[Charge]) -> Account:
        """Compare what was charged with what the journal and `status` say."""
        found = self.found
        found.kills = kills
        ((unseen,),) = self._ask(
            "SELECT COUNT(*) FROM attempts WHERE outcome IN ('planned', 'sent')"
        )
        if unseen:
            found.false.append(f"{unseen} attempts that nobody will ever see to")
        db = sqlite3.connect(self.folder / "state" / "journal.db")
        doubted = set()
        for vendor in VENDORS:
            rows = db.execute(
                "SELECT id, outcome, credits FROM attempts WHERE provider=?", (vendor,)
            ).fetchall()
            found.sure[vendor] = sum(c for _, o, c in rows if o in SETTLED)
            found.doubt[vendor] = sum(c for _, o, c in rows if o not in SETTLED)
            doubted |= {number for number, outcome, _ in rows if outcome not in SETTLED}
            charges = [c for c in charged if c.vendor == vendor]
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
        listed = db.execute("SELECT attempts FROM records").fetchall()
        named = {number for (numbers,) in listed for number in json.loads(numbers)}
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
        rounds = Soak(folder, box, people, seed)
        box.set(faults=FAULTS)
        done = rounds.kill(kills)
        box.set(faults=dict.fromkeys(FAULTS, 0.0))
        rounds.finish("state", "out.csv")
        charged = box.ledger
        box.reset()
        rounds.finish("calm", "calm.csv")
        return rounds.account(done, charged)


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
