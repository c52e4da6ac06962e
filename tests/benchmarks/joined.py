"""A large table of one's own: joined by DuckDB with what a run asks, against its whole index.

::

    python tests/benchmarks/joined.py --rows 3000000 --leads 20000
    python tests/benchmarks/joined.py --rows 50000000 --leads 100000

Each way is a process of its own, so that its peak of memory is its own. Both must answer alike.
"""

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

from enrichctl.model import Query
from enrichctl.table import define, joined

_TABLE = """
    COPY (SELECT
        'Jane.Doe' || n || '@Firm-' || n // 8 || '.com' AS "Email",
        'firm-' || n // 8 || '.com' AS "Company Domain",
        '+49 30 ' || 20000000 + n AS "Phone",
        'https://www.linkedin.com/in/jane-doe-' || n AS "LinkedIn URL",
        CASE WHEN n % 3 = 0 THEN 'Head of Sales' ELSE 'Buyer' END AS "Job Title",
        'Berlin' AS "City", 'Germany' AS "Country", n AS "Number", 'Jo' AS "Owner"
    FROM (SELECT place * 7919 % {rows} AS n FROM range({rows}) AS t(place)))
    TO '{path}' (FORMAT parquet)
"""


def alone(way: str, file: Path, rows: int, leads: int) -> None:
    """Make the table ready in one way and ask it; print what it took."""
    joined.LARGE = 1 if way == "joined" else rows + 1
    provider = define("bench", {"kind": "table", "path": str(file)}, file.parent, tell=print)
    step = rows // leads
    asked = [
        Query({"email": f"jane.doe{n}@firm-{n // 8}.com"}, ("job_title", "city", "phone"))
        if n % 2
        else Query({"phone": f"+4930{20_000_000 + n}"}, ("job_title", "city", "email"))
        for n in range(0, step * leads, step)
    ]
    began = time.perf_counter()
    while provider.gathers():
        for query in asked:
            provider.derive(query)
    provider.ready(time.sleep)
    ready = time.perf_counter()
    answers = [sorted(provider.derive(query).items()) for query in asked]
    found = {
        "ready": ready - began,
        "asked": time.perf_counter() - ready,
        "found": sum(map(bool, answers)),
        "digest": hashlib.blake2b(repr(answers).encode()).hexdigest(),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    sys.stdout.write(json.dumps(found) + "\n")


def main() -> int:
    """Compare both ways, or go one of them; 0 when they answer alike."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rows", type=int, default=3_000_000)
    words.add_argument("--leads", type=int, default=20_000)
    words.add_argument("--only", help="joined or indexed, where the other takes too long")
    words.add_argument("--way", help=argparse.SUPPRESS)
    words.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.way:
        alone(given.way, given.file, given.rows, given.leads)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "people.parquet")
        duckdb.execute(_TABLE.format(rows=given.rows, path=file))
        sys.stdout.write(f"{given.rows:,} rows, {file.stat().st_size / 1e6:,.0f} MB\n")
        ways = [given.only] if given.only else ["indexed", "joined"]
        digests = {_child(way, file, Path(folder, way), given)["digest"] for way in ways}
    return len(digests) - 1


def _child(way: str, file: Path, state: Path, given: argparse.Namespace) -> dict[str, Any]:
    words = ["--way", way, "--file", str(file), "--rows", str(given.rows)]
    said = subprocess.run(
        [sys.executable, __file__, *words, "--leads", str(given.leads)],
        env=os.environ | {"ENRICHCTL_STATE_DIR": str(state)},
        stdout=subprocess.PIPE, check=True, text=True,
    ).stdout  # fmt: skip
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    size = sum(path.stat().st_size for path in (state / "tables").iterdir()) / 1e6
    sys.stdout.write(
        f"{way:8} ready {found['ready']:7.1f} s, {given.leads:,} leads {found['asked']:6.2f} s,"
        f" {found['found']:,} found, peak {found['peak']:,.0f} MB, kept {size:,.1f} MB\n"
    )
    sys.stdout.flush()
    return found


if __name__ == "__main__":
    sys.exit(main())
