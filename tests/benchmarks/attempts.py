"""A journal of a million attempts: how long the questions about money take, and how much room.

::

    python tests/benchmarks/attempts.py --attempts 1000000

The attempts are of three providers, in 900 segments, with answers of 300 bytes, as a year of runs
leaves them. The baseline counts the rows of the same table by provider and outcome in SQLite, which
is the least that anybody could do to answer.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from enrichctl.journal import Journal, history, record_rows
from enrichctl.model import Gain, Segment

COUNTRIES = ("DE", "AT", "CH", "FR", "GB", "US", "NL", "SE", "PL", "")
SENIORITIES = ("c_level", "vp", "director", "manager", "senior", "")
SIZES = ("1-10", "11-50", "51-200", "201-500", "501-1000", "")
INDUSTRIES = ("software", "retail", "logistics", "energy", "")
PROVIDERS = (("leadlex", 400, 1_000_000), ("lemlist", 550, 5_000_000), ("hunter", 700, 500_000))
DAY = "2026-11-{:02}"
COMMAND = ("enrichctl", "enrich", "leads.csv", "-p", "leadlex,lemlist,hunter")


def build(path: Path, attempts: int) -> None:
    """Fill a journal: each record was looked at by two providers on average, then explained."""
    dice = random.Random(1)  # noqa: S311 - chance, not a secret
    segments = [
        (c, s, i, z) for c in COUNTRIES for s in SENIORITIES for i in INDUSTRIES[:3] for z in SIZES
    ][:900]
    with Journal(path) as journal:
        history.begin(
            journal,
            history.RunEntry("r", journal.now(), "/leads.csv", "/out.csv", COMMAND, records=1),
        )
        journal.write(lambda db: _fill(db, dice, segments, attempts))


def _fill(db, dice, segments, attempts: int) -> None:
    asked = ("email", "phone", "job_title")
    gains = [Gain(1, Segment(), asked, asked, (), ())]
    gains += [Gain(1, Segment(), asked, asked, asked[:n], asked[:n], n == 1) for n in (1, 2, 3)]
    db.executemany(
        "INSERT INTO segments (country, seniority, industry, size) VALUES (?,?,?,?)", segments
    )
    names = "\t".join
    db.executemany(
        "INSERT INTO gains (asked, covers, found, filled, verified) VALUES (?,?,?,?,?)",
        [
            (names(g.asked), names(g.covers), names(g.found), names(g.filled), g.verified)
            for g in gains
        ],
    )
    blob, number, row = dice.randbytes(300), 0, 0
    rows, records, told = [], [], []
    while number < attempts:
        row += 1
        segment, tried, cells = dice.randrange(len(segments)) + 1, [], {}
        for name, per_mille, price in PROVIDERS:
            number += 1
            matched = dice.random() * 1000 < per_mille
            gain = dice.randrange(3) + 2 if matched else 1
            day = DAY.format(1 + number * 28 // attempts % 28)
            rows.append(
                (number, name, f"{hash(name) & 0xFFFFFFFFFFFFFFFF:016x}", dice.randbytes(8), "",
                 "email\tfirst_name", names(asked), "r", day, "matched" if matched else "missed",
                 price if matched else 0, f"{day}T10:00:00.000+00:00", blob if matched else None,
                 segment, gain)
            )  # fmt: skip
            got = list(asked[: gain - 1]) if matched else []
            tried.append(
                {"provider": name, "outcome": rows[-1][9], "attempt": number, "accepted": got,
                 "reason": "", "held_back": [], "wanted": []}
            )  # fmt: skip
            if matched and gain == 4:
                break
        key = row.to_bytes(8)
        told += [(key, one["attempt"]) for one in tried]
        records.append(
            record_rows.pack_record(
                record_rows.RecordRow(row, row + 1, "enriched", "", cells, tried, key)
            )
        )
        if len(rows) > 20_000:
            _put(db, rows, records, told)
    _put(db, rows, records, told)
    db.execute("INSERT INTO spending SELECT provider, account, 'month:2026-11', SUM(credits)"
               " FROM attempts GROUP BY 1, 2")  # fmt: skip


def _put(db, rows, records, told) -> None:
    db.executemany(
        "INSERT INTO attempts (id, provider, account, person, variant, told, wants, run, day,"
        " outcome, credits, at, packed, segment, gain) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        rows,
    )
    record_rows.enter_records(db, "r", records, "NOTHING")
    rows.clear()
    records.clear()
    db.executemany("INSERT INTO subjects VALUES (?,?)", told)
    told.clear()


def measured(state: Path, *words: str) -> tuple[float, float]:
    """Run a command; return the processor's seconds and its memory in MB."""
    environ = {**os.environ, "ENRICHCTL_STATE_DIR": str(state), "ENRICHCTL_CONFIG": os.devnull}
    command = [str(Path(sys.executable).with_name("enrichctl")), *words]
    return used(command, environ)


def used(command: list[str], environ: dict[str, str] | None = None) -> tuple[float, float]:
    """Run a program; return the processor's seconds, which neighbours hardly change, and MB."""
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def baseline(state: Path) -> float:
    """Count the table by provider and outcome with nothing but SQLite."""
    code = (
        "import sqlite3,sys;print(sqlite3.connect(sys.argv[1]).execute('SELECT provider, outcome,"
        " COUNT(*), SUM(credits) FROM attempts GROUP BY 1, 2').fetchall())"
    )
    return used([sys.executable, "-c", code, str(state / "journal.db")])[0]


def main() -> int:
    """Print the figures; 0 when the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attempts", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, help="folder of the journal, built once")
    words = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        state = words.keep or Path(made)
        if not (state / "journal.db").exists():
            state.mkdir(exist_ok=True)
            build(state / "journal.db", words.attempts)
        met = True
        for name, seconds, room, command in QUESTIONS:
            took, held = min(measured(state, *command) for _ in range(3))
            met = met and took <= seconds and held <= room
            said = f"{took:.2f} s of processor (goal {seconds}), {held:.0f} MB (goal {room})"
            print(f"{name}: {said}")  # noqa: T201 - what it is run for
        print(f"bare SQLite, one count: {baseline(state):.2f} s")  # noqa: T201 - the same
    return 0 if met else 1


QUESTIONS = (
    ("credits --by provider,country", 2.0, 150, ("credits", "--by", "provider,country")),
    ("credits --by, all of it", 2.0, 150,
     ("credits", "--by", "provider,field,country,seniority,industry,domain-size", "--json")),
    ("credits", 6.0, 150, ("credits",)),
    ("status of a run that broke off", 10.0, 150, ("status", "last")),
    ("credits --what-if", 20.0, 150, ("credits", "--what-if", "hunter,lemlist,leadlex")),
    ("credits --best", 20.0, 150, ("credits", "--best")),
)  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
