"""Forgetting a person, pruning by age, exporting.

What is deleted is gone from the bytes of a file, and from what a server answers: see `erase` of
each store. Money spent stays: its history names nobody.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from enrichctl.errors import Locked
from enrichctl.fields import FIELDS, kind_of
from enrichctl.journal import queries
from enrichctl.journal.contract import StoreConnection
from enrichctl.journal.erased import keep_counts
from enrichctl.journal.gains import drop_unused
from enrichctl.journal.history import is_alive
from enrichctl.journal.kinds import drop_unused_kinds
from enrichctl.journal.money import from_millionths
from enrichctl.journal.outputs import keep_places
from enrichctl.journal.owners import owner_of
from enrichctl.journal.store import Journal
from enrichctl.journal.written import forget_written
from enrichctl.model import Attempt, Credits, Outcome

FORGOTTEN = "(forgotten)"  # in a command, in place of the person
KEY = 8  # bytes of a subject's fingerprint
OPEN = (Outcome.SENT, Outcome.SUBMITTED)


@dataclass(frozen=True, slots=True)
class PersonToErase:
    """What a person is found by.

    Attributes:
        keys: Fingerprints, as `store.subject_key` makes them.
        texts: Spellings to be found in answers and values, which have no fingerprint.
        by_id: It is a provider's id, so that only what was asked by id is meant.
    """

    keys: tuple[bytes, ...]
    texts: tuple[str, ...]
    by_id: bool = False

    def named_in(self, text: str) -> bool:
        """Tell whether a text names the person, and not one whose address ends alike."""
        folded = text.lower()
        return any(_standing(part).search(text) for part in self.texts if part.lower() in folded)

    def taken_out_of(self, text: str) -> str:
        """Return a text without the person."""
        for part in self.texts:
            text = _standing(part).sub(FORGOTTEN, text)
        return text


@dataclass(frozen=True, slots=True)
class Erased:
    """What was deleted.

    Attributes:
        attempts: How many questions and answers.
        records: How many explained records.
        runs: How many runs.
        outputs: Output files that still name the person.
        left: Where it may be left all the same, in words; "" for nowhere.
    """

    attempts: int
    records: int
    runs: int = 0
    outputs: tuple[str, ...] = ()
    left: str = ""


@dataclass(frozen=True, slots=True)
class PaidWork:
    """Answers that were paid for and are about to be deleted: how many, and their credits."""

    answers: int
    credits: Credits


def forget(
    journal: Journal,
    person: PersonToErase,
    *,
    names: Callable[[Path], bool],
    agree: Callable[[PaidWork], None] = lambda _: None,
) -> Erased:
    """Erase a person from attempts, answers and explained records.

    Args:
        journal: The journal.
        person: Whom to forget.
        names: Tells whether a file names the person.
        agree: Is told what was paid for and goes; raises where that is not agreed to. Where
            nothing goes it is not called.

    Raises:
        Locked: A run is asking about them now.
        StateError: It could not be written.
    """
    journal.book_left()  # what is kept elsewhere names people as well
    attempts, records = _trace(journal, person)
    for number in attempts:
        open_in = journal.read(queries.RUN_OF_OPEN_ATTEMPT, (number,))
        if open_in and is_alive(journal, open_in[0][0]):
            raise Locked(
                f"run {open_in[0][0]} is asking about them now",
                next="wait for it to end, then forget them again",
            )
    if attempts or records:
        agree(_paid(journal, queries.PAID_AMONG, json.dumps(sorted(attempts))))
    outputs = _outputs(journal, attempts, {run for run, _ in records}, names)
    commands = _commands_of(journal, person)

    def job(db: StoreConnection) -> None:
        keep_counts(db, queries.AMONG, (json.dumps(sorted(attempts)),))
        db.executemany("DELETE FROM attempts WHERE id=?", [(n,) for n in attempts])
        db.executemany("DELETE FROM records WHERE run=? AND row=?", list(records))
        db.executemany("UPDATE runs SET command=? WHERE id=?", commands)
        forget_written(db, person.keys)
        drop_unused(db)
        drop_unused_kinds(db)
        for table in ("results", "changes"):  # whom they name is not known without reading all
            db.execute(f"DELETE FROM {table}")

    left = journal.store.erase(job)
    return Erased(len(attempts), len(records), outputs=outputs, left=left)


def prune(
    journal: Journal, before: datetime, *, agree: Callable[[PaidWork], None] = lambda _: None
) -> Erased:
    """Delete attempts and runs that are older; what is open or unconfirmed stays.

    Args:
        journal: The journal.
        before: What is older goes.
        agree: See `forget`.

    Raises:
        StateError: It could not be written.
    """
    journal.book_left()
    moment = before.isoformat(timespec="milliseconds")
    alive = [name for (name,) in journal.read(queries.RUNNING) if is_alive(journal, name)]
    old, which = queries.old_runs(len(alive)), (moment, *alive)
    gone = f"FROM runs WHERE id IN ({old}) AND id NOT IN (SELECT run FROM attempts)"
    ((goes,),) = journal.read(queries.any_is_old(old, gone), (moment, *which, *which))
    if goes:
        agree(_paid(journal, queries.PAID_BEFORE, moment))
    counts: list[int] = []

    def job(db: StoreConnection) -> None:
        keep_counts(db, queries.OLD, (moment,))
        attempts = db.execute(f"DELETE FROM attempts WHERE {queries.OLD}", (moment,)).rowcount
        records = db.execute(f"DELETE FROM records WHERE run IN ({old})", which).rowcount
        places = set(db.execute(f"SELECT input, output {gone}", which).fetchall())
        keep_places(db, places, moment)
        counts[:] = (attempts, records, db.execute(f"DELETE {gone}", which).rowcount)
        drop_unused(db)
        drop_unused_kinds(db)
        for table in ("results", "changes"):
            db.execute(f"DELETE FROM {table}")

    left = journal.store.erase(job)
    return Erased(counts[0], counts[1], counts[2], left=left)


def _paid(journal: Journal, question: str, what: str) -> PaidWork:
    """Return what was paid for among some attempts; what the sandbox sold cost nothing."""
    ((answers, stored),) = journal.read(question, (what,))
    return PaidWork(answers, from_millionths(stored))


def export(journal: Journal) -> Iterator[Attempt]:
    """Yield every attempt, oldest first; keys are in none of them."""
    for (number,) in journal.read(queries.ALL_ATTEMPTS):
        attempt = journal.attempt(number)
        if attempt is not None:
            yield attempt


def entries_held(journal: Journal) -> tuple[int, int, int]:
    """Return how many attempts, explained records and runs the journal holds."""
    ((attempts, records, runs),) = journal.read(queries.HELD)
    return attempts, records, runs


def _trace(journal: Journal, person: PersonToErase) -> tuple[set[int], set[tuple[str, int]]]:
    """Find a person's attempts and records, and what hangs on either, until nothing is added."""
    attempts = set(_attempts_of(journal, person))
    records = set(_records_of(journal, person))
    seen: tuple[int, int] = (-1, -1)
    while seen != (seen := (len(attempts), len(records))):
        attempts |= _attempts_in(journal, records)
        records |= _records_with(journal, attempts)
    return attempts, records


