"""Results of the last run on an input, written again for as long as everything is as it was.

What becomes of a record follows from its cells, from what the user asked for, from the records
before it (two that share an address) and from answers. All but the answers is sealed: a digest
over blocks of records, each of which goes on from the one before. While the seals are those of the
last run, so is the input, and so are the rules. Answers are compared by their numbers: a result
stands as long as nobody has asked the same since, and none of its answers is too old.

A record that is not finished (not asked yet, failed, in doubt, held back) is worked out again each
time, and so is everything from the first block on whose seal is another.
"""

import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import islice
from typing import Any, NamedTuple

from enrichctl.conflicts import NO_CONFLICTS, Conflicts
from enrichctl.engine.lead import Lead
from enrichctl.engine.question import Rules
from enrichctl.engine.result import RecordResult, RecordShape
from enrichctl.engine.tried import not_asked
from enrichctl.files import Row, Source
from enrichctl.journal import Journal, results
from enrichctl.journal.results import Block
from enrichctl.json_text import spelling_of
from enrichctl.model import Outcome, Status

SIZE = 500  # records of a block
FINISHED = frozenset({Status.ENRICHED, Status.COMPLETE, Status.NO_MATCH, Status.SKIPPED})
FOR_EVER = datetime.max.replace(tzinfo=UTC)

_json = spelling_of()


class Kind(NamedTuple):
    """What counts of a record that is written again; the same of very many.

    Attributes:
        status: One of `Status`.
        shape: What it had, what it got, and from whom.
        answered: Providers whose answers it uses, once for each answer.
        not_asked: Provider and reason of those that were not asked.
        complete: Nothing was missing.
        unidentified: Nobody could be asked about it.
        suppressed: It was not to be sent anywhere.
        in_conflict: It shares an address with an earlier record that names somebody else.
    """

    status: str
    shape: RecordShape
    answered: tuple[str, ...]
    not_asked: tuple[tuple[str, str], ...]
    complete: bool
    unidentified: bool
    suppressed: bool
    in_conflict: bool


class Again(NamedTuple):
    """A record that is written again.

    Attributes:
        kind: What counts of it.
        cells: Index in the header and new text.
        added: Texts of the new columns, in their order.
        meta: What JSON formats say of it; None for others.
        numbers: The attempts of its answers.
    """

    kind: Kind
    cells: Sequence[tuple[int, str]]
    added: tuple[str, ...]
    meta: Mapping[str, Any] | None
    numbers: Sequence[int]

    def result(self) -> RecordResult:
        """Return what becomes of the record; its explanation is in the journal already."""
        kind = self.kind
        return RecordResult(
            status=kind.status,
            note="",
            cells=dict(self.cells),
            added=self.added,
            meta=self.meta,
            shape=kind.shape,
            suppressed=kind.suppressed,
            reused=tuple(zip(kind.answered, self.numbers, strict=True)),
            undone=False,
            troubles=(),
            stored=None,
            not_asked=tuple([reason for _, reason in kind.not_asked]),
            gains=(),
            pending_at=(),
        )


class Kept(NamedTuple):
    """A block whose seal holds.

    Attributes:
        entries: What is written of each record; None of one that has to be worked out.
        conflicts: Place in the block → what earlier rows give to somebody else, if anything.
        good_until: When the first answer among the entries is too old.
    """

    entries: Sequence[Again | None]
    conflicts: dict[int, Conflicts]
    good_until: datetime = FOR_EVER


class Sealed(NamedTuple):
    """A block of an input that was read to its end.

    Attributes:
        row: Number of the first record.
        size: How many records it has.
        seal: See above.
        kept: What the last run kept of them; None where the seal is another.
    """

    row: int
    size: int
    seal: bytes
    kept: Kept | None


class Read(NamedTuple):
    """A record as it is read.

    Attributes:
        row: The record.
        again: What was written of it and is written again; None where it has to be worked out.
        conflicts: What earlier rows give to somebody else; None where that is to be found out.
    """

    row: Row
    again: Again | None = None
    conflicts: Conflicts | None = None


