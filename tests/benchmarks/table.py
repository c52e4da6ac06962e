"""A table of one's own: the time to make it ready, to look leads up, and the memory both take.

::

    python tests/benchmarks/table.py --rows 5000000 --leads 10000

The file is made in a folder that is removed at the end (175 MB and about as much again for the
index, for every million rows). The baseline is the csv module reading the same file, in the same
run; each part is a process of its own, so that its peak of memory is its own.
"""

import argparse
import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from enrichctl.model import Query
from enrichctl.table import define

HEADER = (
    "Email,First Name,Last Name,Company,Company Domain,Job Title,Phone,LinkedIn URL,City,Country\n"
)
FIRST = "Anna Ben Clara David Eva Felix Greta Hugo Ida Jonas Karl Lena Max Nora Otto Paula".split()  # noqa: SIM905 - a list to read
LAST = "Berg Schmidt Weber Fischer Wagner Becker Hoffmann Koch Bauer Richter Klein Wolf".split()  # noqa: SIM905 - a list to read
WANTED = ("job_title", "city", "country")


def person(number: int) -> tuple[str, str, int]:
    """Return the name and the company's number of a made-up person; eight share a company."""
    return FIRST[number % 16], LAST[number // 16 % 12], number // 8


def write(path: Path, count: int) -> None:
    """Write a table of so many people, those of a company far apart."""
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for place in range(count):
            n = place * 7919 % count  # a prime: everybody once
            first, last, firm = person(n)
            file.write(
                f"{first}.{last}{n}@acme-{firm}.com,{first},{last},Acme {firm} GmbH,"
                f"acme-{firm}.com,Account Manager,+49 30 {20_000_000 + n},"
                f"https://www.linkedin.com/in/{first}-{last}-{n},Berlin,Germany\n"
            )


def told(kind: str, number: int) -> dict[str, str]:
    """Return what a lead says of itself."""
    first, last, firm = person(number)
    return {
        "email": {"email": f"{first}.{last}{number}@ACME-{firm}.com"},
        "phone": {"phone": f"030 {20_000_000 + number}"},
        "name+company": {"full_name": f"{first} {last}", "company_name": f"Acme {firm}"},
    }[kind]


def alone(part: str, file: Path, rows: int, leads: int) -> dict[str, Any]:
    """Do one part in this process; return what it took."""
    began = time.perf_counter()
    found: dict[str, Any] = {}
    if part == "csv":
        with file.open(encoding="utf-8", newline="") as text:
            found["csv"] = sum(1 for _ in csv.reader(text))
    else:
        settings = {"kind": "table", "path": str(file)}
        settings |= {"match": "name+company"} if part == "named" else {}
        table = define("bench", settings, file.parent, tell=print)
        table.ready(time.sleep)
        for kind in ("email", "phone", "name+company") if leads else ():
            chance = random.Random(kind)  # noqa: S311 - reproducible, not secret
            numbers = [chance.randrange(rows) for _ in range(leads)]
            start = time.perf_counter()
            hits = sum(
                bool(table.derive(Query(told(kind, n), WANTED, region="DE"))) for n in numbers
            )
            found[kind] = [time.perf_counter() - start, hits]
            began += time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found | {"seconds": time.perf_counter() - began, "peak": peak}


def child(part: str, file: Path, state: Path, rows: int, leads: int = 0) -> dict[str, Any]:
    """Do one part in a process of its own; return what it took."""
    words = ["--part", part, "--file", str(file), "--rows", str(rows), "--leads", str(leads)]
    output = subprocess.run(
        [sys.executable, __file__, *words],
        env=os.environ | {"ENRICHCTL_STATE_DIR": str(state)},
        stdout=subprocess.PIPE, check=True, text=True,
    ).stdout  # fmt: skip
    found: dict[str, Any] = json.loads(output.splitlines()[-1])
    return found


def say(text: str) -> None:
    """Print a line of the result."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def compare(rows: int, leads: int) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "people.csv"
        write(file, rows)
        say(f"{rows:,} rows, {file.stat().st_size / 1e6:,.0f} MB")
        base = child("csv", file, Path(folder), rows)
        say(f"csv module          {base['seconds']:7.1f} s                {base['peak']:5.0f} MB")
        for part, title in (("keys", "four keys"), ("named", "keys, name+company")):
            state = Path(folder) / part
            made = child(part, file, state, rows)
            size = next((state / "tables").glob("*.index")).stat().st_size / 1e6
            ratio = made["seconds"] / base["seconds"]
            say(
                f"{title:19} {made['seconds']:7.1f} s = {ratio:4.1f} x csv,"
                f" {made['peak']:5.0f} MB; index {size:,.0f} MB"
            )
        used = child("named", file, state, rows, leads)
        for kind in ("email", "phone", "name+company"):
            took, hits = used[kind]
            say(f"{leads:,} leads by {kind:12} {took:5.2f} s, {hits:,} found")
        say(f"opening {used['seconds']:.3f} s, peak {used['peak']:.0f} MB")


def main() -> None:
    """Compare, or do one part for the comparison."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rows", type=int, default=5_000_000)
    words.add_argument("--leads", type=int, default=10_000)
    words.add_argument("--part", help=argparse.SUPPRESS)
    words.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.part:
        say(json.dumps(alone(given.part, given.file, given.rows, given.leads)))
    else:
        compare(given.rows, given.leads)


if __name__ == "__main__":
    main()
