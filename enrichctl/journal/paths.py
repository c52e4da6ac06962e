"""What is known of the records of a run: which answers there are, from all runs.

Records that are alike are counted together: a million of them are a few thousand kinds. An answer
is one that the record used, or one to a question that was told an e-mail, phone, profile or id
which the record has.
"""

import json
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from enrichctl.journal import queries
from enrichctl.journal.gains import read_kinds
from enrichctl.journal.history import RunEntry
from enrichctl.journal.money import from_millionths
from enrichctl.journal.packing import inflate
from enrichctl.journal.record_rows import tried_with
from enrichctl.journal.store import Journal
from enrichctl.model import NOTHING, Attempt, Credits, Gain, Outcome, Segment

KEY = 8  # bytes of a fingerprint in a record
PAGE = 2_000  # records read at a time
ASKED_FOR = 400  # fingerprints looked up at a time
_MET, _USED, _NEEDED = 1, 2, 4  # what records before, or any, have done with an answer
_PAID = 1 << 30  # added to the code of an answer that is paid for already
_OTHERS = 1 << 29  # and to that of one that another record of the run pays for
_VERDICT = "email_status"


class KnownAnswer(NamedTuple):
    """An answer that is known of a record.

    Attributes:
        provider: Whose.
        outcome: How the question ended.
        gain: What it brought.
        credits: What it cost; nothing where an earlier record has paid for it.
        used: The run's record has used it.
        verdict: What it says of an address, where that was read; "" is nothing.
        shared: Another record has used it, and may have paid for it.
    """

    provider: str
    outcome: Outcome
    gain: Gain
    credits: Credits
    used: bool
    verdict: str = ""
    shared: bool = False


class ReadAgain(NamedTuple):
    """What is read from an answer again, in addition to what the journal counts of it.

    Attributes:
        weak: Fields of which its values are not sure enough.
        verdict: What it says of an address.
    """

    weak: frozenset[str] = frozenset()
    verdict: str = ""


Reader = Callable[[Attempt], ReadAgain]
UNREAD = ReadAgain()


class Alike(NamedTuple):
    """Records that are alike.

    Attributes:
        known: What is known of each of them.
        declined: Providers that could not be asked about them.
        segment: Who they are.
        hidden: Providers that may not be told what others found: it is suppressed.
    """

    known: tuple[KnownAnswer, ...]
    declined: frozenset[str]
    segment: Segment
    hidden: frozenset[str] = frozenset()


@dataclass(slots=True)
class PathsOfRun:
    """What was done in a run, and the runs before it on the same input.

    Attributes:
        order: Providers, in the order in which records met them.
        filled: Blank fields that answers filled.
        verified: Records whose e-mail a provider calls deliverable.
        credits: Provider → what the answers cost that were used.
        unasked: Records of which no answer is known at all.
    """

    order: tuple[str, ...] = ()
    filled: int = 0
    verified: int = 0
    credits: dict[str, Credits] = field(default_factory=dict)
    unasked: int = 0


@dataclass(slots=True)
class Paths:
    """The records of a run by what is known of them, each kind with how many there are."""

    kinds: Counter[Alike] = field(default_factory=Counter)
    done: PathsOfRun = field(default_factory=PathsOfRun)


def paths_of(
    journal: Journal,
    run: RunEntry,
    *,
    by_segment: bool,
    read: Mapping[str, Reader] | None = None,
    verifier: str = "",
) -> Paths:
    """Return what is known of the records of a run.

    Args:
        journal: The journal.
        run: The run; only the last one on an input has records.
        by_segment: Whether records of different people are told apart.
        read: Provider → what reads its answers again, where that makes a difference.
        verifier: Who verifies addresses: that is no place in an order.

    Raises:
        StateError: The journal cannot be read.
    """
    answers = _Answers(journal, sandbox=run.sandbox, by_segment=by_segment, read=read or {})
    found, done = Paths(), PathsOfRun()
    places: dict[str, tuple[int, int]] = {}  # how far down records met it, and how many
    answers.expect(_records(journal, run.id, others=False))
    paid: set[str] = set()
    alike: Counter[_Signature] = Counter()
    for tried, attempts, cells, others in _records(journal, run.id):
        used, declined, hidden, accepted = [], [], [], []
        for place, one in enumerate(tried_with(tried, attempts)):
            if one["attempt"] is not None:
                used.append(one["attempt"])
                accepted.append(tuple(one.get("accepted", ())))
                paid.add(one["provider"])
                if one["provider"] == verifier and answers.is_check(one["attempt"]):
                    continue
                down, count = places.get(one["provider"], (0, 0))
                places[one["provider"]] = down + place, count + 1
            elif one.get("reason", "").startswith("suppressed"):
                hidden.append(one["provider"])
            elif one.get("wanted"):
                declined.append(one["provider"])
        codes = [answers.take(number, used=True) for number in used]
        took = tuple([names for code, names in zip(codes, accepted, strict=True) if code])
        shared = any(code > 0 and code & _PAID for code in codes)
        held = _held(cells, paid) if shared else None
        done.verified += any(answers.is_verified(code) for code in codes)
        codes += [answers.take(number) for number in sorted(others.difference(used))]
        known = tuple([code for code in codes if code])
        alike[_Signature(known, took, frozenset(declined), held, frozenset(hidden))] += 1
    _count_kinds(found, done, alike, answers)
    done.unasked = sum(n for kind, n in found.kinds.items() if not kind.known)
    done.credits = answers.paid
    done.order = tuple(sorted(places, key=lambda name: places[name][0] / places[name][1]))
    found.done = done
    return found