class EarlierResults:
    """What the last run on an input wrote, and what this one keeps for the next.

    Args:
        journal: Where it is kept.
        former: The last run on the input.
        conditions: Digest of all that decides about records besides their cells and answers; None
            where that cannot be told: then nothing is written again, and nothing kept.

    Attributes:
        former: The last run on the input.
        seen: The newest attempt of which any result can know.
    """

    def __init__(self, journal: Journal, former: results.LastRun, conditions: bytes | None) -> None:
        self.conditions = conditions
        self.former = results.LastRun() if conditions is None else former
        self.seen = 0
        self._journal = journal
        self._newer: dict[int, set[int]] = {}
        if conditions is not None:
            self.seen = results.newest_attempt(journal)
        if self.former.id:
            for old, new in results.overtaken(journal, self.former.id):
                self._newer.setdefault(old, set()).add(new)

    def read(
        self, source: Source, meet: Callable[[Row], None], expect: Callable[[Sealed], None]
    ) -> Iterator[Read]:
        """Read an input, with what was kept of its records.

        Args:
            source: The input.
            meet: Is given all records before the first block of another seal, before that block:
                which of the later ones share an address with them depends on them all.
            expect: Is told of each block, no later than its last record is read.
        """
        seal, known = self.conditions, 0
        if seal is None:
            yield from map(Read, source.rows())
            return
        if self.former.id:
            rows = source.rows()
            while block := list(islice(rows, SIZE)):
                following = _seal(seal, block)
                kept = self._kept(following, block)
                if kept is None:
                    break
                expect(Sealed(block[0].number, len(block), following, kept))
                conflicts = kept.conflicts
                for place, (row, again) in enumerate(zip(block, kept.entries, strict=True)):
                    yield Read(row, again, conflicts.get(place, NO_CONFLICTS))
                seal, known = following, known + len(block)
            else:
                return
        left = source.rows()
        for row in islice(left, known):
            meet(row)
        yield from _sealing(left, seal, expect)

    def keeper(self, rules: Rules) -> "Keeper | None":
        """Return what collects results for the next run; None where nothing is compared."""
        return None if self.conditions is None else Keeper(self, rules)

    def people(self, records: int) -> int | None:
        """Return how many people an input is about that is wholly as it was; None if nobody knows.

        Args:
            records: How many records it has, all under the seals of the last run.
        """
        return self.former.people or None if records == self.former.records else None

    def _kept(self, seal: bytes, rows: Sequence[Row]) -> Kept | None:
        """Return what was kept of some records; None where their seal is another."""
        block = results.block(self._journal, self.former.id, rows[0].number)
        if block is None or block.seal != seal:
            return None
        entries, kinds, conflicts = json.loads(zlib.decompress(block.packed))
        known = {int(place): Conflicts(*words) for place, words in conflicts.items()}
        if block.good_until < self._journal.now() or self._is_overtaken(entries):
            return Kept([None] * len(rows), known)
        read = [_kind(one) for one in kinds]
        again = [entry and Again(read[entry[0]], *entry[1:]) for entry in entries]
        return Kept(again, known, block.good_until)

    def _is_overtaken(self, entries: Sequence[list[Any] | None]) -> bool:
        """Tell whether anybody has asked since what a result rests on."""
        newer = self._newer
        return bool(newer) and any(
            not newer[number].issubset(entry[-1])
            for entry in entries
            if entry is not None
            for number in entry[-1]
            if number in newer
        )


