"""The answers that records of a run used, or that are known of them, in little room.

Most answers are like many others: each kind is a small number.
"""

import json
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from enrichctl.journal import queries
from enrichctl.journal.course import NOTHING_YET, Course, UsedAnswer, leans, read_fields
from enrichctl.journal.gains import read_kinds
from enrichctl.journal.history import RunEntry
from enrichctl.journal.money import from_millionths
from enrichctl.journal.store import Journal
from enrichctl.model import NOTHING, Attempt, Credits, Gain, Outcome, Segment

_MET, _USED, _NEEDED = 1, 2, 4  # what records before, or any, have done with an answer
_PAID = 1 << 30  # added to the code of an answer that is paid for already
_OTHERS = 1 << 29  # and to that of one that another record of the run pays for
_EMAIL, _VERDICT = "email", "email_status"


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
        derived: What else the record had once it was there: providers on this machine filled it.
        leans_on: Providers without whose answers it could not have been asked for.
        is_as_taken: What it has of what was asked is what the run took from it.
    """

    provider: str
    outcome: Outcome
    gain: Gain
    credits: Credits
    used: bool
    verdict: str = ""
    shared: bool = False
    derived: frozenset[str] = NOTHING_YET
    leans_on: frozenset[str] = NOTHING_YET
    is_as_taken: bool = True


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


class UsedLine(NamedTuple):
    """An answer that a record used, and what is its own in that.

    Attributes:
        code: Of the answer.
        took: Fields that the record took from it.
        lacked: Fields that it lacked of those that the answer is about; None where the answer was
            asked for this very record, and says that itself.
        held_back: Fields that it was held back from, where that is not said by the answer either.
        derived: See `KnownAnswer`.
        leans_on: See `KnownAnswer`.
    """

    code: int
    took: tuple[str, ...]
    lacked: tuple[str, ...] | None
    held_back: tuple[str, ...]
    derived: frozenset[str]
    leans_on: frozenset[str]


class _Shape(NamedTuple):
    """What answers have in common that are alike; credits are in millionths."""

    provider: str = ""
    outcome: str = ""
    segment: int = 0
    gain: int = 0
    credits: int = 0
    of_run: bool = False  # the run has asked for it
    told: frozenset[str] = NOTHING_YET
    read: ReadAgain = UNREAD


class AnswersOfRun:
    """All attempts that any record has used, in little room: a small number for each kind.

    A number below 0 is of an answer that the record did not use, one with `_PAID` added of an
    answer that an earlier record has paid for, one with `_OTHERS` of one that a later one pays for.

    Attributes:
        paid: Provider → what the attempts cost that the run's records used.
    """

    def __init__(
        self,
        journal: Journal,
        run: RunEntry,
        *,
        by_segment: bool,
        read: Mapping[str, Reader],
        needs: Mapping[str, Sequence[Sequence[str]]],
    ) -> None:
        self._journal, self._read, self._needs = journal, read, needs
        self._fields = frozenset(one["name"] for one in run.summary.get("fields", ()))
        self._segments, self._gains = read_kinds(journal)
        self._shapes = [_Shape()]
        self._code_of = array("l")
        self.paid: dict[str, Credits] = {}
        self._codes: dict[_Shape, int] = {}
        told = cache(lambda names: frozenset(names.split("\t")))
        for number, provider, outcome, segment, gain, stored, of_run, names in journal.scan(
            queries.GAIN_OF_EACH, (run.id, run.sandbox)
        ):
            code = self._code(
                _Shape(
                    provider, outcome, segment if by_segment else 0, gain, stored, bool(of_run),
                    told(names),
                )
            )  # fmt: skip
            if number >= len(self._code_of):
                self._code_of.extend([0] * (number + 1 - len(self._code_of)))
            self._code_of[number] = code
        self._taken = bytearray(len(self._code_of))

    def _code(self, shape: _Shape) -> int:
        if (code := self._codes.get(shape)) is None:
            code = self._codes[shape] = len(self._shapes)
            self._shapes.append(shape)
        return code

    def expect(self, records: Iterable[str]) -> None:
        """Take note of the answers that records use: of each the attempts, as it keeps them."""
        for attempts in records:
            for number in json.loads(attempts):
                if number is not None and number < len(self._taken):
                    self._taken[number] = _NEEDED

    def is_check(self, number: int) -> bool:
        """Tell whether an attempt was asked for nothing but a verdict on an address."""
        code = self._code_of[number] if number < len(self._code_of) else 0
        return self._gains[self._shapes[code].gain].asked == (_VERDICT,) if code else False

    def _read_again(self, number: int, code: int) -> int:
        """Read an answer as it came; return the code of what stands in it."""
        shape = self._shapes[code]
        if shape.provider not in self._read or shape.outcome != Outcome.MATCHED.value:
            return code
        attempt = self._journal.attempt(number)
        if attempt is None:
            return code
        shape = shape._replace(read=self._read[shape.provider](attempt))
        self._code_of[number] = code = self._code(shape)
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
            shape = self._shapes[code]
            paid = self.paid.get(shape.provider, NOTHING)
            self.paid[shape.provider] = paid + from_millionths(shape.credits)
        if before & (_MET | _USED):
            code += _PAID
        elif not used and before & _NEEDED:
            code += _OTHERS
        return code if used else -code

    def lines(
        self, course: Course, numbers: Sequence[int], cells: bytes | str
    ) -> tuple[UsedLine, ...]:
        """Return the answers that the next record used, by their attempts and by its cells."""
        used = zip(course.used, numbers, strict=True)
        taken = [(one, self.take(number, used=True)) for one, number in used]
        taken = [(one, code) for one, code in taken if code]
        begun = course.given.union(*(self._shapes[code % _OTHERS].told for _, code in taken[:1]))
        read: frozenset[str] | None = None
        found = []
        for one, code in taken:
            shape = self._shapes[code % _OTHERS]
            is_own = shape.of_run and not code & _PAID
            may_lean = bool(one.after) and not shape.told <= begun
            if read is None and (may_lean or not is_own):
                read = read_fields(cells)
            own = course.given | (read or NOTHING_YET)
            is_led = may_lean and leans(self._needs.get(shape.provider, ()), shape.told, own)
            gain = self._gains[shape.gain]
            lacked = None if is_own or read is None else _lacked(gain, one, read)
            along = frozenset(one.took).difference(gain.asked if lacked is None else lacked)
            found.append(
                UsedLine(
                    code, one.took, lacked, () if is_own else one.held_back,
                    one.derived | (along - one.had), one.after if is_led else NOTHING_YET,
                )
            )  # fmt: skip
        return tuple(found)

    def wanted(self, lines: Iterable[UsedLine]) -> dict[str, frozenset[str]]:
        """Return provider → the fields that it is asked for, as far as that is known."""
        found: dict[str, set[str]] = {}
        for line in lines:
            shape = self._shapes[line.code % _OTHERS]
            asked = set(self._gains[shape.gain].asked)  # by the run, or by one before it
            found.setdefault(shape.provider, set()).update(
                line.took, asked & self._fields if self._fields else asked
            )
        return {provider: frozenset(names) for provider, names in found.items()}

    def used(self, line: UsedLine, wanted: Mapping[str, frozenset[str]]) -> KnownAnswer:
        """Return an answer as a record used it.

        The answer tells what the first record lacked that used it. Another one may lack more or
        less: what is ``wanted`` of the provider.
        """
        one = self.known(line.code)
        asked, found = one.gain.asked, one.gain.found
        if line.lacked is not None:
            asked = tuple([name for name in line.lacked if name in wanted[one.provider]])
            weak = self._shapes[line.code % _OTHERS].read.weak.union(line.held_back)
            found = tuple([n for n in dict.fromkeys((*found, *line.took)) if n not in weak])
        differs = set(asked).intersection(set(found).symmetric_difference(line.took))
        return one._replace(
            gain=one.gain._replace(asked=asked, found=found), derived=line.derived,
            leans_on=line.leans_on, is_as_taken=differs <= {_EMAIL, _VERDICT},
        )  # fmt: skip

    def known(self, code: int) -> KnownAnswer:
        """Return what a code stands for."""
        shape = self._shapes[abs(code) % _OTHERS]
        read, gain = shape.read, self._gains[shape.gain]
        if read.weak:
            gain = gain._replace(found=tuple([n for n in gain.found if n not in read.weak]))
        return KnownAnswer(
            shape.provider, Outcome(shape.outcome), gain,
            NOTHING if abs(code) & _PAID else from_millionths(shape.credits), code > 0,
            read.verdict if _VERDICT in gain.found else "",  # else it was not taken
            bool(abs(code) & _OTHERS),
        )  # fmt: skip

    def is_verified(self, code: int) -> bool:
        """Tell whether an answer calls the e-mail deliverable."""
        return bool(code) and self._gains[self._shapes[code % _OTHERS].gain].verified

    def segment_of(self, lines: Iterable[UsedLine]) -> Segment | None:
        """Return whom a record is about by an answer that was asked for it; None without one."""
        own = (self._shapes[line.code % _OTHERS].segment for line in lines if line.lacked is None)
        return next((self._segments[number] for number in own if number), None)


def _lacked(gain: Gain, one: UsedAnswer, read: frozenset[str]) -> tuple[str, ...]:
    """Return what a record lacked, when an answer came, of the fields that it is about.

    A cell that was filled when it was read is one where the answer was allowed to replace it.
    """
    return tuple([n for n in gain.covers if n not in one.had and (n not in read or n in one.took)])
