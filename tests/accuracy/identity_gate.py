"""How many wrong people the identity gate catches, and how many right ones it holds back.

By hand::

    python tests/accuracy/identity_gate.py [ROWS] [--vendor lemlist] [--installed]

runs the installed command on the sandbox, of which one answer in twenty is about somebody else: a
stranger, a colleague or a relative. It prints the figures by kind of name; see `kinds_of_names`.
With ``--installed`` the sandbox is `enrichctl providers sandbox --mix-up 0.05`, a process of its
own with misses and holes; rows that it knows nothing about do not count. Close's answers name
nobody, so that nobody can be caught there.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, product
from pathlib import Path
from typing import NamedTuple

from kinds_of_names import FIRST, KINDS, LAST, people

from enrichctl.sandbox import Sandbox
from enrichctl.sandbox.makeup import slug
from enrichctl.sandbox.population import Population

RATE = 0.05
ROWS = 6000
COMMAND = str(Path(sys.executable).with_name("enrichctl"))
VENDORS = ("leadlex", "lemlist")
WANTED = {
    "leadlex": "phone,location,linkedin_url,job_title",
    "lemlist": "location,linkedin_url,job_title",
}
ANSWERED = ("enriched", "review")
COMPANIES = [
    f"{one}-{other}.{land}"
    for one, other, land in product(
        ("alder", "birch", "cedar", "delta", "ember", "fjord", "grove", "harbor", "iris"),
        ("travel", "works", "foods", "labs", "media", "steel", "bank", "energy", "press"),
        ("com", "de", "fr", "no", "es"),
    )
]  # fmt: skip
ELSEWHERE = "changed jobs"  # the name as written, at another company than the row's


class Row(NamedTuple):
    """A row, of which kind it is, and whether the vendor takes it for somebody else."""

    kind: str
    email: str
    cells: dict[str, str]
    wrong: bool


@dataclass
class Figures:
    """What became of the rows of a kind."""

    wrong: int = 0
    caught: int = 0
    right: int = 0
    held: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        """Return the figures of both."""
        return Figures(
            self.wrong + other.wrong, self.caught + other.caught,
            self.right + other.right, self.held + other.held,
        )  # fmt: skip


def rows(count: int, world: Population, vendor: str) -> Iterator[Row]:
    """Yield rows of all kinds in turn, of people whom the sandbox knows."""
    homes, seen = cycle(COMPANIES), set()
    kinds = [(kind, cycle(people(kind))) for kind in KINDS]
    kinds.append((ELSEWHERE, cycle((a[0], b[0], a[1], b[1]) for a, b in product(FIRST, LAST))))
    for kind, names in cycle(kinds):
        if len(seen) == count:
            return
        first, last, their_first, their_last = next(names)
        home = next(homes)
        local = ".".join(slug(part, ".") for part in (their_first, their_last))
        email = f"{local}@{home}"
        if email in seen or world.person(email) is None:
            continue
        seen.add(email)
        name = {"Name": first} if not last else {"First Name": first, "Last Name": last}
        company = "Zenith Optics" if kind == ELSEWHERE else world.at_domain(home).name
        cells = {"Email": email, **name, "Company": company}
        yield Row(kind, email, cells, world.mixes_up(vendor, email))


def measure(
    count: int, folder: Path, vendor: str = "leadlex", *, installed: bool = False
) -> tuple[dict[str, Figures], list[Row]]:
    """Return the figures by kind, and the rows that were judged wrongly."""
    figures: dict[str, Figures] = {}
    strays = []
    with _installed() if installed else _rigged(vendor) as (world, environ):
        every = list(rows(count, world, vendor))
        for row, status in zip(every, _run(every, vendor, environ, folder), strict=True):
            if status not in ANSWERED:
                continue
            one, held = figures.setdefault(row.kind, Figures()), status == "review"
            one.wrong += row.wrong
            one.right += not row.wrong
            one.caught += row.wrong and held
            one.held += not row.wrong and held
            if row.wrong is not held:
                strays.append(row)
    return figures, strays


@contextmanager
def _rigged(vendor: str) -> Iterator[tuple[Population, dict[str, str]]]:
    """Run a sandbox in which everything is known."""
    with Sandbox(miss_rate=0, hole_rate=0, mix_up_rate=RATE, limits=False) as box:
        box.set(credits={vendor: None})
        yield box.population, box.environ()


@contextmanager
def _installed() -> Iterator[tuple[Population, dict[str, str]]]:
    """Run the sandbox as anybody would; who is mixed up follows from the seed."""
    words = [COMMAND, "providers", "sandbox", "--no-limits", "--mix-up", str(RATE)]
    for vendor in VENDORS:
        words += ["--credit", f"{vendor}=1000000"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        lines = [process.stdout.readline().strip()]
        while "REFRESH_TOKEN" not in lines[-1]:
            lines.append(process.stdout.readline().strip())
        yield Population(mix_up_rate=RATE), dict(line.split("=", 1) for line in lines)
    finally:
        process.terminate()
        process.communicate(timeout=10)


def _run(every: list[Row], vendor: str, environ: dict[str, str], folder: Path) -> list[str]:
    """Run the installed command; return what became of each row."""
    source = folder / "people.csv"
    columns = ("Email", "Name", "First Name", "Last Name", "Company")
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(row.cells for row in every)
    command = [
        COMMAND, "enrich", str(source), "-p", vendor, "-w", WANTED[vendor], "-y", "--json",
        "--map", "full_name=Name", "--concurrency", "8",
    ]  # fmt: skip
    home = {"HOME": str(folder), "ENRICHCTL_STATE_DIR": str(folder / "state")}
    kept = {name: os.environ[name] for name in ("PATH",)}
    done = subprocess.run(
        command, env=kept | home | environ, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line)["_enrichctl"]["status"] for line in done.stdout.splitlines()]


def show(figures: dict[str, Figures]) -> None:
    """Print the figures by kind, and all together."""
    print(f"{'kind of name':24}{'wrong':>7}{'caught':>8}{'':>8}{'right':>7}{'held':>6}")  # noqa: T201
    total = sum(figures.values(), Figures())
    for kind, one in [*figures.items(), ("all", total)]:
        caught = one.caught / one.wrong if one.wrong else 1.0
        held = one.held / one.right if one.right else 0.0
        print(  # noqa: T201
            f"{kind:24}{one.wrong:7}{one.caught:8}{caught:8.1%}{one.right:7}{one.held:6}{held:8.2%}"
        )


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("rows", type=int, nargs="?", default=ROWS)
    options.add_argument("--vendor", choices=VENDORS, default="leadlex")
    options.add_argument("--installed", action="store_true")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found, strays = measure(
            chosen.rows, Path(folder), chosen.vendor, installed=chosen.installed
        )
    show(found)
    for row in strays:
        print("wrong, taken:" if row.wrong else "right, held:", row.kind, row.cells)  # noqa: T201