def _count_kinds(
    found: Paths, done: PathsOfRun, alike: Mapping["_Signature", int], answers: "_Answers"
) -> None:
    """Count records that are alike: what is known of each, and what they took from answers."""
    wanted = answers.wanted(alike)
    for kind, count in alike.items():
        seen = tuple(answers.known(code, kind.held, wanted) for code in kind.codes)
        took = zip(seen, kind.took, strict=False)  # the answers that were used stand first
        filled = set().union(*(set(one.gain.asked).intersection(names) for one, names in took))
        done.filled += count * len(filled)
        segment = answers.segment_of(kind.codes)
        found.kinds[Alike(seen, kind.declined | kind.hidden, segment, kind.hidden)] += count


def _records(
    journal: Journal, run: str, *, others: bool = True
) -> Iterator[tuple[str, str, bytes | str, set[int]]]:
    """Yield what was tried for records, in which attempts, and their cells.

    With ``others``, also the attempts that were told what names them.
    """
    last = 0
    while rows := journal.read(queries.TRIED, (run, last, PAGE)):
        last = rows[-1][0]
        keys = [_split(packed) for *_, packed in rows]
        told = _told(journal, sorted({key for some in keys for key in some})) if others else {}
        for (_, tried, attempts, cells, _), some in zip(rows, keys, strict=True):
            yield tried, attempts, cells, {number for key in some for number in told.get(key, ())}


def _held(cells: bytes | str, paid: Collection[str]) -> frozenset[str]:
    """Return the fields of a record that no paid provider was asked for, as they were filled."""
    read: dict[str, list[Any]] = json.loads(inflate(cells) or "{}")
    return frozenset(name for name, (_, *rest) in read.items() if not rest or rest[1] not in paid)


def _split(packed: bytes) -> list[bytes]:
    return [packed[at : at + KEY] for at in range(0, len(packed), KEY)]


def _told(journal: Journal, keys: Sequence[bytes]) -> dict[bytes, list[int]]:
    """Return fingerprint → attempts that were told it."""
    found: dict[bytes, list[int]] = {}
    for at in range(0, len(keys), ASKED_FOR):
        some = keys[at : at + ASKED_FOR]
        for key, number in journal.read(queries.attempts_about_any(len(some)), some):
            found.setdefault(key, []).append(number)
    return found


class _Signature(NamedTuple):
    """What records have in common that are alike.

    Attributes:
        codes: Of the answers that are known; those that they used stand first.
        took: Fields that they took from each of these.
        declined: Providers that could not be asked about them.
        held: Fields that were filled before anybody was paid; None where an answer of theirs was
            asked for them, and says that itself.
        hidden: Providers that may not be told what others found about them.
    """

    codes: tuple[int, ...]
    took: tuple[tuple[str, ...], ...]
    declined: frozenset[str]
    held: frozenset[str] | None
    hidden: frozenset[str]


_Shape = tuple[str, str, int, int, int, ReadAgain]
"""Provider, outcome, segment, gain, credits in millionths, and what was read again."""


