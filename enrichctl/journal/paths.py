"""What is known of the records of a run: which answers there are, from all runs.

Records that are alike are counted together: a million of them are a few thousand kinds. An answer
is one that the record used, or one to a question that was told an e-mail, phone, profile or id
which the record has.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import NamedTuple

from enrichctl.journal import queries
from enrichctl.journal.course import NOTHING_YET, Refused, course_of, values_before
from enrichctl.journal.history import RunEntry
from enrichctl.journal.known_answers import AnswersOfRun, KnownAnswer, Reader, UsedLine
from enrichctl.journal.store import Journal
from enrichctl.model import Credits, Segment, Status

KEY = 8  # bytes of a fingerprint in a record
PAGE = 2_000  # records read at a time
_KINDS = 1 << 12  # courses that are remembered: most records went one of a few
ASKED_FOR = 400  # fingerprints looked up at a time
_LEFT = frozenset({Status.PENDING.value, Status.UNCONFIRMED.value})


class Alike(NamedTuple):
    """Records that are alike.

    Attributes:
        known: What is known of each of them; what they used comes first, in turn.
        refused: Providers that could not be asked about them.
        segment: Who they are; blank where that makes no difference.
        is_left: The run has not asked all that it was to ask, or does not know an answer.
    """

    known: tuple[KnownAnswer, ...]
    refused: frozenset[Refused]
    segment: Segment
    is_left: bool = False

    @property
    def hidden(self) -> frozenset[str]:
        """Return the providers that may not be told what others found: it is suppressed."""
        return frozenset(one.provider for one in self.refused if not (one.fields or one.unmet))


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
    """The records of a run by what is known of them, each kind with how many there are.

    Attributes:
        local: Fields that providers on this machine filled.
    """

    kinds: Counter[Alike] = field(default_factory=Counter)
    done: PathsOfRun = field(default_factory=PathsOfRun)
    local: frozenset[str] = NOTHING_YET


def paths_of(
    journal: Journal,
    run: RunEntry,
    *,
    segment: Callable[[Mapping[str, str]], Segment] | None = None,
    unmet: Mapping[str, str] | None = None,
    read: Mapping[str, Reader] | None = None,
    verifier: str = "",
    needs: Mapping[str, Sequence[Sequence[str]]] | None = None,
) -> Paths:
    """Return what is known of the records of a run.

    Args:
        journal: The journal.
        run: The run; only the last one on an input has records.
        segment: What tells people apart by what is known of them, where they are to be.
        unmet: See `course_of`.
        read: Provider → what reads its answers again, where that makes a difference.
        verifier: Who verifies addresses: that is no place in an order.
        needs: Provider → what it takes to ask it; see `Provider.needs`.

    Raises:
        StateError: The journal cannot be read.
    """
    answers = AnswersOfRun(
        journal, run, by_segment=segment is not None, read=read or {}, needs=needs or {}
    )
    found, done = Paths(), PathsOfRun()
    places: dict[str, tuple[int, int]] = {}  # how far down records met it, and how many
    answers.expect(used for _, used, *_ in _records(journal, run.id, others=False))
    alike: Counter[_Signature] = Counter()
    read_course = lru_cache(_KINDS)(partial(course_of, unmet=unmet or {}))
    for tried, attempts, status, cells, others in _records(journal, run.id):
        numbers = json.loads(attempts)
        course = read_course(tried, tuple([number is not None for number in numbers]))
        used = [number for number in numbers if number is not None]
        found.local |= course.local
        for number, one in zip(used, course.used, strict=True):
            if one.provider == verifier and answers.is_check(number):
                continue
            down, count = places.get(one.provider, (0, 0))
            places[one.provider] = down + one.place, count + 1
        lines = answers.lines(course, used, cells)
        done.verified += any(answers.is_verified(line.code) for line in lines)
        rest = sorted(others.difference(used))
        codes = tuple([code for number in rest if (code := answers.take(number))])
        who = answers.segment_of(lines)
        if segment and who is None:
            who = segment(values_before(cells, {one.provider for one in course.used}))
        is_left = status in _LEFT
        alike[_Signature(lines, codes, course.refused, who or Segment(), is_left)] += 1
    _count_kinds(found, done, alike, answers)
    done.unasked = sum(n for kind, n in found.kinds.items() if not kind.known)
    done.credits = answers.paid
    done.order = tuple(sorted(places, key=lambda name: places[name][0] / places[name][1]))
    found.done = done
    return found


def _count_kinds(
    found: Paths, done: PathsOfRun, alike: Mapping["_Signature", int], answers: AnswersOfRun
) -> None:
    """Count records that are alike: what is known of each, and what they took from answers."""
    wanted = answers.wanted(line for kind in alike for line in kind.lines)
    for kind, count in alike.items():
        used = tuple([answers.used(line, wanted) for line in kind.lines])
        filled = set[str]().union(
            *(
                set(one.gain.asked).intersection(line.took)
                for one, line in zip(used, kind.lines, strict=True)
            )
        )
        done.filled += count * len(filled)
        seen = used + tuple([answers.known(code) for code in kind.others])
        alike_ = Alike(seen, kind.refused, kind.segment, kind.is_left)
        found.kinds[alike_] += count


def _records(
    journal: Journal, run: str, *, others: bool = True
) -> Iterator[tuple[str, str, str, bytes | str, set[int]]]:
    """Yield what was tried for records, in which attempts, their status and cells.

    With ``others``, also the attempts that were told what names them.
    """
    last = 0
    while rows := journal.read(queries.TRIED, (run, last, PAGE)):
        last = rows[-1][0]
        keys = [_split(packed) for *_, packed in rows]
        told = _told(journal, sorted({key for some in keys for key in some})) if others else {}
        for (_, *record, _), some in zip(rows, keys, strict=True):
            tried, attempts, status, cells = record
            numbers = {number for key in some for number in told.get(key, ())}
            yield tried, attempts, status, cells, numbers


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
        lines: The answers that they used, in turn.
        others: Codes of other answers that are known.
        refused: Providers that could not be asked about them.
        segment: See `Alike`.
        is_left: See `Alike`.
    """

    lines: tuple[UsedLine, ...]
    others: tuple[int, ...]
    refused: frozenset[Refused]
    segment: Segment
    is_left: bool
