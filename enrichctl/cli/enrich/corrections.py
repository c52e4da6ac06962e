"""What somebody has changed in an enriched file: such a value is nobody's any more.

The column of sources stays as it is when a cell is corrected by hand. What a run has written the
journal knows, record by record, with who gave each value. A row is found again there by whom it
names, wherever it has moved to; of what is not found there, the column is believed.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from enrichctl.cli.enrich.request import path_of
from enrichctl.cli.enrich.writing import reading_of_rows
from enrichctl.cli.status.records import all_records
from enrichctl.engine.record_reader import RecordReader
from enrichctl.engine.result import NAMING
from enrichctl.engine.waterfall import Waterfall
from enrichctl.errors import InputError
from enrichctl.facts.spelling import canonical, fold, same
from enrichctl.fields import kind_of
from enrichctl.files import digest_of
from enrichctl.journal import Journal, history, outputs, subject_key
from enrichctl.journal.scratch import Scratch
from enrichctl.model import Record, counted
from enrichctl.wanted_fields import sources_in

if TYPE_CHECKING:
    from enrichctl.cli.enrich.job import Job
    from enrichctl.journal.record_rows import RecordRow

PROBED = 20  # people by whom the run is looked for that wrote a file which was renamed since
MOST_AGAIN = 200_000  # records that are worked out again: nobody edits more by hand
LATEST = 5  # runs that may have
SHOWN = 3  # rows that a message names
OF_OFFICES = frozenset({"phone"})  # kinds that many people share
ALIKE = 8  # records that one address leads to: one that leads to more is nobody's
NOBODYS = b"-"
WIDTH = 5  # bytes of a record's number


def find_corrections(job: "Job", journal: Journal) -> None:
    """Note in a job which fields of which rows somebody has changed, and say so."""
    if _is_as_written(job, journal):
        return
    reader = RecordReader(reading_of_rows(job), Waterfall(job.steps, job.rules))

    def attributed() -> Iterator[Record]:
        records = (reader.record(row) for row in job.source.rows())
        return (record for record in records if record.earlier[0])

    runs = _runs_of(job, journal, attributed())
    if not runs:
        return
    typed = Counter[int]()
    with Scratch() as scratch:
        written = _Written(scratch)
        for run in runs:
            with suppress(InputError):  # it cannot be worked out again
                for one in all_records(journal, run):
                    written.learn(one)
        for record in attributed():
            if changed := written.changed_in(record):
                job.corrected[record.row] = changed
                found = sources_in(record.earlier[0]).keys() & record.values.keys()
                typed[record.row] = len(changed & found)  # what was emptied is filled again
    _tell(job, +typed)


def _tell(job: "Job", typed: Counter[int]) -> None:
    """Say in how many cells there is something else than was found for them."""
    if not typed:
        return
    rows = [f"{row:,}" for row in islice(typed, SHOWN)] + ["…"] * (len(typed) > SHOWN)
    word = "row" if len(typed) == 1 else "rows"
    were = "that was filled before was" if typed.total() == 1 else "that were filled before were"
    job.screen.note(
        f"{counted(typed.total(), 'cell')} {were} changed since ({word} {', '.join(rows)}):"
        " what stands there is taken as yours"
    )


def _is_as_written(job: "Job", journal: Journal) -> bool:
    """Tell whether every file stands where a run has put it, and as it was put there."""
    paths = [source.path for source, _ in job.places]
    return all(
        path is not None and digest_of(path) in outputs.known_digests(journal, path_of(path))
        for path in paths
    )


def _runs_of(job: "Job", journal: Journal, records: Iterator[Record]) -> list[history.RunEntry]:
    """Return the runs that have written the input: by its path, or else by whom it is about.

    Of what was derived on this machine alone the journal keeps no records: any of the latest runs
    may have written it.
    """
    paths = [path_of(source.path) for source, _ in job.places if source.path is not None]
    runs = [run for path in paths for run in history.that_wrote(journal, path)]
    if not runs:
        some = islice(records, PROBED)
        keys = [key for one in some for key in _keys_of(one.values, NAMING)]
        runs = history.about_any(journal, keys)
        latest = {one.input: one for one in reversed(history.runs(journal, LATEST))}
        runs += [one for one in latest.values() if "recipe" in one.summary]
    return [
        run
        for run in runs
        if run.summary.get("written", True)
        and ("recipe" not in run.summary or run.records <= MOST_AGAIN)
    ]


class _Written:
    """What runs have written, found again by whom a row names.

    Args:
        scratch: Where it is kept meanwhile: memory does not grow with the file.
    """

    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch
        self._count = 0

    def learn(self, one: "RecordRow") -> None:
        """Take what was written of a record: of each field who gave it, "" the input, and what."""
        said = {
            name: (_last(cell["provider"] or cell["earlier"] or ""), cell["after"])
            for name, cell in one.values.items()
            if cell["after"]
        }
        self._count += 1
        number = self._count.to_bytes(WIDTH)
        self._scratch.put(number, json.dumps(said).encode())
        for key in _keys_of({name: text for name, (_, text) in said.items()}, NAMING):
            numbers = self._scratch.get(key) or b""
            if numbers != NOBODYS:
                is_one_more = len(numbers) < WIDTH * ALIKE
                self._scratch.put(key, numbers + number if is_one_more else NOBODYS)

    def changed_in(self, record: Record) -> frozenset[str]:
        """Return the fields of a record that hold what nobody has written there, or nothing now.

        Of one that has a source, the journal has to know what that source has given.
        """
        values, region = record.values, record.region
        sources = sources_in(record.earlier[0])
        changed = set()
        for name, said in self._said_of(values).items():
            text = values.get(name, "").removeprefix("'")
            if any(text == one for _, one in said):  # mostly
                continue
            kind = kind_of(name)
            is_known = name not in sources or any(_last(sources[name]) == who for who, _ in said)
            if is_known and not (text and any(same(kind, text, one, region) for _, one in said)):
                changed.add(name)
        return frozenset(changed)

    def _said_of(self, values: Mapping[str, str]) -> dict[str, list[tuple[str, str]]]:
        """Return what was written of somebody: field → who gave it and what, record by record."""
        found_by = map(self._scratch.get, _keys_of(values, NAMING))
        numbers = next((one for one in found_by if one and one != NOBODYS), b"")
        found: dict[str, list[tuple[str, str]]] = {}
        for at in range(0, len(numbers), WIDTH):
            said = json.loads(self._scratch.get(numbers[at : at + WIDTH]) or b"{}")
            for name, (who, text) in said.items():
                found.setdefault(name, []).append((who, text))
        return found


def _keys_of(values: Mapping[str, str], kinds: Iterable[str]) -> Iterator[bytes]:
    """Yield fingerprints of whom values name: each address by itself, a name with its company."""
    for name, text in values.items():
        if text and (kind := kind_of(name)) in kinds and kind not in OF_OFFICES:
            yield subject_key(canonical(name, text))
    get = values.get
    called = get("full_name") or f"{get('first_name', '')} {get('last_name', '')}".strip()
    company = get("company_name") or get("company_domain")
    if called and company:
        yield subject_key(fold(f"{called}, {company}"))


def _last(source: str) -> str:
    """Return a source without what says that it was rehearsed."""
    return source.rpartition(":")[2]
