"""What a run has changed since the run before it on the same input, by row and field.

It is worked out when the records of the earlier run go. Records that were written as they were
have moved to the new run by then, so that only those are compared that may differ.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from enrichctl.journal import queries
from enrichctl.journal.contract import StoreConnection
from enrichctl.journal.history import RunEntry, entered_as
from enrichctl.journal.store import Journal
from enrichctl.model import Status

if TYPE_CHECKING:
    from enrichctl.journal.record_rows import RecordRow

PAGE = 1_000  # records compared at a time
UNANSWERED = frozenset({Status.PENDING, Status.FAILED, Status.UNCONFIRMED})


class Change(NamedTuple):
    """A value that is another one than in the run before.

    Attributes:
        row: The record's, from 1.
        line: Of the file.
        field: Which value.
        before: Its text in the run before; "" is blank.
        after: Its text now.
        provider: Who gives it now; "" is the input.
        former: The run before.
    """

    row: int
    line: int
    field: str
    before: str
    after: str
    provider: str
    former: str


def keep_changes(
    journal: Journal,
    run: RunEntry,
    are_one: Callable[[Mapping[str, str], Mapping[str, str]], bool],
) -> None:
    """Work out what a run has changed, before the records of the run before it go.

    Args:
        journal: The journal.
        run: The run.
        are_one: Tells whether two rows, field → text, mean one person.

    Raises:
        StateError: It could not be written.
    """
    if run.input == "-":
        return
    last = 0
    while rows := journal.read(
        queries.TWO_RUNS, (run.id, entered_as(journal, run), run.id, last, PAGE)
    ):
        from enrichctl.journal.record_rows import unpack  # noqa: PLC0415 - few runs come again

        last = rows[-1][0]
        values = [
            (run.id, c.row, c.field, c.line, c.before, c.after, c.provider, c.former)
            for former, *both in (row[1:] for row in rows)
            for c in _compared(former, unpack(both[:8]), unpack(both[8:]), are_one)
        ]
        if values:
            journal.write(partial(_enter, values=values))


def _enter(db: StoreConnection, values: Sequence[tuple[object, ...]]) -> None:
    db.executemany(
        "INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", values
    )


def changes_of(journal: Journal, run: str) -> list[Change]:
    """Return what a run has changed, in input order."""
    return [Change(*row) for row in journal.read(queries.CHANGES, (run,))]


def _compared(
    former: str, old: "RecordRow", new: "RecordRow", are_one: Callable[..., bool]
) -> Iterator[Change]:
    """Yield what is another value in a record of the same person."""
    before, after = old.values, new.values
    if not are_one(*map(_as_read, (before, after))):
        return
    for name in dict.fromkeys((*before, *after)):
        was, gave = _value(before, name)
        now, gives = _value(after, name)
        # Of what it has no answer about a run does not know what it would be.
        unknown = (not now and gave and new.status in UNANSWERED) or (
            not was and gives and old.status in UNANSWERED
        )
        if was != now and not unknown:
            yield Change(new.row, new.line, name, was, now, gives, former)


def _value(values: Mapping[str, Mapping[str, Any]], name: str) -> tuple[str, str]:
    """Return the text of a field and who gave it; "" is nothing, and the input."""
    value = values.get(name, {})
    return value.get("after") or "", value.get("provider") or ""


def _as_read(values: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return what a record said before anybody was asked."""
    return {name: value["before"] for name, value in values.items() if value["before"]}