class _Answers:
    """All attempts that any record has used, in little room: a small number for each kind.

    A number below 0 is of an answer that the record did not use, one with `_PAID` added of an
    answer that an earlier record has paid for, one with `_OTHERS` of one that a later one pays for.

    Attributes:
        paid: Provider → what the attempts cost that the run's records used.
    """

    def __init__(
        self, journal: Journal, *, sandbox: bool, by_segment: bool, read: Mapping[str, Reader]
    ) -> None:
        self._journal, self._read = journal, read
        self._segments, self._gains = read_kinds(journal)
        self._shapes: list[_Shape] = [("", "", 0, 0, 0, UNREAD)]
        self._code_of = array("l")
        self.paid: dict[str, Credits] = {}
        self._codes: dict[_Shape, int] = {}
        for number, provider, outcome, segment, gain, stored in journal.scan(
            queries.GAIN_OF_EACH, (sandbox,)
        ):
            code = self._code(
                (provider, outcome, segment if by_segment else 0, gain, stored, UNREAD)
            )
            if number >= len(self._code_of):
                self._code_of.extend([0] * (number + 1 - len(self._code_of)))
            self._code_of[number] = code
        self._taken = bytearray(len(self._code_of))

    def _code(self, shape: _Shape) -> int:
        if (code := self._codes.get(shape)) is None:
            code = self._codes[shape] = len(self._shapes)
            self._shapes.append(shape)
        return code

    def expect(self, records: Iterable[tuple[str, str, bytes | str, set[int]]]) -> None:
        """Take note of the answers that any record uses."""
        for _, attempts, _, _ in records:
            for number in json.loads(attempts):
                if number is not None and number < len(self._taken):
                    self._taken[number] = _NEEDED

    def is_check(self, number: int) -> bool:
        """Tell whether an attempt was asked for nothing but a verdict on an address."""
        code = self._code_of[number] if number < len(self._code_of) else 0
        return self._gains[self._shapes[code][3]].asked == (_VERDICT,) if code else False

    def _read_again(self, number: int, code: int) -> int:
        """Read an answer as it came; return the code of what stands in it."""
        provider, outcome, *rest, _ = self._shapes[code]
        if provider not in self._read or outcome != Outcome.MATCHED.value:
            return code
        attempt = self._journal.attempt(number)
        if attempt is None:
            return code
        reading = self._read[provider](attempt)
        shape = provider, outcome, *rest, reading
        self._code_of[number] = code = self._code(shape)  # type: ignore[arg-type]
        return code

    def take(self, number: int, *, used: bool = False) -> int:
        """Return the code of an answer for the next record; 0 where nothing is known of it."""
        code = self._code_of[number] if number < len(self._code_of) else 0
        if not code:
            return 0
        before = self._taken[number]
        if not before & (_MET | _USED):
            code = self._read_again(number, code)
        self._taken[number] = before | (_USED if used else _MET)
        if used and not before & _USED:
            before &= ~_MET  # who met it before did not need it
            provider, _, _, _, stored, _ = self._shapes[code]
            self.paid[provider] = self.paid.get(provider, NOTHING) + from_millionths(stored)
        if before & (_MET | _USED):
            code += _PAID
        elif not used and before & _NEEDED:
            code += _OTHERS
        return code if used else -code

    def wanted(self, kinds: Iterable[_Signature]) -> dict[str, frozenset[str]]:
        """Return provider → the fields that it was asked for in answers that were used."""
        found: dict[str, set[str]] = {}
        for kind in kinds:
            for code, took in zip(kind.codes, kind.took, strict=False):
                provider, _, _, gain, _, _ = self._shapes[code % _OTHERS]
                found.setdefault(provider, set()).update(took, self._gains[gain].asked)
        return {provider: frozenset(names) for provider, names in found.items()}

    def known(
        self, code: int, held: frozenset[str] | None, wanted: Mapping[str, frozenset[str]]
    ) -> KnownAnswer:
        """Return what a code stands for.

        An answer tells what the first record lacked that used it. One that shares it with that
        may lack more or less: what was wanted, is answered, and not ``held``.
        """
        provider, outcome, _, number, stored, read = self._shapes[abs(code) % _OTHERS]
        paid, gain = from_millionths(stored), self._gains[number]
        if abs(code) & _PAID:
            paid = NOTHING
        if held is not None and code > 0 and code & _PAID:
            names = wanted.get(provider, frozenset(gain.asked))
            asked = [name for name in gain.covers if name in names and name not in held]
            gain = gain._replace(asked=tuple(asked))
        if read.weak:
            gain = gain._replace(found=tuple([n for n in gain.found if n not in read.weak]))
        verdict = read.verdict if _VERDICT in gain.found else ""  # else it was not taken
        shared = bool(abs(code) & _OTHERS)
        return KnownAnswer(provider, Outcome(outcome), gain, paid, code > 0, verdict, shared)

    def is_verified(self, code: int) -> bool:
        """Tell whether an answer calls the e-mail deliverable."""
        return bool(code) and self._gains[self._shapes[code % _OTHERS][3]].verified

    def segment_of(self, codes: Sequence[int]) -> Segment:
        """Return whom answers are about."""
        numbers = (self._shapes[abs(code) % _OTHERS][2] for code in codes)
        return next((self._segments[number] for number in numbers if number), Segment())