def _attempts_of(journal: Journal, person: PersonToErase) -> Iterator[int]:
    """Yield attempts that were told of the person, or answered with them."""
    for key in person.keys:
        for number, told in journal.read(queries.ATTEMPTS_TOLD, (key,)):
            if _has_id(told) if person.by_id else _is_personal(told):
                yield number
    for text in person.texts:
        for number, answer in journal.read(queries.ATTEMPTS_SAYING, (text,)):
            if person.named_in(answer):
                yield number


def _records_of(journal: Journal, person: PersonToErase) -> Iterator[tuple[str, int]]:
    """Yield records of which a row or a found value names the person."""
    for key in person.keys:
        for run, row, keys in journal.read(queries.RECORDS_WITH_KEY, (key,)):
            if key in (keys[at : at + KEY] for at in range(0, len(keys), KEY)):
                yield run, row
    for text in person.texts:
        for run, row, detail in journal.read(queries.RECORDS_SAYING, (text,)):
            if person.named_in(detail):
                yield run, row


def _attempts_in(journal: Journal, records: set[tuple[str, int]]) -> set[int]:
    """Return the attempts about people by which records were explained."""
    found = set()
    for run, row in records:
        for number, told in journal.read(queries.ATTEMPTS_OF_RECORD, (run, row)):
            if _is_personal(told):
                found.add(number)
    return found


def _records_with(journal: Journal, attempts: set[int]) -> set[tuple[str, int]]:
    rows = journal.read(queries.RECORDS_OF_ATTEMPTS)
    return {(run, row) for run, row, number in rows if number in attempts}


def _standing(part: str) -> re.Pattern[str]:
    """Return what finds a spelling in a text, and none that goes on."""
    before = "" if "/" in part else r"(?<![\w.+%-])"  # an address, unlike a URL, has no front part
    return re.compile(rf"{before}{re.escape(part)}(?![\w%-]|\.\w)", re.IGNORECASE)


def _commands_of(journal: Journal, person: PersonToErase) -> list[tuple[str, str]]:
    """Return the commands that name a person, as they are kept from now on, with their runs."""
    typed = {
        run: (words, person.taken_out_of(words))
        for text in person.texts
        for run, words in journal.read(queries.COMMANDS_SAYING, (text,))
    }
    return [(without, run) for run, (words, without) in typed.items() if without != words]


def _is_personal(told: str) -> bool:
    """Tell whether an attempt is about a person; others are about a company."""
    return any(_names_a_person(name) for name in told.split("\t"))


def _names_a_person(name: str) -> bool:
    field = FIELDS.get(name)
    if field is None:  # of a provider that is not loaded: it may
        return True
    naming = ("email", "phone", "person_url", "id")
    parts = ("first_name", "last_name", "full_name")
    return field.about == "person" and (field.kind in naming or name in parts)


def _has_id(told: str) -> bool:
    """Tell whether an attempt was told an id; what a provider calls its own may be one."""
    return any(kind_of(name) == "id" or "." in name for name in told.split("\t"))


def _outputs(
    journal: Journal, attempts: set[int], runs: set[str], names: Callable[[Path], bool]
) -> tuple[str, ...]:
    """Return the output files that were written with the person, or name them, and exist."""
    for number in attempts:
        runs |= {run for (run,) in journal.read(queries.RUN_OF_ATTEMPT, (number,))}
    found: dict[str, None] = {}
    for run, output in journal.read(queries.OUTPUTS):
        who, place = owner_of(journal.store, output)
        if who != journal.store.who:  # nobody can look from here
            if run in runs:
                found[output] = None
            continue
        path = Path(place)
        if place not in found and path.is_file() and (run in runs or names(path)):
            found[place] = None
    return tuple(found)
