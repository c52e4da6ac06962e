"""What attempts brought, by whom they were about: what ``credits --by`` counts.

It is written with the explained records, not with the money: a run that breaks off in between
writes it with the next record that uses the answer.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from enrichctl.journal import queries
from enrichctl.journal.contract import StoreConnection
from enrichctl.journal.money import from_millionths
from enrichctl.journal.store import Journal
from enrichctl.model import Credits, Gain, Outcome, Segment

_ENTER = (
    "UPDATE attempts SET"
    " segment=(SELECT id FROM segments"
    " WHERE country=? AND seniority=? AND industry=? AND size=?),"
    " gain=(SELECT id FROM gains"
    " WHERE asked=? AND covers=? AND found=? AND filled=? AND verified=?)"
    " WHERE id=?"
    " AND (gain IS NULL"
    " OR (?<>'' AND EXISTS (SELECT 1 FROM gains WHERE gains.id=gain AND found='')))"
)


class Tally(NamedTuple):
    """Attempts that are alike.

    Attributes:
        provider: Whose.
        outcome: How they ended.
        segment: Whom they were about.
        gain: What each of them brought; its attempt is 0.
        attempts: How many there are.
        credits: What they cost, all together.
    """

    provider: str
    outcome: Outcome
    segment: Segment
    gain: Gain
    attempts: int
    credits: Credits


def enter_gains(db: StoreConnection, gains: Sequence[Gain]) -> None:
    """Enter what attempts brought, where no record has used them before.

    What a record knew nothing of, since the answer was lost then or held back, is entered by the
    first one that finds something in it.
    """
    segments = {gain.segment: None for gain in gains}
    shapes = {_shape(gain): None for gain in gains}
    db.executemany(
        "INSERT INTO segments (country, seniority, industry, size) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        list(segments),
    )
    db.executemany(
        "INSERT INTO gains (asked, covers, found, filled, verified) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        list(shapes),
    )
    db.executemany(
        _ENTER,
        [
            (*gain.segment, *_shape(gain), gain.attempt, "found" if gain.found else "")
            for gain in gains
        ],
    )


def keep_gains(journal: Journal, gains: Sequence[Gain]) -> None:
    """Enter what attempts brought by itself; see `enter_gains`."""
    journal.write(lambda db: enter_gains(db, gains))


def unexplained(journal: Journal, *, sandbox: bool = False) -> dict[str, int]:
    """Return provider → how many attempts have ended that no record has used."""
    return dict(journal.read(queries.UNEXPLAINED, (sandbox,)))


def gains_of(journal: Journal, attempts: Sequence[int]) -> list[Gain]:
    """Return what some attempts brought, of those that a record has used."""
    rows = journal.read(queries.gains_of(len(attempts)), attempts)
    return [
        _gain(*words[4:])._replace(attempt=number, segment=Segment(*words[:4]))
        for number, *words in rows
    ]


def drop_unused(db: StoreConnection) -> None:
    """Delete the segments that no attempt is about any more: their words came from rows."""
    db.execute(
        "DELETE FROM segments WHERE id NOT IN"
        " (SELECT segment FROM attempts WHERE segment IS NOT NULL)"
    )


def tallies(journal: Journal, *, sandbox: bool = False) -> Iterator[Tally]:
    """Yield all attempts that a record has used, those that are alike together.

    Args:
        journal: The journal.
        sandbox: Of the sandbox's accounts, instead of the real ones.
    """
    segments, gains = read_kinds(journal)
    for provider, outcome, segment, gain, count, stored in journal.read(
        queries.TALLIES, (sandbox,)
    ):
        yield Tally(
            provider, Outcome(outcome), segments[segment], gains[gain], count,
            from_millionths(stored),
        )  # fmt: skip


def answers_by_day(
    journal: Journal, *, sandbox: bool = False
) -> dict[tuple[str, date], tuple[int, int]]:
    """Return provider, day → matches and answers."""
    rows = journal.read(queries.ANSWERS_BY_DAY, (sandbox,))
    return {(name, date.fromisoformat(day)): (matched, n) for name, day, matched, n in rows}


def spent_by_day(journal: Journal, *, sandbox: bool = False) -> dict[tuple[str, date], Credits]:
    """Return provider, day → credits, open worst cases included."""
    rows = journal.read(queries.SPENT_BY_DAY, (sandbox,))
    return {(n, date.fromisoformat(day)): from_millionths(s) for n, day, s in rows if s}


def spent_ever(journal: Journal, *, sandbox: bool = False) -> dict[str, Credits]:
    """Return provider → all that it was ever paid, also for attempts that are not kept any more."""
    rows = journal.read(queries.SPENT_EVER, (sandbox,))
    return {provider: from_millionths(stored) for provider, stored in rows}


def read_kinds(journal: Journal) -> tuple[dict[int, Segment], dict[int, Gain]]:
    """Return the segments and gains that there are, by their numbers."""
    segments = {number: Segment(*words) for number, *words in journal.read(queries.SEGMENTS)}
    gains = {number: _gain(*words) for number, *words in journal.read(queries.GAINS)}
    return segments, gains


def _shape(gain: Gain) -> tuple[str, str, str, str, int]:
    return _spelled(gain.asked, gain.covers, gain.found, gain.filled, gain.verified)


@lru_cache(1 << 10)  # most attempts of a run brought the same
def _spelled(
    asked: tuple[str, ...],
    covers: tuple[str, ...],
    found: tuple[str, ...],
    filled: tuple[str, ...],
    verified: bool,
) -> tuple[str, str, str, str, int]:
    tab = "\t".join
    return tab(asked), tab(covers), tab(found), tab(filled), int(verified)


def _gain(asked: str, covers: str, found: str, filled: str, verified: int) -> Gain:
    lists = (asked, covers, found, filled)
    fields = [tuple(text.split("\t")) if text else () for text in lists]
    return Gain(0, Segment(), fields[0], fields[1], fields[2], fields[3], bool(verified))
