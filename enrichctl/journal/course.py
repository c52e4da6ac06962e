"""What was done about a record, turn by turn: whose answers it used, and what it had by then."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from enrichctl.journal.packing import inflate
from enrichctl.model import Outcome

NOTHING_YET: frozenset[str] = frozenset()


class Refused(NamedTuple):
    """A provider that could not be asked about a record.

    Attributes:
        provider: Which.
        fields: For which it was told too little; none where it is not asked at all: its condition
            does not hold, or it may be told nothing, as what was found is suppressed.
        after: Providers that had given something by then.
        unmet: It is its condition.
    """

    provider: str
    fields: tuple[str, ...] = ()
    after: frozenset[str] = NOTHING_YET
    unmet: bool = False


@dataclass(slots=True)
class UsedAnswer:
    """An answer that a record used.

    Attributes:
        provider: Whose.
        place: How many providers came before, those that were not asked included.
        took: Fields that the record took from it.
        held_back: Fields that it was held back from.
        had: Fields that had been filled by then, those of the row aside.
        after: Providers that had given something by then.
        derived: Fields that providers on this machine filled with what was known after it.
    """

    provider: str
    place: int
    took: tuple[str, ...]
    held_back: tuple[str, ...]
    had: frozenset[str]
    after: frozenset[str]
    derived: frozenset[str] = NOTHING_YET


class Course(NamedTuple):
    """A record's way through the waterfall.

    Attributes:
        used: The answers that it used, in turn.
        refused: Who could not be asked.
        local: All fields that providers on this machine filled.
        given: Those of them that were filled before anybody else had answered.
    """

    used: list[UsedAnswer]
    refused: frozenset[Refused]
    local: frozenset[str]
    given: frozenset[str]


def course_of(tried: str, has_attempt: Sequence[bool], unmet: Mapping[str, str]) -> Course:
    """Return a record's way through the waterfall.

    Args:
        tried: What each provider did, in turn, as the journal keeps it.
        has_attempt: Which of them made an attempt.
        unmet: Provider → how the reason begins why it is not asked under its condition.
    """
    used: list[UsedAnswer] = []
    refused = set()
    had, after, local, given = NOTHING_YET, NOTHING_YET, NOTHING_YET, NOTHING_YET
    for place, (one, asked) in enumerate(zip(json.loads(tried), has_attempt, strict=True)):
        name, took = one["provider"], frozenset(one.get("accepted", ()))
        if asked:
            accepted, held = tuple(one.get("accepted", ())), tuple(one.get("held_back", ()))
            used.append(UsedAnswer(name, place, accepted, held, had, after))
            after |= {name} if one["outcome"] == Outcome.MATCHED.value else NOTHING_YET
        elif (why := one.get("reason", "")).startswith("suppressed"):
            refused.add(Refused(name, (), after))
        elif name in unmet and why.startswith(unmet[name]):
            refused.add(Refused(name, (), after, unmet=True))
        elif one.get("wanted"):
            refused.add(Refused(name, tuple(one["wanted"]), after))
        elif took:
            local |= took
            if used:
                used[-1].derived |= took - had
            else:
                given |= took
        had |= took
    return Course(used, frozenset(refused), local, given)


def read_fields(cells: bytes | str) -> frozenset[str]:
    """Return the fields that a record had when it was read."""
    return frozenset(name for name, (text, *_) in _cells(cells).items() if text)


def values_before(cells: bytes | str, asked: Collection[str]) -> dict[str, str]:
    """Return what was known of a record before those who were ``asked`` had answered."""
    found = {}
    for name, (read, *rest) in _cells(cells).items():
        if read or (rest and rest[0] and rest[1] not in asked):
            found[name] = read or rest[0]
    return found


def _cells(packed: bytes | str) -> dict[str, list[Any]]:
    cells: dict[str, list[Any]] = json.loads(inflate(packed) or "{}")
    return cells


def leans(needs: Sequence[Sequence[str]], told: frozenset[str], own: frozenset[str]) -> bool:
    """Tell whether a provider could not be asked with what a record had by itself.

    Args:
        needs: Sets of fields, any one of which it takes; none are not known.
        told: What it was told.
        own: What the record had.
    """
    if told <= own:
        return False
    return not any(own.intersection(told).issuperset(need) for need in needs)