class Keeper:
    """Collects what is written of the records of a block, for the next run.

    Args:
        earlier: What the last run kept.
        rules: Say how long answers are used.
    """

    def __init__(self, earlier: EarlierResults, rules: Rules) -> None:
        self._seen = earlier.seen
        self._rules = rules
        self._blocks: list[Sealed] = []
        self._complete: list[Block] = []
        self._begin()

    def _begin(self) -> None:
        self._entries: list[Again | None] = []
        self._conflicts: dict[int, Conflicts] = {}
        self._oldest: dict[bool, datetime] = {}  # is it a miss? → of when the oldest is
        self._is_new = False

    def expect(self, block: Sealed) -> None:
        """Take on a block, of which records may have been written already."""
        self._blocks.append(block)
        self._end_block()

    def take_again(self, again: Again) -> None:
        """Take what was written as it was."""
        self._entries.append(again)
        self._end_block()

    def take(self, found: RecordResult, lead: Lead) -> None:
        """Take what was written of a record that was worked out."""
        self._is_new = True
        if lead.conflicts != NO_CONFLICTS:
            self._conflicts[len(self._entries)] = lead.conflicts
        self._entries.append(self._again(found, lead) if _is_finished(found, lead) else None)
        self._end_block()

    def _again(self, found: RecordResult, lead: Lead) -> Again:
        numbers = []
        for tried in lead.tried:
            if tried.attempt is None:
                continue
            numbers.append(tried.attempt)
            missed, at = tried.outcome is Outcome.MISSED, tried.at
            if at is not None and at < self._oldest.get(missed, FOR_EVER):
                self._oldest[missed] = at
        meta = found.meta and {**found.meta, "credits": "0"}  # an answer of before costs nothing
        return Again(_kind_of(found, lead), list(found.cells.items()), found.added, meta, numbers)

    def _end_block(self) -> None:
        """Pack the block that is under way, if all its records are written."""
        if self._blocks and len(self._entries) == self._blocks[0].size:
            block = self._blocks.pop(0)
            if self._is_new:
                self._complete.append(self._pack(block))
            self._begin()

    def complete(self) -> list[Block]:
        """Return the blocks that have become complete and are not as they were."""
        complete, self._complete = self._complete, []
        return complete

    def _pack(self, block: Sealed) -> Block:
        kept = block.kept
        kinds: dict[Kind, int] = {}
        entries = [
            again and (kinds.setdefault(again.kind, len(kinds)), *again[1:])
            for again in self._entries
        ]
        conflicts = {**(kept.conflicts if kept else {}), **self._conflicts}
        whole = _json([entries, list(kinds), conflicts]).encode("utf-8", "surrogatepass")
        until = self._good_until(kept)
        return Block(block.row, block.seal, self._seen, until, zlib.compress(whole))

    def _good_until(self, kept: Kept | None) -> datetime:
        rules = self._rules
        ages = {True: rules.max_age if rules.miss_age is None else rules.miss_age}
        ends = (_later(at, ages.get(m, rules.max_age)) for m, at in self._oldest.items())
        return min([kept.good_until if kept else FOR_EVER, *ends])


def _is_finished(found: RecordResult, lead: Lead) -> bool:
    """Tell whether a record would come to the same again."""
    untold = any(  # a refusal of which the journal knows nothing is asked for again
        t.attempt is None and t.outcome is Outcome.DECLINED and not t.not_asked for t in lead.tried
    )
    return not (
        untold
        or lead.record.left_out
        or found.status not in FINISHED
        or found.troubles
        or found.undone
        or lead.pending
        or lead.unconfirmed
        or any(remark.redo for tried in lead.tried for remark in tried.remarks)
    )


def _kind_of(found: RecordResult, lead: Lead) -> Kind:
    tried = lead.tried
    return Kind(
        found.status,
        found.shape,
        tuple([t.provider for t in tried if t.attempt is not None]),
        tuple(not_asked(tried)),
        not lead.missing,
        bool(lead.missing) and all(t.needs for t in tried),
        found.suppressed,
        bool(lead.conflicts.name),
    )


def _kind(stored: Sequence[Any]) -> Kind:
    """Return a kind as JSON has it."""
    status, shape, answered, not_asked, *flags = stored
    return Kind(
        status, RecordShape(*map(_tuples, shape)), tuple(answered), _tuples(not_asked), *flags
    )


def _tuples(listed: Sequence[Any]) -> tuple[Any, ...]:
    return tuple([tuple(one) if isinstance(one, list) else one for one in listed])


def _later(at: datetime, age: timedelta) -> datetime:
    try:
        return at + age
    except OverflowError:
        return FOR_EVER


def _sealing(rows: Iterator[Row], seal: bytes, expect: Callable[[Sealed], None]) -> Iterator[Read]:
    """Yield records one by one, and tell of each block when its last one is read."""
    block: list[Row] = []
    for row in rows:
        block.append(row)
        if len(block) == SIZE:
            seal = _seal(seal, block)
            expect(Sealed(block[0].number, SIZE, seal, None))
            block.clear()
        yield Read(row)
    if block:
        expect(Sealed(block[0].number, len(block), _seal(seal, block), None))


def _seal(before: bytes, rows: Sequence[Row]) -> bytes:
    """Return the seal of a block that goes on from another."""
    said = _json([_said(row) for row in rows]).encode("utf-8", "surrogatepass")
    return blake2b(before + said, digest_size=16).digest()


def _said(row: Row) -> list[Any]:
    """Return all that a row says, and where: its explanation tells of the line, too."""
    if row.shifted or row.opaque:
        return [row.line, row.cells, row.shifted, sorted(row.opaque)]
    return [row.line, row.cells, *row.earlier]
