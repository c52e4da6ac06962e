"""What is known of the records of a run: which answers there are, whoever asked for them and when.

Records that are alike are counted together: a million of them are a few thousand kinds. An answer
is one that the record used, or one to a question that was told an e-mail, phone, profile or id
which the record has.
"""

import json
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import field
from typing import NamedTuple

from enrichctl.journal import queries
from enrichctl.journal.gains import read_kinds
from enrichctl.journal.history import RunEntry
from enrichctl.journal.money import from_millionths
from enrichctl.journal.store import Journal
from enrichctl.model import NOTHING, Credits, Gain, Outcome, Segment
from enrichctl.slotted import dataclass

KEY = 8  # bytes of a fingerprint in a record
PAGE = 2_000  # records read at a time
ASKED_FOR = 400  # fingerprints looked up at a time
_MET, _USED = 1, 2  # what records before have done with an answer
_PAID = 1 << 30  # added to the code of an answer that is paid for already


class KnownAnswer(NamedTuple):
    """An answer that is known of a record.

    Attributes:
        provider: Whose.
        outcome: How the question ended.
        gain: What it brought.
        credits: What it cost; nothing where an earlier record has paid for it.
        used: The run's record has used it.
    """

    provider: str
    outcome: Outcome
    gain: Gain
    credits: Credits
    used: bool


class Alike(NamedTuple):
    """Records that are alike.

    Attributes:
        known: What is known of each of them.
        declined: Providers that could not be asked about them.
        segment: Who they are.
    """

    known: tuple[KnownAnswer, ...]
    declined: frozenset[str]
    segment: Segment


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


def paths_of(journal: Journal, run: RunEntry, *, by_segment: bool) -> Paths:
    """Return what is known of the records of a run.

    Args:
        journal: The journal.
        run: The run; only the last one on an input has records.
        by_segment: Whether records of different people are told apart.

    Raises:
        StateError: The journal cannot be read.
    """
    answers = _Answers(journal, sandbox=run.sandbox, by_segment=by_segment)
    found, done = Paths(), PathsOfRun()
    places: dict[str, tuple[int, int]] = {}  # how far down records met it, and how many
    alike: Counter[tuple[tuple[int, ...], frozenset[str]]] = Counter()
    for tried, others in _records(journal, run.id):
        used, declined, filled = [], [], set[str]()
        for place, one in enumerate(json.loads(tried)):
            if one["attempt"] is not None:
                used.append(one["attempt"])
                filled.update(answers.asked(one["attempt"]).intersection(one.get("accepted", ())))
                down, count = places.get(one["provider"], (0, 0))
                places[one["provider"]] = down + place, count + 1
            elif one.get("wanted") or one.get("reason", "").startswith("suppressed"):
                declined.append(one["provider"])
        codes = [answers.take(number, used=True) for number in used]
        done.filled += len(filled)
        done.verified += any(answers.is_verified(code) for code in codes)
        codes += [answers.take(number) for number in sorted(others.difference(used))]
        alike[tuple([code for code in codes if code]), frozenset(declined)] += 1
    for (signature, who), count in alike.items():
        known = tuple(answers.known(code) for code in signature)
        found.kinds[Alike(known, who, answers.segment_of(signature))] += count
    done.unasked = sum(n for kind, n in found.kinds.items() if not kind.known)
    done.credits = answers.paid
    done.order = tuple(sorted(places, key=lambda name: places[name][0] / places[name][1]))
    found.done = done
    return found


def _records(journal: Journal, run: str) -> Iterator[tuple[str, set[int]]]:
    """Yield what was done about records, and the attempts that were told what names them."""
    last = 0
    while rows := journal.read(queries.TRIED, (run, last, PAGE)):
        last = rows[-1][0]
        keys = [_split(packed) for _, _, packed in rows]
        told = _told(journal, sorted({key for some in keys for key in some}))
        for (_, tried, _), some in zip(rows, keys, strict=True):
            yield tried, {number for key in some for number in told.get(key, ())}


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


_Shape = tuple[str, str, int, int, int]
"""Provider, outcome, segment, gain, credits in millionths."""


class _Answers:
    """All attempts that any record has used, in little room: a small number for each kind.

    A number below 0 is of an answer that the run did not use, one with `_PAID` added of an answer
    that an earlier record has paid for.

    Attributes:
        paid: Provider → what the attempts cost that the run's records used.
    """

    def __init__(self, journal: Journal, *, sandbox: bool, by_segment: bool) -> None:
        self._segments, self._gains = read_kinds(journal)
        self._asked = {number: frozenset(gain.asked) for number, gain in self._gains.items()}
        self._shapes: list[_Shape] = [("", "", 0, 0, 0)]
        self._code_of = array("l")
        self.paid: dict[str, Credits] = {}
        codes: dict[_Shape, int] = {}
        for number, provider, outcome, segment, gain, stored in journal.scan(
            queries.GAIN_OF_EACH, (sandbox,)
        ):
            shape = (provider, outcome, segment if by_segment else 0, gain, stored)
            if (code := codes.get(shape)) is None:
                code = codes[shape] = len(self._shapes)
                self._shapes.append(shape)
            if number >= len(self._code_of):
                self._code_of.extend([0] * (number + 1 - len(self._code_of)))
            self._code_of[number] = code
        self._taken = bytearray(len(self._code_of))

    def take(self, number: int, *, used: bool = False) -> int:
        """Return the code of an answer for the next record; 0 where nothing is known of it."""
        code = self._code_of[number] if number < len(self._code_of) else 0
        if not code:
            return 0
        before = self._taken[number]
        self._taken[number] = before | (_USED if used else _MET)
        if used and not before & _USED:
            provider, _, _, _, stored = self._shapes[code]
            self.paid[provider] = self.paid.get(provider, NOTHING) + from_millionths(stored)
        if before:
            code += _PAID
        return code if used else -code

    def asked(self, number: int) -> frozenset[str]:
        """Return the blank fields that an attempt was about; none where nothing is known of it."""
        code = self._code_of[number] if number < len(self._code_of) else 0
        return self._asked[self._shapes[code][3]] if code else frozenset()

    def known(self, code: int) -> KnownAnswer:
        """Return what a code stands for."""
        provider, outcome, _, gain, stored = self._shapes[abs(code) % _PAID]
        paid = NOTHING if abs(code) >= _PAID else from_millionths(stored)
        return KnownAnswer(provider, Outcome(outcome), self._gains[gain], paid, code > 0)

    def is_verified(self, code: int) -> bool:
        """Tell whether an answer calls the e-mail deliverable."""
        return bool(code) and self._gains[self._shapes[code % _PAID][3]].verified

    def segment_of(self, codes: Sequence[int]) -> Segment:
        """Return whom answers are about."""
        numbers = (self._shapes[abs(code) % _PAID][2] for code in codes)
        return next((self._segments[number] for number in numbers if number), Segment())
