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
from enrichctl.facts.spelling import canonical
from enrichctl.fields import kind_of
from enrichctl.files import digest_of
from enrichctl.journal import Journal, history, outputs, subject_key
from enrichctl.journal.scratch import Scratch
from enrichctl.matching.same_name import name_of
from enrichctl.model import Record, counted
from enrichctl.wanted_fields import sources_in

if TYPE_CHECKING:
    from enrichctl.cli.enrich.job import Job
    from enrichctl.journal.record_rows import RecordRow

PROBED = 20  # people by whom the run is looked for that wrote a file which was renamed since
LATEST = 5  # runs that may have
SHOWN = 3  # rows that a message names
_AMONG_MANY = frozenset({"phone"})  # kinds that whole offices share


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
                typed[record.row] = len(changed & sources_in(record.earlier[0]).keys())
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
    """Tell whether every file is as a run has written it, under whatever name."""
    paths = [source.path for source, _ in job.places]
    return all(path is not None and outputs.is_known(journal, digest_of(path)) for path in paths)


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
    return [run for run in runs if run.summary.get("written", True)]


class _Written:
    """What runs have written, found again by whom a row names.

    Args:
        scratch: Where it is kept meanwhile: memory does not grow with the file.
    """

    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch

    def learn(self, one: "RecordRow") -> None:
        """Take what was written of a record: of each field who gave it, "" the input, and what."""
        cells = {name: cell for name, cell in one.values.items() if cell["after"]}
        texts = {name: cell["after"] for name, cell in cells.items()}
        givers = {n: _last(c["provider"] or c["earlier"] or "") for n, c in cells.items()}
        said = {name: f"{who}={_fingerprint(name, texts[name])}" for name, who in givers.items()}
        for key in _keys_of(texts, NAMING - _AMONG_MANY):
            known = self._get(key)
            for name, text in said.items():
                known[name] = sorted({*known.get(name, ()), text})
            self._scratch.put(key, json.dumps(known).encode())

    def changed_in(self, record: Record) -> frozenset[str]:
        """Return the fields of a record that hold what nobody has written there, or nothing now.

        Of one that has a source, the journal has to know what that source has given.
        """
        known: dict[str, set[str]] = {}
        for key in _keys_of(record.values, NAMING - _AMONG_MANY):
            for name, texts in self._get(key).items():
                known.setdefault(name, set()).update(texts)
        sources = sources_in(record.earlier[0])
        changed = set()
        for name, said in known.items():
            givers, found = zip(*(text.split("=") for text in said), strict=True)
            is_known = name not in sources or _last(sources[name]) in givers
            if is_known and _fingerprint(name, record.values.get(name, "")) not in found:
                changed.add(name)
        return frozenset(changed)

    def _get(self, key: bytes) -> dict[str, list[str]]:
        found: dict[str, list[str]] = json.loads(self._scratch.get(key) or b"{}")
        return found


def _keys_of(values: Mapping[str, str], kinds: Iterable[str]) -> Iterator[bytes]:
    """Yield fingerprints of whom values name: each address by itself, a name with its company."""
    for name, text in values.items():
        if text and kind_of(name) in kinds:
            yield subject_key(canonical(name, text))
    called, company = name_of(values), values.get("company_name") or values.get("company_domain")
    if called and company:
        yield subject_key(f"{' '.join(sorted(called.words))} {canonical('company_name', company)}")


def _fingerprint(name: str, text: str) -> str:
    """Return by what a text is known again, however it is spelled."""
    return subject_key(canonical(name, text.strip().removeprefix("'"))).hex() if text else ""


def _last(source: str) -> str:
    """Return a source without what says that it was rehearsed."""
    return source.rpartition(":")[2]
