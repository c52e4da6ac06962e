"""The table of judgements in `truth/`, and what the product and plain packages make of its rows.

Each CSV file of a folder has the columns of a user's file, then ``field`` (what is judged),
``right`` (the right value; several ones that good people would accept stand between bars, and
blank means that nothing may be filled), ``reason``, ``country`` and ``language``. The judgements
were written from knowledge of names, numbering plans and countries, not from the program.
"""

import csv
import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

COMMAND = str(Path(sys.executable).with_name("enrichctl"))
TRUTH = Path(__file__).with_name("truth")
# The first is what the product was mended by. The others were written later, each scored once
# before anything was mended after it: 93.9% and 94.3%, then 96.0% and 94.8%.
TABLES = (TRUTH, TRUTH.with_name("held_out_1"), TRUTH.with_name("held_out_2"))
ABOUT = ("field", "right", "reason", "country", "language")
# A found value goes into the column that holds its field, where the file has one.
COLUMNS = {
    "email": "Email", "website": "Website", "country": "Country", "country_code": "Country Code",
}  # fmt: skip


class Judgement(NamedTuple):
    """What one field of one row should become."""

    file: str
    line: int
    cells: tuple[tuple[str, str], ...]
    field: str
    right: tuple[str, ...]
    reason: str
    country: str
    language: str

    @property
    def may_be_blank(self) -> bool:
        """Whether it is no fault to leave the field blank."""
        return "" in self.right

    @property
    def must_be_blank(self) -> bool:
        """Whether every value would be wrong."""
        return self.right == ("",)

    def verdict(self, got: str) -> str:
        """Return right, wrong, missing, filled (though it must be blank) or blank (and may be)."""
        if not got:
            return "blank" if self.may_be_blank else "missing"
        if self.must_be_blank:
            return "filled"
        return "right" if _plain(self.field, got) in self._plain_right() else "wrong"

    def _plain_right(self) -> set[str]:
        return {_plain(self.field, value) for value in self.right if value}


def _plain(field: str, value: str) -> str:
    value = unicodedata.normalize("NFC", value)
    if field != "website":
        return value
    return value.partition("://")[2].removeprefix("www.").rstrip("/") or value


@dataclass
class Figures:
    """How many judgements came out how."""

    right: int = 0
    wrong: int = 0
    missing: int = 0
    filled: int = 0
    blank: int = 0

    @property
    def judged(self) -> int:
        """How many judgements there were."""
        return self.right + self.wrong + self.missing + self.filled + self.blank

    @property
    def precision(self) -> float:
        """Of the filled values, the share that is right."""
        filled = self.right + self.wrong + self.filled
        return self.right / filled if filled else 1.0

    @property
    def recall(self) -> float:
        """Of the values that there are to find, the share that was found."""
        there = self.right + self.wrong + self.missing
        return self.right / there if there else 1.0


def judgements(folder: Path = TRUTH) -> list[Judgement]:
    """Return the judgements of all files of a folder."""
    return [one for path in sorted(folder.glob("*.csv")) for one in _of(path)]


def _of(path: Path) -> Iterator[Judgement]:
    with path.open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), 2):
            cells = tuple((name, cell) for name, cell in row.items() if name not in ABOUT)
            yield Judgement(
                path.name, line, cells, row["field"], tuple(row["right"].split("|")),
                row["reason"], row["country"], row["language"],
            )  # fmt: skip


def product(every: Iterable[Judgement], folder: Path) -> dict[Judgement, str]:
    """Return what the installed command fills, from one run for each file."""
    files: dict[str, list[Judgement]] = {}
    for one in every:
        files.setdefault(one.file, []).append(one)
    with ThreadPoolExecutor(2) as pool:
        runs = pool.map(lambda some: _run(some, folder), files.values())
        return {one: got for run in runs for one, got in run}


def _run(some: list[Judgement], folder: Path) -> list[tuple[Judgement, str]]:
    """Run the command over the rows of one file, each row once."""
    rows = {one.cells: dict(one.cells) for one in some}
    home = folder / some[0].file.removesuffix(".csv")
    home.mkdir()
    source = home / some[0].file
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [name for name, _ in some[0].cells])
        writer.writeheader()
        writer.writerows(rows.values())
    wanted = ",".join(sorted({one.field for one in some}))
    done = subprocess.run(
        [COMMAND, "enrich", str(source), "-p", "offline", "-w", wanted, "--json"],
        env={"HOME": str(home), "ENRICHCTL_STATE_DIR": str(home), "PATH": os.environ["PATH"]},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answers = dict(zip(rows, map(json.loads, done.stdout.splitlines()), strict=True))
    return [(one, _filled(answers[one.cells], one.field)) for one in some]


def _filled(answer: dict[str, object], field: str) -> str:
    """Return the value that was filled; a cell that was there before is none."""
    if field not in answer["_enrichctl"]["fields"]:
        return ""
    return str(answer[field] if field in answer else answer[COLUMNS[field]])


def figures(
    every: Iterable[Judgement], got: Callable[[Judgement], str | None]
) -> tuple[dict[str, Figures], list[tuple[Judgement, str, str]]]:
    """Return the figures by field, and those that came out wrong; None is not judged."""
    by_field: dict[str, Figures] = {}
    strays = []
    for one in every:
        value = got(one)
        if value is None:
            continue
        verdict = one.verdict(value)
        count = by_field.setdefault(one.field, Figures())
        setattr(count, verdict, getattr(count, verdict) + 1)
        if verdict not in {"right", "blank"}:
            strays.append((one, verdict, value))
    return by_field, strays


def together(by_field: dict[str, Figures]) -> Figures:
    """Return the figures of all fields."""
    total = Figures()
    for one in by_field.values():
        for name, count in vars(one).items():
            setattr(total, name, getattr(total, name) + count)
    return total
